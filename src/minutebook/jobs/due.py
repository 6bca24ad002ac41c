"""Jobs that schedules ask for, each at its time, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid5

from minutebook.days import instant_text
from minutebook.ledger import schedules
from minutebook.ledger.jobs import ask_job, read_jobs
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.declarations.declared_schedule import DeclaredSchedule
    from minutebook.ledger.database import Database
    from minutebook.ledger.jobs import Job

_OURS = UUID("5b0d2c1e-7a41-4c7e-9f5e-6a3f0c9d1e42")


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleStanding(Shown):
    """A schedule, when it is due next, and what became of it last."""

    _TOLD: ClassVar = ("name", "next_due")
    schedule: DeclaredSchedule
    """What is declared."""
    next_due: datetime
    """The next time at which it asks for a job."""
    last: Job | None
    """The last job that it asked for."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.schedule.name


def schedule_standings(database: Database, now: datetime) -> list[ScheduleStanding]:
    """Every schedule, by name."""
    with database.transaction() as connection:
        return [
            ScheduleStanding(
                schedule,
                schedule.due_after(now),
                next(iter(read_jobs(connection, schedule=schedule.name, most=1)), None),
            )
            for schedule, _ in schedules.since_when(connection)
        ]


def ask_what_is_due(database: Database, now: datetime) -> int:
    """Ask for what is due and was not asked for; gives how many jobs that are.

    A time makes one job, however many workers see it. Of times that were missed, as nobody was at work, the last alone does.
    """
    asked = 0
    with database.transaction() as connection:
        for schedule, begins in schedules.since_when(connection):
            due = schedule.last_due(begins, now)
            if due is not None:
                kind, arguments = schedule.job_at(due)
                job = uuid5(_OURS, f"{schedule.name} {instant_text(due)}")
                by = f"schedule:{schedule.name}"
                asked += ask_job(connection, job, kind, arguments, by, (schedule.name, due))
    return asked
