"""Files that are sent as multipart/form-data: written to the disk as they come, up to a size."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from minutebook.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from fastapi import Request

_LONGEST: Final = 10_000
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass
class Sent:
    """A file that was sent, at its beginning, its name, and the fields beside it."""

    file: IO[bytes]
    name: str | None = None
    """As it was sent; None: no file was."""
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def file_sent(request: Request, folder: Path, largest: int) -> AsyncIterator[Sent]:
    """What a request sends, in a file of `folder` that is gone at the end; `ProblemError` for what is no form, or too large."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "the body is no form; send file as multipart/form-data",
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        form = _Form(boundary, Sent(file))
        received = 0
        try:
            async for data in request.stream():
                received += len(data)
                if received > largest:
                    raise ProblemError(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                        f"the file has more than {largest:,} bytes; send it in parts, or compressed",
                    )
                form.parser.write(data)
            form.parser.finalize()
        except FormParserError:
            raise ProblemError(_WRONG, "the form is cut or none; send it again") from None
        if not form.whole:
            raise ProblemError(_WRONG, "the form is cut or none; send it again")
        file.flush()
        file.seek(0)
        yield form.sent


class _Form:
    """A form, part by part."""

    def __init__(self, boundary: bytes, sent: Sent) -> None:
        self.sent, self.whole = sent, False
        self._header, self._value = b"", b""
        self._name: str | None = None
        self._field = b""
        self._is_file = False
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._of_header,
                "on_header_value": self._of_value,
                "on_header_end": self._header_ends,
                "on_part_data": self._data,
                "on_part_end": self._ends,
                "on_end": self._all,
            },
        )

    def _begin(self) -> None:
        self._name, self._field, self._is_file = None, b"", False

    def _of_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _of_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self._is_file = b"filename" in options
            if self._is_file:
                if self._name != "file" or self.sent.name is not None:
                    raise ProblemError(
                        _WRONG, "a form has one file, named file; send others by themselves"
                    )
                self.sent.name = options[b"filename"].decode("utf-8", "replace")
        self._header, self._value = b"", b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.sent.file.write(data[start:end])
            return
        self._field += data[start:end]
        if len(self._field) + sum(map(len, self.sent.fields.values())) > _LONGEST:
            raise ProblemError(_WRONG, "the form has fields that are too long; send shorter ones")

    def _ends(self) -> None:
        if not self._is_file:
            try:
                self.sent.fields[self._name or ""] = self._field.decode("utf-8")
            except UnicodeDecodeError:
                raise ProblemError(_WRONG, f"{self._name} is no text in UTF-8; send one") from None

    def _all(self) -> None:
        self.whole = True
