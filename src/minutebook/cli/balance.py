"""`minutebook balance`: what accounts have to spend."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=4),
    Column("balance", "Balance", money=True),
    Column("holds", "Reserved", money=True, drop=1),
    Column("available", "Available", money=True),
    Column("floor", "Floor", money=True, drop=3),
    Column("status", "Status"),
    Column("stopped", "Stopped", drop=2),
]


@prints(COLUMNS)
def balance_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Left out: every account.")] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="AT", help="At the end of the UTC day that AT is on. Left out: now."),
    ] = None,
) -> None:
    """Show what accounts have to spend: balance, floor, and what is available above it.

    \b
    Examples:
      minutebook balance
      minutebook balance acme
      minutebook balance acme --at 2026-10-31
    """
    from minutebook.show.balances import BalanceView

    day = None if at is None else arguments.instant(at, "--at").date()
    with book_of(context) as book:
        views = [BalanceView.of(standing) for standing in book.ledger.balances(account, day)]
    show(format_of(context), views if account is None else views[0], Sheet(COLUMNS, views))
