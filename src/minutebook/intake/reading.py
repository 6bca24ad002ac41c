"""The files of an import: what reads each of them, and how far it is."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import polars as pl

from minutebook.calls import readers
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake.ahead import one_ahead
from minutebook.intake.raw import raw_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.readers.base import Reader
    from minutebook.lake.spill import Spill


class Progress(Protocol):
    """Told, now and then, how far an import is."""

    def __call__(self, done_bytes: int, total_bytes: int, rows: int) -> None:
        """Bytes of the files read (about), bytes of all of them, rows read."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file, and the name that the user knows it by (`-` may be spooled to a file)."""

    path: Path
    name: str

    def __post_init__(self) -> None:
        """A name that is not UTF-8, as a disk may have it, is shown with its bytes in figures."""
        shown = self.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        object.__setattr__(self, "name", shown)

    @classmethod
    def of(cls, file: InputFile | Path | str) -> InputFile:
        """A path is known by itself."""
        return file if isinstance(file, InputFile) else cls(Path(file), str(file))


class Reading:
    """The files of an import: what reads each, and how far it is."""

    def __init__(
        self,
        files: Sequence[InputFile],
        format: str,
        source: Source | None,
        sources: Mapping[str, Source],
        progress: Progress | None,
        complete: bool = False,
        reader: Reader | None = None,
    ) -> None:
        if reader is None:
            found = [(file, *_reader_of(file, format, source, sources)) for file in files]
        else:  # of no format that has a name
            found = [(file, reader, source or Source(reader.name)) for file in files]
        self.plan = [(file, made, replace(of, complete=complete)) for file, made, of in found]
        self.unended: list[str] = []
        """Last lines without their end, as `FILE:LINE`: left for later."""
        self.progress = progress
        self.rows = 0
        self.sizes = {file.path: _size_bytes(file) for file in files}
        self.total_bytes = sum(self.sizes[file.path] for file in files)
        self.done_bytes = 0

    def tables(self, file: InputFile, reader: Reader, source: Source) -> Iterator[Table]:
        """The rows of a file, progress being told."""
        size = self.sizes[file.path]
        read_bytes = 0
        with _named(file):
            for table in one_ahead(reader.tables(file.path, source)):
                if table.unended:
                    self.unended.append(f"{file.name}:{table.unended.line}")
                    continue
                self.rows += table.frame.height + len(table.broken)
                if self.progress:
                    read_bytes = min(read_bytes + _text_bytes(table.frame), size)
                    self.progress(self.done_bytes + read_bytes, self.total_bytes, self.rows)
                yield table
        self.done_bytes += size
        if self.progress:
            self.progress(self.done_bytes, self.total_bytes, self.rows)

    def rows_of_conflicts(self, conflicts: Spill) -> Iterator[pl.DataFrame]:
        """The conflicting calls again (ASIDE_SCHEMA), read from their files once more."""
        if not conflicts.files:
            return
        every = pl.concat(conflicts.frames())
        lines = every.group_by("file").agg(pl.len()).collect()
        missing = dict(lines.iter_rows())
        for file, reader, source in self.plan:
            if not missing.get(file.name):
                continue
            for table in reader.tables(file.path, source):
                if table.pairs or table.lines.is_empty():
                    continue
                found = every.filter(
                    pl.col("file") == file.name,
                    pl.col("line").is_between(table.lines.min(), table.lines.max()),
                    pl.col("source") == source.name,
                ).collect()
                places = pl.DataFrame({"line": table.lines}).with_row_index("row")
                found = found.join(
                    places.unique("line", keep="first"), on="line", maintain_order="left"
                )
                rows = table.frame.select(pl.all().gather(found["row"]))
                if not reader.records(rows, source)["call_id"].equals(found["call_id"]):
                    break
                missing[file.name] -= found.height
                yield found.with_columns(
                    format=pl.lit(reader.name), raw=raw_of(table.frame, found["row"])
                )
            if missing[file.name]:
                raise InputError("changed while it was imported; import it again", file=file.name)


def _reader_of(
    file: InputFile, format: str, source: Source | None, sources: Mapping[str, Source]
) -> tuple[Reader, Source]:
    """What reads a file, and as which source."""
    declared = source.format if source else None
    if declared and format not in ("auto", declared):
        raise InputError(
            f"source {source and source.name} is declared as {declared}, not as {format}; "
            f"import {declared}, or name another source"
        )
    with _named(file):
        if not declared and format == "auto":
            _size_bytes(file)  # a pipe is not opened
        known = declared or (None if format == "auto" else format)
        reader = readers.reader(known) if known else readers.detect(file.path)
    return reader, source or sources.get(reader.name) or Source(reader.name, format=reader.name)


@contextmanager
def _named(file: InputFile) -> Iterator[None]:
    """Errors name the file as the user does."""
    try:
        yield
    except InputError as error:
        if error.file != str(file.path):
            raise
        raise error.at(file.name, error.line) from None


def _size_bytes(file: InputFile) -> int:
    """What there is to read, if it can be."""
    try:
        found = file.path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file.name) from None
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise InputError(
            "is a pipe or a device, and records are read more than once; write them to a file, or "
            "import - with them as standard input",
            file=file.name,
        )
    return found.st_size


def _text_bytes(frame: pl.DataFrame) -> int:
    """About how many bytes of a file these rows were."""
    if not frame.width:  # of broken lines alone
        return 0
    texts = frame.select(pl.all().str.len_bytes().sum())
    return frame.height * frame.width + sum(n or 0 for n in texts.row(0))
