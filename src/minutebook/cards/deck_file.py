"""The file of a deck, as rows of text with their lines."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from minutebook.cards import deck_columns
from minutebook.errors import InputError, no_device
from minutebook.words import plain_cell

if TYPE_CHECKING:
    from pathlib import Path


def read_rows(path: Path) -> tuple[list[list[str]], list[int]]:
    """The rows that are not empty, each with its line; delimited by , ; | or tab."""
    file = str(path)
    no_device(path)
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lstrip()[:1] in ("{", "[", "<"):
        raise InputError("is no table of rows and columns; export the deck as CSV", file=file)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=deck_columns.delimiter(first), strict=True
    )
    rows, lines = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([plain_cell(cell) for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"is broken CSV: {error}; mend the row", file=file, line=reader.line_num
        ) from None
    if not rows:
        raise InputError("is empty", file=file)
    return rows, lines


def _text(path: Path) -> str:
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            "is not UTF-8 text; export it as UTF-8 CSV", file=file, line=line
        ) from None
    if "\0" in text:
        raise InputError("is not a text file; export the deck as CSV", file=file)
    return text
