"""The format of our own: CSV with a header, JSON lines or Parquet
(docs/rules/records.md, "Minutebook's own format").

Columns that the contract does not know are kept in `meta`, as a JSON object. A column that it
requires and that the file lacks refuses the file; the server may instead be the source's. A length
may stand in place of the end, and a start in place of setup and answer (`starts`).
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.calls.parsing import delimited, files, headers, jsonlines, parquet
from minutebook.calls.parsing.columns import Columns
from minutebook.calls.parsing.last_line import Lines, row_or_header_taken
from minutebook.calls.parsing.layouts import assembled
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.times import instants_or_epochs
from minutebook.calls.readers import starts
from minutebook.calls.readers.starts import TIMES
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.source import Source

REQUIRED = ("call_id", "server", "caller", "called", "setup_at", "answered_at", "ended_at")
_TIMES = ("setup_at", "answered_at", "ended_at")


class MinutebookReader:
    """CSV, JSON lines and Parquet with our own names."""

    name = "minutebook"
    pairs = False

    def sniff(self, head: bytes) -> bool:
        if head.startswith(files.PARQUET):
            return True
        first = head.lstrip().split(b"\n", 1)[0]
        return (b"ended_at" in first and b"call" in first) or starts.looks_right(first)

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        if files.is_parquet(path):
            yield from self._parquet(path, source)
            return
        lines = Lines(path, source, row_or_header_taken)
        first = next(lines, b"")
        blocks = itertools.chain([first], lines)
        if first.lstrip().startswith(b"{"):
            yield from self._json(path, blocks, source)
        elif first or lines.ended:
            yield from self._csv(path, blocks, lines, source)
        yield from lines.left()

    def _csv(
        self, path: Path, blocks: Iterator[bytes], lines: Lines, source: Source
    ) -> Iterator[Table]:
        try:
            header, rest = headers.header(next(blocks))
        except InputError as error:
            raise error.at(str(path), error.line) from None
        self._check(header.names, source, path)
        names = starts.renamed(header.names, source)
        width = len(names)
        blocks = itertools.chain([rest], blocks)
        parts = delimited.parsed(
            blocks, header.dialect, lambda found: found == width, header.line + 1
        )
        for part in lines.parts(parts):
            yield assembled(
                [rows.named(names).without_apostrophes() for rows in part.rows], part.broken
            )

    def _json(self, path: Path, blocks: Iterable[bytes], source: Source) -> Iterator[Table]:
        first = True
        for table in jsonlines.tables(blocks):
            if first and table.frame.height:  # an unanswered call may leave answered_at out
                names = table.frame.columns
                if Columns(names, source, TIMES).has("ended_at"):
                    names = list(dict.fromkeys([*names, "answered_at"]))
                self._check(names, source, path)
                first = False
            yield _starting(table, source)

    def _parquet(self, path: Path, source: Source) -> Iterator[Table]:
        self._check(parquet.names(path), source, path)
        for table in parquet.tables(path):
            yield _starting(table, source)

    def _check(self, names: list[str], source: Source, path: Path) -> None:
        """`InputError` for the columns that are required and not there."""
        found = Columns(names, source, TIMES)
        missing = [field for field in REQUIRED if not found.has(field)]
        missing = [field for field in missing if field not in starts.spared(names, source)]
        missing = [field for field in missing if field != "server" or not source.server]
        given = {field: name for field, name in source.columns.items() if not found.has(field)}
        missing = [field for field in missing if field not in given]
        if not missing and not given:
            return
        lacking = [*missing, *(f"{name} (for {field})" for field, name in given.items())]
        raise InputError(
            f"has no column {', '.join(lacking)}; it has {headers.shown(names)}; "
            "rename them, or name yours in the source's options.columns",
            file=str(path),
            line=1,
        )

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        columns = Columns(frame.columns, source, TIMES)
        findings = Findings(frame.height)
        fields = {
            field: columns.text(frame, field)
            for field in (
                "call_id", "server", "leg", "account", "account_code", "trunk", "direction",
                "caller", "called", "cause",
            )
        }  # fmt: skip
        for field in _TIMES:
            texts = columns.text(frame, field)
            fields[field] = findings.time(field, texts, instants_or_epochs(texts, source.zone))
        times = {field: fields[field] for field in _TIMES}
        fields |= starts.filled(frame, times, source, findings)
        fields["meta"] = columns.meta(frame, () if columns.has("ended_at") else starts.OWN)
        findings.add(fields["called"].is_null(), Reason.MISSING_VALUE, "no called number")
        return records(frame.height, fields, findings)


def _starting(table: Table, source: Source) -> Table:
    names = table.frame.columns
    named = dict(zip(names, starts.renamed(names, source), strict=True))
    return replace(table, frame=table.frame.rename(named))


READER = MinutebookReader()
