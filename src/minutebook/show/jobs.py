"""Jobs, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.serialise import Instant

if TYPE_CHECKING:
    from minutebook.ledger.jobs import Job


@dataclass(frozen=True)
class JobView:
    """Work that was asked for, and is done by a worker: how far it is, or what came of it."""

    id: Annotated[str, Doc("its id, a UUID")]
    kind: Annotated[str, Doc('what is to be done: `"bill"`, `"import"`, `"review"`, `"verify"`')]
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
