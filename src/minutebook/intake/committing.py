"""What was collected into the lake: compared with it, added in one commit, the rest set aside; or tried alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, Reason
from minutebook.intake.collecting import ORIGIN_KEY
from minutebook.intake.halves import of_known_calls
from minutebook.intake.import_result import ImportResult
from minutebook.lake.dedupe import dedupe
from minutebook.lake.delta import CommitFailedError
from minutebook.lake.placing import kept_files, place, take_back
from minutebook.lake.quarantine import ASIDE_SCHEMA, record_ids
from minutebook.lake.sources import refuse_shared, told_by_others
from minutebook.lake.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from minutebook.intake.collecting import Collected
    from minutebook.intake.import_result import TakenIn
    from minutebook.intake.reading import Reading
    from minutebook.lake.dedupe import Verdict
    from minutebook.lake.delta import DataFile
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.lake.quarantine import Quarantine, SetAside
    from minutebook.lake.staging import Staging


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of the records of an import, or would."""

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


def commit(
    lake: Lake,
    quarantine: Quarantine,
    collected: Collected,
    reading: Reading | None,
    taken_in: TakenIn | None,
) -> Committed:
    """Compare with the lake and add; again, where another import was faster."""
    staged = collected.staged
    event: int | None = None
    with lake.writing():
        while True:
            snapshot = lake.over(lake.table().create(CALL_SCHEMA, partition_by=["day"]))
            verdict, aside = _compared(lake, collected, reading, snapshot)
            files = place(lake, staged, verdict.dropped)
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
    return _counted(staged, verdict, set_aside)


def tried(
    lake: Lake,
    quarantine: Quarantine,
    collected: Collected,
    reading: Reading,
    taken_back: tuple[pl.DataFrame, Sequence[str]],
    keep: Callable[[list[tuple[Path, DataFile]]], None],
) -> Committed:
    """As `commit`, and nothing is written: `keep` is handed the files of calls that would be added.

    `taken_back` are the calls (source, file, line) of an import that does not count here, which the ledger says
    already, and the ids of the records that were accepted in place of some.
    """
    verdict, aside = _compared(lake, collected, reading, lake.snapshot())
    keep(kept_files(collected.staged, verdict.dropped))
    return _counted(collected.staged, verdict, quarantine.would_add(aside, *taken_back))


def _compared(
    lake: Lake, collected: Collected, reading: Reading | None, snapshot: Snapshot
) -> tuple[Verdict, list[pl.LazyFrame]]:
    """Which staged calls are known, and all that is to be set aside."""
    staged = collected.staged
    if not (collected.retry or collected.other_calls):
        refuse_shared(staged, lake, snapshot)
    verdict = dedupe(staged, snapshot)
    if collected.retry:
        verdict.drop(told_by_others(staged, lake, snapshot, verdict.dropped))
    conflicts = _conflicts(collected, verdict.conflicts, reading)
    halves = _halves(collected, lake, snapshot)
    return verdict, [*collected.aside.frames(), *conflicts.frames(), *halves.frames()]


def _counted(staged: Staging, verdict: Verdict, set_aside: SetAside) -> Committed:
    return Committed(
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
