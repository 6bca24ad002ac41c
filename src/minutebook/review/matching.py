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

from minutebook.review.aligning import PAIR_SCHEMA
from minutebook.review.clocks import DAY_US, DIFFERENCES_SCHEMA, counted, shifts
from minutebook.review.nearby import close_pairs, differences, keyed

_ANCHORS: Final = ("at", "setup", "end")
"""Times by which calls are the same, one after the other: a side may take setup for answer."""


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
    evidence = _Evidence(ours, agreed)
    evidence.add(_differences(pairs, ours, theirs), None)
    told = evidence.shifts()
    for anchor in _ANCHORS:
        calls = keyed(_without(ours, pairs, "ours"), _without(theirs, pairs, "theirs"), anchor)
        if calls.ours.is_empty() or calls.theirs.is_empty():
            continue
        evidence.add(*differences(calls), told=None if anchor == _ANCHORS[0] else told)
        told = evidence.shifts()
        pairs = pl.concat([pairs, close_pairs(calls, told, tolerance_us)])
    again_ours, alone_ours = _alone(ours, pairs["ours"], ids_say=ids_say)
    again_theirs, alone_theirs = _alone(theirs, pairs["theirs"], ids_say=ids_say)
    return Matching(pairs, again_ours, again_theirs, alone_ours, alone_theirs, told)


class _Evidence:
    """What tells the shift of each day's clocks: how far apart calls lie, and how many were asked."""

    def __init__(self, ours: pl.DataFrame, agreed: pl.DataFrame | None) -> None:
        days = ours.select(day=pl.col("at") // DAY_US).unique()
        self.asked = days.with_columns(all=pl.lit(0, pl.UInt32))
        self.counts = pl.DataFrame(schema=DIFFERENCES_SCHEMA)
        if agreed is not None:
            self.asked = self._sum([self.asked, agreed])
            same = agreed.select("day", second=pl.lit(0, pl.Int64), calls="all")
            self.counts = same.cast(dict(DIFFERENCES_SCHEMA))  # type: ignore[arg-type]

    def add(
        self, found: pl.DataFrame, asked: pl.DataFrame | None, told: pl.DataFrame | None = None
    ) -> None:
        """Differences (`day`, `difference`), of so many calls by day (None: of each one).

        With `told` the days that it knows keep what they have, and the others have this instead.
        """
        counts = counted(found.lazy()).collect()
        if asked is None:
            asked = found.group_by("day").agg(all=pl.len())
        if told is not None:
            known = told.filter("told").select("day")
            counts, asked = (frame.join(known, on="day", how="anti") for frame in (counts, asked))
            self.counts = self.counts.join(known, on="day", how="semi")
            kept = pl.when(pl.col("day").is_in(known["day"].implode())).then("all").otherwise(0)
            self.asked = self.asked.with_columns(all=kept.cast(pl.UInt32))
        self.counts = pl.concat([self.counts, counts])
        self.asked = self._sum([self.asked, asked])

    def shifts(self) -> pl.DataFrame:
        return shifts(self.counts, self.asked)

    @staticmethod
    def _sum(parts: list[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(parts).group_by("day").agg(pl.col("all").sum().cast(pl.UInt32))


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
