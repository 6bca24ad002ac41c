"""The prices that a deck's rows have in classes of calls (bands, jurisdictions, origins, callers), a column for each; and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.deck_classes import BAND_PRICE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


def of_class(part: str, name: str | None) -> str:
    """The column of a part of a price (rate, connect_fee) in a class; None: there are no classes."""
    return part if name is None else f"{part} {name}"


def each_class(names: Sequence[str]) -> list[str | None]:
    """The classes of these names; None alone where there are none."""
    return list(names) if names else [None]


def in_classes(rows: pl.DataFrame, rates: str, names: Sequence[str], part: str) -> list[pl.Series]:
    """A part of rows' prices in each class, by a column of their prices in classes (List of BAND_PRICE); the row's own `part` where that says
    nothing of a class.
    """
    said = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("__row"), said=rates)
    said = said.filter(pl.col("said").is_not_null()).explode("said").unnest("said")
    which = "rate" if part.startswith("rate") else "connect_fee"
    found = []
    for name in names:
        here = said.filter((pl.col("band") == name) & pl.col(which).is_not_null())
        of_name = rows[part].clone().scatter(here["__row"], here[which])
        found.append(of_name.alias(of_class(which, name)))
    return found


def with_class_prices(
    rows: pl.DataFrame, names: Sequence[str], card_fee: Decimal | None
) -> pl.DataFrame:
    """A deck's rows with the columns `of_class` of each class; the card's fee where a row says none."""
    fee = pl.lit(None if card_fee is None else money.units(card_fee), pl.Int64)
    rows = rows.with_columns(pl.coalesce("connect_fee", fee).alias("connect_fee"))
    return rows.hstack(
        [
            column
            for part in ("rate", "connect_fee")
            for column in in_classes(rows, "rates", names, part)
        ]
    )


def as_rates(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Rows with the columns `of_class` as a deck has them: `rate`, `connect_fee` and `rates`.

    What is alike in all classes the row says once.
    """
    rates, fees = ([of_class(part, name) for name in names] for part in ("rate", "connect_fee"))
    one_rate, one_fee = (
        pl.all_horizontal(pl.col(column).eq_missing(pl.col(of[0])) for column in of)
        for of in (rates, fees)
    )
    one = one_rate & one_fee
    prices = pl.concat_list(
        pl.struct(
            pl.lit(name).alias("band"),
            pl.col(rate).alias("rate"),
            pl.when(~one_fee).then(fee).alias("connect_fee"),
        ).cast(BAND_PRICE)
        for name, rate, fee in zip(names, rates, fees, strict=True)
    )
    return rows.select(
        *(name for name in rows.columns if name not in {*rates, *fees}),
        pl.when(one).then(rates[0]).alias("rate"),
        pl.when(one_fee).then(fees[0]).alias("connect_fee"),
        pl.when(~one).then(prices).alias("rates"),
    )
