"""What a call would cost: by a card, by a plan, by a tariff given in words, or as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from minutebook.calls.numbers import normalised_series
from minutebook.calls.source import Source
from minutebook.cards.tariff import DEFAULT_TERMS, Tally, Terms
from minutebook.errors import InputError
from minutebook.facts import Fact
from minutebook.notebook import Shown
from minutebook.rating.single import PricedCall, price_one
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from minutebook.billing.schedule import Batch
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.plans.plan import Plan
    from minutebook.rating.steps import PriceStep

_TYPED = Source(name="typed by hand")


@dataclass(frozen=True, slots=True)
class NoRate(Fact):
    """A call has no price: no prefix of the card begins its number."""

    called: str


@dataclass(frozen=True, slots=True)
class RateBlocked(Fact):
    """A call has no price: its prefix is blocked."""

    prefix: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Quote(Shown):
    """A price and its currency; under a tariff in words there is none."""

    _TOLD: ClassVar = ("called", "billed_seconds", "cost", "refusal")
    called: str
    """The number called, as E.164 digits."""
    priced: PricedCall
    """The price, and the way to it."""
    currency: str | None
    """Of the price; None where a tariff was said in words."""

    @property
    def cost(self) -> Decimal | None:
        """What the call costs; None where it has no price."""
        return None if self.refusal else self.priced.cost

    @property
    def billed_seconds(self) -> int | None:
        """The seconds that the price counts; None where there is no price."""
        return None if self.refusal else self.priced.billed_seconds

    @property
    def steps(self) -> tuple[PriceStep, ...]:
        """The way to the cost."""
        return self.priced.explanation

    @property
    def refusal(self) -> NoRate | RateBlocked | None:
        """Why the call has no price; None where it has."""
        match self.priced.status:
            case "unpriced":
                return NoRate(self.called)
            case "blocked":
                return RateBlocked(self.priced.prefix)
            case _:
                return None


def by_rate(called: str, seconds: Decimal, rate: Decimal, terms: Terms) -> Quote:
    """A price by a tariff given in words: a rate a minute, and terms over the defaults."""
    terms = terms.checked_bounds().over(DEFAULT_TERMS)
    table = RateTable.flat(rate, plan=terms, tally=Tally.CALL)
    number = number_of(called)
    return Quote(number, price_one(number, seconds, table), None)


def by_card(
    carrier: Carrier,
    cards: CardStore,
    called: str,
    seconds: Decimal,
    card: str,
    at: datetime,
    caller: str | None = None,
) -> Quote:
    """A price by the revision of a card in force at an instant, each call rounded."""
    currency = carrier.card_named(card).currency
    batch = _batch(carrier, card_plan(card, currency), at)
    return by_batch(cards, batch, called, seconds, currency, at, caller)


def card_plan(card: str, currency: str) -> Plan:
    """The plan that is a card alone: each call rounded, with the defaults where the card is silent."""
    from minutebook.plans.plan import Plan

    return Plan(name=card, currency=currency, tally=Tally.CALL, terms=DEFAULT_TERMS, card=card)


def by_plan(
    carrier: Carrier,
    cards: CardStore,
    called: str,
    seconds: Decimal,
    plan: str,
    at: datetime,
    caller: str | None = None,
) -> Quote:
    """A price by a plan at an instant; a daily plan's as if the call were alone that day."""
    known = carrier.plan_of(plan, at.date())
    return by_batch(cards, _batch(carrier, known, at), called, seconds, known.currency, at, caller)


def by_batch(
    cards: CardStore,
    batch: Batch,
    called: str,
    seconds: Decimal | None,
    currency: str,
    at: datetime,
    caller: str | None = None,
) -> Quote:
    """The price of a call, answered at `at`, by what prices a batch; `seconds` None: not answered."""
    number = number_of(called)
    from_number = None if caller is None else number_of(caller)
    (priced,) = prices_by_batch(cards, batch, number, [seconds], at, from_number)
    return Quote(number, priced, currency)


def prices_by_batch(
    cards: CardStore,
    batch: Batch,
    number: str,
    seconds: Iterable[Decimal | None],
    at: datetime,
    caller: str | None = None,
) -> list[PricedCall]:
    """The prices of calls of several durations to one number, of digits, as `by_batch` has that of one."""
    from minutebook.billing.tallying import rate_table
    from minutebook.lake.number_tables import lookups_of

    revision = batch.revision
    deck = None if revision is None else cards.read(revision.sha256)
    lookups = lookups_of(cards, None if revision is None else revision.terms.bands)
    if deck is not None:  # of a deck of 300,000 rows only those count that begin the number
        numbering = lookups.numbering
        priced_by = None if numbering is None else numbering.route_of(number)
        deck = deck.filter(pl.lit(priced_by or number).str.starts_with(pl.col("prefix")))
    table = rate_table(batch.plan, revision, deck, lookups)
    return [price_one(number, one, table, at, caller) for one in seconds]


def batch_in_force(carrier: Carrier, plan: Plan, at: datetime) -> Batch | None:
    """What prices a call by a plan at an instant; None where its card has no revision in force then."""
    from minutebook.billing.schedule import Batch

    card = None if plan.card is None else carrier.cards.get(plan.card)
    revision = None if card is None else card.in_force(at)
    return None if plan.card is not None and revision is None else Batch(plan, revision, ())


def _batch(carrier: Carrier, plan: Plan, at: datetime) -> Batch:
    batch = batch_in_force(carrier, plan, at)
    if batch is None:
        raise InputError.advised(
            f"card {plan.card!r} has no revision in force at {at.isoformat()}",
            "import it, or pass another at",
            shell="import it, or say another --at",
        )
    return batch


def number_of(called: str) -> str:
    """A number that is typed by hand, as E.164 digits."""
    number: str = normalised_series(pl.Series([called]), _TYPED)[0]
    return number
