"""Where in a sheet a cell stands: its column by letter and heading, as who opens the workbook sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.cards.deck_files.table import DeckTable

_LETTERS: Final = 26
_QUOTED: Final = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_CELL = re.compile(rf"(\w+(?: [^'\"]+)?) (?:{_QUOTED}) ")
"""How an error of a cell begins: our field, and what stands in it."""
_COLUMN = re.compile(rf"column ({_QUOTED})")
"""How one of a whole column begins."""


class ColumnsTold:
    """While a deck is read: an error of a sheet's cell or column names the column by its letter and its heading.

    A deck that is no sheet has no letters, and its errors stay as they are. Of a sheet whose first columns are empty the
    letters are as the sheet has them; where that is not known, as of an ODS, the heading is named alone.
    """

    def __init__(self, table: DeckTable) -> None:
        self._table = table
        self._headings = [text.strip() for text in table.rows[0]]
        self._fields: Mapping[str, int] = {}

    def known(self, fields: Mapping[str, int], *, has_header: bool) -> None:
        """In which columns, from 0, our fields stand."""
        self._fields = fields
        if not has_header:
            self._headings = [""] * len(self._headings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._table.source.sheet is not None and isinstance(error, InputError):
            shell, message = self._told(error.in_shell), self._told(error.message)
            raise InputError(message, shell=shell, file=error.file, line=error.line) from None

    def _told(self, message: str) -> str:
        cell, column = _CELL.match(message), _COLUMN.match(message)
        if cell and (n := self._fields.get(cell[1], -1)) in range(len(self._headings)):
            heading = f'"{self._headings[n]}"' if self._headings[n] else ""
            named = ", ".join(filter(None, (self._letter(n), heading)))
            return f"column {named}: {message}" if named else message
        if column:
            places = [n for n, text in enumerate(self._headings) if repr(text) == column[1]]
            letter = self._letter(places[0]) if len(places) == 1 else ""
            return f"column {letter}, {message.removeprefix('column ')}" if letter else message
        return message

    def _letter(self, n: int) -> str:
        """Of a column by its place among those that are read; "": it is not known."""
        leftmost = None if self._table.leftmost is None else self._table.leftmost()
        return "" if leftmost is None else column_letter(leftmost + n)


def column_letter(n: int) -> str:
    """The letter of a column of a sheet by its place from 0: A, B, … Z, AA."""
    before, own = divmod(n, _LETTERS)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + own)
