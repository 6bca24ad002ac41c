"""Jobs asked for, looked at and cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from minutebook.errors import InputError
from minutebook.jobs.kinds import check_job
from minutebook.ledger.jobs import Job, JobState, ask_job, ask_to_stop, job_of, read_jobs
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.ledger.database import Database


def ask(
    database: Database, kind: str, arguments: Mapping[str, Any], by: str, job: str | None = None
) -> Job:
    """Ask for a job, in the name of `by`; gives it. `job` is its id, a UUID of the asker's: asked for again it is the same.

    `InputError` for what cannot be asked, and where the id is another job's.
    """
    kept, id_ = check_job(kind, arguments), uuid4() if job is None else job_id(job)
    with database.transaction() as connection:
        ask_job(connection, id_, kind, kept, by)
        made = job_of(connection, id_)
    assert made is not None
    if (made.kind, made.arguments, made.asked_by) != (kind, kept, by):
        raise InputError(f"{id_} is the id of another job; ask with an id of its own")
    return made


def job_named(database: Database, job: str) -> Job:
    """A job; `InputError` where there is none of the id."""
    id_ = job_id(job)
    with database.transaction() as connection:
        found = job_of(connection, id_)
    if found is None:
        raise InputError.advised(
            f"there is no job {id_}",
            "see book.jobs.list()",
            shell="see: minutebook job list",
        )
    return found


def cancel(database: Database, job: str, by: str) -> Job:
    """Stop a job, and give it: one that waits is cancelled, one that is running is by its worker, soon. What it had kept stays.

    Cancelled again it is as it was; `InputError` where it has ended otherwise.
    """
    found = job_named(database, job)
    with database.transaction() as connection:
        ask_to_stop(connection, found.id, by, f"cancelled by {by} before it began")
        now = job_of(connection, found.id)
    assert now is not None
    if now.state in (JobState.DONE, JobState.FAILED):
        raise InputError(f"the job {now.id} is {now.state}, and cannot be cancelled; leave it")
    return now


def some_jobs(
    database: Database, state: str | None, kind: str | None, most: int | None
) -> list[Job]:
    """Jobs, those first that were asked for last; `InputError` for a state that is none."""
    if state is not None and state not in list(JobState):
        states = ", ".join(JobState)
        raise InputError(
            f"there is no state {state!r}{did_you_mean(state, JobState)}; say {states}"
        )
    with database.transaction() as connection:
        return read_jobs(
            connection, state=None if state is None else JobState(state), kind=kind, most=most
        )


def job_id(text: str) -> UUID:
    """The id that a text is; `InputError` where it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no id of a job; write a UUID, as when the job was asked for"
        ) from None
