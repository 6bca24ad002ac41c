"""Whether selling by a card covers what buying costs (docs/rules/building.md, "Assurance")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from minutebook import money
from minutebook.cards.building.class_prices import of_class, with_class_prices
from minutebook.cards.building.kept import own_names, together, unlike_parts
from minutebook.cards.classes import differing, without_tables
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.revision import no_revision
from minutebook.cards.tariff import Tally, Terms
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.lake.number_tables import lookups_of
from minutebook.notebook import Shown
from minutebook.plans.fx import exchange_rate
from minutebook.rating.losses import losses_by_class
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
    price_class: str | None = None
    """In which band, jurisdiction, origin or caller's prefix; None: in each, or prices differ by none."""

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
    tables = _of_classes(store, sale)
    pairs = [_on_paper(sale, tables, buy, _of_classes(store, buy)) for buy, _ in bought]
    lengths = [int(one * 1000) for one in seconds]
    found = [
        LosingPrice(
            row["prefix"],
            row["name"],
            buy.card,
            Decimal(row["duration_ms"]) / 1000,
            money.decimal_of_units(row["sale"]),
            money.decimal_of_units(row["cost"]),
            row["price_class"],
        )
        for (buy, rate), pair in zip(bought, pairs, strict=True)
        for row in losses_by_class(*pair, lengths, rate).iter_rows(named=True)
    ]
    found.sort(
        key=lambda one: (-one.loss, one.prefix, one.against, one.seconds, one.price_class or "")
    )
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
        lookups=lookups_of(store, revision.terms.bands),
    )


def _of_classes(store: CardStore, revision: Revision) -> dict[str | None, RateTable]:
    return tables_of_classes(store.read(revision.sha256), revision.terms)


def tables_of_classes(deck: pl.DataFrame, terms: Terms) -> dict[str | None, RateTable]:
    """The prices of a deck in each of its card's classes, for calls of which no more is known; None: it has no classes."""
    names = () if terms.bands is None else terms.bands.names
    plain = replace(terms, bands=None)
    if deck["rates"].null_count() == deck.height:
        return {None: RateTable.of_card(deck, plan=Terms(), card=plain, tally=Tally.CALL)}
    rows = with_class_prices(deck, names, terms.connect_fee)
    of_each = {
        name: {part: of_class(part, name) for part in ("rate", "connect_fee")} for name in names
    }
    return {
        name: RateTable.of_card(
            rows.with_columns(
                *(pl.col(column).alias(part) for part, column in columns.items()), rates=None
            ).cast({"rates": DECK_SCHEMA["rates"]}),
            plan=Terms(),
            card=plain,
            tally=Tally.CALL,
        )
        for name, columns in of_each.items()
    }


_Tables: TypeAlias = "dict[str | None, RateTable]"


def _on_paper(
    sale: Revision, sold: _Tables, buy: Revision, bought: _Tables
) -> tuple[_Tables, _Tables]:
    """The tables of two cards in the classes that both have together; `InputError` where they differ by the same thing,
    and each by its own: which of their classes meet on a call is not known on paper.
    """
    ours, theirs = (without_tables(one.terms.bands) for one in (sale, buy))
    if ours is None or theirs is None or None in sold or None in bought:
        return sold, bought
    if (unlike := unlike_parts({"": ours, "other": theirs})) is not None:
        raise InputError(
            f"the prices of cards {sale.card!r} and {buy.card!r} differ by {differing(unlike[2])}, each by its own,"
            " and on paper a call has no time and no caller; try them on the calls of some days, or name another card"
        )
    both = together([ours, theirs])
    assert both is not None
    return (
        {name: sold[own] for name, own in own_names(both, ours).items()},
        {name: bought[own] for name, own in own_names(both, theirs).items()},
    )
