"""What is asked for and done later: runs, imports; how far they are, and what came of them."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from minutebook.access.job_rights import right_to_stop, sees_result
from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import accepted, answer, told_as
from minutebook.api.asked import DAY
from minutebook.api.entry import Served, having, need_right
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.api.uploads import file_sent
from minutebook.book import Book
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.jobs.uploads import UPLOADS, keep_upload
from minutebook.ledger.jobs import Job
from minutebook.show.jobs import JobView
from minutebook.show.listings.jobs import JOBS, job_row
from minutebook.show.tables import Sheet
from minutebook.show.without_cost import job_without_cost

router = APIRouter(tags=["jobs"])
Looker = Annotated[AccessKey, Depends(having(Right.JOBS))]
Biller = Annotated[AccessKey, Depends(having(Right.RUNS))]
Importer = Annotated[AccessKey, Depends(having(Right.IMPORTS))]
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "The file of call records"},
        "format": {"type": "string", "description": "As `minutebook import`; left out: auto"},
        "source": {"type": "string", "description": "The declared source that it comes from"},
        "complete": {
            "type": "string",
            "enum": ["true", "false"],
            "description": "The file is finished: a last line without its end is a record",
        },
    },
}


class AskedRun(BaseModel):
    """The days that are to be billed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    through: str = Field(description="Bill up to this UTC day, included", json_schema_extra=DAY)
    ahead: bool = Field(
        False, description="Also where the day is after the end of the month after next"
    )


class AskedImport(BaseModel):
    """A file that was sent, as it is kept, and how it is to be read."""

    arguments: dict[str, Any]
    sha256: str


@router.post("/runs", responses=responses(JobView, accepted=True), status_code=202)
def _run(book: Served, key: Biller, once: Asked, asked: Annotated[AskedRun, Body()]) -> Response:
    """Have days billed, as `minutebook bill`: gives the job, and where to ask for it as `Location`."""

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.ACCEPTED, JobView.of(book.jobs.add("bill", asked.model_dump()))

    return accepted(once.answered(book, key, asked, done))


@router.post(
    "/imports",
    responses=responses(JobView, accepted=True),
    status_code=202,
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    },
)
async def _import(request: Request, book: Served, key: Importer, once: Asked) -> Response:
    """Have a file of call records taken in, as `minutebook import`: gives the job. A call counts once, however often it is sent."""
    largest: int = request.app.state.largest_upload
    async with file_sent(request, book.path / UPLOADS, largest) as sent:
        name = sent.name
        if name is None:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "file is missing; add it")
        complete = sent.fields.pop("complete", "false")
        if complete not in ("true", "false"):
            raise InputError("complete is neither true nor false; send one of them")

        def asked() -> Response:
            kept, digest = keep_upload(book.path, sent.file, name)
            arguments = {**sent.fields, "complete": complete == "true", "file": kept}

            def done() -> tuple[HTTPStatus, Any]:
                return HTTPStatus.ACCEPTED, JobView.of(book.jobs.add("import", arguments))

            body = AskedImport(arguments=arguments, sha256=digest)
            return once.answered(book, key, body, done)

        return accepted(await run_in_threadpool(asked))


@router.get("/jobs", responses=responses(JobView, many=True, tables=True))
def _jobs(
    book: Served,
    key: Looker,
    form: AskedForm,
    state: Annotated[
        str | None, Query(description="waiting, running, done, failed or cancelled")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many")] = 100,
) -> Response:
    """Jobs, those first that were asked for last; as `minutebook job list`."""
    views = [job_seen(job, key) for job in book.jobs.list(state, most=limit)]
    return told_as(form, views, lambda: Sheet(JOBS, [*map(job_row, views)]), JobView, "jobs")


@router.get("/jobs/{job}", responses=responses(JobView))
def _job(book: Served, key: Looker, job: str) -> JSONResponse:
    """A job: how far it is, or what came of it; as `minutebook job show`."""
    return answer(job_seen(_found(book, job), key))


@router.delete("/jobs/{job}", responses=responses(JobView))
def _cancel(book: Served, key: Looker, job: str) -> JSONResponse:
    """Stop a job, by who may ask for such; as `minutebook job cancel`."""
    need_right(key, right_to_stop(_found(book, job).kind))
    with in_the_name_of(f"key:{key.name}"):
        return answer(job_seen(book.jobs.cancel(job), key))


def job_seen(job: Job, key: AccessKey) -> JobView:
    """A job, without what came of it where the key may not see that."""
    view = JobView.of(job)
    if not sees_result(key.rights, job.kind):
        return replace(view, result=None, notes=[])
    if Right.MONEY in key.rights:
        return view
    return replace(view, result=job_without_cost(view.result))


def _found(book: Book, job: str) -> Job:
    try:
        return book.jobs.show(job)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
