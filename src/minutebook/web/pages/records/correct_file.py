"""Many calls corrected by a file, a call in a row: sent, what that comes to looked at, then done once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.errors import InputError
from minutebook.jobs.uploads import keep_upload, upload_name
from minutebook.web.blocks import Block, Field, Links, PageForm
from minutebook.web.doing import SentForm, done_once
from minutebook.web.entry import viewing
from minutebook.web.pages.records.correcting import need_why, tried_correction
from minutebook.web.rendering import page
from minutebook.web.uploading import FILE, file_field, file_sent_before, form_with_file

router = APIRouter()
Corrector = Annotated[Session, Depends(viewing(Right.CORRECTIONS))]
_AT = "/corrections/file"
_ABOVE = [("Corrections", "/corrections")]
_HINT = "CSV with a header: call_id, and of duration_s, account, called, void what is right; source, server, leg where the id is not enough."


@router.get(_AT)
def _asked(request: Request, session: Corrector) -> Response:
    return _form(request, session)


@router.post(_AT)
async def _send(request: Request, book: Served, session: Corrector) -> Response:
    """Keep the file, and show what it comes to."""
    why = ""
    try:
        async with form_with_file(request, book, session) as sent:
            why, name = sent.form["reason"], sent.name
            if name is None:
                raise FieldError(FILE, "no file is chosen; choose one")
            need_why(why)
            _, digest = await run_in_threadpool(keep_upload, book.path, sent.file, name)
    except ProblemError as problem:
        if problem.status is HTTPStatus.FORBIDDEN:
            raise
        return _form(request, session, FieldError(FILE, problem.detail), why, problem.status)
    except InputError as error:
        return _form(request, session, error, why)
    asked = urlencode({"name": upload_name(name), "reason": why})
    return RedirectResponse(f"{_AT}/{digest}?{asked}", HTTPStatus.SEE_OTHER)


@router.get(_AT + "/{sha256}")
def _look(
    request: Request,
    book: Served,
    session: Corrector,
    sha256: str,
    name: Annotated[str, Query()] = "",
    reason: Annotated[str, Query()] = "",
) -> Response:
    file, why = file_sent_before(book, sha256, name), reason.strip()
    try:
        blocks: list[Block] = tried_correction(
            session, f"{_AT}/{sha256}", "Correct them", {"name": name, "reason": why},
            lambda: book.corrections.correct_by_file(file, need_why(why), name=name, dry_run=True),
        )  # fmt: skip
    except InputError as error:
        return _form(request, session, error, why)
    blocks.append(Links([("No, send another file", _AT)]))
    return page(request, session, f"Correct the calls of {name}: is this right?", blocks, above=_ABOVE)  # fmt: skip


@router.post(_AT + "/{sha256}")
def _do(request: Request, book: Served, sent: SentForm, session: Corrector, sha256: str) -> Response:  # fmt: skip
    name = sent["name"]
    file = file_sent_before(book, sha256, name)

    def do() -> str:
        why = need_why(sent["reason"])
        made = book.corrections.correct_by_file(file, why, name=name).correction
        return "/corrections" if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, session, error, sent["reason"])


def _form(
    request: Request,
    session: Session,
    error: InputError | None = None,
    why: str = "",
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    """The form; what is wrong with a row stands beside the file."""
    field = error.field if isinstance(error, FieldError) else FILE
    if error is not None and error.file is not None:  # the field is the file's
        error = error.at(what=f"line {error.line}: " if error.line else "")
    wrong = {} if error is None else {field: error.for_shell()}
    fields = [
        file_field(request, "File of corrections", _HINT, wrong.get(FILE)),
        Field("reason", "Why", value=why, hint="Kept with the correction.", error=wrong.get("reason")),
    ]  # fmt: skip
    told = "Nothing is corrected yet: what it comes to is shown first."
    form = PageForm(_AT, fields, "Send it, and look", sentences=[told])
    return page(
        request, session, "Correct calls by a file", [form], above=_ABOVE, status=200 if error is None else status
    )  # fmt: skip
