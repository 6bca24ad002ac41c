"""Whether selling by a card covers what buying costs (docs/rules/building.md, "Assurance")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.cards.classes import differing
from minutebook.cards.revision import no_revision
from minutebook.cards.tariff import Tally, Terms
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.lake.number_tables import numbering_of
from minutebook.notebook import Shown
from minutebook.plans.fx import exchange_rate
from minutebook.rating.losses import losses
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from fractions import Fraction

    from minutebook.cards.revision import Card, Revision
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore


@dataclass(frozen=True, slots=True, repr=False)
class LosingPrice(Shown):
    """A prefix and a duration at which a call is sold for less than it costs."""

    prefix: str
    name: str | None
    """Of the destination, as the sale card has it."""
    against: str
    """The card that is bought by."""
    seconds: Decimal
    """How long the call is."""
    sale: Decimal
    """What it is sold for."""
    cost: Decimal
    """What it costs."""

    @property
    def loss(self) -> Decimal:
        """What is lost by such a call."""
        return self.cost - self.sale


@dataclass(frozen=True, slots=True, repr=False)
class CardAssurance(Shown):
    """A sale card held against buy cards, on paper."""

    sale: Revision
    """The revision of the sale card."""
    currency: str
    against: tuple[Revision, ...]
    """The revisions of the buy cards."""
    seconds: tuple[Decimal, ...]
    """The durations that were tried."""
    losing: tuple[LosingPrice, ...]
    """Where it loses, the largest loss first."""


def durations(seconds: Sequence[str]) -> tuple[Decimal, ...]:
    """Durations in seconds, from digits; each once, in order."""
    if not seconds:
        raise InputError(
            "seconds names no duration; name one", shell="--seconds names no duration; name one"
        )
    return tuple(
        sorted({Decimal(money.parse_seconds_ms(one, "seconds")) / 1000 for one in seconds})
    )


def assured(
    carrier: Carrier,
    store: CardStore,
    card: str,
    against: Sequence[str],
    seconds: Sequence[Decimal],
    at: datetime,
    revision: int | None = None,
) -> CardAssurance:
    """Where calls of given durations lose: sold by a card, its revision in force at `at` or one by its number,
    and bought by each of others, in force then; of another currency by the day's rate of exchange. `InputError` where
    there is none, or a card has no revision in force.
    """
    sale, bought, currency = sold_and_bought(carrier, card, against, at, revision)
    table = _timeless(store, sale)
    lengths = [int(one * 1000) for one in seconds]
    found = [
        LosingPrice(
            row["prefix"],
            row["name"],
            buy.card,
            Decimal(row["duration_ms"]) / 1000,
            money.decimal_of_units(row["sale"]),
            money.decimal_of_units(row["cost"]),
        )
        for buy, rate in bought
        for row in losses(table, _timeless(store, buy), lengths, rate).iter_rows(named=True)
    ]
    found.sort(key=lambda one: (-one.loss, one.prefix, one.against, one.seconds))
    revisions = tuple(buy for buy, _ in bought)
    return CardAssurance(sale, currency, revisions, tuple(seconds), tuple(found))


def sold_and_bought(
    carrier: Carrier,
    card: str,
    against: Sequence[str],
    at: datetime,
    revision: int | None,
) -> tuple[Revision, list[tuple[Revision, Fraction]], str]:
    """The revision of a sale card, those of the cards to buy by with the rate of exchange of the UTC day of `at`, and
    the sale's currency.
    """
    if not against:
        raise InputError(
            "against names no card to buy by; name one",
            shell="say by which cards you buy: --against CARD",
        )
    sold, day = card_of(carrier.cards, card), at.astimezone(UTC).date()
    sale = _in_force(sold, at) if revision is None else sold.numbered(revision)
    bought = []
    for name in dict.fromkeys(against):
        buy = card_of(carrier.cards, name)
        rate = exchange_rate(carrier.fx, buy.currency, sold.currency, day)
        if rate is None:
            raise InputError(
                f"card {name!r} is in {buy.currency}, {card!r} in {sold.currency}, and {day} has no rate of exchange;"
                f" declare {buy.currency}_{sold.currency} under [fx] and apply it"
            )
        bought.append((_in_force(buy, at), rate))
    return sale, bought, sold.currency


def _in_force(card: Card, at: datetime) -> Revision:
    revision = card.in_force(at)
    if revision is None and not card.revisions:
        raise no_revision(card)
    if revision is None:
        raise InputError.advised(
            f"card {card.name!r} has no revision in force at {instant_text(at)}",
            "take one live, or pass another at",
            shell="take one live, or say another --at",
        )
    return revision


def card_table(store: CardStore, revision: Revision) -> RateTable:
    """The prices of a revision, by the defaults where it is silent, each call rounded."""
    deck = store.read(revision.sha256)
    return RateTable.of_card(
        deck,
        plan=Terms(),
        card=revision.terms,
        tally=Tally.CALL,
        numbering=numbering_of(store, revision.terms.bands),
    )


def _timeless(store: CardStore, revision: Revision) -> RateTable:
    table = card_table(store, revision)
    if table.bands is not None:
        lacks = "time" if table.times is not None else "caller"
        by = differing(table.bands)
        raise InputError(
            f"card {revision.card!r} has prices by {by}, and on paper a call has no {lacks}; try it on the calls of some days, or name another card"
        )
    return table
