"""Jobs, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.serialise import Instant

if TYPE_CHECKING:
    from minutebook.jobs.due import ScheduleStanding
    from minutebook.ledger.jobs import Job


@dataclass(frozen=True)
class JobView:
    """Work that was asked for, and is done by a worker: how far it is, or what came of it."""

    id: Annotated[str, Doc("its id, a UUID")]
    kind: Annotated[
        str,
        Doc(
            'what is to be done: `"bill"`, `"import"`, `"import folder"`, `"import again"`, `"deck preview"`, `"review"`, `"reviews"`, `"margin"`, `"reconcile"`, `"verify"`'
        ),
    ]
    arguments: Annotated[dict[str, Any], Doc("with what, as it was asked for")]
    state: Annotated[str, Doc('`"waiting"`, `"running"`, `"done"`, `"failed"` or `"cancelled"`')]
    asked_by: Annotated[str, Doc("who asked; it is done in that name")]
    made_at: Annotated[Instant, Doc("when it was asked for")]
    schedule: Annotated[str | None, Doc("the schedule that asked; null: a person or a program")]
    due_at: Annotated[Instant | None, Doc("the time of the schedule that it is for")]
    tries: Annotated[int, Doc("how many workers took it up: more than one where one was killed")]
    worker: Annotated[str | None, Doc("who took it up last: user, process, machine")]
    started_at: Annotated[Instant | None, Doc("when it was taken up last")]
    unit: Annotated[
        str | None, Doc("what is counted of it, as `calls` or `bytes`; null: nothing yet")
    ]
    done: Annotated[int | None, Doc("how many of them are done")]
    total: Annotated[int | None, Doc("of how many")]
    cancelled_by: Annotated[str | None, Doc("who asked that it be stopped")]
    ended_at: Annotated[Instant | None, Doc("when it ended; null: it has not")]
    status: Annotated[
        int | None,
        Doc(
            "the exit status of its command: 0 done; 1 done, and something needs a person; 2 nothing was done"
        ),
    ]
    result: Annotated[Any, Doc("what its command prints as JSON; null: nothing, or not yet")]
    error: Annotated[str | None, Doc("why it failed, or that it was cancelled")]
    notes: Annotated[list[str], Doc("what its command said beside its result")]

    @classmethod
    def of(cls, job: Job) -> JobView:
        """A job."""
        return cls(
            id=str(job.id),
            kind=job.kind,
            arguments=job.arguments,
            state=job.state.value,
            asked_by=job.asked_by,
            made_at=job.made_at,
            schedule=job.schedule,
            due_at=job.due_at,
            tries=job.tries,
            worker=job.worker,
            started_at=job.started_at,
            unit=job.unit,
            done=job.done,
            total=job.total,
            cancelled_by=job.cancelled_by,
            ended_at=job.ended_at,
            status=job.status,
            result=job.result,
            error=job.error,
            notes=job.notes,
        )


@dataclass(frozen=True)
class ScheduleView:
    """What is declared to be done again and again; when it is due next, and what became of it last."""

    schedule: Annotated[str, Doc("its name")]
    do: Annotated[
        str, Doc('what is done: `"bill"`, `"import"`, `"verify"`, `"reviews"` or `"margin"`')
    ]
    every: Annotated[str, Doc("how often, as an apply file says it")]
    at: Annotated[str | None, Doc("the time of the day, UTC; null: by the hour or less")]
    folder: Annotated[str | None, Doc("of imports, the folder of the files")]
    next_due: Annotated[Instant, Doc("the next time at which it asks for a job")]
    last_due: Annotated[Instant | None, Doc("the time of the last job that it asked for")]
    last_job: Annotated[str | None, Doc("the id of that job")]
    last_state: Annotated[str | None, Doc("the state of that job")]
    error: Annotated[str | None, Doc("why that job failed")]

    @classmethod
    def of(cls, standing: ScheduleStanding) -> ScheduleView:
        """A schedule as it stands."""
        said, last = standing.schedule.to_body(), standing.last
        return cls(
            schedule=standing.name,
            do=said["do"],
            every=said["every"],
            at=said.get("at"),
            folder=said.get("folder"),
            next_due=standing.next_due,
            last_due=None if last is None else last.due_at,
            last_job=None if last is None else str(last.id),
            last_state=None if last is None else last.state.value,
            error=None if last is None else last.error,
        )
