"""What callers of the library hand in, made sure of: days, instants, files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.days import FIRST_DAY, LAST_DAY
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

PathLike = str | Path
"""A file's path."""


def day(value: date, name: str) -> date:
    """A UTC day; `InputError` for a text, an instant, or a day that is a slip of the keyboard."""
    if isinstance(value, datetime):
        raise InputError(f"{name} is an instant, {value}; pass its day: {_day(value)}")
    if not isinstance(value, date):
        raise InputError(f"{name} is {value!r}, not a date; pass {_day(_read(value))}")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise InputError(f"{name} is {value}, not a day from {FIRST_DAY} to {LAST_DAY}")
    return value


def month(value: date, name: str) -> date:
    """The first day of the month of a UTC day."""
    return day(value, name).replace(day=1)


def days(first: date, last: date) -> tuple[date, date]:
    """Two UTC days, both included."""
    return day(first, "first"), day(last, "last")


def instant(value: datetime, name: str) -> datetime:
    """An instant in UTC; `InputError` for a text, a day, or a time without an offset."""
    if not isinstance(value, datetime):
        raise InputError(f"{name} is {value!r}, not an instant; pass {_instant(_read(value))}")
    if value.tzinfo is None:
        raise InputError(
            f"{name} is {value}, without an offset from UTC; pass {_instant(value)}, or its own zone"
        )
    return value.astimezone(UTC)


def files(value: PathLike | Iterable[PathLike]) -> list[Path]:
    """Paths of files; one path is one file."""
    if isinstance(value, (str, Path)):
        return [Path(value)]
    return [Path(file) for file in value]


def _read(value: object) -> date:
    """The day or instant that a value was meant to be, for an example of how to pass it."""
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return datetime(2026, 10, 1)


def _day(value: date) -> str:
    return f"date({value.year}, {value.month}, {value.day})"


def _instant(value: date) -> str:
    parts = [value.year, value.month, value.day]
    if isinstance(value, datetime):
        clock = [value.hour, value.minute, value.second]
        while clock and not clock[-1]:
            clock.pop()
        parts += clock
    return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"
