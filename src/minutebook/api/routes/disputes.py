"""Disputes that were asked for: what the other side's file came to, beside our calls, and all that differs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import FileResponse, JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.entry import Served, having
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import ROWS, responses
from minutebook.api.tables import MEDIA_TYPES, AskedForm, TableForm, frame_answer
from minutebook.book import Book
from minutebook.errors import InputError
from minutebook.jobs.kept_disputes import difference_frame, dispute_files
from minutebook.jobs.kinds import RECONCILE
from minutebook.ledger.jobs import Job
from minutebook.show.jobs import JobView

router = APIRouter(tags=["disputes"])
Reader = Annotated[AccessKey, Depends(having(Right.MONEY))]


@router.get("/disputes", responses=responses(JobView, many=True))
def _disputes(
    book: Served,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many")] = 100,
) -> JSONResponse:
    """The disputes that were asked for, the last first, each a job; its `result` is what `minutebook reconcile` prints."""
    return answer([JobView.of(job) for job in book.jobs.list(kind=RECONCILE, most=limit)])


@router.get("/disputes/{dispute}", responses=responses(JobView))
def _dispute(book: Served, _: Reader, dispute: str) -> JSONResponse:
    """A dispute: how far it is, or what it came to; as `minutebook job show`."""
    return answer(JobView.of(dispute_named(book, dispute)))


@router.get("/disputes/{dispute}/differences", responses=responses(shape=ROWS, tables=True))
def _differences(
    book: Served,
    _: Reader,
    dispute: str,
    form: AskedForm,
    what: Annotated[
        str | None,
        Query(alias="class", description="Of this class, as missing_ours; left out: all"),
    ] = None,
) -> Response:
    """All that differs, a row a difference; as `minutebook reconcile --csv` writes it."""
    job = dispute_named(book, dispute)
    file, _report = dispute_files(book.path, UUID(job.arguments["kept"]))
    if not file.is_file():
        raise no_differences()
    if form is TableForm.CSV and what is None:
        return FileResponse(file, media_type=MEDIA_TYPES[form], filename="differences.csv")
    return frame_answer(form, difference_frame(file, what), "differences")


def no_differences() -> ProblemError:
    """That the files of a dispute are not there."""
    return ProblemError(
        HTTPStatus.NOT_FOUND,
        "what differs is not here: the dispute is not done, or this book was made of a backup; ask again",
    )


def dispute_named(book: Book, dispute: str) -> Job:
    """The job of a dispute; `ProblemError` where there is none such."""
    try:
        job = book.jobs.show(dispute)
    except InputError:
        job = None
    if job is None or job.kind != RECONCILE:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no dispute {dispute}")
    return job
