"""What sides' calls cost: by their own amounts, by our cards, or as the calls that they are matched with
(docs/rules/disputes.md, "Amounts that are compared").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import rated_frame
from minutebook.disputes.causes.pricing import usual_decimals
from minutebook.disputes.reading.sides import AMOUNT

if TYPE_CHECKING:
    from datetime import date

    from minutebook.billing.schedule import Schedule
    from minutebook.lake.card_store import CardStore

_SOME = 2_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What prices calls that carry no amount, and a call at another length."""

    schedule: Schedule
    cards: CardStore

    def of(self, calls: pl.DataFrame, *, with_class: bool = False) -> pl.DataFrame:
        """Calls (SIDE_SCHEMA, and more) as `rated_frame` prices them."""
        length = pl.col("duration_ms")
        needed = (
            "n",
            "day",
            "account",
            "caller",
            "caller_head",
            "called",
            "called_key",
            "setup_at",
            "answered_at",
        )
        silent = calls.select(*needed, pl.when(length > 0).then(length).alias("duration_ms"))
        return rated_frame(silent, self.schedule, self.cards, with_class=with_class)


def with_amounts(side: pl.DataFrame, prices: Prices, first: date, last: date) -> pl.DataFrame:
    """A side with `units` (its own amounts, else by the account's prices), `at` and `inside`.

    `valued` is false where there is neither, and `units` 0.
    """
    priced = prices.of(side.filter(pl.col(AMOUNT).is_null()))
    ours = side.select("n").join(priced.select("n", "cost_units", "rate_units"), on="n", how="left")
    ours = ours.sort("n")
    free = pl.col("duration_ms").fill_null(0) == 0  # an attempt that no prefix covers costs nothing
    return side.with_columns(
        at=pl.coalesce("answered_at", "setup_at").dt.epoch("us"),
        inside=pl.col("day").is_between(first, last),
        units=pl.coalesce(AMOUNT, ours["cost_units"], pl.lit(0, pl.Int64)),
        valued=pl.col(AMOUNT).is_not_null() | ours["rate_units"].is_not_null() | free,
        own=pl.col(AMOUNT).is_not_null(),
        duration_ms=pl.col("duration_ms").fill_null(0),
    ).drop(AMOUNT)


def priced_as_matched(
    side: pl.DataFrame,
    other: pl.DataFrame,
    pairs: pl.DataFrame,
    which: str,
    partner: str,
    prices: Prices,
) -> pl.DataFrame:
    """A side with its matched calls that carry no amount priced as the other side's, at their length."""
    if side["own"].all():
        return side
    lengths = side.filter(~pl.col("own")).select(pl.col("n").alias(which), length="duration_ms")
    matched_with = pairs.join(lengths, on=which).select(which, "length", n=partner)
    calls = other.join(matched_with, on="n")
    unlike = calls.filter(pl.col("length") != pl.col("duration_ms"))
    priced = prices.of(unlike.with_columns(duration_ms="length")).select("n", "cost_units")
    known = calls.join(priced, on="n", how="left").select(
        n=which, known=pl.coalesce("cost_units", pl.when("valued").then("units"))
    )
    return (
        side.join(known, on="n", how="left", maintain_order="left")
        .with_columns(
            units=pl.coalesce("known", "units"),
            valued=pl.col("valued") | pl.col("known").is_not_null(),
        )
        .drop("known")
    )


def follows(side: pl.DataFrame, prices: Prices) -> float:
    """The share of a side's own amounts that are what our cards make of its calls, of some of them."""
    some = side.filter("own").head(_SOME)
    last_place = 10 ** (money.SCALE - usual_decimals(some["units"]))
    both = some.join(prices.of(some).select("n", "cost_units"), on="n")
    near = (pl.col("units") - pl.col("cost_units")).abs() < last_place
    return float(both.select(near.sum()).item()) / max(1, some.height)


def repriced_as_theirs(
    pairs: pl.DataFrame, basis: pl.DataFrame, prices: Prices, decimals: int, *, by_theirs: bool
) -> pl.DataFrame:
    """The pairs with our cards' price of a call at the other side's duration.

    Where the durations agree, or the amounts do to their last decimal (`alike`), it is the basis's own.
    """
    own, other = ("theirs", "ours") if by_theirs else ("ours", "theirs")
    suffix = {"ours": "", "theirs": "_theirs"}
    length = f"duration_ms{suffix[other]}"
    calls = basis.join(pairs.select(n=own, length=length), on="n").with_columns(
        duration_ms="length"
    )
    priced = prices.of(calls, with_class=True).select(
        "numerator",
        "rate_units",
        "connect_fee_units",
        "billed_seconds",
        "prefix",
        "price_class",
        pl.col("n").alias(own),
        repriced="cost_units",
    )
    last_place = 10 ** (money.SCALE - decimals)
    units = pl.col(f"units{suffix[own]}")
    alike = (pl.col("units") - pl.col("units_theirs")).abs() < last_place
    as_long = pl.col("duration_ms") == pl.col("duration_ms_theirs")
    return pairs.join(priced, on=own, how="left").with_columns(
        alike=alike,
        repriced=pl.when(as_long | alike).then(units).otherwise(pl.coalesce("repriced", units)),
    )
