"""By whom a number is best sent, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook import money
from minutebook.days import instant_text
from minutebook.show.serialise import Rate
from minutebook.statements.routes import NoRoute
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from minutebook.statements.routes import NotRouted, Route, RoutedCall, Routing


@dataclass(frozen=True)
class RoutedCallView:
    """A call of one duration."""

    seconds: Annotated[Rate, Doc("how long it is")]
    cost: Annotated[Rate, Doc("what it costs, rounded as the buy card says")]
    sale: Annotated[Rate | None, Doc("what it is sold for; null: nobody asked, or it has no price")]
    margin: Annotated[Rate | None, Doc("sale − cost")]

    @classmethod
    def of(cls, call: RoutedCall) -> RoutedCallView:
        """The call."""
        return cls(call.seconds, call.cost, call.sale, call.margin)


@dataclass(frozen=True)
class RouteView:
    """A provider by whom the number can be sent; amounts of one call of each duration together."""

    provider: Annotated[str, Doc("its name")]
    card: Annotated[str, Doc("its buy card")]
    revision: Annotated[int | None, Doc("of the card, the one in force")]
    prefix: Annotated[str | None, Doc("the longest of the card that begins the number")]
    destination: Annotated[str | None, Doc("of that prefix")]
    cost: Annotated[Rate, Doc("what the calls cost; the order goes by it")]
    own_cost: Annotated[Rate, Doc("the same in the provider's currency")]
    own_currency: Annotated[str, Doc("the provider's")]
    price_class: Annotated[
        str | None,
        Doc(
            "whose price it is: the band, jurisdiction, origin or caller's prefix; null: there is one price"
        ),
    ]
    caller_unknown: Annotated[
        bool,
        Doc(
            "whether that goes by the caller, and nobody said who calls: it is the price of an unknown one"
        ),
    ]
    sale: Annotated[
        Rate | None, Doc("what they are sold for; null: nobody asked, or they have no price")
    ]
    margin: Annotated[Rate | None, Doc("sale − cost")]
    loses: Annotated[
        list[Rate], Doc("the durations in seconds at which a call costs more than it brings")
    ]
    calls: Annotated[list[RoutedCallView], Doc("one object for each duration")]

    @classmethod
    def of(cls, route: Route) -> RouteView:
        """The provider's line."""
        return cls(
            provider=route.provider,
            card=route.card,
            revision=route.revision,
            prefix=route.prefix,
            destination=route.destination,
            cost=route.cost,
            own_cost=route.own_cost,
            own_currency=route.own_currency,
            price_class=route.price_class,
            caller_unknown=route.is_caller_unknown,
            sale=route.sale,
            margin=route.margin,
            loses=list(route.loses),
            calls=[RoutedCallView.of(call) for call in route.calls],
        )


@dataclass(frozen=True)
class NotRoutedView:
    """A provider that is not among the routes."""

    provider: Annotated[str, Doc("its name")]
    card: Annotated[str, Doc("its buy card")]
    reason: Annotated[
        str,
        Doc('`"blocked"`, `"no_rate"`, `"no_revision"`, `"no_exchange_rate"` or `"no_gateway"`'),
    ]
    prefix: Annotated[str | None, Doc("the longest of the card that begins the number")]
    message: Annotated[str, Doc("in words")]

    @classmethod
    def of(cls, one: NotRouted, routing: Routing) -> NotRoutedView:
        """Why it is not."""
        words = why_not(one, routing.number, routing.at, routing.currency)
        return cls(one.provider, one.card, one.reason.value, one.prefix, words)


@dataclass(frozen=True)
class RoutingView:
    """By whom a number is best sent."""

    number: Annotated[str, Doc("digits")]
    caller: Annotated[
        str | None,
        Doc("likewise; null: nobody said, and what goes by it is priced as of an unknown one"),
    ]
    at: Annotated[str, Doc("when it is answered, UTC")]
    seconds: Annotated[list[Rate], Doc("the durations that are compared")]
    currency: Annotated[str, Doc("of costs, sales and margins")]
    sold_by: Annotated[str | None, Doc("the card or plan of `sale`; null: nobody asked")]
    sale_class: Annotated[str | None, Doc("whose price `sale` is, as `routes[].price_class`")]
    sale_caller_unknown: Annotated[bool, Doc("as `routes[].caller_unknown`, of `sale`")]
    routes: Annotated[list[RouteView], Doc("the cheapest first")]
    without: Annotated[list[NotRoutedView], Doc("the other providers, each with its reason")]
    notes: Annotated[list[str], Doc("what is to be known of it, in words")]

    @classmethod
    def of(cls, routing: Routing) -> RoutingView:
        """The routing."""
        without = [NotRoutedView.of(one, routing) for one in routing.without]
        return cls(
            number=routing.number,
            caller=routing.caller,
            at=instant_text(routing.at),
            seconds=list(routing.seconds),
            currency=routing.currency,
            sold_by=routing.sold_by,
            sale_class=routing.sale_class,
            sale_caller_unknown=routing.is_sale_caller_unknown,
            routes=[RouteView.of(route) for route in routing.routes],
            without=without,
            notes=[f"Not by {one.provider}: {one.message}." for one in without] + _notes(routing),
        )

    @property
    def title(self) -> str:
        """What the routes are of."""
        sold = "" if self.sold_by is None else f", sold by {self.sold_by}"
        caller = "" if self.caller is None else f" from {self.caller}"
        return f"{self.number}{caller} at {self.at}, {seconds_words(self.seconds)}{sold}, in {self.currency}"


def seconds_words(seconds: Iterable[Decimal]) -> str:
    """Durations, as in `10 s, 60 s`."""
    return ", ".join(f"{money.text(one, 0)} s" for one in seconds)


def why_not(one: NotRouted, number: str, at: datetime, currency: str) -> str:
    """Why a number is not sent by a provider; of tables of a switch, which are of no number, it is empty."""
    match one.reason:
        case NoRoute.BLOCKED:
            return f"card {one.card} blocks prefix {one.prefix}"
        case NoRoute.NO_RATE:
            return f"no prefix of card {one.card} begins {number}"
        case NoRoute.NO_REVISION:
            return f"card {one.card} has no revision in force then; import it, or take one live"
        case NoRoute.NO_GATEWAY:
            return "it has no gateway; declare gateway in its table, and apply it"
        case NoRoute.NO_EXCHANGE:
            cost = "" if one.own_cost is None else f"{money.text(one.own_cost)} "
            return (
                f"it costs {cost}{one.own_currency}, and {at.date()} has no rate of exchange to {currency};"
                " declare it under [fx]"
            )


def _notes(routing: Routing) -> list[str]:
    notes = []
    match routing.sale_missing:
        case NoRoute.BLOCKED:
            notes.append(f"{routing.sold_by} does not sell it: its prefix is blocked.")
        case NoRoute.NO_RATE:
            notes.append(f"{routing.sold_by} does not sell it: no prefix begins {routing.number}.")
        case NoRoute.NO_REVISION:
            notes.append(f"What it is sold for is not known: no revision of {routing.sold_by} is in force then.")  # fmt: skip
        case NoRoute.NO_EXCHANGE:
            notes.append(
                f"What it is sold for is not known in {routing.currency}: declare a rate of exchange under [fx]."
            )
    notes += _of_unknown_callers(routing)
    if not routing.routes:
        notes.append(f"No provider takes {routing.number}.")
    return notes


def _of_unknown_callers(routing: Routing) -> list[str]:
    going = [(one.card, one.price_class) for one in routing.routes if one.is_caller_unknown]
    if routing.is_sale_caller_unknown:
        going.append((str(routing.sold_by), routing.sale_class))
    if not going:
        return []
    named = some_of([f"{name} ({held})" for name, held in dict.fromkeys(going)])
    margins = ", and so are margins and losses" if routing.sold_by and routing.routes else ""
    return [
        f"Nobody said who calls, and it counts for {named}: what is shown is for an unknown caller{margins}."
        " Add --caller NUMBER."
    ]
