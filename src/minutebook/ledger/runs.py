"""Runs: how far each billed, and which version of the lake it read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.types.json import Jsonb

from minutebook.ledger.connection import read_once
from minutebook.ledger.webhooks import Happening, tell_others

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection


_UP_TO = "where %(at)s::timestamptz is null or posted_at <= %(at)s"


def next_run(connection: Connection) -> int:
    """The number of the run to come."""
    row = connection.execute("select coalesce(max(run), 0) + 1 from run").fetchone()
    return int(row[0]) if row else 1


def last_run(connection: Connection) -> tuple[int, dict[str, Any]] | None:
    """The last run's number and summary."""
    so_far = read_once(connection, _so_far)
    return None if so_far is None else (so_far.run, so_far.summary)


def last_posted(connection: Connection) -> tuple[int, date, datetime, str | None] | None:
    """The last run: its number, the day that it billed through, when it posted and by whom."""
    return connection.execute(
        "select run, through, posted_at, run_by from run order by run desc limit 1"
    ).fetchone()


def billed_through(connection: Connection, as_of: datetime | None = None) -> date | None:
    """The last day that any run up to `as_of` (None: now) has billed."""
    so_far = _runs_up_to(connection, as_of)
    return None if so_far is None else so_far.through


def lake_read(connection: Connection, as_of: datetime | None = None) -> tuple[int, datetime] | None:
    """The version of the lake that the last run up to `as_of` (None: now) read, and when it posted."""
    so_far = _runs_up_to(connection, as_of)
    return None if so_far is None else (so_far.lake_version, so_far.posted_at)


class _SoFar(NamedTuple):
    """The last day that any run has billed, and of the last run its number, the lake that it read, when it posted, its summary."""

    through: date
    run: int
    lake_version: int
    posted_at: datetime
    summary: dict[str, Any]


def _runs_up_to(connection: Connection, as_of: datetime | None) -> _SoFar | None:
    return read_once(connection, _so_far) if as_of is None else _so_far(connection, as_of)


def _so_far(connection: Connection, as_of: datetime | None = None) -> _SoFar | None:
    row = connection.execute(
        f"select (select max(through) from run {_UP_TO}), run, lake_version, posted_at, summary"
        f" from run {_UP_TO} order by run desc limit 1",
        {"at": as_of},
    ).fetchone()
    return None if row is None else _SoFar(*row)


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
