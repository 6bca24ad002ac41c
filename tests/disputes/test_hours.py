"""Hours that are alike on both sides are left out of the matching, and change nothing."""

from __future__ import annotations

import random

import polars as pl
import pytest

from minutebook.days import DAY_US, SECOND_US
from minutebook.disputes.matching.hours import alike_hours, in_hours, totals_by_hour
from minutebook.disputes.matching.matching import Matching, matched

TOLERANCE = 5 * SECOND_US


def side(rows: list[tuple[str, str, float, int]]) -> pl.DataFrame:
    """Calls of (id, called, answer in s, length in s)."""
    ids, called, at, seconds = zip(*rows, strict=True)
    answered = [int(second * SECOND_US) for second in at]
    return pl.DataFrame(
        {
            "n": pl.Series(range(len(rows)), dtype=pl.UInt32),
            "call_id": ids,
            "caller": ["1"] * len(rows),
            "called": called,
            "at": answered,
            "duration_ms": [1000 * s for s in seconds],
            "units": [7 * s for s in seconds],
            "inside": [True] * len(rows),
            "setup": answered,
            "end": [t + s * SECOND_US for t, s in zip(answered, seconds, strict=True)],
        }
    )


def drawn(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two days of calls; some hours of the other side lack calls, double them, or have longer ones."""
    chance = random.Random(seed)
    ids = chance.random() < 0.5
    rows = [
        (
            f"c{n}",
            f"4420{chance.randrange(30):04}",
            chance.randrange(2 * 86_400),
            chance.randrange(1, 90),
        )
        for n in range(300)
    ]
    theirs = []
    odd = {chance.randrange(48) for _ in range(10)}
    for n, (id_, called, at, seconds) in enumerate(rows):
        row = (id_ if ids else f"t{n}", called, at, seconds)
        if at // 3600 not in odd or chance.random() < 0.6:
            theirs.append(row)
        elif chance.random() < 0.5:
            theirs += [(row[0], called, at + chance.randrange(3), seconds + 2)] * chance.choice(
                [1, 2]
            )
    chance.shuffle(theirs)
    return side(rows), side(theirs)


def outcome(found: Matching) -> tuple[list[int], list[int], list[int], list[int]]:
    return tuple(  # type: ignore[return-value]
        sorted(rows)
        for rows in (found.alone_ours, found.alone_theirs, found.again_ours, found.again_theirs)
    )


@pytest.mark.parametrize("seed", range(12))
def test_leaving_out_what_is_alike_changes_nothing(seed: int) -> None:
    """The same calls are alone or copies, and as many are matched."""
    ours, theirs = drawn(seed)
    alike = alike_hours(ours, theirs)
    assert alike.len() > 10
    (settled, left), (also, right) = (in_hours(frame, alike) for frame in (ours, theirs))
    assert settled.height == also.height
    agreed = settled.group_by(day=pl.col("at") // DAY_US).agg(all=pl.len())
    narrowed, whole = matched(left, right, TOLERANCE, agreed), matched(ours, theirs, TOLERANCE)
    assert outcome(narrowed) == outcome(whole)
    assert settled.height + narrowed.pairs.height == whole.pairs.height


@pytest.mark.parametrize("seed", range(4))
def test_hours_add_up(seed: int) -> None:
    """Every call of both sides is in one hour."""
    ours, theirs = drawn(seed)
    alike = alike_hours(ours, theirs)
    left, right = (in_hours(frame, alike)[1] for frame in (ours, theirs))
    hours = totals_by_hour(ours, theirs, matched(left, right, TOLERANCE), alike)
    assert (hours["calls"].sum(), hours["calls_theirs"].sum()) == (ours.height, theirs.height)
    assert hours["units_theirs"].sum() == theirs["units"].sum()
    same = hours.filter(pl.col("hour").is_in(alike.implode()))
    assert same["ms"].equals(same["ms_theirs"])
