"""A form that sends a file: written to the disk as it comes, up to the size that `serve` allows."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final

from minutebook.api.problems import ProblemError
from minutebook.api.uploads import file_sent
from minutebook.jobs.uploads import UPLOADS, kept_upload
from minutebook.web.blocks import Field
from minutebook.web.doing import FilledForm, check_own_session, check_own_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

    from minutebook.access.session import Session
    from minutebook.book import Book

FILE: Final = "file"
"""The field of the file."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """What a form has sent: its fields, and its file, open at its beginning."""

    form: FilledForm
    file: IO[bytes]
    name: str | None
    """As it was sent; None: no file was chosen."""


@asynccontextmanager
async def form_with_file(request: Request, book: Book, session: Session) -> AsyncIterator[SentFile]:
    """The form that was sent from a page of ours, with its file, which is gone at the end; `ProblemError` for a form of
    another site or session, for what is none, and for a file that is too large.
    """
    check_own_site(request)
    try:
        async with file_sent(request, book.path / UPLOADS, largest_upload(request)) as sent:
            fields = {name: said.strip() for name, said in sent.fields.items()}
            check_own_session(session, fields)
            yield SentFile(FilledForm(session, fields, {}), sent.file, sent.name or None)
    except ProblemError as problem:
        if problem.status is not HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            raise
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "the form has no file; choose one on the page"
        ) from None


def file_sent_before(book: Book, sha256: str, name: str) -> Path:
    """A file that was sent and kept, by its SHA-256 and name; `ProblemError` where there is none."""
    found = kept_upload(book.path, sha256, name)
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such file; send it again")
    return found


def largest_upload(request: Request) -> int:
    """So many bytes a file that is sent has at most."""
    largest: int = request.app.state.largest_upload
    return largest


def file_field(
    request: Request, label: str, hint: str, error: str | None = None, *, required: bool = True
) -> Field:
    """Where a file is chosen, or dropped."""
    return Field(
        FILE,
        label,
        "file",
        hint=hint,
        error=error,
        required=required,
        largest=largest_upload(request),
    )
