"""Closed months: for good, and in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.days import next_month

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.connection import Connection


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


def first_billed_day(connection: Connection) -> date | None:
    """The first day with a journal or a tally."""
    row = connection.execute(
        "select least((select min(day) from journal), (select min(day) from tally))"
    ).fetchone()
    return row[0] if row else None
