"""Closed months: for good, and in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.days import next_month
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True, repr=False)
class ClosedMonth(Shown):
    """A month that is closed: why, by whom and when."""

    month: date
    """Its first day."""
    reason: str
    closed_by: str
    """Who closed it."""
    closed_at: datetime
    """When it was closed."""


def closed_month(connection: Connection, month: date) -> ClosedMonth | None:
    """The closing of the month that begins on `month`; None where it was not closed by itself."""
    row = connection.execute(
        "select month, reason, closed_by, closed_at from month_close where month = %s", [month]
    ).fetchone()
    return None if row is None else ClosedMonth(*row)


def first_open_day(connection: Connection) -> date | None:
    """The day after the last closed month; None while no month is closed."""
    row = connection.execute("select max(month) from month_close").fetchone()
    return None if row is None or row[0] is None else next_month(row[0])


def add_closed(connection: Connection, month: date, reason: str, by: str) -> None:
    """Close a month for good."""
    connection.execute(
        "insert into month_close (month, reason, closed_by) values (%s, %s, %s)",
        [month, reason, by],
    )


def first_posted_day(connection: Connection, since: date | None) -> date | None:
    """The first day with a posting, from the day `since` on (None: of all); None where there is none."""
    row = connection.execute(
        "select min(day) from journal where %(since)s::date is null or day >= %(since)s",
        {"since": since},
    ).fetchone()
    return row[0] if row else None
