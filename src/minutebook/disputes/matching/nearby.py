"""Calls of two sides that may be the same by their numbers and times: to tell the clocks, and to match. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from minutebook.days import DAY_US, SECOND_US
from minutebook.disputes.matching.aligning import aligned
from minutebook.disputes.matching.clocks import FARTHEST_US, difference_counts

DIGITS: Final = 9
"""Of a number's end, which both sides write whatever their prefixes."""

_PART_CALLS: Final = 500_000  # brought together at a time: memory stays low
_A_DAY: Final = 4_000  # calls of a day that tell its clock
_MANY: Final = (
    100  # calls of the same numbers from which their lengths must be equal too, to tell it
)
_STEPS: Final = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Both sides by the ends of their numbers (`key`) and one of their times (µs).

    `ours`: `n`, `key`, `at`, `day` (of the answer; or another stretch), `duration_ms`; `theirs`:
    `theirs`, `key`, `other`, `other_ms`. Calls that lack that time are left out.
    """

    ours: pl.DataFrame
    theirs: pl.DataFrame


def keyed(
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    anchor: str,
    stretch_us: int = DAY_US,
    *,
    by_caller: bool = True,
) -> Keyed:
    """Calls (as of `matching`) by one of their times; by the caller too where both sides have callers."""
    no_caller = (ours["caller"] == "").all() or (theirs["caller"] == "").all()
    names = ["called", "caller"] if by_caller and not no_caller else ["called"]
    key = pl.struct(pl.col(name).str.slice(-DIGITS) for name in names).hash().alias("key")
    known = pl.col(anchor).is_not_null()
    day = pl.col("at") // stretch_us
    return Keyed(
        ours.filter(known).select("n", key, pl.col(anchor).alias("at"), "duration_ms", day=day),
        theirs.filter(known).select(key, theirs="n", other=anchor, other_ms="duration_ms"),
    )


def time_differences(calls: Keyed, stretch_us: int = DAY_US) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How far apart calls of the same numbers lie, at most a zone (clocks.DIFFERENCES_SCHEMA).

    Of each day some thousand calls of ours are asked, spread over it; and how many: `day`, `all`.
    """
    order = pl.int_range(pl.len()).over("day")
    step = (pl.len().over("day") // _A_DAY).clip(lower_bound=1)
    sample = calls.ours.sort("at").filter(order % step == 0)
    asked = sample.group_by("day").agg(all=pl.len())
    whole = calls.ours.group_by("day").agg(ours=pl.len())
    others = calls.theirs.group_by(day=pl.col("other") // stretch_us).agg(others=pl.len())
    asked = (
        asked.join(whole, on="day")
        .join(others, on="day", how="left")
        # of a side that has few of the other's calls, no more can agree
        .with_columns(
            pl.min_horizontal("all", pl.col("all") * pl.col("others").fill_null(0) / pl.col("ours"))
        )
        .select("day", pl.col("all").ceil().cast(pl.UInt32))
    )
    theirs = calls.theirs.join(sample.select("key").unique(), on="key", how="semi")
    often = pl.concat([sample["key"], theirs["key"]]).value_counts().filter(pl.col("count") > _MANY)
    many = pl.col("key").is_in(often["key"].implode())
    own = sample.with_columns(length=pl.when(many).then("duration_ms").otherwise(0))
    other = theirs.with_columns(length=pl.when(many).then("other_ms").otherwise(0))
    slot = [pl.col(name) // FARTHEST_US for name in ("at", "other")]
    around = [other.with_columns(slot=slot[1] + step_) for step_ in _STEPS]
    key = ["key", "length", "slot"]
    right = pl.concat(around).filter(pl.len().over(key) <= _MANY)
    found = (
        own.with_columns(slot=slot[0])
        .join(right, on=key)
        .select("day", "theirs", ours="n", difference=pl.col("other") - pl.col("at"))
        .filter(pl.col("difference").abs() <= FARTHEST_US)
    )
    return difference_counts(found, single=False), asked


def close_pairs(calls: Keyed, told: pl.DataFrame, tolerance_us: int) -> pl.DataFrame:
    """Pairs by the shift of their day; of the calls that are left, by that of the days around it."""
    parts = max(1, min(calls.ours.height, calls.theirs.height) // _PART_CALLS)
    found = []
    for part in range(parts):
        mine = pl.col("key") % parts == part
        left, right = calls.ours.filter(mine), calls.theirs.filter(mine)
        for shift in ("shift", "before", "after"):
            days = told if shift == "shift" else told.filter(pl.col(shift) != pl.col("shift"))
            asked = left.join(days.select("day", shift=shift), on="day")
            pairs = aligned(_close(asked, right, tolerance_us), tolerance_us)
            found.append(pairs)
            left = left.join(pairs.select(n="ours"), on="n", how="anti")
            right = right.join(pairs, on="theirs", how="anti")
    return pl.concat(found)


def _close(ours: pl.DataFrame, theirs: pl.DataFrame, tolerance_us: int) -> pl.DataFrame:
    """What `aligned` chooses from: within the tolerance after the shift."""
    width = max(tolerance_us, SECOND_US)
    expected = pl.col("at") + pl.col("shift")
    around = [theirs.with_columns(slot=pl.col("other") // width + step) for step in _STEPS]
    off = (pl.col("other") - expected).abs()
    return (
        ours.lazy()
        .with_columns(slot=expected // width)
        .join(pl.concat(around).lazy(), on=["key", "slot"])
        .select(
            "key",
            "theirs",
            "at",
            "other",
            "shift",
            ours="n",
            off=off,
            apart_ms=(pl.col("duration_ms") - pl.col("other_ms")).abs(),
        )
        .filter(pl.col("off") <= tolerance_us)
        .collect()
    )
