"""Imports taken back, or read again; and files looked at before they are taken in."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import accepted
from minutebook.api.bodies import ReasonedBody, TriedBody
from minutebook.api.effects import corrected_for, effects_for
from minutebook.api.entry import Served, having
from minutebook.api.kept_files import KeptFile, file_form, with_kept_file
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.calls.readers.formats import AUTO
from minutebook.show.corrections import CorrectedView
from minutebook.show.import_previews import ImportPreviewView
from minutebook.show.imports_again import AgainPreviewView
from minutebook.show.jobs import JobView

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minutebook.book import Book
    from minutebook.corrections.imports import Import

router = APIRouter(tags=["imports"])
Keeper = Annotated[AccessKey, Depends(having(Right.IMPORTS))]
_AGAIN: Final = {
    "reason": "Why; it is kept",
    "preview": "true: only say what it would come to, and do nothing",
    "other_calls": "true: the calls are others, though the lake has the same ids, times and numbers under another source",
}
_PREVIEW: Final = {
    "format": "As `minutebook import`; left out: auto",
    "source": "The declared source that it comes from",
    "complete": "true: the file is finished, and a last line without its end is a record",
}
_TRIED_OR_ASKED: Final = {
    **responses(JobView, accepted=True),
    200: responses(AgainPreviewView)[200],
}


class AskedImportUndoing(ReasonedBody, TriedBody):
    """Why an import is taken back."""


class AskedReadingAgain(ReasonedBody, TriedBody):
    """Why an import is read again."""

    other_calls: bool = Field(
        False,
        description="The calls are others, though the lake has the same ids, times and numbers under another source",
    )


@router.post("/imports/{id}/undo", responses=responses(CorrectedView, posts=True))
def _undo(
    book: Served, key: Keeper, once: Asked, id: str, asked: Annotated[AskedImportUndoing, Body()]
) -> Response:
    """Take an import back: its calls leave the bill, and its files can come in anew; as `minutebook import undo`."""
    meant = _known(book, id)
    return corrected_for(
        book, key, once, asked,
        lambda: book.corrections.undo_import(meant.id, asked.reason, dry_run=asked.preview),
    )  # fmt: skip


@router.post("/imports/{id}/again", responses=_TRIED_OR_ASKED, status_code=202)
def _again(
    book: Served, key: Keeper, once: Asked, id: str, asked: Annotated[AskedReadingAgain, Body()]
) -> Response:
    """Have an import taken back and its files read anew, as their sources are declared now; as `minutebook import again`: gives the
    job. With `preview` what it would come to, as with `--dry-run`."""
    meant = _known(book, id)
    return _read_again(
        book, key, once, meant, asked, asked.reason, None,
        preview=asked.preview, other_calls=asked.other_calls,
    )  # fmt: skip


@router.post(
    "/imports/{id}/file",
    responses=_TRIED_OR_ASKED,
    status_code=202,
    openapi_extra=file_form(_AGAIN, "reason", file="The file of the import, sent anew"),
)
async def _again_from_file(
    request: Request, book: Served, key: Keeper, once: Asked, id: str
) -> Response:
    """As `imports/{id}/again`, of an import whose file is no longer where it was: it is sent along."""

    def done(file: KeptFile) -> Response:
        meant, reason = _known(book, id), file.need("reason")
        return _read_again(
            book, key, once, meant, file.asked, reason, file,
            preview=file.yes("preview"), other_calls=file.yes("other_calls"),
        )  # fmt: skip

    return await with_kept_file(request, book, _AGAIN, done)


@router.post(
    "/imports/preview",
    responses=responses(ImportPreviewView, posts=True),
    openapi_extra=file_form(_PREVIEW, file="The file of call records"),
)
async def _preview(request: Request, book: Served, key: Keeper, once: Asked) -> Response:
    """How the first records of a file would be read; nothing is taken in. As `minutebook import --preview`."""

    def done(file: KeptFile) -> Response:
        def found() -> ImportPreviewView:
            preview = book.calls.preview_import(
                file.path, file.said("format") or AUTO, file.said("source"),
                name=file.name, complete=file.yes("complete"),
            )  # fmt: skip
            return ImportPreviewView.of(preview)

        return once.looked(book, key, file.asked, found)

    return await with_kept_file(request, book, _PREVIEW, done)


def _read_again(
    book: Book,
    key: AccessKey,
    once: Asked,
    meant: Import,
    asked: BaseModel,
    reason: str,
    sent: KeptFile | None,
    *,
    preview: bool,
    other_calls: bool,
) -> Response:
    """What reading an import again would come to, or the job that does it."""

    def tried() -> AgainPreviewView:
        places = [Path(book.path, one) for one in meant.files] if sent is None else [sent.path]
        there = all(place.is_file() for place in places)
        found = book.calls.preview_import_again(
            meant.id, places if there else None, other_calls=other_calls
        )
        return effects_for(key, AgainPreviewView.of(found))

    def asked_for() -> tuple[HTTPStatus, Any]:
        named = {} if sent is None else {"file": sent.place}
        arguments = {"import": meant.id, "reason": reason, "other_calls": other_calls, **named}
        return HTTPStatus.ACCEPTED, JobView.of(book.jobs.add("import again", arguments))

    if preview:
        return once.looked(book, key, asked, tried)
    return accepted(once.answered(book, key, asked, asked_for))


def _known(book: Book, id: str) -> Import:
    found = [one for one in book.corrections.imports() if one.id.startswith(id.lower())]
    if len(found) != 1:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no import {id}")
    return found[0]
