"""Sums of rated calls, and what they come to (docs/rules/cost.md, "By the call or by the day")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.tariff import Tally
from minutebook.money import Rounding, decimal_of_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

TALLY_SCHEMA: Final[dict[str, pl.DataType]] = {
    "calls": pl.Int64(),
    "answered": pl.Int64(),
    "duration_ms": pl.Int64(),
    "billed_seconds": pl.Int64(),
    "numerator": pl.Int128(),
    "cost_units": pl.Int128(),
    "unpriced_calls": pl.Int64(),
    "unpriced_ms": pl.Int64(),
}
"""The sums of a tally; Int128 columns become Python integers, and cannot go to Arrow."""

_RUN: Final = "__run"
_SHORT: Final[dict[str, pl.DataType]] = {"short_calls": pl.Int64()}


def tallied(
    rated_calls: pl.LazyFrame, by: Sequence[str], tally: Tally, short_below_ms: int | None = None
) -> pl.LazyFrame:
    """The sums of `rated` calls for each combination of the columns `by`.

    Columns: `by` and TALLY_SCHEMA; with `short_below_ms` also `short_calls`, those answered that lasted less. `calls` are attempts, those not priced (blocked ones
    too) included and counted again in `unpriced_calls` and `unpriced_ms`. The sum that the
    tally goes by is exact, the other null: under a daily one `numerator`
    (money.NUMERATOR_UNITS, unrounded), by call `cost_units` (money.UNITS, of rounded costs).
    Streams. Tallies of parts add up to that of the whole: `added`.

    Calls in any order are right; it is fast where those of one combination stand together, as
    in the lake's files: each run of them is summed first.
    """
    duration_ms, unpriced = pl.col("duration_ms"), ~pl.col("priced")
    by_call = tally is Tally.CALL
    nothing = pl.lit(None, dtype=pl.Int128).first()
    sums = {
        "calls": pl.len(),
        "answered": duration_ms.count(),
        "duration_ms": duration_ms.sum(),
        "billed_seconds": pl.col("billed_seconds").sum(),
        "numerator": nothing if by_call else pl.col("numerator").cast(pl.Int128).sum(),
        "cost_units": pl.col("cost_units").cast(pl.Int128).sum() if by_call else nothing,
        "unpriced_calls": unpriced.sum(),
        "unpriced_ms": pl.when(unpriced).then(duration_ms).sum(),
    }
    schema = TALLY_SCHEMA
    if short_below_ms is not None:
        schema = TALLY_SCHEMA | _SHORT
        sums["short_calls"] = (duration_ms < short_below_ms).sum()
    runs = rated_calls.with_columns(pl.struct(by).rle_id().alias(_RUN)).set_sorted(_RUN)
    parts = runs.group_by(_RUN).agg(
        pl.col(by).first(),
        *(sums[name].cast(dtype).alias(name) for name, dtype in schema.items()),
    )
    return _added(parts, by, schema)


def added(tallies: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """One tally for each combination of the columns `by`, from tallies of parts."""
    return _added(tallies, by, TALLY_SCHEMA)


def _added(tallies: pl.LazyFrame, by: Sequence[str], columns: Iterable[str]) -> pl.LazyFrame:
    return tallies.group_by(by).agg(_sum_or_null(name) for name in columns)


def _sum_or_null(name: str) -> pl.Expr:
    column = pl.col(name)
    return pl.when(column.count() > 0).then(column.sum()).alias(name)


def rounded_sum(
    tally: Tally, rounding: Rounding, *, numerator: int | None, cost_units: int | None
) -> Decimal:
    """What the sums of an account's day come to: `rounding` is the plan's
    (docs/rules/cost.md, "By the call or by the day").

    Under a daily tally the sum is rounded, once; by call the costs are already.
    """
    if tally is Tally.DAILY:
        assert numerator is not None
        return rounding.of_numerator(numerator)
    assert cost_units is not None
    return decimal_of_units(cost_units)
