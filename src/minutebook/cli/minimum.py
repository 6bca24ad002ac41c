"""`minutebook minimum`: where a month's minimum of an account's servers stands."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.channels import MINIMUM


@prints(MINIMUM)
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
    from minutebook.show.listings.channels import minimum_sheet
    from minutebook.show.servers import MinimumView

    first = None if month is None else arguments.month(month, "--month")
    with book_of(context) as book:
        view = MinimumView.of(book.statements.minimum(account, first))
    show(format_of(context), view, minimum_sheet(view))
