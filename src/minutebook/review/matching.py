"""Calls of two sides brought together, one to one (the field's procedure for a dispute).

By id where both sides have it; else by numbers and time, within a tolerance, after the shift
between the two clocks that most of a day's calls show. Pure: frames in, frames out.

Both frames have `n` (UInt32, the row's number, in order), `call_id`, `caller`, `called` (String), `at` (Int64 µs:
answer, unanswered setup) and `duration_ms` (Int64, 0 where not answered).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from minutebook.review.aligning import PAIR_SCHEMA, aligned
from minutebook.review.clocks import DAY_US, DIFFERENCES_SCHEMA, FARTHEST_US, counted, shifts

_DIGITS: Final = 9  # of a number's end, which both sides write whatever their prefixes
_PART_CALLS: Final = 500_000  # brought together at a time, by their numbers: memory stays low


@dataclass(frozen=True, slots=True)
class Matching:
    """`pairs`: columns `ours`, `theirs` (rows). `again_ours` and `again_theirs` are further copies of
    calls of their own side; `alone_ours` and `alone_theirs` the calls that the other side lacks.
    `shifts` as of `clocks.shifts`.
    """

    pairs: pl.DataFrame
    again_ours: pl.Series
    again_theirs: pl.Series
    alone_ours: pl.Series
    alone_theirs: pl.Series
    shifts: pl.DataFrame


def matched(
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    tolerance_us: int,
    agreed: pl.DataFrame | None = None,
) -> Matching:
    """The calls of both sides, each with its own of the other side or alone.

    `agreed`: calls by `day` (number since 1970) that are equal on both sides and not among these;
    they too say that the day's clocks agree.
    """
    by_id = _by_id(ours, theirs)
    agreed = (
        agreed if agreed is not None else pl.DataFrame(schema={"day": pl.Int64, "all": pl.UInt32})
    )
    days = ours.group_by(day=pl.col("at") // DAY_US).agg(all=pl.len())
    every_day = pl.concat([days, agreed]).group_by("day").agg(pl.col("all").sum())
    near = _near(ours, theirs, by_id)
    known = [
        agreed.select("day", second=pl.lit(0, pl.Int64), calls="all"),
        counted(_differences(by_id, ours, theirs).lazy()).collect(),
        *(counted(part).collect() for part in near),
    ]
    told = shifts(pl.concat([part.cast(DIFFERENCES_SCHEMA) for part in known]), every_day)  # type: ignore[arg-type]
    parts = [_by_time(part, told, tolerance_us) for part in near]
    pairs = pl.concat([by_id, *parts])
    again_ours, alone_ours = _alone(ours, pairs["ours"])
    again_theirs, alone_theirs = _alone(theirs, pairs["theirs"])
    return Matching(pairs, again_ours, again_theirs, alone_ours, alone_theirs, told)


def _by_id(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The k-th call of an id with the k-th of the other side's, in the order of time."""
    # a hash is shorter than an id; that the ids are equal is looked at afterwards
    hashed = [
        side.select("call_id", "at", "duration_ms", id=pl.col("call_id").hash())
        .with_row_index("row")
        .filter(pl.col("call_id") != "")
        .drop("call_id")
        for side in (ours, theirs)
    ]
    again = pl.concat([side.filter(pl.col("id").is_duplicated())["id"] for side in hashed]).unique()
    repeated = pl.col("id").is_in(again.implode())

    def numbered(side: pl.DataFrame, name: str) -> pl.LazyFrame:
        once = side.lazy().filter(~repeated).with_columns(k=pl.lit(0, pl.Int64))
        several = side.lazy().filter(repeated).sort("id", "at", "duration_ms", "row")
        several = several.with_columns(k=pl.int_range(pl.len()).over("id"))
        return pl.concat([once, several]).select("id", "k", pl.col("row").alias(name))

    both = numbered(hashed[0], "ours").join(numbered(hashed[1], "theirs"), on=["id", "k"])
    pairs = both.select(PAIR_SCHEMA.keys()).collect()
    equal = ours["call_id"].gather(pairs["ours"]) == theirs["call_id"].gather(pairs["theirs"])
    found = pairs.filter(equal)
    return pl.DataFrame(
        {"ours": ours["n"].gather(found["ours"]), "theirs": theirs["n"].gather(found["theirs"])}
    )


def _differences(pairs: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """How far apart the times of pairs are, by ours' day."""
    return (
        pairs.join(ours.select(ours="n", at="at"), on="ours")
        .join(theirs.select(theirs="n", other="at"), on="theirs")
        .select(day=pl.col("at") // DAY_US, difference=pl.col("other") - pl.col("at"))
    )


def _near(ours: pl.DataFrame, theirs: pl.DataFrame, paired: pl.DataFrame) -> list[pl.LazyFrame]:
    """Of the calls that are not paired yet, those of the same two numbers and at most a zone apart."""
    no_caller = (ours["caller"] == "").all() or (theirs["caller"] == "").all()
    names = ["called"] if no_caller else ["called", "caller"]
    ends = pl.struct(pl.col(name).str.slice(-_DIGITS) for name in names)
    # a join by numbers alone would pair every call of a number with every other: by time slots too
    slot = pl.col("at") // FARTHEST_US
    left = ours.select("n", "at", "duration_ms", key=ends.hash(), slot=slot)
    right = theirs.select(
        theirs="n", other="at", other_ms="duration_ms", key=ends.hash(), slot=slot
    )
    left = left.join(paired.select(n="ours"), on="n", how="anti")
    right = right.join(paired, on="theirs", how="anti")
    parts = max(1, left.height // _PART_CALLS)
    return [
        _joined(*(side.lazy().filter(pl.col("key") % parts == part) for side in (left, right)))
        for part in range(parts)
    ]


def _joined(left: pl.LazyFrame, right: pl.LazyFrame) -> pl.LazyFrame:
    around = [right.with_columns(pl.col("slot") + step) for step in (-1, 0, 1)]
    return (
        left.join(pl.concat(around), on=["key", "slot"])
        .select(
            "key",
            "theirs",
            "at",
            "other",
            ours="n",
            day=pl.col("at") // DAY_US,
            difference=pl.col("other") - pl.col("at"),
            apart_ms=(pl.col("duration_ms") - pl.col("other_ms")).abs(),
        )
        .filter(pl.col("difference").abs() <= FARTHEST_US)
    )


def _by_time(near: pl.LazyFrame, told: pl.DataFrame, tolerance_us: int) -> pl.DataFrame:
    """Pairs by the shift of their day; of the calls that are left, by that of the days around it."""
    with_shifts = near.join(told.lazy(), on="day", how="left")
    off = {
        name: (pl.col("difference") - pl.col(name)).abs() for name in ("shift", "before", "after")
    }
    close = with_shifts.filter(pl.any_horizontal(off[name] <= tolerance_us for name in off))
    left = close.collect()
    found = []
    for apart in off.values():
        some = aligned(
            left.with_columns(off=apart).filter(pl.col("off") <= tolerance_us), tolerance_us
        )
        found.append(some)
        left = left.join(some, on="ours", how="anti").join(some, on="theirs", how="anti")
    return pl.concat(found)


def _alone(side: pl.DataFrame, paired: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Of the unpaired calls, those that are copies of others of their side, and the rest."""
    same = ["call_id", "caller", "called", "at", "duration_ms"]
    lonely = side.select("n", "at").join(paired.to_frame("n"), on="n", how="anti")
    at_once = side.filter(pl.col("at").is_in(lonely["at"].unique().implode()))
    told = at_once.with_columns(paired=pl.col("n").is_in(paired.implode())).sort(
        *same, "paired", "n", descending=[*([False] * len(same)), True, False]
    )
    copy = told.with_columns(k=pl.int_range(pl.len()).over(same)).filter(~pl.col("paired"))
    return copy.filter(pl.col("k") > 0)["n"], copy.filter(pl.col("k") == 0)["n"]
