"""What an import has read so far: calls that are staged, records that are set aside.

Rows of a format that pairs are kept until all files are read; the others are understood a batch
at a time, and memory stays flat. Nothing is decided here: a reader, `check`, `numbers` and
`identify` say what a row is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.check import checked
from minutebook.calls.identify import identified
from minutebook.calls.numbers import normalised
from minutebook.calls.schema import CALL_SCHEMA, IDENTITY, Reason
from minutebook.cards.number_key import with_keys
from minutebook.intake.raw import raw_of, raw_of_line
from minutebook.lake.comparing import BODY
from minutebook.lake.quarantine import ASIDE_SCHEMA
from minutebook.lake.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.calls.identify import Directory
    from minutebook.calls.parsing.table import Broken
    from minutebook.calls.readers.base import Reader
    from minutebook.calls.source import Source
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.staging import Staging

SLICE_ROWS = 500_000
"""Records of paired rows understood at a time."""
ORIGIN_KEY = (*IDENTITY, *BODY, "file", "line")
"""What tells a staged call from the others, the equal ones excepted."""
HALF_COLUMNS = ("server", "leg", "setup_at", "answered_at", "ended_at", "id")
FILE, LINE, ID = "\0file", "\0line", "\0id"
"""Columns beside the rows: where they stand, and their id where they come from quarantine."""
ROW_SCHEMA = {FILE: pl.String(), LINE: pl.Int64(), ID: pl.String()}


def understood(records: pl.DataFrame, source: Source, directory: Directory) -> pl.DataFrame:
    """Records as calls: CALL_SCHEMA without file and line, besides the columns of the records.

    Where `reason` is not null, the record is no call. Its day: docs/rules/time.md, "The day of a call".
    """
    numbers = ("caller", "called")
    found = checked(records, source).with_columns(
        *(normalised(pl.col(name), source).alias(f"\0{name}") for name in numbers)
    )
    found = found.with_columns(
        *(
            pl.when(pl.col(name).ne_missing(pl.col(f"\0{name}")))
            .then(name)
            .alias(f"{name}_recorded")
            for name in numbers
        ),
        *(pl.col(f"\0{name}").alias(name) for name in numbers),
    )
    calls = identified(found, directory).with_columns(
        source=pl.lit(source.name), day=pl.coalesce("answered_at", "setup_at").dt.date()
    )
    return with_keys(calls)


@dataclass(slots=True)
class _Paired:
    """The rows of one source whose starts and ends are yet to be brought together."""

    reader: Reader
    source: Source
    rows: list[pl.DataFrame] = field(default_factory=list)

    def together(self) -> pl.DataFrame:
        """All rows so far."""
        return pl.concat(self.rows, how="diagonal", rechunk=True)

    def waiting(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]:
        """Halves of this source that wait: where more wait than there are rows, those of the rows' calls."""
        halves, calls = (Reason.UNPAIRED, self.source.name), None
        count = sum(batch.height for batch in quarantine.open_batches(*halves, raw=False))
        if count > sum(rows.height for rows in self.rows):  # a start and its end have one call id
            records = self.reader.records(self.together().drop(ROW_SCHEMA), self.source)
            calls = records["call_id"].drop_nulls().unique()
        if count:
            for batch in quarantine.open_batches(*halves, calls=calls):
                rows = batch.filter(pl.col("format") == self.reader.name)
                if rows.height:
                    yield rows


class Collected:
    """The outcome of reading, for one import, or (`retry`) for one try of what waits.

    A retry counts every record; an import not those whose rows all waited before it. Records
    that still wait are set aside again: the quarantine knows them by their raw rows.
    """

    def __init__(
        self,
        staged: Staging,
        directory: Directory,
        *,
        retry: bool = False,
        other_calls: bool = False,
    ) -> None:
        self.staged, self.directory, self.retry = staged, directory, retry
        self.other_calls = other_calls
        """Calls that the lake has under another source are others."""
        self.read = 0
        self.paired: dict[tuple[str, str], _Paired] = {}
        self.aside = Spill(staged.folder / "aside")
        """The records that are not calls, ASIDE_SCHEMA."""
        self.halves = Spill(staged.folder / "halves")
        """Those of them that lack their start or their end, with what they know of the call."""
        self.origins = Spill(staged.folder / "origins")
        """Staged calls with the raw rows that they came from, where no file has these."""
        self.used_ids: list[pl.Series] = []
        """Ids of records that waited and are now calls, or parts of other records."""
        self.watched = pl.Series([], dtype=pl.String)
        """Call ids to look out for, and those of them that came by."""
        self.seen: set[str] = set()

    def add(self, rows: pl.DataFrame, reader: Reader, source: Source, *, pairs: bool) -> None:
        """Take rows of a file, or of the quarantine, with the columns of ROW_SCHEMA."""
        if pairs:
            key = (source.name, reader.name)
            paired = self.paired.setdefault(key, _Paired(reader, source))
            paired.rows.append(rows)
        else:
            self._understand(rows, reader, source, pairs=False)

    def add_broken(self, broken: list[Broken], file: str, reader: Reader, source: Source) -> None:
        """Set lines aside that are no rows."""
        self.read += len(broken)
        self.aside.write(
            pl.DataFrame(
                {
                    "source": source.name,
                    "format": reader.name,
                    "file": file,
                    "line": [found.line for found in broken],
                    "raw": [raw_of_line(found.text) for found in broken],
                    "reason": Reason.BROKEN_LINE.value,
                    "detail": [found.detail for found in broken],
                    "call_id": None,
                },
                schema=ASIDE_SCHEMA,
            )
        )

    def wait_on(self, waiting: pl.DataFrame) -> None:
        """Leave records of the quarantine there that cannot be read again."""
        self.read += waiting.height
        self.aside.write(waiting.select(ASIDE_SCHEMA.keys()))

    def bring_together(self) -> None:
        """Understand the rows of formats that pair, now that all are there."""
        for paired in self.paired.values():
            rows = paired.together()
            paired.rows.clear()
            self._understand(rows, paired.reader, paired.source, pairs=True)

    def _understand(
        self, rows: pl.DataFrame, reader: Reader, source: Source, *, pairs: bool
    ) -> None:
        frame = rows.drop(ROW_SCHEMA)
        places = rows.select(ROW_SCHEMA.keys())
        records = reader.records(frame, source)
        if "also_row" not in records.columns:
            records = records.with_columns(also_row=pl.lit(None, pl.UInt32))
        if pairs:
            self._use_absorbed(places[ID], records)
        for start in range(0, records.height, SLICE_ROWS):
            found = understood(records.slice(start, SLICE_ROWS), source, self.directory)
            found = found.with_columns(
                file=places[FILE].gather(found["row"]),
                line=places[LINE].gather(found["row"]),
                id=places[ID].gather(found["row"]),
                also_id=places[ID].gather(found["also_row"]),
                format=pl.lit(reader.name),
            )
            sound = found["reason"].is_null()
            if sound.all():
                calls = found
            else:
                calls = found.filter(sound)
                self._set_aside(found.filter(~sound), frame)
            self._stage(calls, frame, keep_raw=pairs or self.retry)

    def _stage(self, calls: pl.DataFrame, frame: pl.DataFrame, *, keep_raw: bool) -> None:
        self.read += calls.height
        self.staged.add(calls.select(CALL_SCHEMA.keys()))
        if keep_raw and calls.height:
            raw = raw_of(frame, calls["row"], calls["also_row"])
            recorded = [pl.coalesce(f"{name}_recorded", name).alias(name) for name in BODY[:2]]
            origins = calls.with_columns(recorded).select(*ORIGIN_KEY, "format", raw=raw)
            self.origins.write(origins)
            self._use(calls)
        if self.watched.len():
            self.seen.update(
                calls["call_id"].filter(calls["call_id"].is_in(self.watched.implode()))
            )

    def _set_aside(self, records: pl.DataFrame, frame: pl.DataFrame) -> None:
        paired = pl.col("also_row").is_not_null()
        if not self.retry:  # what waits alone, and waits on, is no business of an import
            records = records.filter(pl.col("id").is_null() | paired)
        self.read += records.height
        records = records.with_columns(raw=raw_of(frame, records["row"], records["also_row"]))
        self._use(records.filter(paired & pl.col("id").ne_missing(pl.col("also_id"))))
        half = pl.col("reason") == Reason.UNPAIRED.value
        self.aside.write(records.filter(~half).select(ASIDE_SCHEMA.keys()))
        self.halves.write(records.filter(half).select(*ASIDE_SCHEMA, *HALF_COLUMNS))

    def _use_absorbed(self, ids: pl.Series, records: pl.DataFrame) -> None:
        """A row that makes no record of its own, as a BYE sent again, belongs to another's call."""
        kept = pl.concat([ids.gather(records[name]) for name in ("row", "also_row")])
        absorbed = ids.drop_nulls()
        self.used_ids.append(absorbed.filter(~absorbed.is_in(kept.drop_nulls().implode())))

    def _use(self, records: pl.DataFrame) -> None:
        for name in ("id", "also_id"):
            ids = records[name].drop_nulls()
            if ids.len():
                self.used_ids.append(ids)
