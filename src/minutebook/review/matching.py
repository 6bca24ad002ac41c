"""Calls of two sides brought together, one to one (the field's procedure for a dispute).

By id where both sides have it; else by numbers and time, within a tolerance, after the shift
between the two clocks that most of a day's calls show. Pure: frames in, frames out.

Both frames have `n` (UInt32, the row's number, in order), `call_id`, `caller`, `called` (String), `at` (Int64 µs:
answer, unanswered setup), `setup`, `end` (Int64 µs or null) and `duration_ms` (Int64, 0 where not answered).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from minutebook.review.aligning import PAIR_SCHEMA, aligned
from minutebook.review.clocks import DAY_US, DIFFERENCES_SCHEMA, FARTHEST_US, counted, shifts

_ANCHORS: Final = ("at", "setup", "end")
"""Times by which calls are the same, one after the other: a side may take setup for answer."""
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
    pairs = _by_id(ours, theirs)
    ids_say = not pairs.is_empty()
    days = _calls_by_day(ours)
    evidence = counted(_differences(pairs, ours, theirs).lazy()).collect()
    if agreed is not None:
        same = agreed.select("day", second=pl.lit(0, pl.Int64), calls="all")
        evidence = pl.concat([evidence, same.cast(DIFFERENCES_SCHEMA)])  # type: ignore[arg-type]
        days = pl.concat([days, agreed]).group_by("day").agg(pl.col("all").sum())
    told = shifts(evidence, days)
    for anchor in _ANCHORS:
        left, right = _without(ours, pairs, "ours"), _without(theirs, pairs, "theirs")
        if left.is_empty() or right.is_empty():
            break
        near = _near(left, right, anchor)
        if anchor == _ANCHORS[0]:
            evidence = pl.concat([evidence, *(counted(part).collect() for part in near)])
        else:  # of the days that are told already, more is not asked
            known = told.filter("told").select("day")
            more = [counted(part).collect().join(known, on="day", how="anti") for part in near]
            evidence = pl.concat([evidence.join(known, on="day", how="semi"), *more])
            still = _calls_by_day(left).join(known, on="day", how="anti")
            days = days.join(still, on="day", how="left").select(
                "day", all=pl.coalesce("all_right", "all")
            )
        told = shifts(evidence, days)
        pairs = pl.concat([pairs, *(_by_time(part, told, tolerance_us) for part in near)])
    again_ours, alone_ours = _alone(ours, pairs["ours"], ids_say=ids_say)
    again_theirs, alone_theirs = _alone(theirs, pairs["theirs"], ids_say=ids_say)
    return Matching(pairs, again_ours, again_theirs, alone_ours, alone_theirs, told)


def _calls_by_day(side: pl.DataFrame) -> pl.DataFrame:
    return side.group_by(day=pl.col("at") // DAY_US).agg(all=pl.len())


def _without(side: pl.DataFrame, pairs: pl.DataFrame, which: str) -> pl.DataFrame:
    """A side's calls that are not paired yet."""
    return side.join(pairs.select(n=which), on="n", how="anti") if pairs.height else side


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


def _near(ours: pl.DataFrame, theirs: pl.DataFrame, anchor: str) -> list[pl.LazyFrame]:
    """Calls of the same two numbers and at most a zone apart, in parts."""
    no_caller = (ours["caller"] == "").all() or (theirs["caller"] == "").all()
    names = ["called"] if no_caller else ["called", "caller"]
    ends = pl.struct(pl.col(name).str.slice(-_DIGITS) for name in names)
    # a join by numbers alone would pair every call of a number with every other: by time slots too
    key, slot = ends.hash().alias("key"), (pl.col(anchor) // FARTHEST_US).alias("slot")
    day = pl.col("at") // DAY_US
    left = ours.select("n", pl.col(anchor).alias("at"), "duration_ms", key, slot, day=day)
    right = theirs.select(key, slot, theirs="n", other=anchor, other_ms="duration_ms")
    parts = max(1, min(left.height, right.height) // _PART_CALLS)
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
            "day",
            ours="n",
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
    for name, apart in off.items():
        some = left.with_columns(off=apart, shift=pl.col(name)).filter(
            pl.col("off") <= tolerance_us
        )
        found.append(aligned(some, tolerance_us))
        left = left.join(found[-1], on="ours", how="anti").join(found[-1], on="theirs", how="anti")
    return pl.concat(found)


def _alone(side: pl.DataFrame, paired: pl.Series, *, ids_say: bool) -> tuple[pl.Series, pl.Series]:
    """Of the unpaired calls, those that are copies of others of their side, and the rest.

    Where no id is known to both sides, ids may be numbers of records: of answered calls the rest tells.
    """
    same = ["call_id", "caller", "called", "at", "duration_ms"]
    lonely = side.select("n", "at").join(paired.to_frame("n"), on="n", how="anti")
    at_once = side.filter(pl.col("at").is_in(lonely["at"].unique().implode()))
    if not ids_say:
        answered = pl.col("duration_ms") > 0
        at_once = at_once.with_columns(pl.when(~answered).then("call_id"))
    told = at_once.with_columns(paired=pl.col("n").is_in(paired.implode())).sort(
        *same, "paired", "n", descending=[*([False] * len(same)), True, False]
    )
    copy = told.with_columns(k=pl.int_range(pl.len()).over(same)).filter(~pl.col("paired"))
    return copy.filter(pl.col("k") > 0)["n"], copy.filter(pl.col("k") == 0)["n"]
