"""The steps of records that are in quarantine: why they wait, and who discarded them or let them wait again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.lake.discarded import deeds_with, discarded_records
from minutebook.ledger.change_log import quarantine_deeds
from minutebook.statements.steps import Discarded, RecordedAt, Waits, WaitsAgain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.database import Database
    from minutebook.statements.steps import CallStep


def records_aside(
    database: Database, quarantine: Quarantine, call_id: str
) -> Iterator[tuple[dict[str, Any], Waits | None, list[CallStep]]]:
    """Every record of a call id that waits, with why it does, or is discarded, each with its steps."""
    table = quarantine.table()
    of_call = pl.col("call_id") == call_id
    waiting, discarded = quarantine.open(), discarded_records(table)
    for record in waiting.filter(of_call).iter_rows(named=True):
        waits = _waits(record)
        yield record, waits, [*_recorded(record), waits, *_handled(database, quarantine, record)]
    for record in discarded.filter(of_call).iter_rows(named=True):
        steps = [*_recorded(record), _waits(record), *_handled(database, quarantine, record)]
        kept = {key: value for key, value in record.items() if key in waiting.columns}
        yield kept, None, steps


def _recorded(record: dict[str, Any]) -> list[CallStep]:
    return [RecordedAt(record["file"], record["line"], record["source"])]


def _waits(record: dict[str, Any]) -> Waits:
    return Waits(record["reason"], record["detail"] or None)


def _handled(
    database: Database, quarantine: Quarantine, record: dict[str, Any]
) -> Iterator[CallStep]:
    done = deeds_with(quarantine.table(), record["id"])
    if not done:
        return
    with database.transaction() as connection:
        kept = quarantine_deeds(connection)
    for deed in done:
        by, why = kept.get(deed.event, (None, None))
        yield (Discarded if deed.discarded else WaitsAgain)(deed.at, by, why or deed.why)
