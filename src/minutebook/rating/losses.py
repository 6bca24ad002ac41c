"""Where selling by one card loses against buying by another: on paper, prefix by prefix."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.rating.calls import rated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minutebook.rating.table import RateTable


def losses(
    sale: RateTable, buy: RateTable, durations_ms: Sequence[int], rate: Fraction = Fraction(1)
) -> pl.DataFrame:
    """The prefixes of either card, and the durations, at which a call is sold for less than it costs
    (docs/rules/building.md, "Assurance").

    `prefix`; `name`, as the sale card has it; `duration_ms`; `sale` and `cost` of the call in money.UNITS, each
    rounded as its card says; the cost in the sale's currency, by `rate`. Prefixes that either card has no price for are left out. By prefix and duration.
    """
    prefixes = pl.concat([sale.deck["prefix"], buy.deck["prefix"]]).drop_nulls().unique().sort()
    durations = pl.Series("duration_ms", durations_ms, dtype=pl.Int64)
    calls = (
        prefixes.alias("called").to_frame().lazy().join(durations.to_frame().lazy(), how="cross")
    )
    longest = max(durations_ms)
    sold = rated(calls, sale, longest).select(
        "called", "duration_ms", "row", sold="priced", sale=pl.col("cost_units").cast(pl.Int128)
    )
    bought = rated(calls, buy, longest).select(
        bought="priced", cost=money.converted_units(pl.col("cost_units").cast(pl.Int128), rate)
    )
    both = pl.concat(pl.collect_all([sold, bought]), how="horizontal")
    names = pl.lit(sale.deck["name"])
    return both.filter(
        pl.col("sold") & pl.col("bought") & (pl.col("sale") < pl.col("cost"))
    ).select(
        pl.col("called").alias("prefix"),
        names.gather(pl.col("row").cast(pl.UInt32)).alias("name"),
        "duration_ms",
        "sale",
        "cost",
    )


def losses_by_class(
    sale: Mapping[str | None, RateTable],
    buy: Mapping[str | None, RateTable],
    durations_ms: Sequence[int],
    rate: Fraction = Fraction(1),
) -> pl.DataFrame:
    """As `losses`, with `price_class`: the class of either card in which it is so; null where it is so in each, or there are none.

    Both cards have a table for each class, the same ones, or one of None that holds in all of the other's.
    """
    both = list({**sale, **buy})
    names = [name for name in both if name is not None or len(both) == 1]

    def of_each(tables: Mapping[str | None, RateTable], name: str | None) -> RateTable:
        return tables[name] if name in tables else tables[None]

    found = pl.concat(
        losses(of_each(sale, name), of_each(buy, name), durations_ms, rate).with_columns(
            pl.lit(name, pl.String).alias("price_class")
        )
        for name in names
    )
    in_each = pl.len().over("prefix", "duration_ms", "sale", "cost") == len(names)
    told = found.with_columns(price_class=pl.when(~in_each).then("price_class"))
    return told.unique(maintain_order=True)
