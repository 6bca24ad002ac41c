"""Records that wait for a person: counted, never dropped, each with its reason
(docs/rules/identity.md, "What waits").

An append-only Delta table of events: a record is set aside (`open`), goes into the lake
(`released`) or is given up (`discarded`); its last event is its state. A record is known by an
id made of its source and its raw row, so that the same row, set aside again, is kept once, and
one that was released or discarded stays so.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.errors import InputError
from minutebook.lake.delta import CommitFailedError, DataFile, LakeTable, fsync_path, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from minutebook.calls.schema import Reason

INSTANT = pl.Datetime("us", "UTC")
ASIDE_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "format": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "raw": pl.String(),  # JSON: the row objects that the record came from
    "reason": pl.String(),  # a Reason
    "detail": pl.String(),
    "call_id": pl.String(),
}
"""A record to be set aside."""
OPEN_SCHEMA: dict[str, pl.DataType] = {"id": pl.String(), **ASIDE_SCHEMA, "first_seen": INSTANT}
"""A record that waits."""
_EVENT_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "state": pl.String(),
    "at": INSTANT,
    "event": pl.Int64(),  # number of the commit: a record's events come in this order
    **ASIDE_SCHEMA,  # all of it in a record's first event, later only a reason and a detail
}
OPEN, RELEASED, DISCARDED = "open", "released", "discarded"
SMALL_ROWS = 100_000
SMALL_FILES = 50
"""So many small files are merged into one."""
KEPT_S = 86_400
"""Seconds for which a file that a merge replaced is kept for those who still read it."""
_ID_BYTES = 10


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """The id of each record of ASIDE_SCHEMA: 20 hexadecimal digits of its source and raw row."""
    ids = [
        hashlib.blake2b(f"{source}\n{raw}".encode(), digest_size=_ID_BYTES).hexdigest()
        for source, raw in rows.select("source", "raw").iter_rows()
    ]
    return pl.Series("id", ids, dtype=pl.String)


class Quarantine:
    """The records set aside in a book's lake, in the folder `quarantine` of `location`."""

    def __init__(self, location: str | Path, clock: Callable[[], datetime]) -> None:
        """`clock` gives the instant that is kept with what happens to a record."""
        self.location = Path(location).absolute()
        self.folder = self.location / "quarantine"
        self._clock = clock

    def add(self, batches: Sequence[pl.LazyFrame]) -> dict[str, int]:
        """Set records of ASIDE_SCHEMA aside, all in one commit; what is open already stays so.

        Gives how many of these records wait now, by reason; those that were released or
        discarded before do not. One that waits for another reason than before waits for the new
        one from now on.
        """

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            waiting.clear()
            known = _last_events(table).select("id", "state", "reason")
            for batch in batches:
                rows = batch.collect()
                rows = rows.with_columns(record_ids(rows)).join(
                    known, on="id", how="left", suffix="_known", maintain_order="left"
                )
                rows = rows.filter(pl.col("state").fill_null(OPEN) == OPEN)
                waiting.update(dict(rows["reason"].value_counts().iter_rows()))
                rows = rows.unique("id", keep="first", maintain_order=True)
                new = rows.filter(pl.col("state").is_null()).with_columns(state=pl.lit(OPEN))
                other = pl.col("reason") != pl.col("reason_known")
                changed = rows.filter(other).select("id", "state", "reason", "detail")
                known = pl.concat([known, new.select(known.columns)])
                yield pl.concat([new.select("id", "state", *ASIDE_SCHEMA), changed], how="diagonal")

        waiting: Counter[str] = Counter()
        if batches:
            self._append(events)
        return dict(waiting)

    def open(self, reason: Reason | None = None, source: str | None = None) -> pl.DataFrame:
        """The records that wait (OPEN_SCHEMA), the longest first; of one reason or source."""
        found = [*self.open_batches(reason, source), pl.DataFrame(schema=OPEN_SCHEMA)]
        return pl.concat(found).sort("first_seen", "source", "file", "line", "id")

    def open_batches(
        self, reason: Reason | None = None, source: str | None = None, *, raw: bool = True
    ) -> Iterator[pl.DataFrame]:
        """As `open`, a file of the table at a time, the oldest first; on request without `raw`."""
        table = self._table()
        if table.version < 0:
            return
        last = _last_events(table).filter(pl.col("state") == OPEN).drop("state")
        if reason is not None:
            last = last.filter(pl.col("reason") == reason.value)
        for path in table.files().sort("modification_time", "path")["path"]:
            rows = pl.scan_parquet(self.folder / path, glob=False).filter(
                pl.col("raw").is_not_null(), *([pl.col("source") == source] if source else [])
            )
            rows = rows.drop("reason", "detail", *([] if raw else ["raw"]))
            waiting = rows.collect().join(last, on="id", maintain_order="left")
            if waiting.height:
                columns = [name for name in OPEN_SCHEMA if raw or name != "raw"]
                yield waiting.rename({"at": "first_seen"}).select(columns)

    def count(self) -> int:
        """How many records wait."""
        return _waiting(self._table()).height

    def release(self, ids: Iterable[str]) -> None:
        """These records are in the lake now; those of them that waited wait no longer."""
        wanted = pl.DataFrame({"id": pl.Series(ids, dtype=pl.String)}).unique()
        if wanted.height:
            self._append(
                lambda table: iter([_closed(_waiting(table).join(wanted, on="id"), RELEASED)])
            )

    def discard(self, ids: Iterable[str], reason: str) -> int:
        """Give records up, by id or by the beginning of it, for a reason that is kept; how many.

        `InputError`, and none is discarded, where one does not wait or an id is of several.
        """
        wanted = sorted(set(ids))
        count = 0

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            nonlocal count
            waiting = _waiting(table)
            found = [waiting.filter(pl.col("id").str.starts_with(begin)) for begin in wanted]
            for begin, records in zip(wanted, found, strict=True):
                if records.is_empty():
                    raise InputError(f"no record {begin} waits in quarantine")
                if records.height > 1:
                    raise InputError(f"{records.height} records begin with {begin}; say more of it")
            closed = pl.concat(found).unique("id")
            count = closed.height
            yield _closed(closed, DISCARDED, reason)

        if wanted:
            self._append(events)
        return count

    def _table(self) -> LakeTable:
        return LakeTable(self.folder, "quarantine")

    def _append(self, events: Callable[[LakeTable], Iterator[pl.DataFrame]]) -> None:
        """Commit what `events` makes of the newest version; again where another was faster."""
        with locked(self.location / "locks" / "quarantine"):
            while True:
                table = self._table().create(_EVENT_SCHEMA, partition_by=[])
                now = self._clock()
                stamped = (
                    frame.with_columns(at=pl.lit(now, INSTANT), event=table.commits + 1)
                    for frame in events(table)
                    if frame.height
                )
                written = [self._write(frame) for frame in stamped]
                merged, replaced = self._merged(table)
                if not written:
                    return
                with contextlib.suppress(CommitFailedError):
                    table.commit([*written, *merged], replaced)
                    return

    def _write(self, frame: pl.DataFrame) -> DataFile:
        full = pl.concat([pl.DataFrame(schema=_EVENT_SCHEMA), frame], how="diagonal_relaxed")
        path = self.folder / f"{uuid.uuid4().hex}.parquet"
        full.select(_EVENT_SCHEMA.keys()).write_parquet(path, compression="zstd")
        fsync_path(path)
        fsync_path(self.folder)
        return DataFile(path.name, path.stat().st_size, frame.height)

    def _merged(self, table: LakeTable) -> tuple[list[DataFile], list[str]]:
        """One file in place of many small ones, where there are; old left-overs are removed."""
        files = table.files()
        small = files.filter(pl.col("num_records") < SMALL_ROWS)["path"].to_list()
        if len(small) < SMALL_FILES:
            return [], []
        listed, now_s = set(files["path"]), self._clock().timestamp()
        for path in self.folder.glob("*.parquet"):
            if path.name not in listed and now_s - path.stat().st_mtime > KEPT_S:
                path.unlink()
        frames = pl.scan_parquet([self.folder / path for path in small], glob=False)
        return [self._write(frames.collect())], small


def _waiting(table: LakeTable) -> pl.DataFrame:
    """The ids of the records that wait."""
    return _last_events(table).filter(pl.col("state") == OPEN).select("id")


def _closed(records: pl.DataFrame, state: str, detail: str | None = None) -> pl.DataFrame:
    """The event that ends the waiting of each record."""
    return records.select("id", state=pl.lit(state), detail=pl.lit(detail, pl.String))


def _last_events(table: LakeTable) -> pl.DataFrame:
    """The state of every record, with the reason and detail of its last event, by id."""
    columns = ["id", "state", "reason", "detail"]
    files = [table.folder / path for path in table.files()["path"]]
    if not files:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    events = pl.scan_parquet(files, glob=False).select(*columns, "event").collect()
    return events.sort("event").unique("id", keep="last").select(columns)
