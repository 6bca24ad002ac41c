"""Files of call records into the lake: all of them, or none.

The way of the rows: reader → `collecting` (check, numbers, identify) → `staging` by day →
`dedupe` against the lake → one commit. The records that are no calls are put in quarantine just
before it; what was in quarantine and now is in the lake is released just after. Killed at any
moment and run again, an import ends as if it had not been killed: what it set aside is kept
once, and calls are added once.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls import readers
from minutebook.calls.schema import Reason
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake.collecting import FILE, ID, LINE, Collected
from minutebook.intake.committing import commit
from minutebook.intake.import_result import ImportResult, TakenIn, tell_waiting
from minutebook.intake.raw import rows_of
from minutebook.intake.reading import InputFile, Progress, Reading
from minutebook.lake.staging import staging

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from minutebook.calls.identify import Directory
    from minutebook.calls.parsing.table import Table
    from minutebook.intake.committing import Committed
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.staging import Staging

__all__ = [
    "ImportResult",
    "InputFile",
    "Progress",
    "TakenIn",
    "import_files",
    "retry",
    "tell_waiting",
]


def import_files(
    lake: Lake,
    quarantine: Quarantine,
    files: Sequence[InputFile | Path | str],
    *,
    format: str,
    source: Source | None = None,
    sources: Mapping[str, Source] | None = None,
    directory: Directory,
    progress: Progress | None = None,
    complete: bool = False,
    taken_in: TakenIn | None = None,
    other_calls: bool = False,
    look: Callable[[Staging], None] | None = None,
    instead: Callable[[Collected, Reading], Committed] | None = None,
) -> ImportResult:
    """Add the calls of these files to the lake, each once; set the other records aside.

    `format` is a reader's name or `auto` (each file is recognised by itself); without `source`
    the format's name is the source's, and what `sources` say of that name holds. `complete`: the files
    are finished, so that a last line without its end is a record too. `other_calls`: those that the lake
    has under another source are others. `InputError`, and nothing is done: calls that it has so, a file
    that cannot be read or lacks a column, an unknown format, a full disk. `taken_in` says by whom and
    when, which is kept; `look` sees the calls before any is added, and may refuse; `instead` of the commit
    says what it would come to, and nothing is kept.
    """
    reading = Reading(
        [InputFile.of(file) for file in files], format, source, sources or {}, progress, complete
    )
    with _one_line_if_the_disk_is_full(), staging(lake) as staged:
        collected = Collected(staged, directory, other_calls=other_calls)
        waiting = _waiting(quarantine, {s.name for _, _, s in reading.plan})
        collected.watched = waiting["call_id"].drop_nulls()
        for file, reader, source_of in reading.plan:
            for table in reading.tables(file, reader, source_of):
                collected.add_broken(table.broken, file.name, reader, source_of)
                rows = _placed(table, file.name)
                collected.add(rows, reader, source_of, pairs=table.pairs)
        _add_waiting_halves(collected, quarantine)
        collected.bring_together()
        staged.finish()
        if look is not None:
            look(staged)
        if instead is not None:
            counts, waiting = instead(collected, reading), waiting.clear()
        else:
            counts = commit(lake, quarantine, collected, reading, taken_in)
        ids = waiting.filter(pl.col("call_id").is_in(sorted(collected.seen)))["id"]
    if ids.len():
        known = {s.name: s for _, _, s in reading.plan}
        retry(lake, quarantine, sources=known, directory=directory, only=ids, taken_in=taken_in)
    result = counts.result(files=len(reading.plan), rows=reading.rows, read=collected.read)
    return replace(result, unended=tuple(reading.unended))


def retry(
    lake: Lake,
    quarantine: Quarantine,
    *,
    sources: Mapping[str, Source],
    directory: Directory,
    only: Collection[str] | None = None,
    taken_in: TakenIn | None = None,
) -> ImportResult:
    """Try the records that wait in quarantine again, with the declarations as they are now.

    Those that are calls now go to the lake, under the file and line that they came from. `only`
    names the ids to try.
    """
    wanted = None if only is None else pl.Series(only, dtype=pl.String).implode()
    files: set[str] = set()
    with _one_line_if_the_disk_is_full(), staging(lake) as staged:
        collected = Collected(staged, directory, retry=True)
        tried = 0
        for batch in quarantine.open_batches():
            rows = batch if wanted is None else batch.filter(pl.col("id").is_in(wanted))
            tried += rows.height
            files.update(rows["file"])
            broken = pl.col("reason") == Reason.BROKEN_LINE.value  # no row that could be read again
            collected.wait_on(rows.filter(broken))
            groups = rows.filter(~broken).partition_by("source", "format", as_dict=True)
            for (name, format_name), group in groups.items():
                try:
                    reader = readers.reader(format_name)
                except InputError:  # the package that reads them is gone, or broken
                    collected.wait_on(group)
                    continue
                source = sources.get(name, Source(name))
                collected.add(_again(group), reader, source, pairs=reader.pairs)
        collected.bring_together()
        staged.finish()
        counts = commit(lake, quarantine, collected, None, taken_in)
    return counts.result(files=len(files), rows=tried, read=collected.read)


def _placed(table: Table, name: str) -> pl.DataFrame:
    """The rows of a table, and where they stand."""
    return table.frame.with_columns(
        pl.lit(name).alias(FILE), table.lines.alias(LINE), pl.lit(None, pl.String).alias(ID)
    )


def _again(waiting: pl.DataFrame) -> pl.DataFrame:
    """The rows of records that wait, and where they stood."""
    rows, record = rows_of(waiting["raw"])
    columns = {FILE: "file", LINE: "line", ID: "id"}
    return rows.with_columns(
        waiting[name].gather(record).alias(column) for column, name in columns.items()
    )


def _add_waiting_halves(collected: Collected, quarantine: Quarantine) -> None:
    """Starts and ends that wait get their chance with those of this import."""
    for paired in collected.paired.values():
        for rows in paired.waiting(quarantine):
            collected.add(_again(rows), paired.reader, paired.source, pairs=True)


def _waiting(quarantine: Quarantine, sources: Collection[str]) -> pl.DataFrame:
    """Id and call id of what waits of these sources and could be a call in another file."""
    columns = {"id": pl.String, "call_id": pl.String}
    settled = (Reason.CONFLICT.value, Reason.UNPAIRED.value)
    frames = [
        batch.filter(
            pl.col("source").is_in(sources),
            ~pl.col("reason").is_in(settled),
            pl.col("call_id").is_not_null(),
        ).select(columns.keys())
        for batch in quarantine.open_batches(raw=False)
    ]
    return pl.concat([pl.DataFrame(schema=columns), *frames])


@contextmanager
def _one_line_if_the_disk_is_full() -> Iterator[None]:
    """A full disk is no bug: say it in one line."""
    try:
        yield
    except Exception as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        if full or "No space left on device" in str(error):
            raise InputError(
                "the disk of the lake is full; no call was added: free some space, then import again"
            ) from error
        raise
