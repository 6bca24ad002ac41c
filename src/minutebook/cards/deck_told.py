"""A deck's columns, and what the user says of them: which is a field, and which is not to be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minutebook.cards.deck_fields import heading_question
from minutebook.cards.deck_headings import Heading
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MEND = "convert its cells where need be, and take that out of its heading"
"""What to do where a heading says something that is not understood."""
NUMBERED = re.compile(r"#(\d{1,4})", re.ASCII)
"""A column by its place, from 1, where its heading does not tell it: `#4`."""


class ToldColumns:
    """The columns of a deck, and which of them are fields or left out by the user's word."""

    def __init__(
        self,
        rows: Sequence[Sequence[str]],
        file: str,
        line: int | None = 1,
        lines: Sequence[int] = (),
    ) -> None:
        self.headings = [Heading.of(cell.strip()) for cell in rows[0]]
        self.fields: dict[str, int] = {}
        self.left_out: set[int] = set()
        self._given: set[str] = set()
        self._body, self._file, self._line = rows[1:], file, line
        self._lines = lines[1:]

    def named(self, heading: str, option: str, parameter: str) -> int:
        """The column of a heading that the user wrote; `InputError` where two have it."""
        found = self._all_named(heading, option, parameter)
        if len(found) > 1:
            raise self._alike(self.headings[found[0]].text)
        return found[0]

    def leave_out(self, heading: str) -> None:
        """The user's word that columns of a heading are not to be read."""
        self.left_out.update(self._all_named(heading, "--ignore ", "ignore"))

    def _all_named(self, heading: str, option: str, parameter: str) -> list[int]:
        texts = [known.text for known in self.headings]
        for compare in (str, str.lower):
            wanted = [
                n for n, text in enumerate(texts) if compare(text) == compare(heading.strip())
            ]
            if wanted:
                return wanted
        number = NUMBERED.fullmatch(heading.strip())
        if number and 0 < int(number[1]) <= len(texts):
            return [int(number[1]) - 1]
        what = f"the deck has no such column; it has {', '.join(texts)}"
        raise InputError(
            f"{parameter}: {heading!r}: {what}",
            shell=f"{option}{heading}: {what}",
            file=self._file,
            line=self._line,
        )

    def give(self, field: str, heading: str) -> None:
        """The user's word for a field."""
        n = self.named(heading, f"--map {field}=", f"columns, {field!r}")
        if n in self.left_out or n in self.fields.values():
            raise self._error(
                f"{heading!r} is named twice; name a column once, as a field or as ignored"
            )
        self.fields[field] = n
        self._given.add(field)
        if why := heading_question(field, self.headings[n]):
            raise self._error(f"column {heading!r}: {why}; {MEND}")

    def _names(self, n: int) -> set[str]:
        return {self.headings[n].name, self.headings[n].plain}

    def _free(self) -> list[int]:
        taken = {*self.left_out, *self.fields.values()}
        return [n for n in range(len(self.headings)) if n not in taken]

    def _cells(self, n: int) -> list[str]:
        return [cell for row in self._body if len(row) > n and (cell := row[n].strip())]

    def _line_of(self, n: int, cell: str) -> int | None:
        """The line of the first row that has a cell in a column; of the header, where none is told."""
        for row, line in zip(self._body, self._lines, strict=False):
            if cell and len(row) > n and row[n].strip() == cell:
                return line or None
        return self._line

    def _which(self, what: str, field: str, more: str = "") -> InputError:
        return InputError.advised(
            what,
            f"say which in columns: {{{field!r}: …}}" + (more and f", and {more}"),
            shell=f"say which: --map {field}=…" + (more and f", and --{more}"),
            file=self._file,
            line=self._line,
        )

    def _alike(self, heading: str) -> InputError:
        return self._error(f"{heading!r} is the heading of two columns; rename one")

    def _error(self, what: str) -> InputError:
        return InputError(what, file=self._file, line=self._line)
