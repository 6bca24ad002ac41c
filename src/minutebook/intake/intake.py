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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls import readers
from minutebook.calls.schema import CALL_SCHEMA, Reason
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake.collecting import FILE, ID, LINE, ORIGIN_KEY, Collected
from minutebook.intake.halves import of_known_calls
from minutebook.intake.import_result import ImportResult, TakenIn
from minutebook.intake.raw import rows_of
from minutebook.intake.reading import InputFile, Progress, Reading
from minutebook.lake.dedupe import dedupe
from minutebook.lake.delta import CommitFailedError
from minutebook.lake.quarantine import ASIDE_SCHEMA, record_ids
from minutebook.lake.sources import refuse_shared, told_by_others
from minutebook.lake.spill import Spill
from minutebook.lake.staging import place, staging, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from minutebook.calls.identify import Directory
    from minutebook.calls.parsing.table import Table
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.staging import Staging

__all__ = ["ImportResult", "InputFile", "Progress", "TakenIn", "import_files", "retry"]


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
) -> ImportResult:
    """Add the calls of these files to the lake, each once; set the other records aside.

    `format` is a reader's name or `auto` (each file is recognised by itself); without `source`
    the format's name is the source's, and what `sources` say of that name holds. `complete`: the files
    are finished, so that a last line without its end is a record too. `other_calls`: those that the lake
    has under another source are others. `InputError`, and nothing is done: calls that it has so, a file
    that cannot be read or lacks a column, an unknown format, a full disk. `taken_in` says by whom and
    when, which is kept; `look` sees the calls before any is added, and may refuse.
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
        counts = _commit(lake, quarantine, collected, reading, taken_in)
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
        counts = _commit(lake, quarantine, collected, None, taken_in)
    return counts.result(files=len(files), rows=tried, read=collected.read)


@dataclass(frozen=True, slots=True)
class _Counts:
    """What `_commit` did."""

    added: int
    unanswered: int
    duration_ms: int
    waiting: dict[str, int]
    discarded: int
    other_account: int

    def result(self, *, files: int, rows: int, read: int) -> ImportResult:
        """All of it; what was neither added nor waits was known before."""
        quarantined = sum(self.waiting.values())
        return ImportResult(
            files=files,
            rows=rows,
            read=read,
            added=self.added,
            duplicates=read - self.added - quarantined - self.discarded,
            discarded=self.discarded,
            quarantined=quarantined,
            unanswered=self.unanswered,
            duration_ms=self.duration_ms,
            reasons=dict(sorted(self.waiting.items())),
            other_account=self.other_account,
        )


def _commit(
    lake: Lake,
    quarantine: Quarantine,
    collected: Collected,
    reading: Reading | None,
    taken_in: TakenIn | None,
) -> _Counts:
    """Compare with the lake and add; again, where another import was faster."""
    staged = collected.staged
    event: int | None = None
    with lake.writing():
        while True:
            snapshot = lake.over(lake.table().create(CALL_SCHEMA, partition_by=["day"]))
            if not (collected.retry or collected.other_calls):
                refuse_shared(staged, lake, snapshot)
            verdict = dedupe(staged, snapshot)
            if collected.retry:
                verdict.drop(told_by_others(staged, lake, snapshot, verdict.dropped))
            conflicts = _conflicts(collected, verdict.conflicts, reading)
            halves = _halves(collected, lake, snapshot)
            files = place(lake, staged, verdict.dropped)
            aside = [*collected.aside.frames(), *conflicts.frames(), *halves.frames()]
            set_aside = quarantine.add(aside)
            event = event or set_aside.event
            if not files:
                break
            try:
                about = None
                if taken_in is not None:
                    about = taken_in.about(staged, event, other_calls=collected.other_calls)
                lake.commit(snapshot.table, files, about)
                break
            except CommitFailedError:
                take_back(lake, staged)
    if collected.used_ids:
        used = pl.concat(collected.used_ids).unique()
        still = [record_ids(frame.select("source", "raw").collect()) for frame in aside]
        quarantine.release(used.filter(~used.is_in(pl.concat(still).implode())) if still else used)
    return _Counts(
        added=staged.rows - int(verdict.dropped.sum()),
        unanswered=staged.unanswered - verdict.unanswered,
        duration_ms=staged.duration_ms - verdict.duration_ms,
        waiting=set_aside.waiting,
        discarded=set_aside.discarded,
        other_account=verdict.other_account,
    )


def _conflicts(collected: Collected, found: Spill, reading: Reading | None) -> Spill:
    """The conflicting calls as records to be set aside, with the rows that they came from."""
    aside = Spill(collected.staged.folder / "conflicts-aside")
    in_files = found
    if collected.origins.files and found.files:
        left = pl.concat(found.frames()).collect()
        for frame in collected.origins.frames():
            origins = frame.collect().unique(ORIGIN_KEY)
            rows = left.join(origins, on=ORIGIN_KEY, nulls_equal=True)
            aside.write(_as_conflicts(rows))
            left = left.join(origins, on=ORIGIN_KEY, nulls_equal=True, how="anti")
        in_files = Spill(collected.staged.folder / "conflicts-in-files")
        in_files.write(left)
    if reading:
        for rows in reading.rows_of_conflicts(in_files):
            aside.write(_as_conflicts(rows))
    return aside


def _as_conflicts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(reason=pl.lit(Reason.CONFLICT.value)).select(ASIDE_SCHEMA.keys())


def _halves(collected: Collected, lake: Lake, snapshot: Snapshot) -> Spill:
    """The records without a start or an end whose call the lake does not have either."""
    aside = Spill(collected.staged.folder / "halves-aside")
    for frame in collected.halves.frames():
        halves = frame.collect()
        known = of_known_calls(halves, lake, snapshot)
        aside.write(halves.filter(~known).select(ASIDE_SCHEMA.keys()))
        collected.used_ids.append(halves["id"].filter(known).drop_nulls())
    return aside


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
