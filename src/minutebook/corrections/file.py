"""A file of corrections: CSV with a header, a call in a row."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.corrections.changing import CallChange
from minutebook.corrections.choosing import PARTS
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = ("call_id", *PARTS, "duration_s", "account", "called", "void")
_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row: the call that it names, by as much as tells it from others, and what becomes of it."""

    line: int
    call_id: str
    parts: dict[str, str]
    change: CallChange


def correction_rows(path: Path, name: str) -> list[FileRow]:
    """The rows of a file of corrections; `InputError` with its line for one that cannot be understood."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            columns = reader.fieldnames or []
            _check_columns(columns, name)
            rows = [
                _row(values, reader.line_num, name) for values in reader if any(values.values())
            ]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=name) from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError("is no CSV in UTF-8; save it as that", file=name) from None
    if not rows:
        raise InputError("has no row below its header; write a call in each", file=name)
    return rows


def _check_columns(columns: Sequence[str], name: str) -> None:
    for column in columns:
        if column not in COLUMNS:
            raise InputError(
                f"column {column!r} is none of a file of corrections{did_you_mean(column, COLUMNS)};"
                f" they are {', '.join(COLUMNS)}",
                file=name,
                line=1,
            )
    if "call_id" not in columns:
        raise InputError("has no column call_id; write a header", file=name, line=1)


def _row(values: dict[str, str], line: int, name: str) -> FileRow:
    if None in values or None in values.values():
        raise InputError("has not as many values as the header", file=name, line=line)
    said = {column: value.strip() for column, value in values.items()}
    try:
        void = said.get("void", "").lower()
        if void not in (*_YES, *_NO):
            raise InputError(f"void is {void!r}; write yes, or leave it empty")
        change = CallChange(
            duration_ms=money.parse_seconds_ms(said["duration_s"], "duration_s")
            if said.get("duration_s")
            else None,
            account=said.get("account") or None,
            called=said.get("called") or None,
            void=void in _YES,
        )
        change.said()
        if not said["call_id"]:
            raise InputError("has no call_id; name the call")
    except InputError as error:
        raise error.at(name, line) from None
    parts = {part: said[part] for part in PARTS if said.get(part)}
    return FileRow(line, said["call_id"], parts, change)
