"""The journal as a frame, for the general ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.days import days_between
from minutebook.ledger import journal

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.connection import Connection

ENTRY_SCHEMA: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "corrects": pl.Date(),  # the day that it is for
    "journal": pl.String(),
    "line": pl.Int64(),
    "kind": pl.String(),
    "account": pl.String(),
    "ledger_account": pl.String(),
    "currency": pl.String(),
    "amount": pl.Decimal(38, money.SCALE),  # credit positive, debit negative
    "reference": pl.String(),
    "reason": pl.String(),
    "run": pl.Int64(),
    "posted_at": pl.Datetime("us", "UTC"),
    "by": pl.String(),  # who posted it; null: from before that was kept
}


def entries(connection: Connection, first: date, last: date) -> pl.DataFrame:
    """Every entry that stands on a day from `first` to `last` (ENTRY_SCHEMA), journal by journal."""
    days_between(first, last)
    rows = [
        (
            j.day,
            j.corrects,
            str(j.id),
            number,
            j.kind,
            j.account,
            line.ledger_account,
            line.currency,
            line.amount,
            j.reference,
            j.reason,
            j.run,
            j.posted_at,
            j.posted_by,
        )
        for j in journal.between(connection, first, last)
        for number, line in enumerate(j.lines, start=1)
    ]
    return pl.DataFrame(rows, schema=ENTRY_SCHEMA, orient="row")
