"""Closed months: for good, and in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.days import next_month
from minutebook.ledger.webhooks import Happening, tell_others
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
    """Why, in their words."""
    closed_by: str
    """Who closed it."""
    closed_at: datetime
    """When it was closed."""


def closed_month(connection: Connection, month: date) -> ClosedMonth | None:
    """The closing of the month that begins on `month`; None where it is not closed by itself."""
    last = month_standing(connection, month)
    return None if last is None or not last[0] else last[1]


def month_standing(connection: Connection, month: date) -> tuple[bool, ClosedMonth] | None:
    """Whether a month was closed last, or opened again, and why, by whom and when; None: neither."""
    row = connection.execute(
        "select closed, month, reason, by, at from ("
        " select true as closed, month, reason, closed_by as by, closed_at as at, 0 as change from month_close"
        " union all select closed, month, reason, changed_by, changed_at, change from month_change) said"
        " where month = %s order by change desc limit 1",
        [month],
    ).fetchone()
    return None if row is None else (row[0], ClosedMonth(*row[1:]))


def first_open_day(connection: Connection) -> date | None:
    """The day after the last closed month; None while no month is closed."""
    row = connection.execute("select last_closed_month()").fetchone()
    return None if row is None or row[0] is None else next_month(row[0])


def add_closed(connection: Connection, month: date, reason: str, by: str) -> None:
    """Close a month, also one that was opened again."""
    _tell(connection, Happening.MONTH_CLOSED, month, reason, by)
    if month_standing(connection, month) is not None:
        _add_change(connection, month, reason, by, closed=True)
        return
    connection.execute(
        "insert into month_close (month, reason, closed_by) values (%s, %s, %s)",
        [month, reason, by],
    )


def add_opened(connection: Connection, month: date, reason: str, by: str) -> None:
    """Open a closed month again."""
    _tell(connection, Happening.MONTH_OPENED, month, reason, by)
    _add_change(connection, month, reason, by, closed=False)


def _tell(connection: Connection, kind: Happening, month: date, reason: str, by: str) -> None:
    tell_others(connection, kind, {"month": f"{month:%Y-%m}", "reason": reason, "by": by})


def _add_change(connection: Connection, month: date, reason: str, by: str, *, closed: bool) -> None:
    connection.execute(
        "insert into month_change (month, closed, reason, changed_by) values (%s, %s, %s, %s)",
        [month, closed, reason, by],
    )


def first_posted_day(connection: Connection, since: date | None) -> date | None:
    """The first day with a posting, from the day `since` on (None: of all); None where there is none."""
    row = connection.execute(
        "select min(day) from journal where %(since)s::date is null or day >= %(since)s",
        {"since": since},
    ).fetchone()
    return row[0] if row else None
