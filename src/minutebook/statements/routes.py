"""By whom a number is best sent (docs/rules/providers.md, "Routes")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from minutebook.cards.classes import is_by_caller
from minutebook.errors import InputError
from minutebook.notebook import Shown
from minutebook.plans.fx import converted
from minutebook.statements.quote import batch_in_force, number_of, prices_by_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from minutebook.billing.schedule import Batch
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.plans.provider import Provider
    from minutebook.rating.single import PricedCall
    from minutebook.statements.sold_by import SoldBy


class NoRoute(StrEnum):
    """Why a number cannot be sent by a provider, or not compared with others."""

    BLOCKED = "blocked"
    """Its card blocks the prefix."""
    NO_RATE = "no_rate"
    """No prefix of its card begins the number."""
    NO_REVISION = "no_revision"
    """Its card has no revision in force."""
    NO_EXCHANGE = "no_exchange_rate"
    """It is paid in another currency, and the day has no rate of exchange."""
    NO_GATEWAY = "no_gateway"
    """Nobody declared where it takes calls: it cannot stand in the tables of a switch."""


@dataclass(frozen=True, slots=True, repr=False)
class RoutedCall(Shown):
    """A call of one duration by one provider. Amounts are positive, of the routing's currency."""

    seconds: Decimal
    """How long it is."""
    cost: Decimal
    """What it costs, rounded as the buy card says."""
    sale: Decimal | None = None
    """What it is sold for; None: nobody said by what, or that has no price."""

    @property
    def margin(self) -> Decimal | None:
        """Sale less cost."""
        return None if self.sale is None else self.sale - self.cost


@dataclass(frozen=True, slots=True, repr=False)
class Route(Shown):
    """A provider by whom a number can be sent. Amounts are those of one call of each duration together."""

    _TOLD: ClassVar = ("provider", "card", "cost", "margin", "loses")
    _PARTS: ClassVar[str] = "calls"
    provider: str
    """Its name."""
    card: str
    """Its buy card."""
    revision: int | None
    """The one in force."""
    prefix: str | None
    """The longest of the card that begins the number."""
    destination: str | None
    """Of that prefix."""
    own_currency: str
    """The provider's."""
    own_cost: Decimal
    """In the provider's currency."""
    calls: tuple[RoutedCall, ...]
    """One of each duration."""
    price_class: str | None = None
    """Whose price it is: the band, jurisdiction, origin or caller's prefix; None: the prefix has one price."""
    is_caller_unknown: bool = False
    """Whether that goes by the caller, and nobody said who calls."""

    @property
    def cost(self) -> Decimal:
        """In the routing's currency."""
        return sum((call.cost for call in self.calls), Decimal(0))

    @property
    def sale(self) -> Decimal | None:
        """What the calls are sold for; None as of a call."""
        sales = [call.sale for call in self.calls if call.sale is not None]
        return sum(sales, Decimal(0)) if len(sales) == len(self.calls) else None

    @property
    def margin(self) -> Decimal | None:
        """Sale less cost."""
        return None if self.sale is None else self.sale - self.cost

    @property
    def loses(self) -> tuple[Decimal, ...]:
        """The durations at which a call costs more than it is sold for."""
        return tuple(
            call.seconds for call in self.calls if call.margin is not None and call.margin < 0
        )


@dataclass(frozen=True, slots=True, repr=False)
class NotRouted(Shown):
    """A provider by whom a number cannot be sent, or not be compared with others."""

    provider: str
    """Its name."""
    card: str
    """Its buy card."""
    reason: NoRoute
    """Why."""
    prefix: str | None = None
    """The longest of the card that begins the number."""
    own_currency: str = ""
    """The provider's."""
    own_cost: Decimal | None = None
    """In its currency, where that alone cannot be compared."""


@dataclass(frozen=True, slots=True, repr=False)
class Routing(Shown):
    """By whom a number is best sent at an instant."""

    _PARTS: ClassVar[str] = "routes"
    number: str
    """As E.164 digits."""
    caller: str | None
    """Who calls, likewise; None: nobody said, and prices that go by the caller are those of an unknown one."""
    at: datetime
    """When it is answered."""
    seconds: tuple[Decimal, ...]
    """The durations that are compared."""
    currency: str
    """Of costs, sales and margins."""
    routes: tuple[Route, ...]
    """In order of cost, the cheapest first."""
    without: tuple[NotRouted, ...]
    """The other providers, by name."""
    sold_by: str | None = None
    """The card or plan that says what a call is sold for; None: nobody asked."""
    sale_missing: NoRoute | None = None
    """Why that has no price, where it has none."""
    sale_class: str | None = None
    """Whose price the sale is, as of a route."""
    is_sale_caller_unknown: bool = False
    """Whether that goes by the caller, and nobody said who calls."""


def routing(
    carrier: Carrier,
    cards: CardStore,
    number: str,
    seconds: Sequence[Decimal],
    at: datetime,
    currency: str,
    sale: SoldBy | None = None,
    caller: str | None = None,
) -> Routing:
    """The providers by whom a number can be sent at an instant, in order of what calls of some durations cost.

    In `currency`, by the rates of exchange of the day; `caller` is for prices that go by it. `InputError` where no provider is declared.
    """
    if not carrier.providers:
        raise InputError("no provider is declared; declare [provider.NAME] and apply it")
    called, sales = number_of(number), _Sales()
    calling = None if caller is None else number_of(caller)
    if sale is not None:
        sales = _sales(carrier, cards, called, seconds, at, currency, sale, calling)
    routes: list[Route] = []
    without: list[NotRouted] = []
    for name in sorted(carrier.providers):
        provider = carrier.providers[name]
        batch = batch_in_force(carrier, provider.plan(), at)
        if batch is None:
            without.append(NotRouted(name, provider.card, NoRoute.NO_REVISION))
            continue
        bought = prices_by_batch(cards, batch, called, seconds, at, calling)
        if (reason := _refused(bought[0])) is not None:
            without.append(NotRouted(name, provider.card, reason, bought[0].prefix))
            continue
        own = [one.cost for one in bought]
        costs = _all_in(carrier, own, provider.currency, currency, at)
        if costs is None:
            without.append(_unconverted(provider, bought))
            continue
        calls = _calls(seconds, costs, sales.amounts)
        number_in_force = None if batch.revision is None else batch.revision.number
        first = bought[0]
        routes.append(
            Route(
                name, provider.card, number_in_force, first.prefix, first.destination,
                provider.currency, sum(own, Decimal(0)), calls,
                first.price_class, calling is None and _goes_by_caller(batch, first),
            )
        )  # fmt: skip
    return Routing(
        called, calling, at, tuple(seconds), currency, tuple(by_cost(routes)), tuple(without),
        None if sale is None else sale.name, sales.missing, sales.price_class,
        calling is None and sales.is_by_caller,
    )  # fmt: skip


def by_cost(routes: Iterable[Route]) -> list[Route]:
    """The cheapest first; of equals the one whose name comes first."""
    return sorted(routes, key=lambda route: (route.cost, route.provider))


def _calls(
    seconds: Sequence[Decimal], costs: Sequence[Decimal], sales: Sequence[Decimal] | None
) -> tuple[RoutedCall, ...]:
    if sales is None:
        return tuple(map(RoutedCall, seconds, costs))
    return tuple(map(RoutedCall, seconds, costs, sales))


@dataclass(frozen=True, slots=True)
class _Sales:
    """What calls are sold for, of each duration; or why that is not known."""

    amounts: list[Decimal] | None = None
    missing: NoRoute | None = None
    price_class: str | None = None
    is_by_caller: bool = False


def _sales(
    carrier: Carrier,
    cards: CardStore,
    called: str,
    seconds: Sequence[Decimal],
    at: datetime,
    currency: str,
    sale: SoldBy,
    caller: str | None,
) -> _Sales:
    batch = batch_in_force(carrier, sale.plan, at)
    if batch is None:
        return _Sales(missing=NoRoute.NO_REVISION)
    sold = prices_by_batch(cards, batch, called, seconds, at, caller)
    if (reason := _refused(sold[0])) is not None:
        return _Sales(missing=reason)
    found = _all_in(carrier, [one.cost for one in sold], sale.plan.currency, currency, at)
    if found is None:
        return _Sales(missing=NoRoute.NO_EXCHANGE)
    return _Sales(found, None, sold[0].price_class, _goes_by_caller(batch, sold[0]))


def _goes_by_caller(batch: Batch, priced: PricedCall) -> bool:
    classes = None if batch.revision is None else batch.revision.terms.bands
    return priced.price_class is not None and is_by_caller(classes)


def _refused(priced: PricedCall) -> NoRoute | None:
    return {"unpriced": NoRoute.NO_RATE, "blocked": NoRoute.BLOCKED}.get(priced.status)


def _all_in(
    carrier: Carrier, amounts: Iterable[Decimal], own: str, currency: str, at: datetime
) -> list[Decimal] | None:
    found = [converted(carrier.fx, amount, own, currency, at.date()) for amount in amounts]
    return None if None in found else [amount for amount in found if amount is not None]


def _unconverted(provider: Provider, bought: Sequence[PricedCall]) -> NotRouted:
    return NotRouted(
        provider.name, provider.card, NoRoute.NO_EXCHANGE, bought[0].prefix,
        provider.currency, sum((one.cost for one in bought), Decimal(0)),
    )  # fmt: skip
