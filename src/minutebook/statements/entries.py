"""The journal as a frame, for the general ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.ledger import declarations, journal
from minutebook.ledger.chosen import authors
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from minutebook.ledger.chosen import Chosen
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


def entries(connection: Connection, chosen: Chosen) -> pl.DataFrame:
    """Every entry of the journals that are asked for (ENTRY_SCHEMA), journal by journal.

    `InputError` where the account, the kind or who posted is not known.
    """
    check_chosen(connection, chosen)
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
        for j in journal.chosen_journals(connection, chosen)
        for number, line in enumerate(j.lines, start=1)
    ]
    return pl.DataFrame(rows, schema=ENTRY_SCHEMA, orient="row")


def check_chosen(connection: Connection, chosen: Chosen) -> None:
    """`InputError` where days are the wrong way round, or an account, a kind or a person is not known."""
    days_between(chosen.first, chosen.last)
    if chosen.account is not None:
        declarations.load(connection).holder_named(chosen.account)
    if (kind := chosen.kind) is not None and kind not in journal.CONTRA:
        near, known = did_you_mean(kind, journal.CONTRA), ", ".join(journal.CONTRA)
        raise InputError(
            f"kind is {kind!r}{near}; it is one of {known}",
            shell=f"--kind {kind!r}{near}: it is one of {known}",
        )
    if (by := chosen.by) is not None and by not in (people := authors(connection)):
        raise InputError.advised(
            f"nobody called {by!r} has posted anything{did_you_mean(by, people)}",
            "pass by= as the column by of book.ledger.journal has it",
            shell="see who has with: minutebook journal --month YYYY-MM --columns by",
        )
