"""`minutebook totals`: sums by account, day, month, destination or plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.statements.totals import By

_BY = [Column(key, key.capitalize()) for key in ("account", "day", "month", "destination", "plan")]
COLUMNS = [
    Column("currency", "Currency"),
    Column("calls", "Calls", number=True, drop=5),
    Column("answered", "Answered", number=True, drop=1),
    Column("minutes", "Minutes used", number=True, drop=4),
    Column("billed_seconds", "Billed (s)", number=True, drop=2),
    Column("unpriced_calls", "Unpriced calls", number=True, drop=3),
    Column("charges", "Charges", money=True),
    Column("payments", "Payments", money=True),
]


@prints(_BY, COLUMNS)
def totals_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    by: Annotated[str, typer.Option(help="account, day, month, destination or plan.")] = "account",
) -> None:
    """Show calls, minutes, charges and payments by currency.

    \b
    Examples:
      minutebook totals --month 2026-10
      minutebook totals --from 2026-01-01 --to 2026-12-31 --by month
      minutebook totals --month 2026-10 --by destination
    """
    from minutebook.show.statements import TotalsView

    days = arguments.period(first, last, month)
    with book_of(context) as book:
        view = TotalsView.of(*days, by, book.statements.totals(*days, cast("By", by)))
    columns = [Column(by, by.capitalize()), *COLUMNS]
    show(format_of(context), view, Sheet(columns, view.totals))
