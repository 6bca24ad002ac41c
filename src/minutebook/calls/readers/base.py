"""What every reader of call records is: rows as the file has them, then records.

A reader works in two steps. `tables` does the reading: it cuts a file into rows of text and
knows the line of each. `records` does the understanding: it is pure, a frame in and a frame
out, so that rows that wait in quarantine can be tried again without their file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from minutebook.calls.parsing.table import Broken, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

    from minutebook.calls.source import Source


__all__ = ["Broken", "Reader", "Table"]


class Reader(Protocol):
    """One format of call records."""

    @property
    def name(self) -> str:
        """The format's name, as in `import FORMAT`."""

    @property
    def pairs(self) -> bool:
        """True: a call's start and end may be rows of their own, perhaps in different files.

        Both have the call's id, by which those in different files find each other.
        """

    def sniff(self, head: bytes) -> bool:
        """Whether the beginning of a file, as `files.head` gives it, is of this format."""

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        """The rows of a file, in batches.

        `InputError`: the file cannot be read, is binary or cut inside its compression, lacks a
        column that the format needs, or needs an option of the source to be understood.
        """

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        """The records (RECORD_SCHEMA) of rows; `reason` says why a row cannot be understood.

        One record a row, in the rows' order, `row` being the index in `frame`. A reader that
        pairs adds the column `also_row` (UInt32): the row that ended the call, if any; its
        ending rows make no record of their own unless their start is missing.
        Columns may be absent (null), rows may be of several layouts and in any order.
        `InputError` only where the source's declaration itself is wrong (an unknown zone).
        """
