"""The lake: every call once, in Parquet files by UTC day, under a Delta log.

A file holds calls of one day, sorted by account and server, so that a scan of one account reads
only its row groups and the calls of a tally stand together. Nothing here changes or removes a call;
an import adds all of its files in one commit (`Lake.commit`). Readers take a `Snapshot`, which later imports do not change; it has the calls as
`corrections` in force make them.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY
from minutebook.cards.number_key import number_head, number_key
from minutebook.errors import InputError
from minutebook.lake.call_ids import CallIds, hash_of_id
from minutebook.lake.corrections import effect
from minutebook.lake.delta import LakeTable, fsync_path, locked
from minutebook.lake.private import close_to_others, private_folder
from minutebook.lake.proving import Prover
from minutebook.lake.scans import scanned
from minutebook.lake.snapshot import LakeFile, Snapshot, as_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from minutebook.lake.corrections import InForce
    from minutebook.lake.delta import DataFile

__all__ = ["Lake", "LakeFile", "Snapshot", "as_files"]

IDS, CHANNEL_DAYS = "ids", "channel_days"
"""The folders of a lake that have the ids of its calls, and what days of accounts come to: no backup needs them."""
_IDS_AT_ONCE = 20_000_000
PLACE = "\0row"
"""A column beside calls: the place of each in its file."""


class Lake:
    """The calls of a book, under the folder `location` (its `calls` is a Delta table)."""

    def __init__(
        self,
        location: str | Path,
        in_force: Callable[[datetime | None], Sequence[InForce]] = lambda _: (),
        least_version: int = -1,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        """`in_force` gives the corrections that hold, as of an instant (None: now).

        `least_version` is the newest version that the ledger knows of: one before it is refused.
        `digests` are of files, by name, whose names carry none.
        """
        self._in_force = in_force
        self.least_version = least_version
        self.prover = Prover(digests)
        self.location = Path(location).absolute()
        self.calls = self.location / "calls"
        self.channel_days = self.location / CHANNEL_DAYS
        self._ids = CallIds(self.location / IDS)

    def table(self, version: int | None = None) -> LakeTable:
        """The Delta table of the calls; `InputError` where its newest version is not the newest known."""
        return LakeTable(self.calls, "imports", version, self.least_version)

    def snapshot(
        self, version: int | None = None, corrected_by: datetime | None = None
    ) -> Snapshot:
        """The newest version, or the one named, with the corrections of now, or of an instant."""
        return self.over(self.table(version), corrected_by)

    def over(self, table: LakeTable, corrected_by: datetime | None = None) -> Snapshot:
        """A version that was opened, with the corrections of now, or of an instant."""
        return Snapshot(table, effect(self.location, self._in_force(corrected_by)))

    def as_it_is(self) -> Snapshot:
        """The newest version that is there, as it was recorded, though the ledger may know of a newer one."""
        return Snapshot(LakeTable(self.calls, "imports"))

    def scan(self, files: Sequence[LakeFile]) -> pl.LazyFrame:
        """The calls of these files that count, in CALL_SCHEMA; runs in the streaming engine."""
        frames = []
        for headed in (True, False):
            alike = [file for file in files if file.headed is headed]
            parts = [_left(file) for file in alike if not file.is_whole]
            if whole := [file.path for file in alike if file.is_whole]:
                parts.insert(0, scanned(whole))
            frames += [part if headed else _with_heads(part) for part in parts]
        if not frames:
            return pl.LazyFrame(schema=CALL_SCHEMA)
        calls = pl.concat([frame.select(CALL_SCHEMA.keys()) for frame in frames])
        if all(file.keyed for file in files):
            return calls
        return calls.with_columns(pl.coalesce("called_key", number_key(pl.col("called"))))

    def count_of(self, column: str, value: str) -> int:
        """How many calls that count have a value in a column of CALL_SCHEMA."""
        calls = self.scan(self.snapshot().files).filter(pl.col(column) == value)
        return int(calls.select(pl.len()).collect(engine="streaming").item())

    def find(self, call_id: str) -> pl.DataFrame:
        """All calls with this id, of every source, server and leg, in CALL_SCHEMA."""
        frame = self.snapshot().frame.filter(
            (pl.col("id_min").is_null() | (pl.col("id_min") <= call_id))
            & (pl.col("id_max").is_null() | (pl.col("id_max") >= call_id))
        )
        files = as_files(frame)
        hashed = hash_of_id(call_id)
        parts = [part for file in files for part in self._parts(file, hashed)]
        found = self.scan(parts).filter(pl.col("call_id") == call_id).collect(engine="streaming")
        self._keep_ids([part for part in parts if part.part is None])
        return found.sort("day", *IDENTITY)

    def _parts(self, file: LakeFile, hashed: int) -> list[LakeFile]:
        """What of a file is read to find a call by the hash of its id."""
        parts = self._ids.parts(file, hashed)
        return [file] if parts is None else [replace(file, part=part) for part in parts]

    def _keep_ids(self, files: Sequence[LakeFile]) -> None:
        """Keep the ids of files that had to be read whole: not of too many at once, as somebody waits."""
        rows = 0
        for file in files:
            if rows >= _IDS_AT_ONCE:
                return
            rows += file.rows
            self._ids.keep(Path(file.path))

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
        hashed = hash_of_id(str(call["call_id"]))
        for file in self.snapshot().files:
            if file.day == call["day"]:
                parts = self._parts(file, hashed)
                if parts and self.scan(parts).filter(identity).head(1).collect().height:
                    return file.name
        raise InputError(f"call {call['call_id']} is not in the lake")

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
        self.least_version = max(self.least_version, table.version + 1)
        for file in files:
            self._ids.keep(self.calls / file.path)


def _left(file: LakeFile) -> pl.LazyFrame:
    """The calls of a file that count, of the rows that are meant."""
    calls = scanned([file.path], PLACE)
    if file.part is not None:
        calls = calls.slice(*file.part)
    return calls.filter(~pl.col(PLACE).is_in(list(file.left_out))) if file.left_out else calls


def _with_heads(calls: pl.LazyFrame) -> pl.LazyFrame:
    """Calls of files that may lack `caller_head`."""
    return calls.with_columns(caller_head=number_head(pl.col("caller")))
