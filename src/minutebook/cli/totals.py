"""`minutebook totals`: sums by account, day, month, destination or plan."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import Column, Sheet, show


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
    columns = [
        Column(by, by.capitalize()),
        Column("currency", "Currency"),
        Column("calls", "Calls", number=True),
        Column("answered", "Answered", number=True),
        Column("minutes", "Minutes used", number=True),
        Column("billed_seconds", "Billed (s)", number=True),
        Column("unpriced_calls", "Unpriced calls", number=True),
        Column("charges", "Charges", number=True),
        Column("payments", "Payments", number=True),
    ]
    show(format_of(context), value, Sheet(columns, rows))
