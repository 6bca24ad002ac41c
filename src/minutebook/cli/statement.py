"""`minutebook statement`: an account, day by day."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.statements import CHANNEL_COLUMNS, DAY_COLUMNS, MONTH_COLUMNS


@prints(DAY_COLUMNS, CHANNEL_COLUMNS, MONTH_COLUMNS)
def statement_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Left out with --provider.")] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    provider: options.Provider = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="AT", help="As it was known at an instant. Left out: now.")
    ] = None,
) -> None:
    """Show an account day by day: calls, charges, payments and the balance at each day's end.

    Of a provider: what its calls cost, what we paid, and at each day's end what we owe it.

    \b
    Examples:
      minutebook statement acme --month 2026-10
      minutebook statement acme --from 2026-10-01 --to 2026-10-15
      minutebook statement acme --month 2026-10 --as-of 2026-11-02T08:00:00Z
      minutebook statement --provider vox --month 2026-10
    """
    from minutebook.show.listings.statements import statement_sheets
    from minutebook.show.statements import StatementView

    days = arguments.period(first, last, month)
    at = None if as_of is None else arguments.instant(as_of, "--as-of")
    with book_of(context) as book:
        holder = arguments.holder(account, provider)
        statement = book.statements.statement(holder, *days, at)
    view = StatementView.of(statement)
    show(format_of(context), view, *statement_sheets(view, statement.title))
