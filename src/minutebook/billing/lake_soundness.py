"""Is the lake the one that the ledger was billed from? (docs/rules/runs.md, "What a run reads")"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.billing.differences import (
    BilledFileLost,
    CallsOfTwoSources,
    EntryCut,
    FileChanged,
)
from minutebook.errors import InputError
from minutebook.ledger import lake_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from minutebook.billing.differences import Difference
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.priced_days import PricedDay


def refuse_lost_files(snapshot: Snapshot, priced: Mapping[date, PricedDay]) -> None:
    """`InputError` for a file that a day was last priced from and that the lake's log does not name.

    Billed on, its calls would be refunded.
    """
    lost = snapshot.lost(set().union(*(last.files for last in priced.values())))
    if lost:
        day = min(day for day, last in priced.items() if lost[0] in last.files)
        raise InputError(
            f"{snapshot.table.folder}: the lake's log does not name {lost[0]}, from which {day} was billed; "
            "put the lake back as it was then, or later"
        )


def lake_faults(connection: Connection, lake: Lake, snapshot: Snapshot) -> Iterator[Difference]:
    """In what the lake is not as it was committed and billed."""
    from minutebook.lake.delta_log import cut_entries
    from minutebook.lake.lake import as_files

    for entry in cut_entries(lake.calls):
        yield EntryCut(entry)
    run_of = lake_state.priced_files(connection)
    for name in snapshot.lost(run_of):
        yield BilledFileLost(name, run_of[name])
    for file, fault in lake.prover.faults(as_files(snapshot.everything)):
        yield FileChanged(file.path.removeprefix(f"{lake.calls}/"), fault)


def two_sources(lake: Lake, snapshot: Snapshot) -> Iterator[Difference]:
    """What the lake has under two sources, and so may bill twice."""
    from minutebook.lake.sources import shared_in_lake

    for found in shared_in_lake(lake, snapshot):
        yield CallsOfTwoSources(found.source, found.other, found.calls, found.call_id)


def digests_kept(
    connection: Connection, lake: Lake, snapshot: Snapshot, proved: Mapping[date, PricedDay]
) -> tuple[int, int]:
    """Give files that have no digest theirs, if their days were `proved`: how many had none, how many
    have one now.

    A day is proved if all that was billed of it was found again in its calls.
    """
    from minutebook.lake.delta import digest_of

    bare = [
        file
        for file in snapshot.files
        if file.size_bytes is not None and lake.prover.digest(file) is None
    ]
    found = {
        file.own_name: digest_of(Path(file.path))
        for file in bare
        if file.day in proved and file.name in proved[file.day].files
    }
    lake_state.keep_digests(connection, found)
    return len(bare), len(found)
