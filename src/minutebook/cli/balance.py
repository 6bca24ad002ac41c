"""`minutebook balance`: what accounts have to spend."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import Column, Sheet, show

COLUMNS = [
    Column("account", "Account"),
    Column("currency", "Currency"),
    Column("balance", "Balance", number=True),
    Column("holds", "Holds", number=True),
    Column("available", "Available", number=True),
    Column("floor", "Floor", number=True),
    Column("status", "Status"),
    Column("stopped", "Stopped"),
]


def balance_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Left out: every account.")] = None,
) -> None:
    """Show balance, holds, floor and what is available.

    \b
    Examples:
      minutebook balance
      minutebook balance acme
    """
    with book_of(context) as book:
        rows = [standing.to_json() for standing in book.balances(account)]
    show(format_of(context), rows if account is None else rows[0], Sheet(COLUMNS, rows))
