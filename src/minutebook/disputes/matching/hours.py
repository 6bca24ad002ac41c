"""The hours in which two sides differ: what is compared first, so that only these are matched. Pure.

Frames as `matching` takes them, with `units` (the amounts) and `inside` (whether in the period).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.days import DAY_US, HOUR_US
from minutebook.disputes.matching.nearby import DIGITS

if TYPE_CHECKING:
    from minutebook.disputes.matching.matching import Matching

_HASH: Final = 2**24  # of a hash that stays 40 bits: their sum over an hour keeps to 64

TOTALS: Final = {
    "calls": pl.len(),
    "ms": pl.col("duration_ms").sum(),
    "units": pl.col("units").sum(),
}


def alike_hours(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.Series:
    """Hours (number since 1970) of which both sides have the same calls: numbers, times, lengths, amounts."""

    def sums(side: pl.DataFrame) -> pl.LazyFrame:
        parts = [
            pl.col("called").str.slice(-DIGITS),
            pl.col("at", "duration_ms", "units", "inside"),
        ]
        hashed = pl.struct(parts).hash() // _HASH
        columns = side.lazy().select(
            "duration_ms", "units", hour=pl.col("at") // HOUR_US, hash=hashed
        )
        return columns.group_by("hour").agg(**TOTALS, hash=pl.col("hash").sum())

    equal = ["hour", *TOTALS, "hash"]
    return (
        sums(ours).join(sums(theirs), on=equal).select("hour").collect(engine="streaming")["hour"]
    )


def in_hours(side: pl.DataFrame, hours: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A side's calls of these hours, and the others."""
    if hours.is_empty():
        return side.clear(), side
    inside = side.select((pl.col("at") // HOUR_US).is_in(hours.implode())).to_series()
    return side.filter(inside), side.filter(~inside)


def totals_by_hour(
    ours: pl.DataFrame, theirs: pl.DataFrame, matching: Matching, alike: pl.Series
) -> pl.DataFrame:
    """Both sides' calls of the period by hour of our clock: `hour`, TOTALS, and theirs as `…_theirs`.

    `any` and `any_theirs` count the calls of the days around the period too. A call of theirs lies at
    the time of ours that it is matched with; else at its own time less that day's shift; in hours
    that are alike the clocks agree.
    """
    shifts = matching.shifts.lazy().select("day", "shift")
    times = matching.pairs.lazy().join(
        ours.lazy().select("n", ours_at="at"), left_on="ours", right_on="n"
    )
    agreed = pl.when((pl.col("at") // HOUR_US).is_in(alike.implode())).then("at")
    at_ours = pl.coalesce("ours_at", agreed, pl.col("at") - pl.col("shift").fill_null(0))
    other = (
        theirs.lazy()
        .select("n", "at", "duration_ms", "units", "inside", day=pl.col("at") // DAY_US)
        .join(times.select("theirs", "ours_at"), left_on="n", right_on="theirs", how="left")
        .join(shifts, on="day", how="left")
        .select("duration_ms", "units", "inside", hour=at_ours // HOUR_US)
    )
    inside = {
        "calls": pl.col("inside").sum(),
        "ms": pl.col("duration_ms").filter("inside").sum(),
        "units": pl.col("units").filter("inside").sum(),
        "any": pl.len(),
    }
    own = ours.lazy().with_columns(hour=pl.col("at") // HOUR_US)
    right = other.group_by("hour").agg(**inside).rename({name: f"{name}_theirs" for name in inside})
    both = own.group_by("hour").agg(**inside).join(right, on="hour", how="full", coalesce=True)
    return both.fill_null(0).sort("hour").collect(engine="streaming")
