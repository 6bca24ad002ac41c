"""What the prices of a row differ by, in words for who pays them (docs/rules/classes.md, "Prices by more than one thing")."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from minutebook.cards.bands import DAY_S, DAYS, HOLIDAY, Bands, clock
from minutebook.cards.callers import Callers
from minutebook.cards.classes import parts_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minutebook.cards.bands import BandTime
    from minutebook.cards.classes import PriceClasses

_MOST_DATES: Final = 12
_PAIR: Final = 2


def class_heading(name: str) -> str:
    """A class as a heading has it: `peak inter`, `from 44`."""
    return " ".join(f"from {word}" if word.isdigit() else word for word in name.split(" "))


def classes_told(classes: PriceClasses | None) -> list[str]:
    """Which calls have which of the prices, a sentence or some for each thing that they differ by."""
    return [sentence for part in parts_of(classes) for sentence in _told(part)]


def _told(part: PriceClasses) -> Iterator[str]:
    match part:
        case Bands():
            held = "; ".join(f"{name}: {_times(part, name)}" for name in part.names)
            counts = (
                "each second of a call counts by itself"
                if part.split
                else "the answer of a call counts"
            )
            yield f"Times are those of {part.zone}, and {counts}. {held}."
            yield from _holidays(part)
        case Jurisdictions():
            by = " A ported number counts by its routing number." if part.lrn else ""
            yield (
                "inter: from one state of the United States to another; intra: within a state; indeterminate: the state"
                f" of a number is not known.{by}"
            )
        case Origins():
            group = (
                f" group: from {some_of(part.callers, 30)} to {some_of(part.called, 30)};"
                if part.callers
                else ""
            )
            yield f"local: both numbers are of one country;{group} international: all other calls."
        case Callers():
            said = f"from {some_of(part.prefixes, 30)}: of callers whose numbers begin so, by the longest that fits"
            yield f"{said[0].upper()}{said[1:]}; the rate alone: of all other callers."


def _times(bands: Bands, name: str) -> str:
    mine = [time for time in bands.times if time.band == name]
    said = [_time(time) for time in mine if time.days]
    return ", ".join([*said, *(["all other times"] if len(said) < len(mine) else [])])


def _time(time: BandTime) -> str:
    day = time.from_s == 0 and time.to_s == DAY_S
    return _days(time.days) + ("" if day else f" {clock(time.from_s)} to {clock(time.to_s)}")


def _days(days: Sequence[str]) -> str:
    """`Mon to Fri and holidays`."""
    week = [(n - DAYS.index(day), day) for n, day in enumerate(days) if day != DAYS[HOLIDAY]]
    runs = [[day.capitalize() for _, day in run] for _, run in groupby(week, lambda one: one[0])]
    said = [
        one for run in runs for one in ([f"{run[0]} to {run[-1]}"] if len(run) > _PAIR else run)
    ]
    return some_of([*said, *(["holidays"] if DAYS[HOLIDAY] in days else [])], len(DAYS))


def _holidays(bands: Bands) -> Iterator[str]:
    dates = [day.isoformat() for day in sorted(bands.holidays)]
    named = [some_of(dates, _MOST_DATES)] if dates else []
    if bands.calendars:
        named.append(f"the public holidays of {some_of(bands.calendars, 30)}")
    if named:
        yield f"Holidays are {' and '.join(named)}."
