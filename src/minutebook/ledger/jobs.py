"""Work that is asked for and done later: asked, taken up by one worker, told of, ended.

Whoever is at work on a job holds a lock of its session: a worker that is killed loses it with its connection, and no
clock is asked whether it lives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.types.json import Json, Jsonb

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from minutebook.ledger.connection import Connection

_LOOKED_AT = 50
"""So many jobs are looked at for one that nobody has."""
FAILED_DAYS = 30
"""So long a job that failed needs a person."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, repr=False)
class Job(Shown):
    """Work that is asked for and done later, by a worker."""

    _TOLD: ClassVar = ("id", "kind", "state", "asked_by", "made_at", "error")
    id: UUID
    """Its id, made by who asked."""
    kind: str
    """What is to be done: `"bill"`, `"import"` …"""
    arguments: dict[str, Any]
    """With what."""
    asked_by: str
    """Who asked; it is done in that name."""
    asked_from: str | None
    """The network address that it was asked from; None: at the machine, or by the clock."""
    made_at: datetime
    """When it was asked for."""
    schedule: str | None
    """The schedule that asked; None: a person or a program did."""
    due_at: datetime | None
    """The time of the schedule that it is for."""
    state: JobState
    """`"waiting"`, `"running"`, `"done"`, `"failed"`, `"cancelled"`."""
    tries: int
    """How many workers took it up."""
    worker: str | None
    """Who took it up last."""
    started_at: datetime | None
    """When it was taken up last."""
    told_at: datetime | None
    """When its worker last told of it."""
    unit: str | None
    """What is counted of it: `"calls"`, `"bytes"` …"""
    done: int | None
    """How many of them are done."""
    total: int | None
    """Of how many."""
    cancelled_by: str | None
    """Who asked that it be stopped."""
    ended_at: datetime | None
    """When it ended."""
    status: int | None
    """The exit status of its command: 0 done; 1 done, and something needs a person."""
    result: Any
    """What its command printed as JSON."""
    error: str | None
    """Why it failed, or was cancelled."""
    notes: list[str]
    """What its command said beside its result."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended."""

    state: JobState
    status: int | None = None
    result: Any = None
    error: str | None = None
    notes: Sequence[str] = field(default_factory=tuple)


_COLUMNS = (
    "job, kind, arguments, asked_by, asked_from, made_at, schedule, due_at, state, tries, worker, started_at, told_at,"
    " unit, done, total, cancelled_by, ended_at, status, result, error, notes"
)


def _job(row: Sequence[Any]) -> Job:
    found = dict(zip(_COLUMNS.replace("job,", "id,", 1).split(", "), row, strict=True))
    return Job(**{**found, "state": JobState(found["state"])})


def ask_job(
    connection: Connection,
    job: UUID,
    kind: str,
    arguments: dict[str, Any],
    asked_by: str,
    due: tuple[str, datetime] | None = None,
) -> bool:
    """Ask for a job; False where its id, or what is `due` (schedule, time), was asked for before."""
    schedule, due_at = due or (None, None)
    made = connection.execute(
        "insert into job (job, kind, arguments, asked_by, schedule, due_at) values (%s, %s, %s, %s, %s, %s)"
        " on conflict do nothing",
        [job, kind, Jsonb(arguments), asked_by, schedule, due_at],
    )
    return made.rowcount == 1


def job_of(connection: Connection, job: UUID) -> Job | None:
    """A job; None where there is none of the id."""
    row = connection.execute(f"select {_COLUMNS} from job where job = %s", [job]).fetchone()
    return None if row is None else _job(row)


def read_jobs(
    connection: Connection,
    *,
    state: JobState | None = None,
    kind: str | None = None,
    schedule: str | None = None,
    most: int | None = None,
) -> list[Job]:
    """Jobs, those first that were asked for last: all, or of a state, kind or schedule; at most so many."""
    rows = connection.execute(
        f"select {_COLUMNS} from job where (%(state)s::text is null or state = %(state)s)"
        " and (%(kind)s::text is null or kind = %(kind)s)"
        " and (%(schedule)s::text is null or schedule = %(schedule)s)"
        " order by place desc limit %(most)s",
        {"state": state, "kind": kind, "schedule": schedule, "most": most},
    )
    return [_job(row) for row in rows]


def failed_jobs(connection: Connection) -> list[Job]:
    """Jobs that failed in the last `FAILED_DAYS` and whose like was not done since, those first that were asked for last.

    Its like is one of the same schedule, or with the same arguments; of a run one through that day or a later one, of
    a proof any.
    """
    rows = connection.execute(
        f"select {_COLUMNS} from job failed where state = 'failed' and not exists ("
        "  select from job later where later.kind = failed.kind and later.place > failed.place"
        "   and later.state = 'done' and (later.kind = 'verify' or later.arguments = failed.arguments"
        "    or later.schedule = failed.schedule or later.kind = 'bill'"
        "     and later.arguments ->> 'through' >= failed.arguments ->> 'through'))"
        " and ended_at > clock_timestamp() - %s * interval '1 day' order by place desc",
        [FAILED_DAYS],
    )
    return [_job(row) for row in rows]


@dataclass(frozen=True, slots=True, repr=False)
class JobCounts(Shown):
    """How much work waits, is being done, and has failed."""

    waiting: int
    """How many jobs nobody has taken up yet."""
    running: int
    """How many are being done."""
    failed: int
    """How many failed in the last `FAILED_DAYS` and whose like was not done since."""
    oldest_waiting_s: float
    """How long the one waits that has waited longest; 0: none waits."""


def count_jobs(connection: Connection) -> JobCounts:
    """The figures of what is to be done."""
    row = connection.execute(
        "select count(*) filter (where state = 'waiting'), count(*) filter (where state = 'running'),"
        " coalesce(extract(epoch from clock_timestamp() - min(made_at) filter (where state = 'waiting')), 0)::float8"
        " from job where state in ('waiting', 'running')"
    ).fetchone()
    assert row is not None
    return JobCounts(row[0], row[1], len(failed_jobs(connection)), row[2])


def take_up(connection: Connection, worker: str) -> Job | None:
    """The first job that nobody is at work on, from now on this session's; None where there is none.

    One that is running is among them where the session of its worker has ended. The session holds it until `let_go_of`.
    """
    rows = connection.execute(
        "select job from job where state in ('waiting', 'running') order by place limit %s"
        " for update skip locked",
        [_LOOKED_AT],
    ).fetchall()
    for (job,) in rows:
        free = connection.execute(
            "select pg_try_advisory_lock(hashtextextended(%s, 0))", [_lock(job)]
        ).fetchone()
        if free is not None and free[0]:
            connection.execute(
                "update job set state = 'running', tries = tries + 1, worker = %s, unit = null, done = null,"
                " total = null, started_at = clock_timestamp(), told_at = clock_timestamp() where job = %s",
                [worker, job],
            )
            return job_of(connection, job)
    return None


def let_go_of(connection: Connection, job: UUID) -> None:
    """The session is no longer at work on a job."""
    connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [_lock(job)])


def tell(connection: Connection, job: UUID, progress: tuple[str, int, int] | None) -> str | None:
    """Keep how far a job is: (unit, done, total); None: as before. Gives who asked that it be stopped, if anybody did."""
    unit, done, total = progress or (None, None, None)
    row = connection.execute(
        "update job set told_at = clock_timestamp(), unit = coalesce(%s, unit), done = coalesce(%s, done),"
        " total = coalesce(%s, total) where job = %s and state = 'running' returning cancelled_by",
        [unit, done, total, job],
    ).fetchone()
    return None if row is None else row[0]


def hand_back(connection: Connection, job: UUID) -> None:
    """A job waits again, as if nobody had taken it up."""
    connection.execute(
        "update job set state = 'waiting', tries = tries - 1, unit = null, done = null, total = null"
        " where job = %s and state = 'running'",
        [job],
    )


def end_job(connection: Connection, job: UUID, end: JobEnd) -> None:
    """Keep how a job ended; of one that has ended nothing changes."""
    result = None if end.result is None else Json(end.result)
    connection.execute(
        "update job set state = %s, status = %s, result = %s, error = %s, notes = %s, ended_at = clock_timestamp()"
        " where job = %s and state in ('waiting', 'running')",
        [end.state, end.status, result, end.error, list(end.notes), job],
    )


def ask_to_stop(connection: Connection, job: UUID, by: str, error: str) -> None:
    """One that waits is cancelled, saying `error`; the worker of one that is running is asked to stop it."""
    connection.execute(
        "update job set state = 'cancelled', cancelled_by = %s, error = %s, ended_at = clock_timestamp()"
        " where job = %s and state = 'waiting'",
        [by, error, job],
    )
    connection.execute(
        "update job set cancelled_by = coalesce(cancelled_by, %s) where job = %s and state = 'running'",
        [by, job],
    )


def fail_unended(connection: Connection, error: str) -> None:
    """Whatever waits or was being done has failed, saying why: the book is another since."""
    connection.execute(
        "update job set state = 'failed', error = %s, ended_at = clock_timestamp()"
        " where state in ('waiting', 'running')",
        [error],
    )


def _lock(job: UUID) -> str:
    return f"minutebook job {job}"
