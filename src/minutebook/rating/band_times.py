"""Which band holds at an instant, and how many of a call's seconds lie in each
(docs/rules/bands.md, "The band of a call" and "Each second by its band").

The instants at which another band begins are laid out once for the years of the calls; a call then
looks its place up. Where clocks change each second has one local time, and so one band.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from math import gcd
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
_LEAST_STEP_S: Final = 60


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of the calendars of bands: local dates."""

    dates: tuple[date, ...]


def with_holidays(bands: Bands, holidays: Holidays) -> Bands:
    """The bands, with the holidays of their calendars among their own."""
    return replace(bands, holidays=(*bands.holidays, *holidays.dates))


def band_at(bands: Bands, answered_at: pl.Expr) -> pl.Expr:
    """The place (UInt32) in `bands.names` of the band that holds at instants (Datetime)."""

    def bands_of(instants: pl.Series) -> pl.Series:
        if instants.is_empty():
            return pl.Series(dtype=pl.UInt32)
        times = _of(bands, instants)
        held = times.of_step(times.band_of_step, pl.col("at"))
        return instants.alias("at").to_frame().select(held).to_series()

    instant = answered_at.dt.timestamp("us")
    return instant.map_batches(bands_of, return_dtype=pl.UInt32, is_elementwise=True)


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
        times = _of(bands, begin * _US, end * _US)
        return pl.DataFrame(dict(zip(names, times.lying(begin, end), strict=True))).to_struct()

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
        instant, billed, position, at_first = columns
        if instant.is_empty():
            return at_first
        call = pl.DataFrame({"at": instant, "billed": billed, "position": position})
        times = _of(bands, instant)
        ends = times.of_step(times.end_of_step, pl.col("at"))
        may_cross = pl.arg_where(pl.col("at") + pl.col("billed") * _US > ends)
        where = call.select(may_cross).to_series()
        if where.is_empty():
            return at_first
        begin = instant[where] // _US
        end, slot = begin + billed[where], position[where].cast(pl.UInt32) * len(bands.names)
        times = _of(bands, begin * _US, end * _US)
        total = pl.Series([0], dtype=exact)
        for band, seconds in enumerate(times.lying(begin, end)):
            total = total + seconds.cast(exact) * rates.of(slot + band).cast(exact)
        return at_first.clone().scatter(where, total)

    columns = [answered_at.dt.timestamp("us"), billed.cast(pl.Int64), position, at_first]
    return pl.map_batches(columns, costs, return_dtype=exact, is_elementwise=True)


def _second(instant: pl.Expr) -> pl.Expr:
    """Whole seconds since 1970; bands begin with whole seconds, so a fraction changes none."""
    return instant.dt.timestamp("us") // _US


@dataclass(frozen=True, slots=True)
class _Times:
    """When which band begins: `starts` (Int64, seconds since 1970, rising), `band` (UInt32).

    `spent` is, for each band, how many seconds lie in it from the first start to each start. All starts are `step`
    seconds apart, or a multiple of them, and `places` has for each step from the first on where the last start is;
    None where there would be too many. By the step, or without `places` by the start, `band_of_step` is the band, and
    `end_of_step` (Int64, µs since 1970) when it ends, or these times do.
    """

    starts: pl.Series
    band: pl.Series
    spent: tuple[pl.Series, ...]
    step: int
    places: pl.Series | None
    band_of_step: pl.Series
    end_of_step: pl.Series

    def of_step(self, values: pl.Series, instant: pl.Expr) -> pl.Expr:
        """`band_of_step` or `end_of_step` at instants (Int64, µs since 1970) of these times."""
        if self.places is None:
            return pl.lit(values).gather(
                pl.lit(self.starts).search_sorted(instant // _US, side="right") - 1
            )
        step = (instant - self.starts[0] * _US) // (self.step * _US)
        return pl.lit(values).gather(step.cast(pl.UInt32, wrap_numerical=True))

    def place(self, seconds: pl.Series) -> pl.Series:
        """Where the last start is that does not come after (UInt32); seconds since 1970."""
        if self.places is None:
            return (self.starts.search_sorted(seconds, side="right") - 1).cast(pl.UInt32)
        step: pl.Series = (seconds - self.starts[0]) // self.step
        return self.places[step]

    def lying(self, begin: pl.Series, end: pl.Series) -> list[pl.Series]:
        """For each band how many seconds lie in it from the instants `begin` until `end`, seconds since 1970."""
        seconds = pl.concat([begin, end])  # both at once: most calls' parts are short
        place = self.place(seconds)
        into, now = seconds - self.starts[place], self.band[place]
        until = [
            spent[place] + into * (now == band).cast(pl.Int64)
            for band, spent in enumerate(self.spent)
        ]
        return [each.tail(len(end)) - each.head(len(begin)) for each in until]


def _of(bands: Bands, *instants: pl.Series) -> _Times:
    """The times of the years that instants (Int64, µs since 1970) lie in. Polars asks about nulls alone for a branch
    that no call takes.
    """
    least = min((int(part.min() or 0) for part in instants), default=0)  # type: ignore[arg-type]
    most = max((int(part.max() or 0) for part in instants), default=0)  # type: ignore[arg-type]
    return _times(bands, *(1970 + instant // _US // _YEAR_S for instant in (least, most)))


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
    began = pl.Series(starts, dtype=pl.Int64)
    place = pl.Series(held, dtype=pl.UInt32)
    ends = pl.Series([*starts[1:], _since(end)], dtype=pl.Int64) * _US
    step = gcd(*lengths)
    if step < _LEAST_STEP_S:
        return _Times(began, place, spent, step, None, place, ends)
    steps = pl.int_range(starts[0], _since(end), step, eager=True)
    places = (began.search_sorted(steps, side="right") - 1).cast(pl.UInt32)
    return _Times(began, place, spent, step, places, place.gather(places), ends.gather(places))


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
