"""`minutebook audit`: who did what, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.show.listings.deeds import DEEDS, deeds_sheet


@prints(DEEDS)
def audit_(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option(metavar="A", help="Only what bears on this account.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="WHO", help="Only what this person did.")
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
) -> None:
    """Show all that people did, in order: who, when, what and why.

    Payments, refunds, reversals and adjustments; imports, those taken back too, corrections, and calls matched
    again; what was discarded from quarantine; all that was declared; runs, and what was let pass; statuses by hand,
    closed months, which folder is the book, and its backups. Days are those on which it was done. An import names no account.
    Where the lake is older than the ledger knows, the imports that it lacks are not told, which is said.

    \b
    Examples:
      minutebook audit --month 2026-10
      minutebook audit --account acme --by alice
      minutebook --format csv audit --from 2026-10-01 > audit.csv
    """
    from minutebook.show.audit import AuditView

    days = arguments.some_days(first, last, month)
    with book_of(context) as book:
        view = AuditView.of(book.ledger.audit(account, *days, by))
    if view.untold is not None:
        say(f"minutebook: {view.untold}")
    show(format_of(context), view, deeds_sheet(view))
