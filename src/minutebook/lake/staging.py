"""Where an import keeps its calls until they are committed: a folder of its own in the lake.

A batch is sorted by day, account and server, and written at once as files of the lake would be; most of
them are moved into the lake as they stand. Beside each file stands the hash of every row's
identity, from which `dedupe` finds what may be there twice. Days with few rows in a batch share
a file and are merged, a day at a time, when the import ends.

The folder is locked while its import lives. What a dead import left, its files moved into the
lake and never committed among it, is removed when the next import begins.
"""

from __future__ import annotations

import fcntl
import shutil
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.lake import hashes
from minutebook.lake.delta import DataFile, fsync_path, locked
from minutebook.lake.parquet import write_parquet
from minutebook.lake.private import open_private, private_folder
from minutebook.lake.scans import FILE_STATISTICS, ROW_GROUP_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from minutebook.lake.lake import Lake

BATCH_ROWS = 500_000
"""Calls sorted and written together; with `FILE_ROWS` it bounds the memory of an import."""
OWN_FILE_ROWS = 25_000
"""From so many calls of a day in a batch on, the day gets a file of its own."""
FILE_ROWS = 1_000_000
"""Calls in a file merged from several batches, at most."""
_PLACED = "placed"


@dataclass(frozen=True, slots=True)
class Span:
    """Rows `offset` to `offset + rows` of a Parquet file: calls of one day."""

    path: Path
    day: date
    offset: int
    rows: int


@dataclass(slots=True)
class StagedFile:
    """A file of a batch; `keys` (beside it) holds a hash for each row, in the same order."""

    path: Path
    keys: Path
    spans: list[Span]
    ready: DataFile | None = None
    """What the log has to know of it, where it can become a file of the lake as it stands."""

    @property
    def rows(self) -> int:
        """Calls in the file."""
        return sum(span.rows for span in self.spans)


class Staging:
    """The calls of one import, in files under `folder`; see `staging`."""

    def __init__(self, folder: Path) -> None:
        """An empty staging in `folder`, which exists."""
        self.folder = folder
        self.files: list[StagedFile] = []
        self.rows = self.unanswered = self.duration_ms = 0
        self.file_order: dict[str, int] = {}
        self.sources: set[str] = set()
        self.placed: list[tuple[Path, DataFile]] = []
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0
        self._batches = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="staging")
        self._written: Future[list[StagedFile]] | None = None

    def add(self, calls: pl.DataFrame) -> None:
        """Take calls in CALL_SCHEMA, in the order of the files and lines that they come from."""
        if calls.is_empty():
            return
        for name in calls["file"].unique(maintain_order=True):
            self.file_order.setdefault(name, len(self.file_order))
        self.sources.update(calls["source"].unique())
        answered = calls["answered_at"].count()
        self.rows += calls.height
        self.unanswered += calls.height - answered
        self.duration_ms += int(calls["duration_ms"].sum())
        for start in range(0, calls.height, BATCH_ROWS):
            part = calls.slice(start, BATCH_ROWS)
            if self._waiting_rows + part.height > BATCH_ROWS:
                self._flush()
            self._waiting.append(part)
            self._waiting_rows += part.height

    def finish(self) -> None:
        """All that was added is written when this returns."""
        self._flush()
        self._collect()

    def close(self) -> None:
        """End the writer; what it was doing is no longer of interest."""
        self._writer.shutdown(wait=True, cancel_futures=True)

    def _flush(self) -> None:
        """Hand the waiting calls to the writer, once it is done with those before them."""
        self._collect()
        if self._waiting:
            batch, self._waiting, self._waiting_rows = self._waiting, [], 0
            self._batches += 1
            self._written = self._writer.submit(self._write, self._batches, batch)

    def _collect(self) -> None:
        if self._written is not None:
            done, self._written = self._written, None
            self.files += done.result()

    def _write(self, number: int, frames: list[pl.DataFrame]) -> list[StagedFile]:
        batch = pl.concat(frames, rechunk=True)  # a gather of many chunks takes five times as long
        frames.clear()
        counts = batch["day"].value_counts().sort(pl.col("count") < OWN_FILE_ROWS, "day")
        ranks = pl.int_range(counts.height, dtype=pl.UInt64, eager=True)
        rank = batch["day"].replace_strict(counts["day"], ranks, return_dtype=pl.UInt64)
        batch = batch.select(pl.all().gather(sorted_index(batch, rank)))
        keys = batch.select(hashes.kin_hash())
        files: list[StagedFile] = []
        offset = 0
        for day, rows in counts.iter_rows():
            if rows < OWN_FILE_ROWS:
                break
            path = self.folder / f"batch-{number:05}-{day}.parquet"
            piece = batch.slice(offset, rows).drop("day")
            ready = write_lake_file(piece, path, day)
            staged = StagedFile(path, path.with_suffix(".keys"), [Span(path, day, 0, rows)], ready)
            keys.slice(offset, rows).write_ipc(staged.keys)
            files.append(staged)
            offset += rows
        if offset < batch.height:
            path = self.folder / f"batch-{number:05}-mixed.parquet"
            spans, start = [], 0
            for day, rows in counts.filter(pl.col("count") < OWN_FILE_ROWS).iter_rows():
                spans.append(Span(path, day, start, rows))
                start += rows
            rest, rows = batch.slice(offset), ROW_GROUP_ROWS // 4
            write_parquet(rest, path, compression="lz4", statistics=False, row_group_size=rows)
            staged = StagedFile(path, path.with_suffix(".keys"), spans)
            keys.slice(offset).write_ipc(staged.keys)
            files.append(staged)
        return files


def sorted_index(calls: pl.DataFrame, rank: pl.Series | None = None) -> pl.Series:
    """Row numbers of `calls` by rank (UInt64), account, server and order of arrival.

    One sort of packed integers: much faster than one of strings. Servers are left in order of
    arrival where they do not fit.
    """
    packed = pl.zeros(calls.height, dtype=pl.UInt64, eager=True) if rank is None else rank
    most = calls.height * (1 if rank is None else int(rank.n_unique()))
    for name in ("account", "server"):
        values = calls[name].unique().sort()
        most *= values.len()
        if most < 2**64:
            place = calls[name].cast(pl.Enum(values)).to_physical().cast(pl.UInt64)
            packed = packed * values.len() + place
    packed = packed * calls.height + pl.int_range(calls.height, dtype=pl.UInt64, eager=True)
    return (packed.sort() % calls.height).cast(pl.UInt32)


def write_lake_file(calls: pl.DataFrame, path: Path, day: date) -> DataFile:
    """Write calls of one day (FILE_SCHEMA, sorted by account and server) as a file of the lake; fsync it.

    The path of what is returned is the file's name only.
    """
    write_parquet(
        calls, path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP_ROWS
    )
    fsync_path(path)
    return DataFile.measured(path, calls, FILE_STATISTICS, day)


@contextmanager
def staging(lake: Lake) -> Iterator[Staging]:
    """A folder for one import, removed at the end; what dead imports left is removed first."""
    base = lake.location / "staging"
    with locked(lake.location / "locks" / "staging"):
        private_folder(base)
        for left in sorted(base.iterdir()):
            _remove_if_dead(lake, left)
        folder = base / uuid.uuid4().hex
        private_folder(folder)
        lock = open_private(folder / "lock")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    stage = Staging(folder)
    try:
        yield stage
    finally:
        stage.close()
        remove_unlisted(lake, folder)
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def _remove_if_dead(lake: Lake, folder: Path) -> None:
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        remove_unlisted(lake, folder)
        shutil.rmtree(folder, ignore_errors=True)


def note_placed(folder: Path, paths: Sequence[str]) -> None:
    """Write down which files are about to be moved into the lake."""
    note = folder / _PLACED
    note.write_text("\n".join(paths))
    fsync_path(note)


def remove_unlisted(lake: Lake, folder: Path) -> None:
    """Remove the files that `folder`'s import moved into the lake and did not commit."""
    note = folder / _PLACED
    if not note.exists():
        return
    listed = set(lake.table().files()["path"])
    for path in note.read_text().split("\n"):
        if path and path not in listed:
            (lake.calls / path).unlink(missing_ok=True)
    note.unlink()
