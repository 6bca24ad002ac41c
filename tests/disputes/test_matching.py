"""Two sides' calls brought together: by id, by numbers and time, over shifted clocks, one to one."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.days import DAY_US, SECOND_US
from minutebook.disputes.matching.matching import Matching, matched

SCHEMA = {
    "n": pl.UInt32,
    "call_id": pl.String,
    "caller": pl.String,
    "called": pl.String,
    "at": pl.Int64,
    "duration_ms": pl.Int64,
    "setup": pl.Int64,
    "end": pl.Int64,
}
TOLERANCE = 5 * SECOND_US


def side(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame([(n, *row) for n, row in enumerate(rows)], schema=SCHEMA, orient="row")


def call(
    at_s: float,
    called: str = "44207946",
    caller: str = "1",
    id_: str = "",
    ms: int = 60_000,
    ring_s: float | None = None,
) -> tuple[Any, ...]:
    """A call; without `ring_s` its setup is not known."""
    at = int(at_s * SECOND_US)
    setup = None if ring_s is None else at - int(ring_s * SECOND_US)
    return id_, caller, called, at, ms, setup, at + ms * 1000


def pairs(found: Matching) -> set[tuple[int, int]]:
    return set(found.pairs.select("ours", "theirs").iter_rows())


def test_ids_go_before_times() -> None:
    """The same id is the same call, whatever the clocks say; a further copy is a duplicate."""
    ours = side([call(0, id_="a"), call(100, id_="b"), call(100, id_="b"), call(300, id_="c")])
    theirs = side([call(7200, id_="b"), call(3600, id_="a"), call(500, id_="d")])
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(0, 1), (1, 0)}
    assert found.again_ours.to_list() == [2]
    assert found.alone_ours.to_list() == [3]
    assert found.alone_theirs.to_list() == [2]


def test_without_ids_numbers_and_times_match() -> None:
    """Whatever prefix a number carries; a call of other numbers, or too far away, is another."""
    ours = side([call(0, "442079460123"), call(10, "442079460124"), call(500, "442079460123")])
    theirs = side([call(2, "0442079460123"), call(9, "+442079460124"), call(506, "442079460123")])
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(0, 0), (1, 1)}
    assert found.alone_ours.to_list() == [2]
    assert found.alone_theirs.to_list() == [2]


@pytest.mark.parametrize("shift_s", [0, 3600, -7200, 37, 19_800])
def test_the_shift_of_the_clocks_is_found(shift_s: int) -> None:
    """By day, to the second, where most calls show it; also where it begins in between."""
    chance = random.Random(shift_s)
    rows = [
        (d * 86_400 + chance.randrange(3600, 80_000), f"4420{chance.randrange(40):05}")
        for d in range(4)
        for _ in range(200)
    ]
    ours = side([call(at, called) for at, called in rows])
    later = [at + (shift_s if at >= 2 * 86_400 else 0) for at, _ in rows]
    theirs = side(
        [call(at + chance.random(), called) for at, (_, called) in zip(later, rows, strict=True)]
    )
    found = matched(ours, theirs, TOLERANCE)
    assert found.pairs.height > 790
    assert sum(o != t for o, t in pairs(found)) <= 4  # calls of the same numbers, seconds apart
    shifts = dict(found.shifts.select("day", "shift").iter_rows())
    assert [
        abs(shifts[d] - (shift_s if d >= 2 else 0) * SECOND_US) <= SECOND_US for d in range(4)
    ] == [True] * 4


def best(ours: list[int], theirs: list[int], tolerance: int) -> tuple[int, int]:
    """(calls paired, seconds apart) of the best way, of all."""
    found = (0, 0)
    longer, shorter = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
    for order in permutations(range(len(longer)), len(shorter)):
        gaps = [abs(longer[i] - t) for i, t in zip(order, shorter, strict=True)]
        close = [gap for gap in gaps if gap <= tolerance]
        found = min(found, (-len(close), sum(close)))
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 25), max_size=5), st.lists(st.integers(0, 25), max_size=5))
def test_of_calls_of_the_same_numbers_the_best_pairs_are_taken(
    ours: list[int], theirs: list[int]
) -> None:
    """The most calls, and of these ways the least distance: against every way there is."""
    # a crowd of other calls keeps the clocks of the day at no shift
    crowd = [call(40_000 + 100 * n, f"33{n:09}") for n in range(20)]
    found = matched(
        side([call(at) for at in ours] + crowd),
        side([call(at) for at in theirs] + crowd),
        TOLERANCE,
    )
    close = [(o, t) for o, t in pairs(found) if o < len(ours)]
    got = (-len(close), sum(abs(ours[o] - theirs[t]) for o, t in close))
    assert got == best(ours, theirs, 5)
    assert found.pairs.height == len(close) + 20


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.sampled_from(["", "x", "y"])),
        max_size=12,
    ),
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.sampled_from(["", "x", "y"])),
        max_size=12,
    ),
)
def test_every_call_is_somewhere_once(
    ours: list[tuple[int, str, str]], theirs: list[tuple[int, str, str]]
) -> None:
    """Paired, a copy, or alone."""
    frames = [
        side([call(at, number, id_=id_) for at, number, id_ in rows]) for rows in (ours, theirs)
    ]
    found = matched(*frames, TOLERANCE)
    for name, rows in (("ours", ours), ("theirs", theirs)):
        every = [
            *found.pairs[name],
            *getattr(found, f"again_{name}"),
            *getattr(found, f"alone_{name}"),
        ]
        assert sorted(every) == list(range(len(rows)))
    assert found.shifts["day"].max() in (None, 0)
    assert DAY_US == 86_400 * SECOND_US


def test_a_clock_that_changes_within_a_day() -> None:
    """The hours before the change go by the shift of the day before."""
    rows = [(d * 86_400 + 600 * n, f"4420{n:05}{d}") for d in range(3) for n in range(140)]
    change = 86_400 + 3600
    ours = side([call(at, called) for at, called in rows])
    theirs = side([call(at + (3600 if at >= change else 0), called) for at, called in rows])
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(n, n) for n in range(len(rows))}


def test_a_quiet_day_goes_by_the_days_around_it() -> None:
    """One call is too few to tell a clock; the day before says it."""
    rows = [(60 * n, f"4420{n:05}") for n in range(50)] + [(86_400 + 40_000, "442079460")]
    ours = side([call(at, called) for at, called in rows])
    theirs = side([call(at + 7200, called) for at, called in rows])
    found = matched(ours, theirs, TOLERANCE)
    assert found.pairs.height == 51
    assert found.shifts.select("day", "shift", "told").rows() == [
        (0, 7200 * SECOND_US, True),
        (1, 7200 * SECOND_US, False),
    ]


@pytest.mark.parametrize("with_setup", [True, False])
def test_a_side_that_takes_setup_for_answer(with_setup: bool) -> None:
    """Its answers are as early as the calls rang; setups, or else ends, bring them together."""
    chance = random.Random(5)
    rows = [(600 * n, f"4420{n:05}", chance.randrange(6, 30)) for n in range(100)]
    ours = side([call(at, called, ring_s=ring) for at, called, ring in rows])
    theirs = side(
        [
            call(
                at - ring + 3600,
                called,
                ms=60_000 + 1000 * ring,
                ring_s=0 if with_setup else None,
            )
            for at, called, ring in rows
        ]
    )
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(n, n) for n in range(100)}
    assert found.shifts["shift"].to_list() == [3600 * SECOND_US]


def test_copies_where_ids_are_numbers_of_records() -> None:
    """Where no id is on both sides, an answered call of the same numbers, time and length is a copy."""
    ours = side([call(at, id_=f"o{at}") for at in (0, 100)])
    theirs = side(
        [
            call(0, id_="t1"),
            call(0, id_="t2"),
            call(100, id_="t3"),
            call(500, id_="t4", ms=0),
            call(500, id_="t5", ms=0),
        ]
    )
    found = matched(ours, theirs, TOLERANCE)
    assert len(pairs(found)) == 2
    assert found.again_theirs.to_list() == [1]
    assert found.alone_theirs.to_list() == [3, 4]


def test_a_long_run_between_the_same_numbers() -> None:
    """Thousands of calls of two numbers, one every seven seconds: lengths tell the clock, and each its pair."""
    chance = random.Random(8)
    rows = [(7 * n, chance.randrange(1000, 600_000)) for n in range(20_000)]
    gone = {chance.randrange(len(rows)) for _ in range(200)}
    ours = side([call(at, ms=ms) for at, ms in rows])
    theirs = side([call(at + 3600 + chance.random(), ms=ms) for at, ms in rows])
    theirs = theirs.filter(~pl.col("n").is_in(gone))
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(n, n) for n in range(len(rows)) if n not in gone}
    assert set(found.shifts["shift"]) == {3600 * SECOND_US}


def crowd(calls: int = 300, seed: int = 2) -> list[tuple[float, str, int]]:
    """Calls of a day: answer (s), called, length (ms)."""
    chance = random.Random(seed)
    return sorted(
        (
            chance.random() * 80_000,
            f"4420{chance.randrange(60):05}",
            chance.randrange(1000, 400_000),
        )
        for _ in range(calls)
    )


def test_ids_that_are_numbers_of_records_say_nothing() -> None:
    """Both files count from 0, and one lacks a call: the calls are brought together all the same."""
    rows = crowd()
    ours = side([call(at, to, id_=str(n), ms=ms) for n, (at, to, ms) in enumerate(rows)])
    lacking = rows[:40] + rows[41:]
    theirs = side([call(at, to, id_=str(n), ms=ms) for n, (at, to, ms) in enumerate(lacking)])
    found = matched(ours, theirs, TOLERANCE)
    assert found.alone_ours.to_list() == [40]
    assert found.alone_theirs.to_list() == []


def test_ids_that_begin_anew() -> None:
    """Of several calls of one id the nearest in time is the one."""
    rows = crowd()
    ours = side([call(at, to, id_=str(n % 70), ms=ms) for n, (at, to, ms) in enumerate(rows)])
    gone = {5, 100, 250}
    theirs = ours.filter(~pl.col("n").is_in(gone))
    found = matched(ours, theirs, TOLERANCE)
    assert sorted(found.alone_ours) == sorted(gone)
    assert pairs(found) == {(n, n) for n in range(300) if n not in gone}


def test_a_call_that_was_tried_again_under_its_id() -> None:
    """Of a failed and an answered attempt of one id, the answered one goes with the answered one."""
    ours = side([call(0, id_="a", ms=0), call(8, id_="a"), call(500, id_="b")])
    theirs = side([call(8, id_="a"), call(500, id_="b")])
    found = matched(ours, theirs, TOLERANCE)
    assert pairs(found) == {(1, 0), (2, 1)}
    assert (found.alone_ours.to_list(), found.again_ours.to_list()) == ([0], [])


def test_a_record_that_was_sent_again_changed() -> None:
    """The same id and number, longer by some seconds: a copy, not a call that the other side lacks."""
    rows = [call(100 * n, f"4420{n:05}", id_=f"c{n}") for n in range(20)]
    theirs = [*rows, call(301, "442000003", id_="c3", ms=65_000)]
    found = matched(side(rows), side(theirs), TOLERANCE)
    assert found.again_theirs.to_list() == [20]


@pytest.mark.parametrize("hidden", ["", "anonymous"])
def test_callers_that_one_side_hides(hidden: str) -> None:
    """Some of their records show no caller: the called number and the time tell."""
    rows = crowd()
    ours = side([call(at, to, caller="442079460001", ms=ms) for at, to, ms in rows])
    theirs = side(
        [
            call(at, to, caller=hidden if n % 10 == 0 else "442079460001", ms=ms)
            for n, (at, to, ms) in enumerate(rows)
        ]
    )
    assert matched(ours, theirs, TOLERANCE).pairs.height == 300


def test_one_switch_of_many_with_another_clock() -> None:
    """A tenth of the calls is an hour ahead; the day's clock is that of the others."""
    rows = crowd(3000)
    ours = side([call(at, to, ms=ms) for at, to, ms in rows])
    ahead = [3600 if to.endswith("7") else 0 for _, to, _ in rows]
    theirs = side([call(at + s, to, ms=ms) for (at, to, ms), s in zip(rows, ahead, strict=True)])
    found = matched(ours, theirs, TOLERANCE)
    assert found.pairs.height >= 2990
    assert found.shifts["shift"].to_list() == [0]


def test_a_clock_that_drifts() -> None:
    """By a minute a day: hour by hour it is told."""
    rows = crowd(3000)
    ours = side([call(at, to, ms=ms) for at, to, ms in rows])
    theirs = side([call(at + 60 * at / 86_400, to, ms=ms) for at, to, ms in rows])
    assert matched(ours, theirs, TOLERANCE).pairs.height >= 2950
