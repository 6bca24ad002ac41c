"""Where two sides' amounts differ, and by how much: each difference in a class, adding up exactly
(docs/rules/disputes.md, "Classes of differences").

Pure. Of a matched pair the money is taken apart one step after the other: what our prices make of
their duration instead of ours is `duration`; what is left between that and their amount is their
price: its rate, increment, connect fee or rounding, whichever explains most calls of a prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.disputes.causes.classes import UNEXPLAINED, Difference
from minutebook.disputes.causes.pricing import CallsOnOtherTerms, pricing

if TYPE_CHECKING:
    from minutebook.disputes.matching.matching import Matching

_CLOCK_US: Final = 1_000_000

DIFFERENCE_SCHEMA: dict[str, type[pl.DataType]] = {
    "ours": pl.UInt32,
    "theirs": pl.UInt32,
    "difference": pl.String,
    "ms": pl.Int64,  # ours less theirs
    "units": pl.Int64,  # ours less theirs, in money.UNITS
}


@dataclass(frozen=True, slots=True)
class CallDifferences:
    """Differences (DIFFERENCE_SCHEMA); how they price otherwise; decimals of ours and theirs.

    `by_theirs`: it is ours that prices otherwise, and the decimals are of theirs and ours.
    """

    frame: pl.DataFrame
    changes: list[CallsOnOtherTerms]
    decimals: tuple[int, int] | None
    by_theirs: bool


SIDE_COLUMNS: Final = ("n", "at", "setup_at", "ended_at", "duration_ms", "inside", "units")
"""Of each side: the row, the answer (µs; unanswered: the setup), setup and end (Datetime), the talk,
whether in the period, the amount."""


def compared(matching: Matching, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that differ in anything, with SIDE_COLUMNS of both sides (theirs: `…_theirs`)."""
    unlike = [
        pl.col(name) != pl.col(f"{name}_theirs") for name in ("duration_ms", "units", "inside")
    ]
    right = theirs.lazy().select(pl.col(SIDE_COLUMNS).name.suffix("_theirs"))
    return (
        matching.pairs.lazy()
        .select("ours", "theirs")
        .join(ours.lazy().select(pl.col(SIDE_COLUMNS)), left_on="ours", right_on="n")
        .join(right, left_on="theirs", right_on="n_theirs")
        .filter(
            pl.col("inside") | pl.col("inside_theirs"), _clocks_differ() | pl.any_horizontal(unlike)
        )
        .collect(engine="streaming")
    )


def _clocks_differ() -> pl.Expr:
    """No time agrees: a side that counts from setup, or ends a call later, has the other times right."""
    apart = [
        (pl.col(f"{name}_theirs") - pl.col(name)).dt.total_microseconds().abs()
        for name in ("setup_at", "ended_at")
    ]
    return pl.min_horizontal((pl.col("at_theirs") - pl.col("at")).abs(), *apart) > _CLOCK_US


def call_differences(
    pairs: pl.DataFrame,
    matching: Matching,
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    decimals: int,
    *,
    by_theirs: bool = False,
) -> CallDifferences:
    """Every difference of the period; a pair may have several, or none.

    `pairs` are `compared`, with our price of the call at their duration: `repriced`, and the columns
    of `pricing`; `by_theirs`: it is theirs that our cards price, so `repriced` is their price at our
    duration. `decimals` are the usual ones of the other side's amounts.
    """
    both = pairs.filter(pl.col("inside") & pl.col("inside_theirs"))
    one = pairs.filter(pl.col("inside") != pl.col("inside_theirs"))
    sign = pl.when("inside").then(1).otherwise(-1)
    mine = pl.col("inside")
    crossing = one.select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.DAY_BOUNDARY.value),
        ms=sign * pl.when(mine).then("duration_ms").otherwise("duration_ms_theirs"),
        units=sign * pl.when(mine).then("units").otherwise("units_theirs"),
    )
    base, other = ("units_theirs", "units") if by_theirs else ("units", "units_theirs")
    sign_of_base = -1 if by_theirs else 1
    longer = both.filter(pl.col("duration_ms") != pl.col("duration_ms_theirs")).select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.DURATION.value),
        ms=pl.col("duration_ms") - pl.col("duration_ms_theirs"),
        units=sign_of_base * (pl.col(base) - pl.col("repriced")),
    )
    later = both.filter(_clocks_differ()).select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.CLOCK.value),
        ms=pl.lit(0, pl.Int64),
        units=pl.lit(0, pl.Int64),
    )
    odd = both.filter(pl.col("repriced") != pl.col(other))
    if by_theirs:
        length = pl.col("duration_ms").alias("duration_ms_theirs")
        odd = odd.with_columns(length, units_theirs="units")
    priced = pricing(odd, decimals, UNEXPLAINED)
    dearer = priced.differences.with_columns(pl.col("units") * sign_of_base, ms=pl.lit(0, pl.Int64))
    parts = [
        crossing,
        longer,
        later,
        dearer,
        _lonely(ours, matching.alone_ours, "ours", Difference.MISSING_THEIRS),
        _lonely(theirs, matching.alone_theirs, "theirs", Difference.MISSING_OURS),
        _lonely(ours, matching.again_ours, "ours", Difference.DUPLICATE),
        _lonely(theirs, matching.again_theirs, "theirs", Difference.DUPLICATE),
    ]
    schema = [pl.col(name).cast(dtype) for name, dtype in DIFFERENCE_SCHEMA.items()]
    frame = pl.concat([part.select(schema) for part in parts])
    return CallDifferences(frame, priced.changes, priced.decimals, by_theirs)


def _lonely(side: pl.DataFrame, rows: pl.Series, name: str, what: Difference) -> pl.DataFrame:
    """Calls of one side alone, those of the period."""
    sign = 1 if name == "ours" else -1
    other = "theirs" if name == "ours" else "ours"
    found = side.filter(pl.col("n").is_in(rows.implode()), pl.col("inside"))
    return found.select(
        pl.col("n").alias(name),
        pl.lit(None, pl.UInt32).alias(other),
        difference=pl.lit(what.value),
        ms=sign * pl.col("duration_ms"),
        units=sign * pl.col("units"),
    )
