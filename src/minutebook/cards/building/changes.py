"""What numbers are charged otherwise by one deck than by another, however their rows are cut."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from minutebook.cards.prefixes import PrefixIndex

_COMPARED: Final = (
    "rate", "connect_fee", "minimum_s", "pulse_s", "rounding_method", "rounding_precision", "grace_ms", "free_ms",
    "minimum_cost", "maximum_cost", "steps",
)  # fmt: skip


class PriceChange(StrEnum):
    """What becomes of the price of the numbers that a prefix begins."""

    NEW = "new"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    BLOCKED = "blocked"
    REMOVED = "removed"
    CHANGED = "changed"
    """By another term than the rate."""
    UNCHANGED = "unchanged"


def price_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Every prefix of either deck (DECK_SCHEMA): what its numbers are charged before and after.

    `prefix`, `name`, `change` as `PriceChange` has it, `rate_before` and `rate_after` in units of 10⁻¹⁰, null
    where there is no price. Prefixes that have no price before and after are left out.
    """
    prefixes = pl.concat([before["prefix"], after["prefix"]]).unique().sort().to_frame()
    was = _charged(before, prefixes).rename(lambda name: f"{name}_before")
    now = _charged(after, prefixes).rename(lambda name: f"{name}_after")
    both = prefixes.hstack(was).hstack(now)
    priced_before = pl.col("status_before") == "open"
    priced_after = pl.col("status_after") == "open"
    dearer = pl.col("rate_after") > pl.col("rate_before")
    cheaper = pl.col("rate_after") < pl.col("rate_before")
    other = pl.any_horizontal(
        pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in _COMPARED
    )
    change = (
        pl.when(~priced_before)
        .then(pl.lit(PriceChange.NEW.value))
        .when(~priced_after & (pl.col("status_after") == "blocked"))
        .then(pl.lit(PriceChange.BLOCKED.value))
        .when(~priced_after)
        .then(pl.lit(PriceChange.REMOVED.value))
        .when(dearer)
        .then(pl.lit(PriceChange.DEARER.value))
        .when(cheaper)
        .then(pl.lit(PriceChange.CHEAPER.value))
        .when(other)
        .then(pl.lit(PriceChange.CHANGED.value))
        .otherwise(pl.lit(PriceChange.UNCHANGED.value))
    )
    return both.filter(priced_before | priced_after).select(
        "prefix",
        pl.coalesce("name_after", "name_before").alias("name"),
        change.alias("change"),
        "rate_before",
        "rate_after",
    )


def _charged(deck: pl.DataFrame, prefixes: pl.DataFrame) -> pl.DataFrame:
    """The row of a deck that holds for each prefix; one without a status where none does."""
    index = PrefixIndex.build(deck["prefix"])
    at = index.matched(prefixes.lazy(), "prefix", "at").select("at").collect()["at"]
    rows = deck.with_columns(pl.col("status").fill_null("none"))
    nothing = pl.DataFrame([{"status": "none"}], schema=rows.schema)
    return pl.concat([rows, nothing]).select("name", "status", *_COMPARED)[at]
