"""Calls corrected by hand, one or many (docs/rules/corrections.md, "What can be corrected")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.corrections.changing import CallChange, changed
from minutebook.corrections.choosing import check_one, chosen_calls, of_ids
from minutebook.corrections.recording import carried_out, drafted
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from minutebook.corrections.choosing import Choice
    from minutebook.corrections.file import FileRow
    from minutebook.corrections.recording import Corrected, Desk, Draft
    from minutebook.ledger.connection import Connection

_WANTED = {
    "duration_ms": pl.Int64(),
    "account": pl.String(),
    "called": pl.String(),
    "void": pl.Boolean(),
}


def correct(
    desk: Desk, choice: Choice, change: CallChange, reason: str, *, dry_run: bool = False
) -> Corrected:
    """Correct the calls that are meant, all alike."""
    why, said = reason_kept(reason, "a correction"), {**choice.said(), **change.said()}

    def draft(connection: Connection) -> Draft:
        calls = chosen_calls(desk.lake, choice)
        if change.cap_ms is not None:
            calls = calls.filter(pl.col("duration_ms") > change.cap_ms)
        row = (change.duration_ms, change.account, change.called, change.void)
        if change.cap_ms is not None:
            row = (change.cap_ms, *row[1:])
        wanted = pl.DataFrame([row] * calls.height, schema=_WANTED, orient="row")
        after = changed(calls, declarations.load(connection), wanted)
        return drafted(desk, connection, calls, after, said, why)

    return carried_out(desk, draft, dry_run=dry_run)


def correct_by_file(
    desk: Desk, name: str, rows: list[FileRow], reason: str, *, dry_run: bool = False
) -> Corrected:
    """Correct the calls that a file names, each as its row says; all of them, or none."""
    why = reason_kept(reason, "a correction")

    def draft(connection: Connection) -> Draft:
        found = of_ids(desk.lake, desk.lake.snapshot(), [row.call_id for row in rows])
        by_id = found.with_row_index("at").partition_by("call_id", as_dict=True)
        places: dict[int, int] = {}
        for row in rows:
            own = by_id.get((row.call_id,), found.clear().with_row_index("at"))
            own = own.filter(*(pl.col(part) == value for part, value in row.parts.items()))
            try:
                check_one(own, row.call_id)
            except InputError as error:
                raise error.at(name, row.line) from None
            if (before := places.get(own["at"][0])) is not None:
                raise InputError(
                    f"call {row.call_id} stands in line {before} too; say all of it in one line",
                    file=name,
                    line=row.line,
                )
            places[own["at"][0]] = row.line
        calls = found.select(pl.all().gather(list(places)))
        wanted = pl.DataFrame(
            [
                (r.change.duration_ms, r.change.account, r.change.called, r.change.void)
                for r in rows
            ],
            schema=_WANTED,
            orient="row",
        )
        after = changed(calls, declarations.load(connection), wanted)
        return drafted(desk, connection, calls, after, {"file": name, "rows": len(rows)}, why)

    return carried_out(desk, draft, dry_run=dry_run)
