"""Which band holds at an instant, and how many of a call's seconds lie in each
(docs/rules/bands.md, "The band of a call" and "Each second by its band").

The instants at which another band begins are laid out once for the years of the calls; a call then
looks its place up. Where clocks change each second has one local time, and so one band.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from minutebook.cards.bands import DAY_S, HOLIDAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minutebook.cards.bands import Bands
    from minutebook.rating.folded import FoldedColumn

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_S: Final = 366 * DAY_S
_US: Final = 1_000_000


def band_at(bands: Bands, answered_at: pl.Expr) -> pl.Expr:
    """The place (UInt32) in `bands.names` of the band that holds at instants (Datetime)."""

    def bands_of(seconds: pl.Series) -> pl.Series:
        if seconds.is_empty():
            return pl.Series(dtype=pl.UInt32)
        times = _of(bands, seconds)
        return times.band.gather(times.place(seconds))

    second = _second(answered_at)
    return second.map_batches(bands_of, return_dtype=pl.UInt32, is_elementwise=True)


def seconds_in_bands(bands: Bands, answered_at: pl.Expr, billed: pl.Expr) -> pl.Expr:
    """A struct with, for each band (`0`, `1`, …), how many of the billed seconds lie in it (Int64).

    The n-th second of a call belongs to the band that holds at the instant of its beginning.
    """
    names = [str(n) for n in range(len(bands.names))]
    dtype = pl.Struct(dict.fromkeys(names, pl.Int64()))

    def lying_in(columns: Sequence[pl.Series]) -> pl.Series:
        begin, billed = columns
        if begin.is_empty():
            return pl.Series(dtype=dtype)
        end = begin + billed
        times = _of(bands, begin, end)
        after = times.until(end)
        return pl.DataFrame(
            {
                name: after[n] - before
                for n, (name, before) in enumerate(zip(names, times.until(begin), strict=True))
            }
        ).to_struct()

    return pl.map_batches(
        [_second(answered_at), billed.cast(pl.Int64)],
        lying_in,
        return_dtype=dtype,
        is_elementwise=True,
    )


def costs_by_second(
    bands: Bands,
    rates: FoldedColumn,
    exact: type[pl.DataType],
    *,
    answered_at: pl.Expr,
    billed: pl.Expr,
    position: pl.Expr,
    at_first: pl.Expr,
) -> pl.Expr:
    """What billed seconds cost (`exact`), each by its own band.

    `rates` have a value a position and band; `at_first` is what all seconds would cost by the band at the
    answer: so it is for every call that stays in it.
    """

    def costs(columns: Sequence[pl.Series]) -> pl.Series:
        begin, billed, position, at_first = columns
        if begin.is_empty():
            return at_first
        end = begin + billed
        times = _of(bands, begin, end)
        crosses = (end > times.starts.gather(times.place(begin) + 1)).arg_true()
        if crosses.is_empty():
            return at_first
        lying = zip(
            times.until(begin.gather(crosses)), times.until(end.gather(crosses)), strict=True
        )
        slot = position.gather(crosses) * len(bands.names)
        total = pl.Series([0], dtype=exact).new_from_index(0, len(crosses))
        for band, (before, after) in enumerate(lying):
            rate = rates.values if rates.scalar else rates.values.gather(slot + band)
            total = total + (after - before).cast(exact) * rate.cast(exact)
        return at_first.clone().scatter(crosses, total)

    columns = [_second(answered_at), billed.cast(pl.Int64), position, at_first]
    return pl.map_batches(columns, costs, return_dtype=exact, is_elementwise=True)


def _second(instant: pl.Expr) -> pl.Expr:
    """Whole seconds since 1970; bands begin with whole seconds, so a fraction changes none."""
    return instant.dt.timestamp("us") // _US


@dataclass(frozen=True, slots=True)
class _Times:
    """When which band begins: `starts` (Int64, seconds since 1970, rising), `band` (UInt32).

    `spent` is, for each band, how many seconds lie in it from the first start to each start.
    """

    starts: pl.Series
    band: pl.Series
    spent: tuple[pl.Series, ...]

    def place(self, seconds: pl.Series) -> pl.Series:
        """Where the last start is that does not come after."""
        return self.starts.search_sorted(seconds, side="right") - 1

    def until(self, seconds: pl.Series) -> list[pl.Series]:
        """For each band how many seconds lie in it from the first start on."""
        place = self.place(seconds)
        into, now = seconds - self.starts.gather(place), self.band.gather(place)
        return [
            spent.gather(place) + into * (now == band).cast(pl.Int64)
            for band, spent in enumerate(self.spent)
        ]


def _of(bands: Bands, *seconds: pl.Series) -> _Times:
    """The times of the years that instants lie in."""
    least = min(int(part.min()) for part in seconds)  # type: ignore[arg-type]
    most = max(int(part.max()) for part in seconds)  # type: ignore[arg-type]
    return _times(bands, *(1970 + second // _YEAR_S for second in (least, most)))


@lru_cache(maxsize=64)
def _times(bands: Bands, first_year: int, last_year: int) -> _Times:
    begin = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 3, 1, 1, tzinfo=UTC)
    starts: list[int] = []
    held: list[int] = []
    for start, band in _turns(bands, begin, end):
        if not held or held[-1] != band:
            starts.append(start)
            held.append(band)
    lengths = [*(b - a for a, b in pairwise(starts)), 0]
    spent = tuple(
        pl.Series(
            accumulate((s if b == n else 0 for s, b in zip(lengths, held, strict=True)), initial=0),
            dtype=pl.Int64,
        )
        for n in range(len(bands.names))
    )
    return _Times(pl.Series(starts, dtype=pl.Int64), pl.Series(held, dtype=pl.UInt32), spent)


def _turns(bands: Bands, begin: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    """(second since 1970, band) from which bands hold, in order; neighbours may be the same."""
    days, holidays = bands.days_of_bands(), frozenset(bands.holidays)
    for first, last, offset in _offsets(ZoneInfo(bands.zone), _since(begin), _since(end)):
        local, until = first + offset, last + offset
        for number in range(local // DAY_S, (until - 1) // DAY_S + 1):
            day = date(1970, 1, 1) + timedelta(days=number)
            begins = days[HOLIDAY if day in holidays else day.weekday()]
            for n, (second, band) in enumerate(begins):
                start = number * DAY_S + second
                next_start = number * DAY_S + (begins[n + 1][0] if n + 1 < len(begins) else DAY_S)
                if start < until and next_start > local:
                    yield max(start, local) - offset, band


def _offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(from, until, seconds ahead of UTC) of the times throughout which a zone's clocks go alike."""
    start, offset = begin, _offset(zone, begin)
    for midnight in range(begin, end, DAY_S):
        following = min(midnight + DAY_S, end)
        if _offset(zone, following) == offset:
            continue
        low, high = midnight, following  # the change comes after `low`, at the latest at `high`
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
        yield start, high, offset
        start, offset = high, _offset(zone, high)
    yield start, end, offset


def _offset(zone: ZoneInfo, second: int) -> int:
    ahead = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert ahead is not None
    return ahead.days * DAY_S + ahead.seconds


def _since(instant: datetime) -> int:
    return int((instant - _EPOCH).total_seconds())
