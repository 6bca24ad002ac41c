"""Records of the quarantine that were discarded: seen again, and set waiting again
(docs/rules/identity.md, "What waits").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.errors import InputError
from minutebook.lake.parquet import collected
from minutebook.lake.quarantine_files import (
    ASIDE_SCHEMA,
    DISCARDED,
    INSTANT,
    OPEN,
    OPEN_SCHEMA,
    WITHDRAWN,
    first_events,
    last_events,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from minutebook.lake.delta import LakeTable
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.quarantine_files import Told

DISCARDED_SCHEMA: dict[str, pl.DataType] = {
    **OPEN_SCHEMA,
    "discarded_at": INSTANT,
    "why": pl.String(),
    "event": pl.Int64(),
}
"""A record that was discarded, the reason for which it waited, when and why it was; `event` numbers the deed."""

_BROUGHT_BACK = (pl.col("state") == WITHDRAWN) & pl.col("raw").is_not_null()
"""A row that came back from the files of closed records: by itself it changes nothing of its record, so that
a restoring that was killed half-way leaves the record discarded."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A record was discarded, or waits again since, by the quarantine's event of this number; `why` is
    known here of a discarding alone."""

    event: int
    at: datetime
    discarded: bool
    why: str | None


def discarded_records(table: LakeTable, source: str | None = None) -> pl.DataFrame:
    """The records that are discarded (DISCARDED_SCHEMA), the longest first; of one source."""
    if table.version < 0:
        return pl.DataFrame(schema=DISCARDED_SCHEMA)
    paths = [table.folder / path for path in table.files()["path"]]
    columns = ["id", "state", "at", "event", "reason", "detail"]
    rows = pl.scan_parquet(paths, glob=False).filter(~_BROUGHT_BACK).select(columns)
    events = collected(rows, paths).sort("event")
    last = events.unique("id", keep="last").filter(pl.col("state") == DISCARDED)
    waited = events.filter(pl.col("state") == OPEN, pl.col("reason").is_not_null())
    seen = events.unique("id", keep="first").select("id", first_seen="at")
    found = (
        first_events(table)
        .drop("event", "reason", "detail")
        .join(last.select("id", "event", discarded_at="at", why="detail"), on="id")
        .join(
            waited.unique("id", keep="last").select("id", "reason", "detail"), on="id", how="left"
        )
        .join(seen, on="id")
    )
    if source is not None:
        found = found.filter(pl.col("source") == source)
    return found.select(DISCARDED_SCHEMA.keys()).sort("discarded_at", "source", "file", "line")


def deeds_with(table: LakeTable, id: str) -> list[Handled]:
    """How a record was discarded and let wait again, in order."""
    paths = [table.folder / path for path in table.files()["path"]]
    rows = pl.scan_parquet(paths, glob=False).filter(pl.col("id") == id, ~_BROUGHT_BACK)
    done: list[Handled] = []
    known = collected(rows.select("event", "state", "at", "detail"), paths).sort("event")
    for event, state, at, detail in known.iter_rows():
        if state == DISCARDED:
            done.append(Handled(event, at, discarded=True, why=detail))
        elif state == OPEN and done and done[-1].discarded:
            done.append(Handled(event, at, discarded=False, why=None))
    return done


def restore_records(
    quarantine: Quarantine, begins: Collection[str], told: Told | None = None
) -> int:
    """Let records that were discarded wait again, by id or by the beginning of it; how many.

    `InputError`, and nothing is done, where one is not discarded or an id is of several.
    """
    known = discarded_records(quarantine.table())
    found = [known.filter(pl.col("id").str.starts_with(begin)) for begin in sorted(set(begins))]
    for begin, records in zip(sorted(set(begins)), found, strict=True):
        if records.is_empty():
            raise InputError(f"no record {begin} is discarded")
        if records.height > 1:
            raise InputError(f"{records.height} records begin with {begin}; say more of it")
    chosen = pl.concat(found).unique("id") if found else known.clear()
    wanted = pl.col("id").is_in(chosen["id"].implode())

    def brought_back(table: LakeTable) -> Iterator[pl.DataFrame]:
        rows = first_events(table).filter(wanted).select("id", *ASIDE_SCHEMA)
        apart = rows.join(last_events(table), on="id", how="anti")
        # as withdrawn: a discarded one would go apart again at once
        yield apart.with_columns(state=pl.lit(WITHDRAWN))

    def events(table: LakeTable) -> Iterator[pl.DataFrame]:
        still = last_events(table).filter(wanted, pl.col("state").is_in([DISCARDED, WITHDRAWN]))
        waits = chosen.select("id", "reason", "detail")
        yield still.select("id", state=pl.lit(OPEN)).join(waits, on="id")

    if chosen.height:
        quarantine.append(brought_back)
        quarantine.append(events, told)
    return chosen.height
