"""Calls of two sides brought together, one to one (the field's procedure for a dispute).

By id where both sides have it; else by numbers and time, within a tolerance, after the shift
between the two clocks that most of a day's calls show. Pure: frames in, frames out.

Both frames have `n` (UInt32, the row's number, in order), `call_id`, `caller`, `called` (String), `at` (Int64 µs:
answer, unanswered setup) and `duration_ms` (Int64, 0 where not answered).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
_FARTHEST_US: Final = 26 * 3600 * SECOND_US  # zones lie at most 26 hours apart
_DIGITS: Final = 9  # of a number's end, which both sides write whatever their prefixes
_PARTS: Final = 16  # of the numbers, joined one after the other: memory stays low
_FEW: Final = 3  # calls that agree on a shift before it is believed
_AT_LEAST: Final = 0.2  # of a day's calls


@dataclass(frozen=True, slots=True)
class Matching:
    """`pairs`: columns `ours`, `theirs` (rows), and `shift`, theirs − ours in µs as that day's clocks
    differ. `again_ours` and `again_theirs` are further copies of calls of their own side;
    `alone_ours` and `alone_theirs` the calls that the other side lacks. `shifts` by ours' day:
    columns `day` (number since 1970) and `shift`.
    """

    pairs: pl.DataFrame
    again_ours: pl.Series
    again_theirs: pl.Series
    alone_ours: pl.Series
    alone_theirs: pl.Series
    shifts: pl.DataFrame


def matched(ours: pl.DataFrame, theirs: pl.DataFrame, tolerance_us: int) -> Matching:
    """The calls of both sides, each with its own of the other side or alone."""
    by_id = _by_id(ours, theirs)
    near = _near(ours, theirs, by_id)
    known = _differences(by_id, ours, theirs)
    shifts = _shifts(pl.concat([known, near.select("day", "difference")]), ours)
    found = _by_time(near, shifts, tolerance_us)
    pairs = pl.concat([by_id, found])
    with_shift = (
        pairs.join(ours.select(ours="n", day=pl.col("at") // DAY_US), on="ours")
        .join(shifts, on="day", how="left")
        .select("ours", "theirs", pl.col("shift").fill_null(0))
    )
    again_ours, alone_ours = _alone(ours, pairs["ours"])
    again_theirs, alone_theirs = _alone(theirs, pairs["theirs"])
    return Matching(with_shift, again_ours, again_theirs, alone_ours, alone_theirs, shifts)


def _by_id(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The k-th call of an id with the k-th of the other side's, in the order of time."""

    def numbered(side: pl.DataFrame, name: str) -> pl.LazyFrame:
        # a hash is shorter than an id; that the ids are equal is looked at afterwards
        named = side.lazy().filter(pl.col("call_id") != "")
        hashed = named.select("at", "duration_ms", "n", id=pl.col("call_id").hash())
        ordered = hashed.sort("id", "at", "duration_ms", "n")
        return ordered.select("id", pl.col("n").alias(name), k=pl.int_range(pl.len()).over("id"))

    both = numbered(ours, "ours").join(numbered(theirs, "theirs"), on=["id", "k"])
    pairs = both.select("ours", "theirs").collect()
    equal = ours["call_id"].gather(pairs["ours"]) == theirs["call_id"].gather(pairs["theirs"])
    return pairs.filter(equal)


def _differences(pairs: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """How far apart the times of pairs are, by ours' day."""
    return (
        pairs.join(ours.select(ours="n", at="at"), on="ours")
        .join(theirs.select(theirs="n", other="at"), on="theirs")
        .select(day=pl.col("at") // DAY_US, difference=pl.col("other") - pl.col("at"))
    )


def _near(ours: pl.DataFrame, theirs: pl.DataFrame, paired: pl.DataFrame) -> pl.DataFrame:
    """Of the calls that are not paired yet, those of the same two numbers and at most a zone apart."""
    no_caller = (ours["caller"] == "").all() or (theirs["caller"] == "").all()
    names = ["called"] if no_caller else ["called", "caller"]
    ends = pl.struct(pl.col(name).str.slice(-_DIGITS) for name in names)
    # a join by numbers alone would pair every call of a number with every other: by time slots too
    slot = pl.col("at") // _FARTHEST_US
    left = ours.select("n", "at", "duration_ms", key=ends.hash(), slot=slot)
    right = theirs.select(
        theirs="n", other="at", other_ms="duration_ms", key=ends.hash(), slot=slot
    )
    left = left.join(paired.select(n="ours"), on="n", how="anti")
    right = right.join(paired, on="theirs", how="anti")
    parts = [
        _joined(*(side.filter(pl.col("key") % _PARTS == part) for side in (left, right)))
        for part in range(_PARTS)
    ]
    return pl.concat(parts)


def _joined(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    around = [right.with_columns(pl.col("slot") + step) for step in (-1, 0, 1)]
    return (
        left.lazy()
        .join(pl.concat(around).lazy(), on=["key", "slot"])
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
        .filter(pl.col("difference").abs() <= _FARTHEST_US)
        .collect()
    )


def _shifts(differences: pl.DataFrame, ours: pl.DataFrame) -> pl.DataFrame:
    """By day, the shift that the most calls show, to the second; 0 where too few agree."""
    second = (pl.col("difference") / SECOND_US).round().cast(pl.Int64)
    counted = differences.group_by("day", second=second).len("calls")
    around = pl.concat([counted.with_columns(pl.col("second") + step) for step in (-1, 0, 1)])
    best = (
        around.group_by("day", "second")
        .agg(pl.col("calls").sum())
        .join(counted.select("day", "second", own="calls"), on=["day", "second"])
        .sort("day", "own", "calls", pl.col("second").abs(), descending=[False, True, True, False])
        .group_by("day", maintain_order=True)
        .first()
    )
    calls = ours.group_by(day=pl.col("at") // DAY_US).len("all")
    enough = (pl.col("calls") >= _FEW) & (pl.col("calls") >= _AT_LEAST * pl.col("all"))
    return (
        best.join(calls, on="day", how="left")
        .select("day", shift=pl.when(enough).then(pl.col("second") * SECOND_US).otherwise(0))
        .sort("day")
    )


def _by_time(near: pl.DataFrame, shifts: pl.DataFrame, tolerance_us: int) -> pl.DataFrame:
    """One to one, the most calls, and of these ways the one with the least distance in time."""
    close = (
        near.join(shifts, on="day", how="left")
        .with_columns(off=(pl.col("difference") - pl.col("shift").fill_null(0)).abs())
        .filter(pl.col("off") <= tolerance_us)
        .with_columns(
            choices=pl.len().over("ours"),
            rivals=pl.len().over("theirs"),
        )
    )
    alone = (pl.col("choices") == 1) & (pl.col("rivals") == 1)
    sure = close.filter(alone).select("ours", "theirs")
    unsure = close.filter(~alone)
    # calls of ours that lie farther apart than this share no call of theirs
    apart = pl.col("at") - pl.col("at").shift() > 2 * tolerance_us
    group = (apart | (pl.col("key") != pl.col("key").shift())).fill_null(value=True).cum_sum()
    groups = unsure.sort("key", "at", "ours").with_columns(group=group)
    found = [pair for one in groups.partition_by("group") for pair in _aligned(one)]
    schema = {"ours": pl.UInt32, "theirs": pl.UInt32}
    return pl.concat([sure, pl.DataFrame(found, schema=schema, orient="row")])


def _aligned(group: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """The best pairs of calls of the same numbers.

    On a line the best pairs never cross: both sides are walked in the order of time, and of two
    calls the first of one side is the first of the other's, or is left out.
    """
    cost = {
        (o, t): (off, apart)
        for o, t, off, apart in group.select("ours", "theirs", "off", "apart_ms").iter_rows()
    }
    ours = group.sort("at", "ours")["ours"].unique(maintain_order=True).to_list()
    theirs = group.sort("other", "theirs")["theirs"].unique(maintain_order=True).to_list()
    # best[j]: (calls left out, distance, durations apart) of the calls so far, and the pairs
    best: list[_Way] = [((j, 0, 0), None) for j in range(len(theirs) + 1)]
    for o in ours:
        row: list[_Way] = [(_plus(best[0][0], (1, 0, 0)), best[0][1])]
        for j, t in enumerate(theirs, start=1):
            ways = [
                (_plus(best[j][0], (1, 0, 0)), best[j][1]),
                (_plus(row[j - 1][0], (1, 0, 0)), row[j - 1][1]),
            ]
            if (o, t) in cost:
                ways.append((_plus(best[j - 1][0], (0, *cost[o, t])), _Pair(o, t, best[j - 1][1])))
            row.append(min(ways, key=lambda way: way[0]))
        best = row
    chain = best[-1][1]
    while chain is not None:
        yield chain.ours, chain.theirs
        chain = chain.before


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair, and those before it."""

    ours: int
    theirs: int
    before: _Pair | None


_Cost = tuple[int, int, int]
_Way = tuple[_Cost, _Pair | None]


def _plus(a: _Cost, b: _Cost) -> _Cost:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _alone(side: pl.DataFrame, paired: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Of the unpaired calls, those that are copies of others of their side, and the rest."""
    same = ["call_id", "caller", "called", "at", "duration_ms"]
    lonely = side.join(paired.to_frame("n"), on="n", how="anti")
    alike = side.join(lonely.select(same).unique(), on=same, how="semi")
    told = alike.with_columns(paired=pl.col("n").is_in(paired.implode())).sort(
        *same, "paired", "n", descending=[*([False] * len(same)), True, False]
    )
    copy = told.with_columns(k=pl.int_range(pl.len()).over(same)).filter(~pl.col("paired"))
    return copy.filter(pl.col("k") > 0)["n"], copy.filter(pl.col("k") == 0)["n"]
