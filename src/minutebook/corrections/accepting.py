"""A record that waits as a conflict, taken in place of the call that came first
(docs/rules/corrections.md, "A conflict accepted").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls import readers
from minutebook.calls.schema import CALL_SCHEMA, IDENTITY, Reason
from minutebook.calls.source import Source
from minutebook.corrections.choosing import of_ids
from minutebook.corrections.recording import ACCEPT, carried_out, drafted
from minutebook.errors import InputError
from minutebook.intake.collecting import understood
from minutebook.intake.raw import rows_of
from minutebook.lake.comparing import READ_TO_COMPARE, told_again
from minutebook.ledger import declarations
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from minutebook.corrections.recording import Corrected, Desk, Draft
    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.connection import Connection


def accept(desk: Desk, record: str, reason: str, *, dry_run: bool = False) -> Corrected:
    """Take a record of the quarantine, by its id or the beginning of it, in place of the call with which it
    is in conflict. The record waits no longer.
    """
    why = reason_kept(reason, "a correction")
    waiting = _conflict(desk, record)
    said = {ACCEPT: waiting["id"], "call_id": waiting["call_id"]}

    def draft(connection: Connection) -> Draft:
        now = _understood(waiting, declarations.load(connection))
        found = of_ids(desk.lake, desk.lake.snapshot(), [str(waiting["call_id"])])
        same = [pl.col(part) == now[part][0] for part in IDENTITY]
        before = found.filter(*same)
        if before.is_empty():
            before = _told_otherwise(found, now)
        if before.height != 1:
            raise InputError.advised(
                f"call {waiting['call_id']} is not billed, so nothing is in conflict with the record",
                "try the record again with book.calls.retry()",
                shell="try the record again with: minutebook import --retry",
            )
        own = before.select("data_file", "row", "import")
        after = pl.concat([now.select(CALL_SCHEMA.keys()), own], how="horizontal")
        return drafted(
            desk, connection, before, after.with_columns(void=pl.lit(value=False)), said, why
        )

    result = carried_out(desk, draft, dry_run=dry_run)
    if not dry_run:
        desk.quarantine.release([str(waiting["id"])])
    return result


def _told_otherwise(found: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Of the calls found the one that the record tells under another identity; no row where none is."""
    calls = pl.concat([frame.select(READ_TO_COMPARE) for frame in (found, now)])
    pairs = told_again(calls).filter(pl.col("at") == found.height)
    return found[pairs["head"].to_list()]


def _conflict(desk: Desk, record: str) -> dict[str, Any]:
    """The record that is meant."""
    found = desk.quarantine.open(Reason.CONFLICT)
    found = found.filter(pl.col("id").str.starts_with(record))
    if found.height != 1:
        what = "no conflict" if found.is_empty() else f"more than one conflict ({found.height})"
        raise InputError.advised(
            f"{what} waits under the id {record!r}",
            "see them with book.calls.quarantine()",
            shell="see them with: minutebook calls --quarantine",
        )
    return found.row(0, named=True)


def _understood(waiting: dict[str, Any], carrier: Carrier) -> pl.DataFrame:
    """The record as a call, as things are declared now."""
    name = str(waiting["source"])
    source = carrier.sources.get(name, Source(name))
    rows, _ = rows_of([waiting["raw"]])
    records = readers.reader(str(waiting["format"])).records(rows, source)
    found = understood(records, source, carrier.directory()).with_columns(
        file=pl.lit(waiting["file"]), line=pl.lit(waiting["line"], pl.Int64)
    )
    if found.height != 1 or found["reason"][0] is not None:
        why = "is of several calls" if found.height != 1 else f"waits: {found['reason'][0]}"
        raise InputError(
            f"the record {waiting['id']}, as it is declared now, {why}; correct the call by hand"
        )
    return found
