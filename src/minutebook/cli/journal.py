"""`minutebook journal`: every entry, for the general ledger."""

from __future__ import annotations

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [
    Column("date", "Date (UTC)"),
    Column("corrects", "For day (UTC)", drop=5),
    Column("journal", "Journal", drop=3),
    Column("kind", "Kind", drop=7),
    Column("account", "Account"),
    Column("ledger_account", "Ledger account"),
    Column("debit", "Debit", money=True),
    Column("credit", "Credit", money=True),
    Column("amount", "Amount", money=True, shown=False),
    Column("currency", "Currency", drop=8),
    Column("reference", "Reference", drop=6),
    Column("reason", "Reason", drop=4),
    Column("run", "Run", number=True, drop=2),
    Column("posted_at", "Posted (UTC)", drop=1),
    Column("by", "By", shown=False),
]


@prints(COLUMNS)
def journal_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
) -> None:
    """Show every entry of the ledger that stands on these days; each journal sums to zero.

    In JSON and CSV `amount` is the entry with its sign: credits positive, debits negative.

    \b
    Examples:
      minutebook journal --month 2026-10
      minutebook --format csv journal --month 2026-10 > gl.csv
    """
    from minutebook.show.runs import JournalView

    days = arguments.period(first, last, month)
    with book_of(context) as book:
        view = JournalView.of(*days, book.ledger.journal(*days))
    show(format_of(context), view, Sheet(COLUMNS, view.entries))
