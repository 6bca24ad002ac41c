"""A card that another is built from: its prices in that one's currency, and one a prefix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.cards.building.class_prices import of_class, with_class_prices
from minutebook.cards.recipe import EXACT, Collapse
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from minutebook.cards.tariff import Terms

_AMOUNTS: Final = ("rate", "connect_fee", "minimum_cost", "maximum_cost")
"""The columns of a deck that hold money, in units."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A card that another is built from: the revision in force, its rows (DECK_SCHEMA) and its terms."""

    card: str
    revision: int
    rows: pl.DataFrame
    terms: Terms
    exchange: Fraction = Fraction(1)
    """How many of the built card's currency one of its own is."""


def exchanged_terms(parent: Parent) -> Terms:
    """What a parent's card says, its amounts in the built card's currency."""
    terms, rate = parent.terms, parent.exchange

    def of(amount: Decimal | None) -> Decimal | None:
        return amount if amount is None or rate == 1 else EXACT.of(Fraction(amount) * rate)

    return replace(
        terms,
        connect_fee=of(terms.connect_fee),
        attempt_fee=of(terms.attempt_fee),
        minimum_cost=of(terms.minimum_cost),
        maximum_cost=of(terms.maximum_cost),
    )


def exchanged(parent: Parent) -> Parent:
    """The parent with all amounts in the built card's currency, each at ten decimals, halves to the even digit
    (docs/rules/building.md, "Parents in another currency").

    `InputError` where a price would be out of range.
    """
    if parent.exchange == 1:
        return parent
    most = money.PRICE_LIMIT * money.UNITS * parent.exchange.denominator
    of_classes = (
        pl.col("rates").list.eval(pl.element().struct.field(name)).list.max()
        for name in ("rate", "connect_fee")
    )
    amounts = [*map(pl.col, _AMOUNTS), *of_classes]
    dear = parent.rows.filter(
        pl.any_horizontal(
            amount.cast(pl.Int128) * parent.exchange.numerator >= most for amount in amounts
        )
    )
    if dear.height:
        raise InputError(
            f"card {parent.card!r}: the price of {dear['prefix'][0]}, exchanged, would be {money.PRICE_LIMIT:,} or more;"
            " mend the rate of exchange"
        )
    rows = parent.rows.with_columns(_exchanged(pl.col(name), parent.exchange) for name in _AMOUNTS)
    in_bands = pl.element().struct.with_fields(
        _exchanged(pl.field(name), parent.exchange) for name in ("rate", "connect_fee")
    )
    rows = rows.with_columns(pl.col("rates").list.eval(in_bands))
    return replace(parent, rows=rows, terms=exchanged_terms(parent))


def _exchanged(amount: pl.Expr, rate: Fraction) -> pl.Expr:
    whole = amount.cast(pl.Int128) * (60 * rate.numerator)
    per_unit = 60 * rate.denominator
    method = EXACT.effective_method
    return (money.rounded_units(whole, per_unit, method) // rate.denominator).cast(pl.Int64)


def parts_of_means(parents: Sequence[Parent], collapse: Collapse | None) -> int:
    """Of how many parts a unit must be, so that the mean of any parent's bands is a whole number of them."""
    if collapse is not Collapse.AVG:
        return 1
    return lcm(*(len(parent.terms.bands.names) for parent in parents if parent.terms.bands))


def collapsed(parent: Parent, collapse: Collapse | None, parts: int) -> Parent:
    """The parent with one price a row, in units × `parts` (Int128): what `collapse` makes of those of its bands
    (docs/rules/building.md, "Collapse"). The fee is the largest of any band.
    """
    rows, bands = parent.rows, parent.terms.bands
    if bands is None or rows["rates"].null_count() == rows.height:
        rate = pl.col("rate").cast(pl.Int128) * parts
        return replace(parent, rows=rows.with_columns(rate.alias("rate"), rates=None))
    rows = with_class_prices(rows, bands.names, parent.terms.connect_fee)
    rates = [pl.col(of_class("rate", band)) for band in bands.names]
    fees = [pl.col(of_class("connect_fee", band)) for band in bands.names]
    match collapse:
        case Collapse.MIN:
            one = pl.min_horizontal(rates).cast(pl.Int128) * parts
        case Collapse.MAX:
            one = pl.max_horizontal(rates).cast(pl.Int128) * parts
        case _:
            total = pl.sum_horizontal(rate.cast(pl.Int128) for rate in rates)
            one = total * (parts // len(rates))
    priced = pl.col("status") == "open"
    rows = rows.select(
        *(name for name in parent.rows.columns if name not in ("rate", "connect_fee", "rates")),
        pl.when(priced).then(one).alias("rate"),
        pl.max_horizontal(fees).alias("connect_fee"),
        rates=None,
    )
    return replace(parent, rows=rows)
