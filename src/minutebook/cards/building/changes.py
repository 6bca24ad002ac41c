"""What numbers are charged otherwise by one deck than by another, however their rows are cut."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from minutebook.cards.prefixes import PrefixIndex

COMPARED: Final = (
    "rate", "connect_fee", "minimum_s", "pulse_s", "rounding_method", "rounding_precision", "grace_ms", "free_ms",
    "minimum_cost", "maximum_cost", "steps", "rates",
)  # fmt: skip
"""What a row says of the cost of a call."""


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
    return compared_prices(before, after).select(
        "prefix", "name", "change", "rate_before", "rate_after"
    )


def compared_prices(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """As `price_changes`, with all that either deck's row says: `grace_ms_before`, `grace_ms_after` and so on."""
    prefixes = pl.concat([before["prefix"], after["prefix"]]).unique().sort().to_frame()
    was = _charged(before, prefixes).rename(lambda name: f"{name}_before")
    now = _charged(after, prefixes).rename(lambda name: f"{name}_after")
    both = prefixes.hstack(was).hstack(now)
    priced_before = pl.col("status_before") == "open"
    priced_after = pl.col("status_after") == "open"
    both = both.with_columns(move=_moves(both))
    dearer, cheaper = pl.col("move") > 0, pl.col("move") < 0
    other = pl.any_horizontal(
        pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in COMPARED
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
    return both.filter(priced_before | priced_after).with_columns(
        pl.coalesce("name_after", "name_before").alias("name"), change.alias("change")
    )


def _moves(both: pl.DataFrame) -> pl.Series:
    """1 where no rate falls and one rises, -1 where it is the other way round, 0 or null: neither; the rates of
    bands among them, each against the row's own where it has none.
    """
    own = (pl.col("rate_after") - pl.col("rate_before")).sign()
    in_bands = pl.col("rates_before").ne_missing(pl.col("rates_after"))
    found = both.select(own.alias("move"), in_bands.alias("bands"))
    if not found["bands"].any():
        return found["move"]
    moves = found["move"].to_list()
    for n in found["bands"].arg_true():
        row = both.row(n, named=True)
        was, now = (
            {
                one["band"]: one["rate"]
                for one in row[f"rates_{when}"] or ()
                if one["rate"] is not None
            }
            for when in ("before", "after")
        )
        pairs = [(was.get(b, row["rate_before"]), now.get(b, row["rate_after"])) for b in was | now]
        pairs = [(a, b) for a, b in (*pairs, (row["rate_before"], row["rate_after"])) if a != b]
        known = all(a is not None and b is not None for a, b in pairs)
        signs = {1 if b > a else -1 for a, b in pairs} if known else set()
        moves[n] = signs.pop() if len(signs) == 1 else 0
    return pl.Series("move", moves, pl.Int64)


def _charged(deck: pl.DataFrame, prefixes: pl.DataFrame) -> pl.DataFrame:
    """The row of a deck that holds for each prefix; one without a status where none does."""
    index = PrefixIndex.build(deck["prefix"])
    at = index.matched(prefixes.lazy(), "prefix", "at").select("at").collect()["at"]
    rows = deck.with_columns(pl.col("status").fill_null("none"))
    nothing = pl.DataFrame([{"status": "none"}], schema=rows.schema)
    return pl.concat([rows, nothing]).select("name", "status", *COMPARED)[at]
