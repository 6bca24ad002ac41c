"""Channels held equal a count by hand, instant by instant, however the calls lie."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.traffic.occupancy import Occupancy, occupancy, percentile
from minutebook.traffic.percentile import INTERVALS

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = date(2026, 2, 27)
DAYS = 3
DAWN = datetime(2026, 2, 27, tzinfo=UTC)
DAY_S = 86_400
INTERVAL_S = DAY_S // INTERVALS
SCHEMA = {
    "account": pl.String(),
    "setup_at": pl.Datetime("us", "UTC"),
    "answered_at": pl.Datetime("us", "UTC"),
    "ended_at": pl.Datetime("us", "UTC"),
}

# seconds since DAWN: anywhere, and on and beside the edges of days and intervals
_anywhere = st.integers(-2 * DAY_S, (DAYS + 2) * DAY_S)
_edges = st.builds(
    lambda n, beside: n * INTERVAL_S + beside,
    st.integers(-INTERVALS, (DAYS + 1) * INTERVALS),
    st.integers(-1, 1),
)
_instants = st.one_of(_edges, _edges, _anywhere)
_lengths = st.one_of(st.integers(-5, 5), st.integers(0, 2 * INTERVAL_S), st.integers(0, 2 * DAY_S))
Call = tuple[str, int, int, bool]
"""Account, begin and end in seconds since DAWN, and whether the record has a setup time."""
calls_made = st.lists(
    st.builds(
        lambda account, begin, length, setup: (account, begin, begin + length, setup),
        st.sampled_from("ab"),
        _instants,
        _lengths,
        st.booleans(),
    ),
    max_size=25,
)


def frame(calls: list[Call]) -> pl.LazyFrame:
    def at(seconds: int) -> datetime:
        return DAWN + timedelta(seconds=seconds)

    rows = [
        (account, at(begin) if setup else None, None if setup else at(begin), at(end))
        for account, begin, end, setup in calls
    ]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def counted(calls: list[Call], account: str) -> Callable[[int], int]:
    own = [(begin, end) for name, begin, end, _ in calls if name == account]
    return lambda second: sum(begin <= second < end for begin, end in own)


def last_day() -> date:
    return FIRST + timedelta(days=DAYS - 1)


def of(calls: pl.LazyFrame, first: date = FIRST, last: date | None = None) -> Occupancy:
    return occupancy(calls, first, last or last_day(), with_states=True)


def states_of(found: Occupancy) -> pl.DataFrame:
    assert found.states is not None
    return found.states


@settings(max_examples=45, deadline=None)
@given(calls_made)
def test_peaks_and_times_are_those_counted_by_hand(calls: list[Call]) -> None:
    """Each day's peak, when it was, each five-minute peak, and how long each state lasted."""
    found = of(frame(calls))
    edges = {instant for call in calls for instant in call[1:3]}
    for account in "ab":
        held = counted(calls, account)
        for n in range(DAYS):
            day = FIRST + timedelta(days=n)
            begin, end = n * DAY_S, (n + 1) * DAY_S
            marks = set(range(begin, end, INTERVAL_S)) | {e for e in edges if begin <= e < end}
            ordered = sorted(marks)
            own = (pl.col("account") == account) & (pl.col("day") == day)
            states: dict[int, int] = {}
            for mark, following in zip(ordered, [*ordered[1:], end], strict=True):
                states[held(mark)] = states.get(held(mark), 0) + (following - mark) * 1_000_000
            states.pop(0, None)
            rows = states_of(found).filter(own)
            assert dict(zip(rows["held"], rows["us"], strict=True)) == states

            peak = max(map(held, ordered))
            assert found.days.filter(own).select("peak", "peak_at", "channel_us").rows() == (
                [
                    (
                        peak,
                        DAWN + timedelta(seconds=next(m for m in ordered if held(m) == peak)),
                        sum(number * us for number, us in states.items()),
                    )
                ]
                if peak
                else []
            )
            peaks = sorted(
                max(held(m) for m in ordered if start <= m < start + INTERVAL_S)
                for start in range(begin, end, INTERVAL_S)
            )
            intervals = found.intervals.filter(own).sort("peak")
            if peak:
                spread = [
                    p for p, count in intervals.select("peak", "count").rows() for _ in range(count)
                ]
                assert spread == peaks
            else:
                assert intervals.is_empty()
            rank = -(-95 * INTERVALS // 100)
            p95 = percentile(found.intervals, ["account", "day"], INTERVALS).filter(own)
            assert p95["p95"].to_list() == ([peaks[rank - 1]] if peak else [])


@settings(max_examples=30, deadline=None)
@given(calls_made, st.randoms(use_true_random=False), st.integers(0, 25))
def test_the_order_and_the_files_of_calls_do_not_matter(
    calls: list[Call], random: object, cut: int
) -> None:
    """Shuffled, and split over two files: the same."""
    shuffled = list(calls)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    whole = of(frame(calls))
    parts = pl.concat([frame(shuffled[:cut]), frame(shuffled[cut:])])
    again = of(parts)
    assert again.days.equals(whole.days)
    assert states_of(again).equals(states_of(whole))
    key = ["account", "day", "peak"]
    counts = [
        o.intervals.group_by(key).agg(pl.col("count").sum()).sort(key) for o in (whole, again)
    ]
    assert counts[0].equals(counts[1])


@settings(max_examples=30, deadline=None)
@given(calls_made)
def test_a_day_alone_is_as_among_others(calls: list[Call]) -> None:
    """Whether days are asked for together or one by one."""
    whole = of(frame(calls))
    for n in range(DAYS):
        day = FIRST + timedelta(days=n)
        alone = of(frame(calls), day, day)
        assert alone.days.equals(whole.days.filter(pl.col("day") == day))
        assert states_of(alone).equals(states_of(whole).filter(pl.col("day") == day))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=200), st.integers(0, 200))
def test_the_percentile_is_of_nearest_rank_with_zeros(peaks: list[int], zeros: int) -> None:
    """The ceil(0.95 n)-th of all sorted peaks, those of quiet intervals included."""
    total = len(peaks) + zeros
    intervals = pl.DataFrame(
        {"account": "a", "peak": peaks, "count": 1},
        schema={"account": pl.String, "peak": pl.Int32, "count": pl.Int64},
    )
    expected = sorted(peaks + [0] * zeros)[-(-95 * total // 100) - 1]
    assert percentile(intervals, ["account"], total)["p95"].to_list() == [expected]
