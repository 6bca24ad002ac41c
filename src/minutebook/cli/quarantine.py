"""`minutebook quarantine`: records that will never be calls, put aside for good."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli.calls import QUARANTINE_COLUMNS, show_quarantine
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

DISCARDED = [Column("discarded", "Records discarded", number=True)]


@prints(QUARANTINE_COLUMNS, DISCARDED)
def quarantine_(
    context: typer.Context,
    discard: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A record that will never be a call; may be repeated."),
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; it is kept.")] = None,
) -> None:
    """Show the records in quarantine, or discard some for good.

    A discarded record is kept, with when and why, but waits no longer. A record that only needs a
    declaration goes in by itself: mend it, and run: minutebook import --retry

    \b
    Examples:
      minutebook quarantine
      minutebook quarantine --discard 3f9a1c02 --reason "test call"
    """
    from minutebook.show.calls import DiscardedView

    if not discard:
        show_quarantine(context)
        return
    if not reason or not reason.strip():
        raise typer.BadParameter("discarding needs --reason TEXT")
    with book_of(context) as book:
        count = book.calls.discard(discard, reason)
    view = DiscardedView(count)
    show(format_of(context), view, Sheet(DISCARDED, [view]))
