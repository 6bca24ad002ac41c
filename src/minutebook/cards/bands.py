"""Times of the week at which a card's prices differ: named bands, in the card's zone
(docs/rules/bands.md, "Bands of a card").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

DAY_S: Final = 86_400
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
"""Kinds of days: those of the week, as `date.weekday` counts them, and holidays, which are none of them."""
HOLIDAY: Final = DAYS.index("holiday")
_MOST_BANDS: Final = 12


@dataclass(frozen=True, slots=True)
class BandTime:
    """A time at which a band holds; with no days it is the rest: whatever no other time covers."""

    band: str
    """The band's name."""
    days: tuple[str, ...] = ()
    """Some of `DAYS`; empty: the rest."""
    from_s: int = 0
    """The second of the local day with which it begins."""
    to_s: int = DAY_S
    """The second of the local day before which it ends."""


@dataclass(frozen=True, slots=True)
class Bands:
    """A card's bands. At every instant exactly one holds: that of the local time in `zone`."""

    zone: str
    """An IANA time zone."""
    times: tuple[BandTime, ...]
    """When which band holds."""
    split: bool = False
    """Each second of a call by its own band; else all by the band at its answer."""
    holidays: tuple[date, ...] = ()
    """The local dates that are holidays."""
    calendars: tuple[str, ...] = ()
    """Countries, or parts of them, whose public holidays are holidays too, as in GB or GB-SCT."""
    calendar: str = ""
    """The SHA-256 of the table of those; empty as declared: a revision names that which it goes by."""
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The bands' names, each once, in the order in which they are declared."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(dict.fromkeys(time.band for time in self.times)))

    def days_of_bands(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each of `DAYS` the (second, band's place in `names`) at which a band begins, from 0 on.

        `InputError` where two bands hold at once, or none does.
        """
        on_holidays = any("holiday" in time.days for time in self.times)
        return tuple(self._day(day) if day != "holiday" or on_holidays else () for day in DAYS)

    def _day(self, day: str) -> tuple[tuple[int, int], ...]:
        rest = next((self.names.index(time.band) for time in self.times if not time.days), None)
        found: list[tuple[int, int]] = []
        at = 0
        held = sorted((t.from_s, t.to_s, t.band) for t in self.times if day in t.days)
        for (_, end, one), (start, _, other) in pairwise(held):
            if start < end:
                raise InputError(
                    f"bands {one!r} and {other!r} both hold on {day} at {clock(start)}; mend one of them"
                )
        for start, end, band in [*held, (DAY_S, DAY_S, "")]:
            if start > at:
                if rest is None:
                    raise InputError(
                        f"no band holds on {day} from {clock(at)} to {clock(start)}; add one, or one without days, which is the rest"
                    )
                found.append((at, rest))
            if band:
                found.append((start, self.names.index(band)))
            at = end
        return tuple(one for n, one in enumerate(found) if n == 0 or found[n - 1][1] != one[1])


def check_bands(bands: Bands) -> Bands:
    """The bands; `InputError` where they do not cover the week, each instant once
    (docs/rules/bands.md, "Bands of a card").
    """
    if not 1 < len(bands.names) <= _MOST_BANDS:
        raise InputError(f"say two bands or more, and at most {_MOST_BANDS}")
    if sum(not time.days for time in bands.times) > 1:
        raise InputError("two times have no days; only one can be the rest")
    for one, other in pairwise(sorted(bands.names, key=plain_name)):
        if plain_name(one) == plain_name(other):
            raise InputError(
                f"bands {one!r} and {other!r} are alike but for spaces and capitals; rename one"
            )
    for time in bands.times:
        if time.from_s >= time.to_s:
            raise InputError(
                f"band {time.band!r} begins at {clock(time.from_s)} and ends at {clock(time.to_s)}; one that passes"
                ' midnight is two: until "24:00", and from "00:00" of the next days'
            )
    on_holidays = any("holiday" in time.days for time in bands.times)
    if (bands.holidays or bands.calendars) and not on_holidays:
        raise InputError('holidays: no band holds on them; name "holiday" among the days of one')
    if on_holidays and not (bands.holidays or bands.calendars):
        raise InputError(
            "holidays: a band holds on them, and there are none; list their dates, or say holidays_of"
        )
    ever = {band for day in bands.days_of_bands() for _, band in day}
    never = [name for n, name in enumerate(bands.names) if n not in ever]
    if never:
        raise InputError(f"band {never[0]!r} never holds; leave it out, or give it a time")
    return bands


def plain_name(name: str) -> str:
    """A band's name as a deck's heading may have it: small letters and digits."""
    return re.sub(r"[\W_]", "", name.lower())


def clock(second: int) -> str:
    """A second of the day, as in 08:00 or 24:00."""
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def second_of_day(text: str) -> int:
    """The second of a time of the day, as in 08:00 or 24:00; `InputError` where it is none."""
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", text, re.ASCII)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    second = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or second > DAY_S:  # noqa: PLR2004 - of an hour, of a minute
        raise InputError(f"{text!r} is not a time of the day, from 00:00 to 24:00")
    return second


def days_named(words: Sequence[str]) -> tuple[str, ...]:
    """The days of words as `mon`, `mon-fri` and `holiday`, in order; `InputError` where one is none."""
    found: set[str] = set()
    for word in words:
        first, _, last = word.lower().partition("-")
        week = DAYS[:HOLIDAY]
        if first not in (week if last else DAYS) or last not in ("", *week):
            raise InputError(f"{word!r} is not a day: say mon, tue, … sun, mon-fri or holiday")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        if end < begin:
            raise InputError(f"{word!r} goes past the week's end; write two")
        found |= set(DAYS[begin : end + 1])
    return tuple(day for day in DAYS if day in found)


def bands_body(bands: Bands) -> dict[str, Any]:
    """Bands as JSON, complete, in one spelling."""
    times: Iterable[dict[str, Any]] = (
        {"band": time.band}
        | (
            {"days": list(time.days), "from": clock(time.from_s), "to": clock(time.to_s)}
            if time.days
            else {}
        )
        for time in bands.times
    )
    body: dict[str, Any] = {
        "zone": bands.zone,
        "times": list(times),
        "split": bands.split,
        "holidays": [day.isoformat() for day in bands.holidays],
    }
    said = {"holidays_of": list(bands.calendars), "calendar": bands.calendar}
    return body | {key: value for key, value in said.items() if value}


def bands_from_body(body: dict[str, Any]) -> Bands:
    """The inverse of `bands_body`."""
    from datetime import date as day

    return Bands(
        body["zone"],
        tuple(
            BandTime(
                time["band"],
                tuple(time.get("days", ())),
                second_of_day(time.get("from", "00:00")),
                second_of_day(time.get("to", "24:00")),
            )
            for time in body["times"]
        ),
        body["split"],
        tuple(day.fromisoformat(text) for text in body["holidays"]),
        tuple(body.get("holidays_of", ())),
        body.get("calendar", ""),
    )
