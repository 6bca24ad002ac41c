"""Two sides' records of the same calls, held against each other
(docs/rules/disputes.md, "Which calls are the same").
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.days import DAY_US, EPOCH, ONE_DAY, SECOND_US
from minutebook.disputes.causes.call_differences import call_differences, compared
from minutebook.disputes.causes.causes import holes, length_causes
from minutebook.disputes.causes.classes import UNEXPLAINED, Difference
from minutebook.disputes.causes.pricing import usual_decimals
from minutebook.disputes.matching.hours import alike_hours, in_hours, totals_by_hour
from minutebook.disputes.matching.matching import matched
from minutebook.disputes.prices import (
    Prices,
    follows,
    priced_as_matched,
    repriced_as_theirs,
    with_amounts,
)
from minutebook.disputes.reconciliation import (
    Causes,
    DaySums,
    Reconciliation,
    Shift,
    SideFacts,
    Sum,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.disputes.causes.call_differences import CallDifferences
    from minutebook.disputes.matching.matching import Matching

_HOURS = 24
_STEPS = 5


def reconciled_calls(
    sides: tuple[pl.DataFrame, pl.DataFrame],
    facts: tuple[SideFacts, SideFacts],
    prices: Prices,
    first: date,
    last: date,
    currency: str | None,
    tolerance_us: int,
    silent: int | None = None,
    *,
    by_theirs: bool | None = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reconciliation:
    """Two sides' calls (SIDE_SCHEMA, a day around the period included), call by call.

    `silent` is the side (0, 1) whose calls without amounts are priced as those that they are matched
    with, at their own length: their numbers and times may be written otherwise. `by_theirs`: our cards
    price their side, and it is our amounts that may come of other prices; None: the side is looked for.

    First the hours are compared: where both sides have the same calls, nothing is left to match. The
    others' calls are matched, and what differs between the two of a pair is classed. `progress` is told
    of ("steps", done, of all).
    """

    def step(done: int) -> None:
        if progress is not None:
            progress("steps", done, _STEPS)

    step(0)
    ours, theirs = (with_amounts(calls.with_row_index("n"), prices, first, last) for calls in sides)
    frames = _matchable(ours), _matchable(theirs)
    step(1)
    alike = alike_hours(*frames)
    (settled, our_left), (_, their_left) = (in_hours(frame, alike) for frame in frames)
    agreed = settled.group_by(day=pl.col("at") // DAY_US).agg(all=pl.len())
    step(2)
    matching = matched(our_left, their_left, tolerance_us, agreed)
    step(3)
    if silent == 0:
        ours = priced_as_matched(ours, theirs, matching.pairs, "ours", "theirs", prices)
    elif silent == 1:
        theirs = priced_as_matched(theirs, ours, matching.pairs, "theirs", "ours", prices)
    frames = _matchable(ours), _matchable(theirs)
    pairs = compared(matching, ours, theirs)
    if by_theirs is None:
        by_theirs = follows(theirs, prices) > follows(ours, prices)
    foreign = ours if by_theirs else theirs
    decimals = usual_decimals(foreign.filter("own")["units"])
    basis = theirs if by_theirs else ours
    pairs = repriced_as_theirs(pairs, basis, prices, decimals, by_theirs=by_theirs)
    found = call_differences(pairs, matching, ours, theirs, decimals, by_theirs=by_theirs)
    step(4)
    hours = totals_by_hour(*frames, matching, alike)
    step(_STEPS)
    classes = {
        what: _sum(found.frame.filter(pl.col("difference") == what.value)) for what in Difference
    }
    return Reconciliation(
        first=first,
        last=last,
        currency=currency,
        sides=(_valued(facts[0], ours), _valued(facts[1], theirs)),
        ours=_total(ours),
        theirs=_total(theirs),
        classes=classes,
        unexplained=_sum(found.frame.filter(pl.col("difference") == UNEXPLAINED)),
        matched_calls=settled.height + matching.pairs.height,
        days=_days(hours),
        causes=_causes(found, pairs, matching, hours, ours, theirs),
        calls=_shown(found.frame, ours, theirs),
    )


def _valued(fact: SideFacts, side: pl.DataFrame) -> SideFacts:
    return replace(fact, unpriced=side.filter("inside", ~pl.col("valued")).height)


def _matchable(side: pl.DataFrame) -> pl.DataFrame:
    text = [pl.col(name).fill_null("") for name in ("call_id", "caller", "called")]
    times = {"setup": pl.col("setup_at").to_physical(), "end": pl.col("ended_at").to_physical()}
    return side.select(
        pl.col("n").cast(pl.UInt32), *text, "at", "duration_ms", "units", "inside", **times
    )


def _causes(
    found: CallDifferences,
    pairs: pl.DataFrame,
    matching: Matching,
    hours: pl.DataFrame,
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
) -> Causes:
    frame = found.frame

    def of(what: Difference) -> pl.DataFrame:
        return frame.filter(pl.col("difference") == what.value)

    missing = {
        Difference.MISSING_OURS: (theirs, "theirs"),
        Difference.MISSING_THEIRS: (ours, "ours"),
    }
    nobodys = pl.col("account").is_null() & ~pl.col("own")
    longer = pairs.join(of(Difference.DURATION).select("ours"), on="ours", how="semi")
    rung = _ringing(_ringing(longer, ours, "ours", "ring_ms"), theirs, "theirs", "ring_ms_theirs")
    last_hours = [hours.filter(pl.col(name) > 0)["hour"].max() for name in ("any", "any_theirs")]
    shifted = any(of(what).height for what in (Difference.CLOCK, Difference.DAY_BOUNDARY))
    return Causes(
        shifts=_runs(matching.shifts) if shifted else (),
        clock_told=bool(matching.shifts["told"].any()) or matching.shifts.is_empty(),
        lengths=tuple(length_causes(rung)),
        changes=tuple(found.changes),
        holes=tuple(holes(hours)),
        last_hours=(_whole(last_hours[0]), _whole(last_hours[1])),
        unanswered={what: int((of(what)["ms"] == 0).sum()) for what in missing},
        none_unanswered=(_answered_alone(ours), _answered_alone(theirs)),
        nobodys={
            what: side.filter(nobodys).join(of(what).select(n=name), on="n", how="semi").height
            for what, (side, name) in missing.items()
        },
        again_theirs=int(of(Difference.DUPLICATE)["theirs"].count()),
        decimals=found.decimals,
        by_theirs=found.by_theirs,
    )


def _ringing(pairs: pl.DataFrame, side: pl.DataFrame, which: str, name: str) -> pl.DataFrame:
    """The pairs with the time from setup to answer of one of their sides."""
    ring = (pl.col("answered_at") - pl.col("setup_at")).dt.total_milliseconds().alias(name)
    some = side.join(pairs.select(n=which), on="n", how="semi")
    return pairs.join(some.select(ring, pl.col("n").alias(which)), on=which, how="left")


def _answered_alone(side: pl.DataFrame) -> bool:
    return not (side.filter("inside")["duration_ms"] == 0).any()


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _sum(found: pl.DataFrame) -> Sum:
    return Sum(found.height, int(found["ms"].sum()), int(found["units"].cast(pl.Int128).sum()))


def _total(side: pl.DataFrame) -> Sum:
    inside = side.filter("inside")
    units = int(inside["units"].cast(pl.Int128).sum())
    return Sum(inside.height, int(inside["duration_ms"].sum()), units)


def _days(hours: pl.DataFrame) -> tuple[DaySums, ...]:
    """The days of our clock, each with its hours that differ."""
    sums = ["calls", "ms", "units"]
    hours = hours.filter(pl.col("calls") + pl.col("calls_theirs") > 0)
    unlike = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_theirs") for name in sums)
    both = [*sums, *(f"{name}_theirs" for name in sums)]
    days = (
        hours.group_by(day=pl.col("hour") // _HOURS)
        .agg(pl.col(both).sum(), differ=(pl.col("hour") % _HOURS).filter(unlike).sort())
        .sort("day")
    )
    return tuple(
        DaySums(EPOCH + timedelta(days=day), Sum(*row[:3]), Sum(*row[3:6]), tuple(row[6]))
        for day, *row in days.select("day", *both, "differ").iter_rows()
    )


def _runs(shifts: pl.DataFrame) -> tuple[Shift, ...]:
    """Days in a row on which their clock was as far ahead."""
    runs: list[Shift] = []
    for number, shift in shifts.select("day", "shift").iter_rows():
        day, seconds = EPOCH + timedelta(days=number), shift // SECOND_US
        if not seconds:
            continue
        before = runs[-1] if runs else None
        if before and abs(before.seconds - seconds) <= 1 and before.last + ONE_DAY == day:
            runs[-1] = Shift(before.first, day, before.seconds)
        else:
            runs.append(Shift(day, day, seconds))
    return tuple(runs)


def _shown(found: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The differing calls as both sides have them, amounts as decimals."""
    names = ["call_id", "caller", "called", "setup_at", "answered_at", "ended_at"]

    def side(frame: pl.DataFrame, which: str, name: str) -> pl.DataFrame:
        some = frame.join(found.select(n=which), on="n", how="semi")
        seconds = (pl.col("duration_ms") / 1000).round(3).alias("seconds")
        shown = some.select("n", *names, seconds, amount=money.amounts(pl.col("units")))
        return shown.rename({c: f"{name}_{c}" for c in shown.columns if c != "n"})

    return (
        found.join(side(ours, "ours", "our"), left_on="ours", right_on="n", how="left")
        .join(side(theirs, "theirs", "their"), left_on="theirs", right_on="n", how="left")
        .with_columns(difference_amount=money.amounts(pl.col("units")))
        .with_columns(difference_seconds=(pl.col("ms") / 1000).round(3))
        .drop("ours", "theirs", "ms", "units")
        .sort(
            "difference",
            "our_answered_at",
            "their_answered_at",
            "our_call_id",
            "their_call_id",
            nulls_last=True,
            maintain_order=True,
        )
    )
