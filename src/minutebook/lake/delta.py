"""Delta tables that survive a pulled plug, and the one place that touches local files.

deltalake neither fsyncs what it writes nor enforces application transactions on a fresh
snapshot. So data files are written and fsynced by us, and every commit carries the next version
of one shared transaction of its table, seen on the snapshot that it was worked out from: of two
commits from the same snapshot the second fails with `CommitFailedError` and begins again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
from deltalake import CommitProperties, DeltaTable, Field, PostCommitHookProperties
from deltalake.exceptions import CommitFailedError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction, Transaction

from minutebook.errors import InputError
from minutebook.lake.delta_log import open_delta
from minutebook.lake.private import file_mode, folder_mode, open_private, private_folder, sync_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

__all__ = ["CommitFailedError", "DataFile", "LakeTable", "fsync_path", "locked"]

CHECKPOINT_EVERY = 50
"""Commits between two checkpoints of the log: what a reader has to replay at most."""
_ABOUT = "import"
"""The key of the log's entries under which it stands what an import was."""
STRING_STATISTICS_LENGTH = 64
"""Longer strings are left out of a file's statistics, which the log keeps as JSON."""

FORMAT = 2
"""Of the tables that are made now: 1 had no mark, and its calls may lack `called_key`
(docs/decisions/0018)."""
MARK = "minutebook.format"
"""The property of a table under which its log keeps its format."""

LATER_COLUMNS = {"caller_head": "integer"}
"""Columns that a table may lack, and gets when it is next written to, by their types in Delta: which of its files
have them, their statistics say (docs/decisions/0021)."""

DIGEST_DIGITS = 32
"""Hexadecimal digits of a digest: 128 bits of the SHA-256."""


def digest_of(path: Path) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_DIGITS]


def fsync_path(path: Path) -> None:
    """Put a file, or a folder's list of names, on the disk; it is for its owner alone."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(PermissionError):
            os.fchmod(handle, folder_mode(path) if path.is_dir() else file_mode(path.parent))
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` alone; it is let go when the process ends, however it ends."""
    private_folder(path.parent)
    with open_private(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file, written and fsynced, of which the log does not know yet.

    `path` is relative to the table; `digest` is that of its bytes (`proving`); `minimum` and `maximum`
    hold the statistics of columns.
    """

    path: str
    size_bytes: int
    rows: int
    day: date | None = None
    digest: str | None = None
    minimum: Mapping[str, Any] = field(default_factory=dict)
    maximum: Mapping[str, Any] = field(default_factory=dict)
    nulls: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def measured(
        cls, path: Path, frame: pl.DataFrame, columns: Sequence[str], day: date
    ) -> DataFile:
        """The file at `path`, which holds `frame`, with statistics of `columns`; named by its name."""
        low = frame.select(pl.col(columns).min()).row(0, named=True)
        high = frame.select(pl.col(columns).max()).row(0, named=True)
        nulls = frame.select(pl.col(columns).null_count()).row(0, named=True)
        known = [c for c in columns if _can_be_kept(low[c]) and _can_be_kept(high[c])]
        return cls(
            path.name,
            path.stat().st_size,
            frame.height,
            day,
            digest_of(path),
            {c: low[c] for c in known},
            {c: high[c] for c in known},
            nulls,
        )

    def add_action(self, folder: Path) -> AddAction:
        """What the log says of the file, which is in place in the table's folder."""
        stats = {
            "numRecords": self.rows,
            "minValues": {name: _json_value(value) for name, value in self.minimum.items()},
            "maxValues": {name: _json_value(value) for name, value in self.maximum.items()},
            "nullCount": dict(self.nulls),
        }
        return AddAction(
            path=self.path,
            size=self.size_bytes,
            partition_values={} if self.day is None else {"day": self.day.isoformat()},
            modification_time=_modified_ms(folder / self.path),
            data_change=True,
            stats=json.dumps(stats),
        )


def _modified_ms(path: Path) -> int:
    """When a file was written, by the clock of its disk."""
    return path.stat().st_mtime_ns // 1_000_000


def _can_be_kept(value: object) -> bool:
    return value is not None and (
        not isinstance(value, str) or len(value) <= STRING_STATISTICS_LENGTH
    )


def _json_value(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if hasattr(value, "strftime") else value


class LakeTable:
    """One version of a Delta table on the local disk; version -1 before it was made.
    `app` names the transaction that all writers of the table share.
    """

    def __init__(
        self, folder: Path, app: str, version: int | None = None, least_version: int = -1
    ) -> None:
        """Open the newest version, or the one named; `InputError` where the newest is before `least_version`."""
        self.folder, self.app = folder, app
        self._delta: DeltaTable | None = None
        if version != -1:
            self._delta = open_delta(folder, version)
        if self.format > FORMAT:
            raise InputError(
                f"{folder} is in format {self.format}, and this version knows those to {FORMAT};"
                " open the book with the later version that wrote it"
            )
        if version is None and self.version < least_version:
            now = (
                "no lake is there" if self.version < 0 else f"the lake is at version {self.version}"
            )
            raise InputError(
                f"{folder}: {now}, and this book has seen version {least_version};"
                " put the lake back as it was then, or later"
            )

    @property
    def format(self) -> int:
        """The format in which the table was made; one without a mark is of the first."""
        if self._delta is None:
            return FORMAT
        return int(self._delta.metadata().configuration.get(MARK, 1))

    @property
    def version(self) -> int:
        """The version that was opened."""
        return -1 if self._delta is None else self._delta.version()

    @property
    def commits(self) -> int:
        """How many commits carried the shared transaction."""
        return (self._delta and self._delta.transaction_version(self.app)) or 0

    def has(self, column: str) -> bool:
        """Whether the table has a column; one that was not made yet will have all."""
        if self._delta is None:
            return True
        return any(field.name == column for field in self._delta.schema().fields)

    def files(self) -> pl.DataFrame:
        """One row a data file: path, num_records, size_bytes, partition.day, min.*, max.*."""
        if self._delta is None:
            return pl.DataFrame(schema={"path": pl.String, "num_records": pl.Int64})
        frame = pl.DataFrame(self._delta.get_add_actions(flatten=True))
        return frame if "num_records" in frame.columns else frame.with_columns(num_records=None)

    def imports(self) -> dict[str, dict[str, Any]]:
        """What the log keeps about imports, by their ids."""
        entries = [] if self._delta is None else self._delta.history()
        kept = [entry[_ABOUT] for entry in entries if _ABOUT in entry]
        return {about["id"]: about for about in kept}

    def create(self, schema: Mapping[str, Any], *, partition_by: list[str]) -> LakeTable:
        """The table, made if it is not there yet, with LATER_COLUMNS of the schema."""
        if self._delta is not None:
            return self._with_later_columns(schema)
        private_folder(self.folder)
        arrow = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
        DeltaTable.create(
            str(self.folder),
            arrow.schema,
            mode="ignore",
            partition_by=partition_by,
            raise_if_key_not_exists=False,  # the mark is our own
            configuration={
                "delta.appendOnly": "true",
                "delta.enableExpiredLogCleanup": "false",  # the history of a book is kept
                MARK: str(FORMAT),
            },
        )
        self._sync_log(-1)
        sync_names(self.folder)
        return LakeTable(self.folder, self.app)

    def _with_later_columns(self, schema: Mapping[str, Any]) -> LakeTable:
        assert self._delta is not None
        lacking = [name for name in LATER_COLUMNS if name in schema and not self.has(name)]
        if not lacking:
            return self
        self._delta.alter.add_columns(
            [Field(name, PrimitiveType(LATER_COLUMNS[name])) for name in lacking]
        )
        self._sync_log(self.version)
        return LakeTable(self.folder, self.app)

    def commit(
        self,
        add: Sequence[DataFile],
        remove: Sequence[str] = (),
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Add files in place (and replace others by them) in one commit, on the disk when it returns.

        The log keeps what is said `about` an import, which can be JSON, under its `id`.
        Raises `CommitFailedError` where another commit came between; nothing was added then.
        """
        assert self._delta is not None
        replaced_ms = _modified_ms(self.folder / add[-1].path) if remove else 0
        removes = [
            RemoveAction(path, data_change=False, deletion_timestamp=replaced_ms) for path in remove
        ]
        self._delta.create_write_transaction(
            [*(file.add_action(self.folder) for file in add), *removes],
            mode="append",
            schema=self._delta.schema(),
            partition_by=self._delta.metadata().partition_columns,
            commit_properties=CommitProperties(
                custom_metadata=None if about is None else {_ABOUT: dict(about)},
                app_transactions=[Transaction(self.app, self.commits + 1)],
            ),
            post_commithook_properties=PostCommitHookProperties(
                create_checkpoint=False, cleanup_expired_logs=False
            ),
        )
        self._sync_log(self.version)

    def _sync_log(self, seen: int) -> None:
        """fsync the entries from version `seen` on (its writer may have died before it did).

        Now and then write a checkpoint.
        """
        log = self.folder / "_delta_log"
        latest = DeltaTable(str(self.folder))
        for version in range(max(seen, 0), latest.version() + 1):
            fsync_path(log / f"{version:020}.json")
        fsync_path(log)
        if latest.version() // CHECKPOINT_EVERY > max(seen, 0) // CHECKPOINT_EVERY:
            latest.create_checkpoint()
            for file in (
                *log.glob(f"{latest.version():020}.checkpoint*"),
                log / "_last_checkpoint",
            ):
                fsync_path(file)
            fsync_path(log)
