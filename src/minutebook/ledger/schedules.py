"""Schedules, and since when their times count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.declarations.declared_schedule import DeclaredSchedule

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection


def since_when(connection: Connection) -> list[tuple[DeclaredSchedule, datetime]]:
    """Every schedule, by name, and the instant after which its times are to make jobs: its last one, or when it was declared."""
    rows = connection.execute(
        "select schedule, body, greatest(since, (select max(due_at) from job j where j.schedule = s.schedule))"
        " from schedule s where not removed order by schedule"
    )
    return [(DeclaredSchedule.from_body(name, body), begins) for name, body, begins in rows]
