"""Months of UTC days, and instants in UTC as text (docs/rules/time.md, "UTC")."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = date(1970, 1, 1)
"""Day 0 of days that are counted."""
ONE_DAY = timedelta(days=1)
SECOND_US, HOUR_US, DAY_US = 1_000_000, 3_600_000_000, 86_400_000_000
"""Microseconds, in which instants are counted within frames."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Days that a carrier may name; others are slips of the keyboard."""


def instant_text(at: datetime) -> str:
    """An instant as RFC 3339 in UTC, as in 2026-10-01T12:00:00Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def days_of_month(day: date) -> int:
    """How many days the month of `day` has."""
    return calendar.monthrange(day.year, day.month)[1]


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=days_of_month(day))


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return month_end(day) + ONE_DAY


def last_day_ahead(today: date) -> date:
    """The last day that a run takes without being asked twice: the end of the month after next
    (docs/rules/runs.md, "Days to come").
    """
    return month_end(next_month(next_month(today)))


def months_ending(first: date, last: date) -> Iterator[date]:
    """The first day of each month that ends from `first` to `last`, both included."""
    month = first.replace(day=1)
    while (end := month_end(month)) <= last:
        yield month
        month = end + ONE_DAY


def in_order(first: date, last: date) -> None:
    """`InputError` where two days are the wrong way round."""
    if last < first:
        raise InputError(
            f"last, {last}, comes before first, {first}; pass the earlier day first",
            shell=f"--to {last} comes before --from {first}",
        )


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; `InputError` as `in_order`."""
    in_order(first, last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def read_day(text: str, name: str) -> date:
    """A UTC day, as in 2026-10-01."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name} {text!r} is not a date; write it as 2026-10-01") from None
    return _day_in_range(found, name)


def read_instant(text: str, name: str) -> datetime:
    """An RFC 3339 instant; a date alone is its first instant in UTC."""
    try:
        if len(text) == len("2026-10-01"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None:
        raise InputError(
            f"{name} {text!r} is not an instant; write a UTC day as 2026-10-01,"
            " or an instant as 2026-10-01T12:00:00Z"
        )
    if at.tzinfo is None:
        raise InputError(
            f"{name} {text!r} has no offset from UTC; write it as {text}Z, or with its offset"
        )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InputError(
            f"{name} {text!r} is in UTC beyond the years 1 to 9999; say another instant"
        ) from None


def read_month(text: str, name: str) -> date:
    """The first day of a month, as in 2026-10."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InputError(f"{name} {text!r} is not a month; write it as 2026-10") from None
    return _day_in_range(found, name)


def _day_in_range(day: date, name: str) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(f"{name}: {day} is not a day from {FIRST_DAY} to {LAST_DAY}")
    return day
