"""Files that are sent to be read by a request: kept in the book first, then read from there."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from minutebook.api.problems import ProblemError
from minutebook.api.uploads import file_sent
from minutebook.errors import InputError
from minutebook.jobs.uploads import UPLOADS, keep_upload, upload_name
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from minutebook.book import Book

_DIGITS: Final = 10
_YES: Final = {"true": True, "false": False}


class AskedFile(BaseModel):
    """A file that was sent, by its SHA-256 and name, and the fields beside it: what counts once."""

    sha256: str
    name: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was sent, as it is kept, and the fields beside it."""

    path: Path
    place: str
    """From the book's folder."""
    asked: AskedFile

    @property
    def name(self) -> str:
        """As it was sent, without the folders before it."""
        return self.asked.name

    def said(self, field: str) -> str | None:
        """A field's text; None: it was left out, or is empty."""
        return self.asked.fields.get(field, "").strip() or None

    def need(self, field: str) -> str:
        """A field's text; `ProblemError` where it was left out."""
        text = self.said(field)
        if text is None:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{field} is missing; add it")
        return text

    def yes(self, field: str) -> bool:
        """Whether a field says true; `ProblemError` where it says neither true nor false."""
        text = self.said(field) or "false"
        if text not in _YES:
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"{field} is neither true nor false; send one of them",
            )
        return _YES[text]

    def number(self, field: str) -> int | None:
        """A field's whole number, None where it was left out; `ProblemError` where it is none."""
        text = self.said(field)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"{field} is {text!r}; send a whole number, as 30"
            )
        return None if text is None else int(text)


def file_form(fields: Mapping[str, str], *needed: str, file: str) -> dict[str, Any]:
    """What the OpenAPI document says of a form with a file: each of its fields, and what it means."""
    said = {name: {"type": "string", "description": what} for name, what in fields.items()}
    sent = {"type": "string", "format": "binary", "description": file}
    form = {
        "type": "object",
        "required": ["file", *needed],
        "properties": {"file": sent, **said},
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


async def with_kept_file(
    request: Request,
    book: Book,
    fields: Mapping[str, str],
    do: Callable[[KeptFile], Response],
) -> Response:
    """What `do` answers to the file that a request sends; an error names it as it was sent, and no place of ours.

    `ProblemError` where there is no file, and for a field that is none of `fields`.
    """
    async with file_sent(request, book.path / UPLOADS, request.app.state.largest_upload) as sent:
        name = sent.name
        if not name:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "file is missing; add it")
        for field in sent.fields:
            if field not in fields:
                raise ProblemError(
                    HTTPStatus.UNPROCESSABLE_ENTITY,
                    f"{field} is nothing that is asked for{did_you_mean(field, fields)}; leave it out",
                )

        def asked() -> Response:
            place, digest = keep_upload(book.path, sent.file, name)
            file = AskedFile(sha256=digest, name=upload_name(name), fields=sent.fields)
            kept = KeptFile(book.path / place, place, file)
            try:
                return do(kept)
            except InputError as error:
                told = error.for_shell()
                for ours in (str(kept.path), place):
                    told = told.replace(ours, kept.name)
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told) from None

        return await run_in_threadpool(asked)
