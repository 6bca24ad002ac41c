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
from minutebook.calls.parsing.delimited import split_lines
from minutebook.calls.parsing.table import Broken, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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

    def leave(self, line: int, text: str) -> None:
        """Leave text at the end of the file for later."""
        self._left = Broken(line, text.replace("\0", "\u2400"), "has no line end")

    def left(self) -> Iterator[Table]:
        """A table of the line that was left, if one was."""
        if self._left:
            yield Table(pl.DataFrame(), pl.Series([], dtype=pl.Int64), unended=self._left)


def row_taken(text: str, before: str) -> int:
    """All of a line that cannot go on: an object of JSON that is closed, or a row of as many columns as
    the line before it, of which the last is a time with `Z` or an offset."""
    begin = text.find("{")
    if begin >= 0 and text.rstrip().endswith("}"):
        try:
            jsonlines.decoded(text[begin:])
        except ValueError:
            return 0
        return len(text)
    last = _WHOLE_TIME.search(text)
    if last is None or not before.strip():
        return 0
    one, other = (next(split_lines([line], last[1])) for line in (text, before))
    return len(text) if len(one) == len(other) > 1 else 0


def row_or_header_taken(text: str, before: str) -> int:
    """As `row_taken`, and a line that names columns, where a file has no other yet."""
    return row_taken(text, before) if before.strip() or "{" in text else len(text)
