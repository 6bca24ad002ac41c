"""Replay against an event simulation by force, and against Erlang B on simulated arrivals."""

from __future__ import annotations

import random
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook.traffic.demand import erlangs_by_hour, grown
from minutebook.traffic.erlang import blocking
from minutebook.traffic.replay import loss_curve

SECOND = 1_000_000

attempts = st.lists(
    st.tuples(
        st.integers(0, 40).map(lambda n: n * SECOND // 2),
        st.integers(0, 30).map(lambda n: n * SECOND // 2),
        st.integers(0, 5000),
        st.booleans(),
    ),
    max_size=40,
)


def frame(rows: list[tuple[int, int, int, bool]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(begin, begin + length, talk, counted) for begin, length, talk, counted in rows],
        schema={"begin": pl.Int64, "end": pl.Int64, "talk_ms": pl.Int64, "counted": pl.Boolean},
        orient="row",
    )


def by_force(
    rows: list[tuple[int, int, int, bool]], channels: int, cps_limit: int | None
) -> tuple[int, int]:
    """Attempts and ms lost: each is admitted if fewer than `channels` that were are still up."""
    calls = ms = 0
    up: list[int] = []
    begun: dict[int, int] = {}
    for begin, end, counted, talk in sorted(
        (begin, begin + length, counted, talk if counted else 0)
        for begin, length, talk, counted in rows
    ):
        begun[begin // SECOND] = begun.get(begin // SECOND, 0) + 1
        up = [until for until in up if until > begin]
        limited = cps_limit is not None and begun[begin // SECOND] > cps_limit
        if limited or (end > begin and len(up) >= channels):
            calls, ms = calls + counted, ms + talk
        elif end > begin:
            up.append(end)
    return calls, ms


@given(attempts, st.one_of(st.none(), st.integers(1, 3)), st.randoms())
def test_every_size_loses_what_a_simulation_loses(
    rows: list[tuple[int, int, int, bool]], cps_limit: int | None, order: random.Random
) -> None:
    """In whatever order the calls come; and one pass knows all sizes."""
    shuffled = list(rows)
    order.shuffle(shuffled)
    curve = loss_curve(frame(shuffled), cps_limit)
    assert curve.attempts == sum(counted for *_, counted in rows)
    for channels in range(curve.peak + 2):
        lost = curve.at(channels)
        assert (lost.calls, lost.talk_ms) == by_force(rows, channels, cps_limit)


@given(attempts)
def test_the_peak_loses_nothing_and_one_less_does(rows: list[tuple[int, int, int, bool]]) -> None:
    """The peak is the most at once; the fewest channels for a target are that."""
    curve = loss_curve(frame([(b, n, t, True) for b, n, t, _ in rows]))
    instants = [begin for begin, *_ in rows]
    at_once = [sum(b <= t < b + n for b, n, *_ in rows) for t in instants]
    assert curve.peak == max(at_once, default=0)
    assert curve.at(curve.peak).calls == 0
    if curve.peak:
        assert curve.at(curve.peak - 1).calls > 0
    assert curve.fewest(Fraction(0)) == curve.peak
    for target in (Fraction(1, 10), Fraction(1, 2)):
        n = curve.fewest(target)
        assert curve.at(n).calls <= target * curve.attempts
        assert n == 0 or curve.at(n - 1).calls > target * curve.attempts


HOLDING = {
    "exponential": lambda chance: chance.expovariate(1),
    "constant": lambda _: 1.0,
    "uniform": lambda chance: chance.uniform(0, 2),
    "two kinds": lambda chance: chance.choice([0.1, 1.9]),
    "heavy tailed": lambda chance: chance.paretovariate(3) * 2 / 3,
}


@pytest.mark.parametrize("holding", HOLDING)
def test_random_arrivals_lose_what_erlang_b_says(holding: str) -> None:
    """However long calls last: only their mean counts (the insensitivity of the loss formula)."""
    chance = random.Random(holding)
    erlangs, count, mean = 20.0, 150_000, 120 * SECOND
    at = 0.0
    rows = []
    for _ in range(count):
        at += chance.expovariate(erlangs / mean)
        rows.append((int(at), max(1, int(HOLDING[holding](chance) * mean)), 1, True))
    curve = loss_curve(frame(rows))
    for channels in (15, 20, 25, 28):
        expected = blocking(erlangs, channels)
        # lost calls come in clusters: allow five deviations of a count whose clusters are some 20
        allowed = 5 * (20 * expected * (1 - expected) / count) ** 0.5
        assert abs(curve.at(channels).loss - expected) < allowed, channels


@given(attempts, st.integers(-100, 300))
def test_growth_adds_the_share_that_is_asked_for(
    rows: list[tuple[int, int, int, bool]], percent: int
) -> None:
    """To the whole call; every call of a growing traffic stays."""
    held = frame(rows)
    more = grown(held, Fraction(percent, 100))
    assert more.height == int(len(rows) * Fraction(100 + percent, 100))
    if percent >= 0:
        assert more.join(held.unique(), on=held.columns, how="semi").height >= held.height
    assert more.columns == held.columns


@given(attempts)
def test_erlangs_of_all_hours_are_the_holding_time(
    rows: list[tuple[int, int, int, bool]],
) -> None:
    """Nothing of a call over the hour is lost or counted twice."""
    late = [(begin + 3_599 * SECOND, length * 400, t, c) for begin, length, t, c in rows]
    hours = erlangs_by_hour(frame(late))
    assert round(sum(hours["erlangs"]) * 3600 * SECOND) == pytest.approx(
        sum(length for _, length, *_ in late), abs=10
    )
