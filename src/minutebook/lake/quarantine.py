"""Records that wait for a person: counted, never dropped, each with its reason
(docs/rules/identity.md, "What waits").

An append-only Delta table of events: a record is set aside (`open`), goes into the lake (`released`), is given
up (`discarded`), or its import is taken back (`withdrawn`: as if it had never come); its last event is its state.
A record is known by an id made of its source and its raw row, so that the same row is kept once, and stays
released or discarded.

Records that are closed stand in files of their own (`quarantine_files`), read only where records are set
aside: what the quarantine costs goes by what waits, not by its history. Seen again: `discarded`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import Reason
from minutebook.errors import InputError
from minutebook.lake.delta import CommitFailedError, LakeTable, locked
from minutebook.lake.parquet import collected
from minutebook.lake.quarantine_files import (
    ASIDE_SCHEMA,
    DISCARDED,
    EVENT_SCHEMA,
    INSTANT,
    OPEN,
    OPEN_SCHEMA,
    RELEASED,
    WITHDRAWN,
    closed_among,
    closed_by,
    first_events,
    ids_waiting,
    last_events,
    live_files,
    record_ids,
    set_aside_by,
    tidied,
    write_events,
)
from minutebook.lake.setting_aside import SettingAside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from minutebook.lake.quarantine_files import Told

__all__ = ["ASIDE_SCHEMA", "OPEN_SCHEMA", "Quarantine", "record_ids"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """How many records of those handed over wait, by reason, or were discarded before; `event` numbers new events."""

    waiting: dict[str, int]
    event: int | None
    discarded: int = 0


class Quarantine:
    """The records set aside in a book's lake, in the folder `quarantine` of `location`."""

    def __init__(
        self, location: str | Path, clock: Callable[[], datetime], least_version: int = -1
    ) -> None:
        """`clock` gives the instant that is kept of an event; a version before `least_version` is refused."""
        self.location = Path(location).absolute()
        self.folder = self.location / "quarantine"
        self._clock = clock
        self.least_version = least_version

    def add(self, batches: Sequence[pl.LazyFrame]) -> SetAside:
        """Set records of ASIDE_SCHEMA aside, all in one commit; what is open already stays so.

        Gives how many wait now, by reason: one withdrawn waits anew, one for another reason for that.
        """

        found = SettingAside(batches)
        event = self.append(found.events) if batches else None
        return SetAside(dict(found.waiting), event, found.discarded)

    def would_add(
        self, batches: Sequence[pl.LazyFrame], taken_back: pl.DataFrame, accepted: Sequence[str]
    ) -> SetAside:
        """What `add` would give, and nothing is kept: where what became the calls `taken_back` (source, file,
        line), or was `accepted` (ids), is known no more.
        """
        found, table = SettingAside(batches), self.table()
        unknown = pl.Series(accepted, dtype=pl.String)
        if batches and table.version >= 0:
            of_calls = first_events(table).join(taken_back, on=taken_back.columns, how="semi")
            unknown = pl.concat([unknown, of_calls["id"]])
        for _ in found.events(table, unknown) if batches else ():
            pass
        return SetAside(dict(found.waiting), None, found.discarded)

    def open(self, reason: Reason | None = None, source: str | None = None) -> pl.DataFrame:
        """The records that wait (OPEN_SCHEMA), the longest first; of one reason or source."""
        found = [*self.open_batches(reason, source), pl.DataFrame(schema=OPEN_SCHEMA)]
        return pl.concat(found).sort("first_seen", "source", "file", "line", "id")

    def open_batches(
        self,
        reason: Reason | None = None,
        source: str | None = None,
        *,
        raw: bool = True,
        calls: pl.Series | None = None,
    ) -> Iterator[pl.DataFrame]:
        """As `open`, a file at a time, the oldest first; without `raw`, or only of these call ids and of none."""
        table = self.table()
        if table.version < 0:
            return
        last = last_events(table).filter(pl.col("state") == OPEN).drop("state")
        if reason is not None:
            last = last.filter(pl.col("reason") == reason.value)
        wanted = [pl.col("raw").is_not_null()]
        if source:
            wanted.append(pl.col("source") == source)
        if calls is not None:
            wanted.append(pl.col("call_id").is_null() | pl.col("call_id").is_in(calls.implode()))
        for path in live_files(table).sort("modification_time", "path")["path"]:
            rows = pl.scan_parquet(self.folder / path, glob=False).filter(wanted)
            rows = rows.drop("reason", "detail", *([] if raw else ["raw"]))
            waiting = collected(rows, [self.folder / path]).join(
                last, on="id", maintain_order="left"
            )
            if waiting.height:
                columns = [name for name in OPEN_SCHEMA if raw or name != "raw"]
                yield waiting.rename({"at": "first_seen"}).select(columns)

    def count(self) -> int:
        """How many records wait."""
        return ids_waiting(self.table()).height

    def release(self, ids: Iterable[str]) -> None:
        """These records are in the lake now; those of them that waited wait no longer."""
        wanted = pl.DataFrame({"id": pl.Series(ids, dtype=pl.String)}).unique()
        if wanted.height:
            self.append(
                lambda table: iter([closed_by(ids_waiting(table).join(wanted, on="id"), RELEASED)])
            )

    def give_up(self, ids: pl.Series, reason: str, told: Told | None = None) -> int:
        """Discard those of these whole ids that wait, for a reason that is kept; how many."""
        count = 0

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            nonlocal count
            closed = ids_waiting(table).filter(pl.col("id").is_in(ids.implode()))
            count = closed.height
            yield closed_by(closed, DISCARDED, reason)

        if ids.len():
            self.append(events, told)
        return count

    def discard(self, ids: Iterable[str], reason: str, told: Told | None = None) -> int:
        """Give records up, by id or by the beginning of it, for a reason that is kept; how many.

        `InputError`, and none is discarded, where one does not wait or an id is of several.
        """
        wanted = sorted(set(ids))
        count = 0

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            nonlocal count
            waiting = ids_waiting(table)
            found = [waiting.filter(pl.col("id").str.starts_with(begin)) for begin in wanted]
            for begin, records in zip(wanted, found, strict=True):
                if records.is_empty():
                    raise InputError(f"no record {begin} waits in quarantine")
                if records.height > 1:
                    raise InputError(f"{records.height} records begin with {begin}; say more of it")
            closed = pl.concat(found).unique("id")
            count = closed.height
            yield closed_by(closed, DISCARDED, reason)

        if wanted:
            self.append(events, told)
        return count

    def withdraw(
        self, event: int | None, calls: pl.DataFrame, undone: Collection[int] = ()
    ) -> None:
        """Of an import that was taken back: what it set aside, by the number of that `event`, waits no
        longer, unless an import that is not `undone` (the numbers of all that were taken back) set it aside
        too; neither that nor what became its `calls` (source, file, line) is known any more.
        """
        gone = {*undone, *([] if event is None else [event])}

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            own = set_aside_by(table, gone, only=event)
            states = last_events(table).select("id", "state", "reason", "detail")
            waiting = states.filter(pl.col("state") == OPEN).join(own, on="id", how="semi")
            of_calls = first_events(table).join(calls, on=["source", "file", "line"], how="semi")
            released = states.filter(pl.col("state") == RELEASED)
            released = released.join(of_calls, on="id", how="semi")
            # what stands apart with its row stands with those that may wait from now on
            apart = of_calls.join(states, on="id", how="anti").select("id", *ASIDE_SCHEMA)
            became = closed_among(table, apart["id"]).filter(pl.col("state") == RELEASED)["id"]
            apart = apart.filter(pl.col("id").is_in(became.implode()))
            closed = pl.concat([waiting, released, apart], how="diagonal")
            yield closed.with_columns(state=pl.lit(WITHDRAWN))

        if self.table().version >= 0:
            self.append(events)

    def reopen(self, event: int | None) -> None:
        """What was set aside by the number of an `event`, and withdrawn, waits again."""

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            known = last_events(table).filter(pl.col("state") == WITHDRAWN)
            own = set_aside_by(table, only=event)
            yield known.join(own, on="id", how="semi").with_columns(state=pl.lit(OPEN))

        if event is not None:
            self.append(events)

    def wait_again(self, ids: Collection[str], undone: Collection[int]) -> None:
        """Conflicts that were accepted wait again, but for those that imports alone set aside that are `undone`."""
        wanted = pl.col("id").is_in(list(ids))

        def brought_back(table: LakeTable) -> Iterator[pl.DataFrame]:
            rows = first_events(table).filter(wanted).select("id", *ASIDE_SCHEMA)
            apart = rows.join(last_events(table), on="id", how="anti")
            yield apart.with_columns(state=pl.lit(WITHDRAWN))

        def events(table: LakeTable) -> Iterator[pl.DataFrame]:
            states = last_events(table).filter(wanted)
            gone = set_aside_by(table, undone)["id"].implode()
            closed = pl.col("state").is_in([RELEASED, WITHDRAWN]) & ~pl.col("id").is_in(gone)
            yield states.filter(closed).select(
                "id", state=pl.lit(OPEN), reason=pl.lit(Reason.CONFLICT.value)
            )

        if ids:
            self.append(brought_back)
            self.append(events)

    def table(self) -> LakeTable:
        """The newest version; `InputError` where it is not the newest known."""
        return LakeTable(self.folder, "quarantine", least_version=self.least_version)

    def append(
        self, events: Callable[[LakeTable], Iterator[pl.DataFrame]], told: Told | None = None
    ) -> int | None:
        """Commit what `events` makes of the newest version, once `told` has heard of it; again where another
        was faster. Gives the number that these events have; None where there are none.
        """
        with locked(self.location / "locks" / "quarantine"):
            while True:
                table = self.table().create(EVENT_SCHEMA, partition_by=[])
                now = self._clock()
                written, ids = [], []
                for frame in events(table):
                    if frame.height:
                        stamped = frame.with_columns(
                            at=pl.lit(now, INSTANT), event=table.commits + 1
                        )
                        written.append(write_events(self.folder, stamped))
                        ids.append(frame["id"])
                merged, replaced = tidied(table, now, ids)
                if not written:
                    return None
                if told is not None:
                    told(sum(each.len() for each in ids), table.commits + 1)
                with contextlib.suppress(CommitFailedError):
                    table.commit([*written, *merged], replaced)
                    self.least_version = max(self.least_version, table.version + 1)
                    return table.commits + 1
