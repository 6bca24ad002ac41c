"""Calls of two sides brought together, one to one
(docs/rules/disputes.md, "Which calls are the same").

By id where both sides have it; else by numbers and time, within a tolerance, after the shift
between the two clocks that most of a day's calls show. Pure: frames in, frames out.

Both frames have `n` (UInt32, the row's number, in order), `call_id`, `caller`, `called` (String),
`at` (Int64 µs: answer, unanswered setup), `setup`, `end` (Int64 µs or null) and `duration_ms` (Int64,
0 where not answered).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from minutebook.days import DAY_US, HOUR_US
from minutebook.disputes.matching.aligning import PAIR_SCHEMA
from minutebook.disputes.matching.clocks import DIFFERENCES_SCHEMA, difference_counts, shifts
from minutebook.disputes.matching.nearby import DIGITS, close_pairs, keyed, time_differences
from minutebook.disputes.matching.same_ids import by_repeated_ids

_ANCHORS: Final = ("at", "setup", "end")
"""Times by which calls are the same, one after the other: a side may take setup for answer."""
_FEW_LEFT: Final = 6  # calls that are left and agree on a clock of their own before it is believed
_MOST_LEFT: Final = 0.5  # of the calls that are left of the hour or day


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
    pairs, ids_say = _by_single_ids(ours, theirs)
    evidence = _Evidence(ours, agreed)
    evidence.add(*_differences(pairs, ours, theirs))
    told = evidence.shifts()
    if ids_say:
        left, right = _without(ours, pairs, "ours"), _without(theirs, pairs, "theirs")
        pairs = pl.concat([pairs, by_repeated_ids(left, right, told)])
    for anchor in _ANCHORS:
        calls = keyed(_without(ours, pairs, "ours"), _without(theirs, pairs, "theirs"), anchor)
        if calls.ours.is_empty() or calls.theirs.is_empty():
            continue
        evidence.add(*time_differences(calls), told=None if anchor == _ANCHORS[0] else told)
        told = evidence.shifts()
        pairs = pl.concat([pairs, close_pairs(calls, told, tolerance_us)])
    for stretch_us in (HOUR_US, DAY_US):
        pairs = _by_clocks_of_their_own(ours, theirs, pairs, tolerance_us, stretch_us)
    pairs = _whoever_calls(ours, theirs, pairs, told, tolerance_us)
    again_ours, alone_ours = _alone(ours, pairs["ours"], ids_say=ids_say)
    again_theirs, alone_theirs = _alone(theirs, pairs["theirs"], ids_say=ids_say)
    return Matching(pairs, again_ours, again_theirs, alone_ours, alone_theirs, told)


def _by_clocks_of_their_own(
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    pairs: pl.DataFrame,
    tolerance_us: int,
    stretch_us: int,
) -> pl.DataFrame:
    """More pairs, of calls whose clock is not the day's: one switch of many, or one that drifts."""
    left, right = _without(ours, pairs, "ours"), _without(theirs, pairs, "theirs")
    calls = keyed(left, right, _ANCHORS[0], stretch_us)
    if calls.ours.is_empty() or calls.theirs.is_empty():
        return pairs
    counts, asked = time_differences(calls, stretch_us)
    told = shifts(counts, asked, _FEW_LEFT, _MOST_LEFT).filter("told")
    return pl.concat([pairs, close_pairs(calls, told, tolerance_us)])


def _whoever_calls(
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    pairs: pl.DataFrame,
    told: pl.DataFrame,
    tolerance_us: int,
) -> pl.DataFrame:
    """More pairs, of calls whose caller one side does not show."""
    hidden = ~pl.col("caller").str.contains(r"[0-9]{3}")
    for mine, other in ((pl.lit(value=True), hidden), (hidden, pl.lit(value=True))):
        left = _without(ours, pairs, "ours").filter(mine)
        right = _without(theirs, pairs, "theirs").filter(other)
        calls = keyed(left, right, _ANCHORS[0], by_caller=False)
        if not (calls.ours.is_empty() or calls.theirs.is_empty()):
            pairs = pl.concat([pairs, close_pairs(calls, told, tolerance_us)])
    return pairs


class _Evidence:
    """What tells the shift of each day's clocks: how far apart calls lie, and how many were asked."""

    def __init__(self, ours: pl.DataFrame, agreed: pl.DataFrame | None) -> None:
        days = ours.select(day=pl.col("at") // DAY_US).unique()
        self.asked = days.with_columns(all=pl.lit(0, pl.UInt32))
        self.counts = pl.DataFrame(schema=DIFFERENCES_SCHEMA)
        if agreed is not None:
            self.asked = self._sum([self.asked, agreed])
            same = agreed.select("day", second=pl.lit(0, pl.Int64), own="all", calls="all")
            self.counts = same.cast(dict(DIFFERENCES_SCHEMA))  # type: ignore[arg-type]  # Polars takes no mapping of classes of types

    def add(
        self, counts: pl.DataFrame, asked: pl.DataFrame, told: pl.DataFrame | None = None
    ) -> None:
        """Differences as of `clocks.difference_counts`, and of how many calls by day (`day`, `all`).

        With `told` the days that it knows keep what they have, and the others have this instead.
        """
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


def _by_single_ids(ours: pl.DataFrame, theirs: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Calls whose id each side has once, and which call the same number; and whether ids say anything.

    Ids that mostly bring other numbers together are numbers of records: none of them counts.
    """
    # a hash is shorter than an id; that the ids are equal is looked at afterwards
    hashed = [
        side.lazy()
        .select("call_id", id=pl.col("call_id").hash())
        .with_row_index(name)
        .filter(pl.col("call_id") != "", ~pl.col("id").is_duplicated())
        .select("id", name)
        for side, name in ((ours, "ours"), (theirs, "theirs"))
    ]
    pairs = hashed[0].join(hashed[1], on="id").select(PAIR_SCHEMA.keys()).collect()
    equal = ours["call_id"].gather(pairs["ours"]) == theirs["call_id"].gather(pairs["theirs"])
    pairs = pairs.filter(equal)
    own, other = ours["called"].gather(pairs["ours"]), theirs["called"].gather(pairs["theirs"])
    same = (own.str.slice(-DIGITS) == other.str.slice(-DIGITS)) | (own == "") | (other == "")
    found = pairs.filter(same)
    if 2 * found.height < pairs.height:
        return found.clear(), False
    numbered = {
        "ours": ours["n"].gather(found["ours"]),
        "theirs": theirs["n"].gather(found["theirs"]),
    }
    return pl.DataFrame(numbered), bool(found.height) or _share_ids(ours, theirs)


def _share_ids(ours: pl.DataFrame, theirs: pl.DataFrame) -> bool:
    """Whether any id is on both sides, however often."""
    ids = [
        side.lazy().filter(pl.col("call_id") != "").select(id=pl.col("call_id").hash())
        for side in (ours, theirs)
    ]
    return bool(ids[0].join(ids[1], on="id", how="semi").select(pl.len()).collect().item())


def _differences(
    pairs: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How far apart the times of pairs are, by ours' day; and how many pairs a day has."""
    found = (
        pairs.join(ours.select(ours="n", at="at"), on="ours")
        .join(theirs.select(theirs="n", other="at"), on="theirs")
        .select(day=pl.col("at") // DAY_US, difference=pl.col("other") - pl.col("at"))
    )
    return difference_counts(found, single=True), found.group_by("day").agg(all=pl.len())


def _alone(side: pl.DataFrame, paired: pl.Series, *, ids_say: bool) -> tuple[pl.Series, pl.Series]:
    """Of the unpaired calls, those that are copies of others of their side, and the rest.

    A copy is equal in all; or has the id and number of a paired call, within an hour of it. Where no id
    is known to both sides, ids may be numbers of records: of answered calls the rest tells.
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
    again = copy.filter(pl.col("k") > 0)["n"]
    if ids_say:
        again = pl.concat([again, _of_known_ids(side, lonely, paired)]).unique().sort()
    return again, lonely.filter(~pl.col("n").is_in(again.implode()))["n"]


def _of_known_ids(side: pl.DataFrame, lonely: pl.DataFrame, paired: pl.Series) -> pl.Series:
    """Unpaired calls with the id and number of a paired one, within an hour: a record sent again, changed."""
    key = ["call_id", "called"]
    alone = side.filter(pl.col("call_id") != "").join(lonely, on="n", how="semi")
    known = side.join(alone, on=key, how="semi").filter(pl.col("n").is_in(paired.implode()))
    both = alone.join(known.select(*key, known_at="at", known_ms="duration_ms"), on=key)
    near = (pl.col("at") - pl.col("known_at")).abs() <= HOUR_US
    tried_again = (pl.col("duration_ms") > 0) != (pl.col("known_ms") > 0)
    return both.filter(near & ~tried_again)["n"].unique()
