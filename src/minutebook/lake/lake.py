"""The lake: every call once, in Parquet files by UTC day, under a Delta log.

A file holds calls of one day, sorted by account and server, so that a scan of one account reads
only its row groups and the calls of a tally stand together. Nothing here changes or removes a call;
an import adds all of its files in one commit (`Lake.commit`). Readers take a `Snapshot`, which later imports do not change; it has the calls as
`corrections` in force make them.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY, INSTANT
from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.lake import hashes
from minutebook.lake.corrections import (
    IMPORT_OF_PATH,
    Effect,
    added_files,
    base_name,
    effect,
    file_name,
    is_corrected,
    marked,
)
from minutebook.lake.delta import LakeTable, fsync_path, locked
from minutebook.lake.private import close_to_others, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from minutebook.lake.corrections import InForce
    from minutebook.lake.delta import DataFile

FILE_SCHEMA = {name: dtype for name, dtype in CALL_SCHEMA.items() if name != "day"}
"""What stands in a data file; the day stands in its folder's name."""
FILE_STATISTICS = ["account", "source", "call_id", "setup_at", "ended_at"]
"""Columns whose least and greatest value the log keeps for every file."""
ROW_GROUP_ROWS = 65_536
PLACE = "\0row"
"""A column beside calls: the place of each in its file."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A file of the lake: `rows` calls of the UTC day `day`, those at the places `left_out` not counted,
    of which `mark` is a digest.
    """

    day: date
    path: str
    rows: int
    left_out: tuple[int, ...] = ()
    mark: str | None = None

    @property
    def name(self) -> str:
        """The file's own name, and what is left out: unique, and the same wherever the lake is moved."""
        return file_name(self.path, self.mark)


class Snapshot:
    """The lake as one version of its log has it; version -1 is the lake before any import."""

    def __init__(self, table: LakeTable, corrected: Effect | None = None) -> None:
        """The version that `table` opened, with what corrections make of it."""
        self.table = table
        self.version = table.version
        self._corrected = corrected or effect(table.folder.parent, ())

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The files whose calls count, as corrections in force have them: the columns of `recorded`,
        `left_out` (places of calls that do not count) and `mark` (their digest), both mostly null.
        """
        found = self.recorded
        if self._corrected.added:
            found = pl.concat([found, added_files(self._corrected)], how="diagonal").sort(
                "day", "path"
            )
        return marked(found, self._corrected.left_out)

    @cached_property
    def recorded(self) -> pl.DataFrame:
        """The files as they were recorded, but for imports that were taken back: what later records are
        compared with.

        One row a file: path (absolute), day, rows, the least and greatest source and call id, the
        first setup and the last end (source_min, …, setup_min, ended_max), and when it was written
        (modified_ms). Statistics are null where a file has none: it is another writer's, or they are.
        """
        undone = IMPORT_OF_PATH.is_in(list(self._corrected.undone)).fill_null(value=False)
        return self.everything.filter(~undone)

    @cached_property
    def everything(self) -> pl.DataFrame:
        """As `recorded`, with the files of imports that were taken back."""
        files = self.table.files()

        def column(name: str, dtype: type[pl.DataType] | pl.DataType) -> pl.Expr:
            return (pl.col(name) if name in files.columns else pl.lit(None)).cast(dtype)

        return files.select(
            path=pl.lit(f"{self.table.folder}/") + pl.col("path"),
            day=column("partition.day", pl.Date),
            rows=column("num_records", pl.Int64),
            source_min=column("min.source", pl.String),
            source_max=column("max.source", pl.String),
            id_min=column("min.call_id", pl.String),
            id_max=column("max.call_id", pl.String),
            setup_min=column("min.setup_at", INSTANT),
            ended_max=column("max.ended_at", INSTANT),
            modified_ms=column("modification_time", pl.Int64),
        ).sort("day", "path")

    def accounts_for(self, names: Iterable[str]) -> bool:
        """Whether each of these names of files is in this version, or was, until a correction."""
        known = {path.rpartition("/")[2] for path in self.everything["path"]}
        return all(base_name(name) in known or is_corrected(name) for name in names)

    def holding(self, first: date, last: date) -> pl.DataFrame:
        """The rows of `frame` whose calls may hold a channel, or are filed, from `first` to `last`.

        A call is filed by its answer, so it may be set up the day before; and it may last for days.
        """
        dawn = datetime.combine(first, time(), UTC)
        dusk = datetime.combine(last, time(), UTC) + ONE_DAY
        begins = pl.col("setup_min").is_null() | (pl.col("setup_min") < dusk)
        ends = pl.col("ended_max").is_null() | (pl.col("ended_max") > dawn)
        return self.frame.filter((begins & ends) | pl.col("day").is_between(first, last))

    @cached_property
    def files(self) -> list[LakeFile]:
        """All files, by day."""
        return as_files(self.frame)


def as_files(frame: pl.DataFrame) -> list[LakeFile]:
    """Rows of `Snapshot.frame` or `recorded` as files; a file without statistics is asked for its rows."""
    if "mark" not in frame.columns:
        frame = frame.with_columns(left_out=None, mark=None)
    rows = frame.select("day", "path", "rows", "left_out", "mark").iter_rows()
    return [
        LakeFile(
            day, path, _rows_of(path) - len(out or ()) if n is None else n, tuple(out or ()), mark
        )
        for day, path, n, out, mark in rows
    ]


def scanned(
    paths: list[str], place: str | None = None, more: Mapping[str, pl.DataType] | None = None
) -> pl.LazyFrame:
    """Files of the lake, with `more` columns that these have, and the place of each row as `place`."""
    return pl.scan_parquet(
        paths,
        schema={**FILE_SCHEMA, **(more or {})},
        hive_partitioning=True,
        hive_schema={"day": pl.Date},
        glob=False,
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=place,
    )


def _rows_of(path: str) -> int:
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


class Lake:
    """The calls of a book, under the folder `location` (its `calls` is a Delta table)."""

    def __init__(
        self,
        location: str | Path,
        in_force: Callable[[datetime | None], Sequence[InForce]] = lambda _: (),
    ) -> None:
        """`in_force` gives the corrections that hold, as of an instant (None: now)."""
        self._in_force = in_force
        self.location = Path(location).absolute()
        self.calls = self.location / "calls"

    def table(self, version: int | None = None) -> LakeTable:
        """The Delta table of the calls."""
        return LakeTable(self.calls, "imports", version)

    def snapshot(
        self, version: int | None = None, corrected_by: datetime | None = None
    ) -> Snapshot:
        """The newest version, or the one named, with the corrections of now, or of an instant."""
        return self.over(self.table(version), corrected_by)

    def over(self, table: LakeTable, corrected_by: datetime | None = None) -> Snapshot:
        """A version that was opened, with the corrections of now, or of an instant."""
        return Snapshot(table, effect(self.location, self._in_force(corrected_by)))

    def scan(self, files: Sequence[LakeFile]) -> pl.LazyFrame:
        """The calls of these files that count, in CALL_SCHEMA; runs in the streaming engine."""
        whole = [file.path for file in files if not file.left_out]
        frames = [scanned(whole).select(CALL_SCHEMA.keys())] if whole else []
        for file in files:
            if file.left_out:
                rows = scanned([file.path], PLACE).filter(~pl.col(PLACE).is_in(list(file.left_out)))
                frames.append(rows.select(CALL_SCHEMA.keys()))
        return pl.concat(frames) if frames else pl.LazyFrame(schema=CALL_SCHEMA)

    def find(self, call_id: str) -> pl.DataFrame:
        """All calls with this id, of every source, server and leg, in CALL_SCHEMA."""
        frame = self.snapshot().frame.filter(
            (pl.col("id_min").is_null() | (pl.col("id_min") <= call_id))
            & (pl.col("id_max").is_null() | (pl.col("id_max") >= call_id))
        )
        found = self.scan(as_files(frame)).filter(pl.col("call_id") == call_id)
        return found.collect(engine="streaming").sort("day", *IDENTITY)

    def missing_files(self) -> list[str]:
        """Files that the log names and the disk does not have, or has with another size."""
        files = self.table().files()
        if files.is_empty():
            return []
        return [
            path
            for path, size in files.select("path", "size_bytes").sort("path").iter_rows()
            if not (self.calls / path).is_file() or (self.calls / path).stat().st_size != size
        ]

    def file_of(self, call: dict[str, object]) -> str:
        """The name of the file that holds a call, given as a row of CALL_SCHEMA."""
        identity = pl.all_horizontal(pl.col(part) == call[part] for part in IDENTITY)
        for file in self.snapshot().files:
            if (
                file.day == call["day"]
                and self.scan([file]).filter(identity).head(1).collect().height
            ):
                return file.name
        raise InputError(f"call {call['call_id']} is not in the lake")

    def duplicate_identities(self) -> pl.DataFrame:
        """Identities that several calls of the lake have, with their number `calls`.

        Reads the identity of every call; empty unless another program wrote to the lake.
        """
        files = self.snapshot().files
        calls = self.scan(files).select(IDENTITY)
        with tempfile.TemporaryDirectory() as folder:
            keys = Path(folder) / "keys"
            calls.select(hashes.identity_hash()).sink_ipc(keys)
            twice = hashes.repeated([hashes.numbered([keys])], sum(file.rows for file in files))
            found = [frame["hash"].unique() for frame in twice]
        repeated = pl.concat([pl.Series("hash", dtype=pl.UInt64), *found])
        several = calls.filter(hashes.identity_hash().is_in(repeated.implode()))
        counted = several.group_by(IDENTITY).agg(calls=pl.len()).filter(pl.col("calls") > 1)
        return counted.collect(engine="streaming").sort(IDENTITY)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to commit; imports on one machine wait for each other here."""
        with locked(self.location / "locks" / "calls"):
            close_to_others(self.location)
            yield

    def place(self, file: Path, path: str) -> None:
        """Move a written, fsynced file to `path` (relative) in the lake: not yet a part of it."""
        target = self.calls / path
        private_folder(target.parent)
        file.rename(target)

    def commit(
        self, table: LakeTable, files: Sequence[DataFile], about: Mapping[str, Any] | None = None
    ) -> None:
        """Add placed files, all at once, with what is kept `about` their import; `CommitFailedError`
        where `table` is no longer newest.
        """
        for folder in {(self.calls / file.path).parent for file in files}:
            fsync_path(folder)
        fsync_path(self.calls)
        table.commit(files, about=about)
