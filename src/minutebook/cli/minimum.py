"""`minutebook minimum`: where a month's minimum of an account's servers stands."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [
    Column("server", "Server"),
    Column("deployed", "Deployed", drop=6),
    Column("retired", "Retired", drop=4),
    Column("days", "Days charged", number=True, drop=5),
    Column("free_days", "Free days", number=True, drop=3),
    Column("owed", "Minimum due", money=True),
    Column("calls", "Calls carried", number=True, drop=2),
    Column("seconds", "Used (s)", number=True, drop=1),
]


@prints(COLUMNS)
def minimum_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    month: Annotated[
        str | None, typer.Option(metavar="M", help="As in 2026-10. Left out: this month.")
    ] = None,
) -> None:
    """Show where an account's minimum of a month stands: required, spent, expected, by server.

    Expected is what the month comes to if calls go on as on its billed days; channels count as
    they are declared.

    \b
    Examples:
      minutebook minimum acme
      minutebook minimum acme --month 2026-10
    """
    from minutebook.show.sentences.notes import minimum_notes
    from minutebook.show.servers import MinimumView

    first = None if month is None else arguments.month(month, "--month")
    with book_of(context) as book:
        view = MinimumView.of(book.statements.minimum(account, first))
    title = f"{account}, {view.month:%Y-%m}, in {view.currency}"
    show(
        format_of(context),
        view,
        Sheet(COLUMNS, view.servers, title=title, notes=minimum_notes(view)),
    )
