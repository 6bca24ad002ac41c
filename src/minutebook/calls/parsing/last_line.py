"""The last line of a file, where it has no end: a record, or the beginning of one?

A file may be taken while its last line is being written, or be a copy that was cut. Such a line is no
record yet. It is left for later and told, unless it shows by itself that nothing is missing, or the
import says that the files are finished (docs/rules/records.md, "A last line without its end").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import files, jsonlines
from minutebook.calls.parsing.delimited import NEVER_CLOSED, split_lines
from minutebook.calls.parsing.table import Broken, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from minutebook.calls.parsing.delimited import Parsed
    from minutebook.calls.source import Source

    Taken = Callable[[str, str], int]
    """How many characters of a last line without its end are whole, given the line before it."""

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
_WHOLE_TIME = re.compile(rf'([^\w" ])"?{_TIME}(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"?$')


class Lines:
    """The blocks of a file as `files.blocks` gives them, but for a last line that is not yet there.

    `taken` says how much of such a line is whole. Once all blocks are read, `left` gives the line
    that was left for later, if any, as a table without rows.
    """

    def __init__(self, path: Path, source: Source, taken: Taken) -> None:
        self.ended = True
        """False once a last line without its end has been seen."""
        self._left: Broken | None = None
        self.complete = source.complete
        self._read = False
        self._blocks = self._whole(path, taken)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)

    def _whole(self, path: Path, taken: Taken) -> Iterator[bytes]:
        line, before = 1, b""
        for block, self.ended in files.pieces(path):
            if self.ended or self.complete or not block.strip():
                yield block
                line += block.count(b"\n")
                before = block[block.rfind(b"\n", 0, -1) + 1 :]
                continue
            text = block.decode().removesuffix("\n")
            whole = taken(text, before.decode().removesuffix("\n"))
            if text[whole:].strip():
                self.leave(line, text[whole:])
            if whole:
                yield text[:whole].encode() + b"\n"
        self._read = True

    def leave(self, line: int, text: str) -> None:
        """Leave text at the end of the file, from its line on, for later."""
        self._left = Broken(line, text.replace("\0", "\u2400"), "has no line end")

    def parts(self, parsed: Iterator[Parsed]) -> Iterator[Parsed]:
        """What `delimited.parsed` makes of these blocks, but for a last row that is cut within a quoted
        value: its lines have their ends, and it is left all the same."""
        for part in parsed:
            if self._read and not self.complete:
                self._leave_open(part)
            yield part

    def _leave_open(self, part: Parsed) -> None:
        last = max((int(rows.lines.max() or 0) for rows in part.rows if len(rows.lines)), default=0)  # type: ignore[arg-type]  # of Int64
        behind = [line for line in part.broken if line.line > last]
        begin = next((n for n, line in enumerate(behind) if line.detail == NEVER_CLOSED), None)
        if begin is None:
            return
        text = "\n".join(line.text for line in behind[begin:])
        if text.count('"') % 2:
            self.leave(behind[begin].line, text)
            part.broken = [line for line in part.broken if line.line < behind[begin].line]

    def left(self) -> Iterator[Table]:
        """A table of the line that was left, if one was."""
        if self._left:
            yield Table(pl.DataFrame(), pl.Series([], dtype=pl.Int64), unended=self._left)


def row_taken(text: str, before: str) -> int:
    """All of a line that cannot go on: an object of JSON that is closed, or a row of as many columns as
    the line before it, of which the last is a time with `Z` or an offset."""
    if "{" in text and text.rstrip().endswith("}"):
        return len(text) if _is_object(text) else 0
    if text.lstrip().startswith("{") or _is_object(before):
        return 0
    last = _WHOLE_TIME.search(text)
    if last is None or not before.strip():
        return 0
    one, other = (next(split_lines([line], last[1])) for line in (text, before))
    return len(text) if len(one) == len(other) > 1 else 0


def _is_object(line: str) -> bool:
    """Whether a line is an object of JSON, after a syslog prefix perhaps."""
    try:
        jsonlines.decoded(line[max(line.find("{"), 0) :])
    except ValueError:
        return False
    return True


def row_or_header_taken(text: str, before: str) -> int:
    """As `row_taken`, and a line that names columns, where a file has no other yet."""
    return row_taken(text, before) if before.strip() or "{" in text else len(text)
