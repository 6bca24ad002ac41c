"""Likely causes of what differs between two sides' records: of lengths, and of calls that are missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECOND_MS: Final = 1000
_PULSES_MS: Final = (60_000, 30_000, 6_000)
_MOST: Final = 0.5  # of the calls that a cause must explain
_FEW: Final = 3  # calls that agree before they are believed
_ROUNDS: Final = 3


class Length(StrEnum):
    """Why their calls are longer or shorter than ours."""

    UP = "up"  # theirs are whole seconds, rounded up
    DOWN = "down"
    WITHIN = "within"  # less than a second apart: whole seconds on one side, or on both
    RINGING_THEIRS = "ringing_theirs"  # theirs count from setup
    RINGING_OURS = "ringing_ours"
    OFFSET = "offset"  # by as many seconds each
    PULSE = "pulse"  # theirs are whole pulses, as they are billed
    CAPPED = "capped"  # theirs end at a longest length


@dataclass(frozen=True, slots=True)
class LengthCause:
    """Calls whose lengths differ for one reason; `ms` is the offset (theirs − ours), pulse or cap."""

    cause: Length
    calls: int
    ms: int = 0


@dataclass(frozen=True, slots=True)
class Hole:
    """Hours in a row (numbers since 1970) of which one side has no call, and the other `calls`."""

    ours_lack: bool
    first: int
    last: int
    calls: int


def length_causes(pairs: pl.DataFrame) -> list[LengthCause]:
    """Why pairs are of other lengths, the cause of most first; what no cause explains is left out.

    Columns `duration_ms`, `duration_ms_theirs`, and from setup to answer `ring_ms`, `ring_ms_theirs`
    (null where a side does not say).
    """
    found = []
    left = pairs.with_columns(longer=pl.col("duration_ms_theirs") - pl.col("duration_ms"))
    for _ in range(_ROUNDS):
        if left.height < _FEW:
            break
        best: tuple[int, LengthCause, pl.Series] | None = None
        for cause, ms, fits in _possible(left):
            explained = left.select(fits.fill_null(value=False)).to_series()
            calls = int(explained.sum())
            if calls >= max(_FEW, _MOST * left.height) and (best is None or calls > best[0]):
                best = calls, LengthCause(cause, calls, ms), explained
        if best is None:
            break
        found.append(best[1])
        left = left.filter(~best[2])
    return found


def _possible(pairs: pl.DataFrame) -> Iterator[tuple[Length, int, pl.Expr]]:
    """Causes, those that say most first, and which calls they explain."""
    longer, theirs = pl.col("longer"), pl.col("duration_ms_theirs")
    whole = (theirs % _SECOND_MS == 0) | (pl.col("duration_ms") % _SECOND_MS == 0)
    fraction = whole & (longer.abs() < _SECOND_MS)
    some = pairs.filter(fraction)
    signs = tuple(some["longer"].sign().unique().to_list())
    by_theirs = some.select((theirs % _SECOND_MS == 0).all()).item()
    direction = {(1,): Length.UP, (-1,): Length.DOWN}.get(signs) if by_theirs else None
    yield direction or Length.WITHIN, 0, fraction
    for cause, ring, sign in (
        (Length.RINGING_THEIRS, "ring_ms", 1),
        (Length.RINGING_OURS, "ring_ms_theirs", -1),
    ):
        yield cause, 0, (pl.col(ring) > 0) & ((longer * sign - pl.col(ring)).abs() <= _SECOND_MS)
    second = (longer / _SECOND_MS).round().cast(pl.Int64)
    usual = pairs.select(second.filter(second != 0).mode().sort().first()).item()
    if usual is not None:
        yield Length.OFFSET, usual * _SECOND_MS, second == usual
    for pulse in _PULSES_MS:
        yield Length.PULSE, pulse, (theirs % pulse == 0) & (longer >= 0) & (longer < pulse)
    longest = pairs["duration_ms_theirs"].max()
    assert isinstance(longest, int)
    yield Length.CAPPED, longest, (theirs == longest) & (longer < 0)


def holes(hours: pl.DataFrame) -> list[Hole]:
    """Hours in a row of which one side has calls and the other none, the most calls first.

    `hours` as of `hours.totals_by_hour`.
    """
    found = []
    columns = ("any", "any_theirs", "hour", "calls", "calls_theirs")
    rows = hours.select(columns).sort("hour").iter_rows()
    for (ours_have, theirs_have), run in groupby(rows, lambda row: (row[0] > 0, row[1] > 0)):
        alone = [(hour, calls + theirs) for *_, hour, calls, theirs in run if calls + theirs]
        calls = sum(calls for _, calls in alone)
        if ours_have != theirs_have and calls >= _FEW:
            found.append(Hole(theirs_have, alone[0][0], alone[-1][0], calls))
    return sorted(found, key=lambda hole: -hole.calls)
