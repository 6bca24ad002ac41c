"""How the first records of a file would be read, column by column; nothing is taken in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from minutebook.calls.schema import INSTANT, RECORD_SCHEMA, Reason
from minutebook.intake.collecting import understood
from minutebook.intake.reading import InputFile, Reading
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from minutebook.calls.identify import Directory
    from minutebook.calls.parsing.table import Broken, Table
    from minutebook.calls.readers.base import Reader
    from minutebook.calls.source import Source

PREVIEW_SCHEMA: Final[dict[str, pl.DataType]] = {
    "line": pl.Int64(),
    "call_id": pl.String(),
    "setup_at": INSTANT,
    "answered_at": INSTANT,
    "ended_at": INSTANT,
    "duration_ms": pl.Int64(),
    "caller": pl.String(),
    "called": pl.String(),
    "account": pl.String(),
    "server": pl.String(),
    "reason": pl.String(),
    "detail": pl.String(),
}
_ANY_ZONE: Final = "UTC"
"""Of a source without a zone: so that local times are seen to be read, whatever they are."""
_EXAMPLE: Final = 80
META: Final = "meta"
"""What a column is read as that is kept with the call, and nothing more."""
_SOUND: Final = "reason"
"""What a column is read as that says no more than whether the record counts."""
_READ_AS: Final = tuple(set(RECORD_SCHEMA) - {"row", META, _SOUND, "detail"})


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column of a file, and what is read from it."""

    column: str
    """Its heading, or the name that the layout gives it."""
    read_as: tuple[str, ...]
    """Fields of the record (`calls.schema.RECORD_SCHEMA`) that would be others without it; `meta`: it is kept beside the
    call; empty: nothing of it is read.
    """
    example: str | None
    """Its first value that is there, of a long one the beginning."""


@dataclass(frozen=True, slots=True, repr=False)
class ImportPreview(Shown):
    """How the first records of a file would be read. What the lake has of them already is not looked at."""

    _TOLD: ClassVar = ("format", "source", "read")
    format: str
    """The reader's name, where it was `auto` as recognised."""
    source: str
    """The source that they would be of: the declared one, or the format."""
    columns: tuple[ColumnRead, ...]
    """In the file's order."""
    records: pl.DataFrame
    """PREVIEW_SCHEMA, by line: instants in UTC, numbers normalised, `duration_ms` in milliseconds; where `reason` is
    not null, the record would be set aside.
    """
    whole: bool
    """Whether these are all records of the file."""
    unended: bool
    """Whether its last line has no end, and would be left for later."""
    pairs: bool
    """Whether starts and ends of calls are rows of their own: those that lack the other half may find it further on."""

    @property
    def read(self) -> int:
        """How many records were looked at."""
        return self.records.height


def preview_import(
    file: InputFile,
    *,
    format: str,
    source: Source | None,
    sources: Mapping[str, Source],
    directory: Directory,
    most: int,
    complete: bool = False,
) -> ImportPreview:
    """Read the first rows of a file, at most `most`, as `import_files` would; nothing is kept. `InputError` as there."""
    reading = Reading([file], format, source, sources, None, complete)
    ((_, reader, declared),) = reading.plan
    rows = reading.tables(file, reader, declared)
    frame, lines, broken, pairs, whole = _first(rows, most)
    records = understood(reader.records(frame, declared), declared, directory)
    kept = records.with_columns(line=lines.gather(records["row"])).select(PREVIEW_SCHEMA.keys())
    shown = pl.concat([kept, _no_rows(broken)]).sort("line", maintain_order=True).head(most)
    columns = tuple(_columns(frame, reader, declared))
    return ImportPreview(
        reader.name, declared.name, columns, shown, whole, bool(reading.unended), pairs
    )


def _first(
    tables: Iterator[Table], most: int
) -> tuple[pl.DataFrame, pl.Series, list[Broken], bool, bool]:
    """The first rows, their lines, the broken lines among them, whether they pair, and whether there are no more."""
    frames: list[pl.DataFrame] = []
    lines: list[pl.Series] = [pl.Series([], dtype=pl.Int64)]
    broken: list[Broken] = []
    held, pairs, whole = 0, False, True
    for table in tables:
        if held >= most:
            whole = False
            break
        frames.append(table.frame.head(most - held))
        lines.append(table.lines.head(most - held))
        broken += table.broken
        pairs = pairs or table.pairs
        held += table.frame.height
        whole = held <= most
    frame = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    places = pl.concat(lines)
    if not whole:
        last = int(places.max())  # type: ignore[arg-type]  # there is a row
        broken = [one for one in broken if one.line <= last]
    return frame, places, broken, pairs, whole


def _no_rows(broken: Sequence[Broken]) -> pl.DataFrame:
    columns = {
        "line": [one.line for one in broken],
        "reason": [Reason.BROKEN_LINE.value] * len(broken),
        "detail": [one.detail for one in broken],
    }
    given = pl.DataFrame(columns, schema={name: PREVIEW_SCHEMA[name] for name in columns})
    return given.select(
        pl.col(name) if name in columns else pl.lit(None, dtype).alias(name)
        for name, dtype in PREVIEW_SCHEMA.items()
    )


def _columns(frame: pl.DataFrame, reader: Reader, source: Source) -> Iterator[ColumnRead]:
    """What is read from each column: a reader is asked again without it, and what it says then is compared.

    So it holds of every reader, and of the rows that are shown: where one column stands in for another, it is that which
    is read.
    """
    if not frame.height:
        return
    told = _Told(frame, reader, source)
    found = told.read_as(frame.columns)
    kept = told.kept()
    for name in frame.columns:
        fields = found.get(name, ())
        example = frame[name].drop_nulls()
        yield ColumnRead(
            name,
            fields or ((META,) if name in kept else ()),
            str(example[0])[:_EXAMPLE] if len(example) else None,
        )


class _Told:
    """What a reader says of rows, with and without some of their columns."""

    def __init__(self, frame: pl.DataFrame, reader: Reader, source: Source) -> None:
        self._frame, self._reader = frame, reader
        self._source = replace(source, zone=source.zone or _ANY_ZONE)
        self._whole = reader.records(frame, self._source)

    def read_as(self, columns: list[str]) -> dict[str, tuple[str, ...]]:
        """Of those columns that are read, the fields; columns of which nothing is are put aside together."""
        fields = self._without(columns)
        if not fields:
            return {}
        if len(columns) == 1:
            return {columns[0]: fields}
        middle = len(columns) // 2
        return self.read_as(columns[:middle]) | self.read_as(columns[middle:])

    def kept(self) -> set[str]:
        """Columns that stand in the calls' `meta`."""
        texts = self._whole[META].drop_nulls()
        return {str(name) for text in texts for name in json.loads(text)}

    def _without(self, columns: list[str]) -> tuple[str, ...]:
        emptied = self._frame.with_columns(pl.lit(None, pl.String).alias(name) for name in columns)
        other = self._reader.records(emptied, self._source)
        both = self._whole.join(other, on="row", suffix="\0")
        fields = [name for name in RECORD_SCHEMA if name in _READ_AS and _differ(both, name)]
        if not fields and (other.height != self._whole.height or _differ(both, _SOUND)):
            fields = [_SOUND]
        return tuple(fields)


def _differ(both: pl.DataFrame, name: str) -> bool:
    return both[name].ne_missing(both[f"{name}\0"]).any()
