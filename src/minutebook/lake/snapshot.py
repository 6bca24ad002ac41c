"""The lake as one version of its log has it: its files, and what corrections in force make of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import INSTANT
from minutebook.days import ONE_DAY
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

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.lake.delta import LakeTable


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A file of the lake: `rows` calls of the UTC day `day`, those at the places `left_out` not counted,
    of which `mark` is a digest.

    `size_bytes` is what the log says of it. `keyed` is false where the calls of its lake may lack
    `called_key`, as they did before lakes had it, and `headed` where the file is not known to have `caller_head` in all
    of its calls (docs/decisions/0009, 0021).
    """

    day: date
    path: str
    rows: int
    left_out: tuple[int, ...] = ()
    mark: str | None = None
    size_bytes: int | None = None
    keyed: bool = True
    headed: bool = False
    part: tuple[int, int] | None = None
    """The first of the rows that are meant, and how many; None: all."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its rows are meant, and count."""
        return self.part is None and not self.left_out

    @property
    def own_name(self) -> str:
        """The file's own name, whatever is left out."""
        return self.path.rpartition("/")[2]

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
            added = added_files(self._corrected).with_columns(
                keyed=self._keyed, headed=pl.lit(value=False)
            )
            found = pl.concat([found, added], how="diagonal").sort("day", "path")
        return marked(found, self._corrected.left_out)

    @cached_property
    def recorded(self) -> pl.DataFrame:
        """The files as they were recorded, but for imports that were taken back: what later records are
        compared with.

        One row a file: path (absolute), day, rows, size_bytes, keyed, headed, the least and greatest source and call id, the
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
            size_bytes=column("size_bytes", pl.Int64),
            keyed=self._keyed,
            headed=column("null_count.caller_head", pl.Int64).eq_missing(0),
            source_min=column("min.source", pl.String),
            source_max=column("max.source", pl.String),
            id_min=column("min.call_id", pl.String),
            id_max=column("max.call_id", pl.String),
            setup_min=column("min.setup_at", INSTANT),
            ended_max=column("max.ended_at", INSTANT),
            modified_ms=column("modification_time", pl.Int64),
        ).sort("day", "path")

    @cached_property
    def _keyed(self) -> pl.Expr:
        return pl.lit(self.table.has("called_key"))

    def accounts_for(self, names: Iterable[str]) -> bool:
        """Whether each of these names of files is in this version, or was, until a correction."""
        return not self.lost(names)

    def lost(self, names: Iterable[str]) -> list[str]:
        """Those of these names of files that are not in this version, and never were until a correction."""
        known = {path.rpartition("/")[2] for path in self.everything["path"]}
        return sorted(
            name for name in names if base_name(name) not in known and not is_corrected(name)
        )

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
    rows = frame.select(
        "day", "path", "rows", "left_out", "mark", "size_bytes", "keyed", "headed"
    ).iter_rows()
    return [
        LakeFile(
            day,
            path,
            _rows_of(path) - len(out or ()) if n is None else n,
            tuple(out or ()),
            mark,
            size_bytes,
            keyed,
            headed,
        )
        for day, path, n, out, mark, size_bytes, keyed, headed in rows
    ]


def _rows_of(path: str) -> int:
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
