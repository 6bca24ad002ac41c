"""`minutebook totals`: sums by account, day, month, destination or plan."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

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
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first UTC day.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="The last UTC day, included.")],
    by: Annotated[str, typer.Option(help="account, day, month, destination or plan.")] = "account",
) -> None:
    """Show calls, minutes, charges and payments by currency.

    \b
    Examples:
      minutebook totals --from 2026-10-01 --to 2026-10-31
      minutebook totals --from 2026-10-01 --to 2026-10-31 --by destination
    """
    days = arguments.day(first, "--from"), arguments.day(last, "--to")
    with book_of(context) as book:
        rows = [total.to_json(by) for total in book.totals(*days, by)]
    value = {"from": days[0].isoformat(), "to": days[1].isoformat(), "by": by, "totals": rows}
    show(format_of(context), value, Sheet([Column(by, by.capitalize()), *COLUMNS], rows))
