"""The files of the quarantine's table: events of records that wait, and apart those of closed ones.

A record that was released or discarded stays so. Once enough are closed, all their events go into a file
of their own, and what waits is told without them.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

import polars as pl

from minutebook.lake.delta import DataFile, fsync_path
from minutebook.lake.parquet import collected, write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from minutebook.lake.delta import LakeTable

    Told = Callable[[int, int], None]
    """Hears how many records events bear on, and the number that the events are to have."""

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
EVENT_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "state": pl.String(),
    "at": INSTANT,
    "event": pl.Int64(),  # number of the commit: a record's events come in this order
    **ASIDE_SCHEMA,  # all of it in a record's first event, later only a reason and a detail;
    # its source too where it comes anew after it was withdrawn
}
OPEN, RELEASED, DISCARDED, WITHDRAWN = "open", "released", "discarded", "withdrawn"
SMALL_ROWS = 100_000
SMALL_FILES = 50
"""So many small files are merged into one."""
CLOSED_FILES = "closed-"
"""How the names of files begin whose records are all closed."""
CLOSED_RECORDS = 1_000
"""So many closed records, or as many as wait if these are more, go into a file of their own."""
_ID_BYTES = 10
KEPT_S = 86_400
"""Seconds for which a file that a merge replaced is kept for those who still read it."""


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """The id of each record of ASIDE_SCHEMA: 20 hexadecimal digits of its source and raw row."""
    ids = [
        hashlib.blake2b(f"{source}\n{raw}".encode(), digest_size=_ID_BYTES).hexdigest()
        for source, raw in rows.select("source", "raw").iter_rows()
    ]
    return pl.Series("id", ids, dtype=pl.String)


def write_events(folder: Path, frame: pl.DataFrame, prefix: str = "") -> DataFile:
    """Write events into a file of the folder, on the disk when it returns."""
    full = pl.concat([pl.DataFrame(schema=EVENT_SCHEMA), frame], how="diagonal_relaxed")
    path = folder / f"{prefix}{uuid.uuid4().hex}.parquet"
    write_parquet(full.select(EVENT_SCHEMA.keys()), path, compression="zstd")
    fsync_path(path)
    fsync_path(folder)
    return DataFile(path.name, path.stat().st_size, frame.height)


def tidied(
    table: LakeTable, now: datetime, touched: Sequence[pl.Series] = ()
) -> tuple[list[DataFile], list[str]]:
    """Files to add and to remove: one for many small ones, and closed records in files of their own.

    Records that are `touched` (ids) in the same commit stay where they are. Files that none has listed for KEPT_S are removed.
    """
    folder, live, states = table.folder, live_files(table), last_events(table)
    closed = states.filter(pl.col("state").is_in([RELEASED, DISCARDED]))["id"]
    for ids in touched:
        closed = closed.filter(~closed.is_in(ids.implode()))
    parting = closed.len() >= max(CLOSED_RECORDS, states.height - closed.len())
    small = pl.col("num_records") < SMALL_ROWS
    replaced = (live if parting else live.filter(small))["path"].to_list()
    old = table.files().filter(pl.col("path").str.starts_with(CLOSED_FILES), small)
    old_closed = old["path"].to_list() if old.height >= SMALL_FILES else []
    if not parting and len(replaced) < SMALL_FILES:
        replaced = []
    if not (replaced or old_closed):
        return [], []
    _remove_left_overs(table, now)
    written = list(_rewritten(folder, replaced, closed if parting else closed.clear()))
    if old_closed:
        written.append(write_events(folder, _collected(folder, old_closed), CLOSED_FILES))
    return written, [*replaced, *old_closed]


def _rewritten(folder: Path, paths: Sequence[str], closed: pl.Series) -> Iterator[DataFile]:
    """The events of these files again: those of `closed` records apart, some SMALL_ROWS at a time."""
    of_closed = pl.col("id").is_in(closed.implode())
    for rows, prefix in ((~of_closed, ""), (of_closed, CLOSED_FILES)):
        frames: list[pl.DataFrame] = []
        for number, path in enumerate(paths, start=1):
            frames.append(_collected(folder, [path], _events(folder, [path]).filter(rows)))
            height = sum(frame.height for frame in frames)
            if height >= SMALL_ROWS or (height and number == len(paths)):
                yield write_events(folder, pl.concat(frames), prefix)
                frames.clear()


def _events(folder: Path, paths: Sequence[str]) -> pl.LazyFrame:
    return pl.scan_parquet([folder / path for path in paths], glob=False)


def _collected(
    folder: Path, paths: Sequence[str], rows: pl.LazyFrame | None = None
) -> pl.DataFrame:
    """What is asked of files of the folder (None: all of them)."""
    asked = _events(folder, paths) if rows is None else rows
    return collected(asked, [folder / path for path in paths])


def _remove_left_overs(table: LakeTable, now: datetime) -> None:
    listed, now_s = set(table.files()["path"]), now.timestamp()
    for path in table.folder.glob("*.parquet"):
        if path.name not in listed and now_s - path.stat().st_mtime > KEPT_S:
            path.unlink()


def live_files(table: LakeTable) -> pl.DataFrame:
    """The files in which records that wait may stand."""
    return table.files().filter(~pl.col("path").str.starts_with(CLOSED_FILES))


def closed_among(table: LakeTable, ids: pl.Series) -> pl.DataFrame:
    """Those of these ids whose records stand in the files of closed ones: `id`, `state`, released or discarded."""
    paths = table.files().filter(pl.col("path").str.starts_with(CLOSED_FILES))["path"]
    wanted = pl.col("id").is_in(ids.implode()) & pl.col("state").is_in([RELEASED, DISCARDED])
    columns = {"id": pl.String, "state": pl.String, "event": pl.Int64}
    found = [
        _collected(
            table.folder, [path], _events(table.folder, [path]).filter(wanted).select(*columns)
        )
        for path in paths
    ]
    every = pl.concat([pl.DataFrame(schema=columns), *found]).sort("event")
    return every.unique("id", keep="last").select("id", "state")


def last_events(table: LakeTable) -> pl.DataFrame:
    """The state of every record of the live files, with the reason and detail of its last event, by id."""
    columns = ["id", "state", "reason", "detail"]
    paths = live_files(table)["path"].to_list()
    if not paths:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    rows = _events(table.folder, paths).select(*columns, "event")
    events = _collected(table.folder, paths, rows)
    return events.sort("event").unique("id", keep="last").select(columns)


def first_events(table: LakeTable) -> pl.DataFrame:
    """Of each record, closed ones too, the first event, with its number and its row."""
    paths = table.files()["path"].to_list()
    rows = _events(table.folder, paths).filter(pl.col("raw").is_not_null())
    rows = rows.select("id", "event", *ASIDE_SCHEMA).sort("event")
    first = _collected(table.folder, paths, rows)
    return first.unique("id", keep="first", maintain_order=True)


def set_aside_by(
    table: LakeTable, events: Collection[int] | None = None, *, only: int | None = None
) -> pl.DataFrame:
    """The records that these `events` alone set aside (None: whatever did), and `only` among them: `id`.

    A record is set aside when it comes first, and when it comes anew after it was withdrawn: both say its source.
    """
    said = pl.col("source").is_not_null() & (pl.col("state") == OPEN)
    paths = table.files()["path"].to_list()
    rows = _events(table.folder, paths).filter(said).select("id", "event")
    aside = _collected(table.folder, paths, rows)
    if events is not None:
        others = aside.filter(~pl.col("event").is_in(list(events)))
        aside = aside.join(others, on="id", how="anti")
    if only is not None:
        aside = aside.filter(pl.col("event") == only)
    return aside.select("id").unique()


def ids_waiting(table: LakeTable) -> pl.DataFrame:
    """The ids of the records that wait."""
    return last_events(table).filter(pl.col("state") == OPEN).select("id")


def closed_by(records: pl.DataFrame, state: str, detail: str | None = None) -> pl.DataFrame:
    """The event that ends the waiting of each record."""
    return records.select("id", state=pl.lit(state), detail=pl.lit(detail, pl.String))
