"""Long work that is asked for: kinds of jobs that need no file, and disputes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Body, Depends, Request
from pydantic import Field
from starlette.responses import Response

from minutebook.access.job_rights import right_to_see
from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import accepted
from minutebook.api.bodies import AskedBody
from minutebook.api.dispute_options import DISPUTE_FIELDS, dispute_arguments
from minutebook.api.entry import Served, having, need_right
from minutebook.api.kept_files import KeptFile, file_form, with_kept_file
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.jobs.kinds import RECONCILE
from minutebook.show.jobs import JobView
from minutebook.words import did_you_mean

router = APIRouter(tags=["jobs"])
Runner = Annotated[AccessKey, Depends(having(Right.RUNS))]
_KINDS: Final = ("bill", "review", "reviews", "margin", "verify")
"""Kinds that read no file; those that do are asked for where it is sent."""


class AskedJob(AskedBody):
    """Work that is to be done."""

    kind: str = Field(description=f"What is to be done: {', '.join(_KINDS)}")
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description="Of bill: through, perhaps ahead; of review: account, from, to; of reviews and margin: from, to",
    )


@router.post("/jobs", responses=responses(JobView, accepted=True), status_code=202)
def _ask(book: Served, key: Runner, once: Asked, asked: Annotated[AskedJob, Body()]) -> Response:
    """Have something done later, as the command of its kind does it: gives the job, and where to ask for it as `Location`."""
    if asked.kind not in _KINDS:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"no job {asked.kind!r}{did_you_mean(asked.kind, _KINDS)} is asked for here; ask for {', '.join(_KINDS)}",
        )
    need_right(key, right_to_see(asked.kind))

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.ACCEPTED, JobView.of(book.jobs.add(asked.kind, asked.arguments))

    return accepted(once.answered(book, key, asked, done))


@router.post(
    "/disputes",
    responses=responses(JobView, accepted=True),
    status_code=202,
    openapi_extra=file_form(
        DISPUTE_FIELDS, "from", "to", file="Their records of the calls, or their invoice's totals"
    ),
)
async def _dispute(request: Request, book: Served, key: Runner, once: Asked) -> Response:
    """Have another side's file held against our calls, as `minutebook reconcile`: gives the job. Nothing is posted by it."""
    need_right(key, right_to_see(RECONCILE))

    def asked(file: KeptFile) -> Response:
        def done() -> tuple[HTTPStatus, Any]:
            arguments = dispute_arguments(book, file.asked.fields, file.name)
            dispute = str(uuid4())
            named = {**arguments, "theirs": file.place, "kept": dispute}
            return HTTPStatus.ACCEPTED, JobView.of(book.jobs.add(RECONCILE, named, dispute))

        return accepted(once.answered(book, key, file.asked, done))

    return await with_kept_file(request, book, DISPUTE_FIELDS, asked)
