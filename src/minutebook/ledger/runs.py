"""Runs: how far each billed, and which version of the lake it read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from minutebook.ledger.webhooks import Happening, tell_others

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection


def next_run(connection: Connection) -> int:
    """The number of the run to come."""
    row = connection.execute("select coalesce(max(run), 0) + 1 from run").fetchone()
    return int(row[0]) if row else 1


def last_run(connection: Connection) -> tuple[int, dict[str, Any]] | None:
    """The last run's number and summary."""
    return connection.execute("select run, summary from run order by run desc limit 1").fetchone()


def last_posted(connection: Connection) -> tuple[int, date, datetime, str | None] | None:
    """The last run: its number, the day that it billed through, when it posted and by whom."""
    return connection.execute(
        "select run, through, posted_at, run_by from run order by run desc limit 1"
    ).fetchone()


def billed_through(connection: Connection, as_of: datetime | None = None) -> date | None:
    """The last day that any run up to `as_of` (None: now) has billed."""
    row = connection.execute(
        "select max(through) from run where %s::timestamptz is null or posted_at <= %s",
        [as_of, as_of],
    ).fetchone()
    return row[0] if row else None


def lake_read(connection: Connection, as_of: datetime | None = None) -> tuple[int, datetime] | None:
    """The version of the lake that the last run up to `as_of` (None: now) read, and when it posted."""
    return connection.execute(
        "select lake_version, posted_at from run where %s::timestamptz is null or posted_at <= %s"
        " order by run desc limit 1",
        [as_of, as_of],
    ).fetchone()


def add_run(
    connection: Connection,
    run: int,
    through: date,
    lake_version: int,
    summary: dict[str, Any],
    by: str,
) -> datetime:
    """Keep a run; gives the instant of its posting, which all that it posts carries."""
    row = connection.execute(
        "insert into run (run, through, lake_version, summary, run_by, posted_at)"
        " values (%s, %s, %s, %s, %s, clock_timestamp()) returning posted_at",
        [run, through, lake_version, Jsonb(summary), by],
    ).fetchone()
    assert row is not None
    posted_at: datetime = row[0]
    told = {**summary, "by": by, "posted_at": posted_at.isoformat().replace("+00:00", "Z")}
    tell_others(connection, Happening.RUN_POSTED, told)
    return posted_at
