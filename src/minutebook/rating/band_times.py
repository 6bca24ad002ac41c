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

    def bands_of(seconds: pl.Series) -> pl.Series:
        if seconds.is_empty():
            return pl.Series(dtype=pl.UInt32)
        times = _of(bands, seconds)
        held = pl.lit(times.band).gather(times.place(pl.col("second")))
        return seconds.alias("second").to_frame().select(held).to_series()

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
        frame = pl.DataFrame({"begin": begin, "end": begin + billed})
        times = _of(bands, frame["begin"], frame["end"])
        return frame.select(
            pl.struct(each.alias(name) for name, each in zip(names, times.lying(), strict=True))
        ).to_series()

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
        frame = pl.DataFrame(
            {"begin": begin, "end": begin + billed, "slot": position * len(bands.names)}
        )
        times = _of(bands, frame["begin"], frame["end"])
        ends = pl.lit(times.starts).gather(times.place(pl.col("begin")) + 1)
        crosses = frame.select(pl.arg_where(pl.col("end") > ends)).to_series()
        if crosses.is_empty():
            return at_first
        total = pl.lit(0, exact)
        for band, seconds in enumerate(times.lying()):
            rate = rates.at((pl.col("slot") + band).cast(pl.UInt32))
            total = total + seconds.cast(exact) * rate.cast(exact)
        part = frame.select(pl.all().gather(pl.lit(crosses)))
        return at_first.clone().scatter(crosses, part.select(total).to_series())

    columns = [_second(answered_at), billed.cast(pl.Int64), position, at_first]
    return pl.map_batches(columns, costs, return_dtype=exact, is_elementwise=True)


def _second(instant: pl.Expr) -> pl.Expr:
    """Whole seconds since 1970; bands begin with whole seconds, so a fraction changes none."""
    return instant.dt.timestamp("us") // _US


@dataclass(frozen=True, slots=True)
class _Times:
    """When which band begins: `starts` (Int64, seconds since 1970, rising), `band` (UInt32).

    `spent` is, for each band, how many seconds lie in it from the first start to each start. All starts are `step`
    seconds apart, or a multiple of them, and `places` has for each step from the first on where the last start is;
    None where there would be too many.
    """

    starts: pl.Series
    band: pl.Series
    spent: tuple[pl.Series, ...]
    step: int
    places: pl.Series | None

    def place(self, seconds: pl.Expr) -> pl.Expr:
        """Where the last start is that does not come after."""
        if self.places is None:
            return pl.lit(self.starts).search_sorted(seconds, side="right") - 1
        return pl.lit(self.places).gather((seconds - self.starts[0]) // self.step)

    def lying(self) -> list[pl.Expr]:
        """For each band how many seconds lie in it from the instant `begin` until `end`."""
        begun, ended = self._until(pl.col("begin")), self._until(pl.col("end"))
        return [after - before for before, after in zip(begun, ended, strict=True)]

    def _until(self, seconds: pl.Expr) -> list[pl.Expr]:
        """For each band how many seconds lie in it from the first start on."""
        place = self.place(seconds)
        into = seconds - pl.lit(self.starts).gather(place)
        now = pl.lit(self.band).gather(place)
        return [
            pl.lit(spent).gather(place) + into * (now == band).cast(pl.Int64)
            for band, spent in enumerate(self.spent)
        ]


def _of(bands: Bands, *seconds: pl.Series) -> _Times:
    """The times of the years that instants lie in. Polars asks about nulls alone for a branch that no call takes."""
    known = [part.drop_nulls() for part in seconds]
    least = min((int(part.min()) for part in known if len(part)), default=0)  # type: ignore[arg-type]
    most = max((int(part.max()) for part in known if len(part)), default=0)  # type: ignore[arg-type]
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
    began = pl.Series(starts, dtype=pl.Int64)
    step = gcd(*lengths)
    places = None
    if step >= _LEAST_STEP_S:
        steps = pl.int_range(starts[0], _since(end), step, eager=True)
        places = (began.search_sorted(steps, side="right") - 1).cast(pl.UInt32)
    return _Times(began, pl.Series(held, dtype=pl.UInt32), spent, step, places)


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
