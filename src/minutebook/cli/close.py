"""`minutebook close`: close a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from datetime import date

COLUMNS = [Column("closed", "Closed month"), Column("open_from", "First open day (UTC)")]


REOPENED = [Column("reopened", "Opened again")]


@prints(COLUMNS, REOPENED)
def close_(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="As in 2026-10.")],
    reason: options.Reason,
    undo: Annotated[bool, typer.Option("--undo", help="Open the last closed month again.")] = False,
) -> None:
    """Close a month, once it is billed to its end. Months close in order.

    A later difference for a closed month is posted on the first open day. In the same words
    again it changes nothing. --undo opens the last closed month, while no later posting stands
    elsewhere because it was closed.

    \b
    Examples:
      minutebook close 2026-10 --reason "reported to the board"
      minutebook close 2026-10 --undo --reason "closed too early"
    """
    from minutebook.show.runs import ClosedView
    from minutebook.show.sentences.notes import already_words, closed_over

    begins = arguments.month(month, "MONTH")
    if undo:
        _undo(context, begins, reason)
        return
    with book_of(context) as book:
        before = book.runs.closed_month(begins)
        open_from = book.runs.close_month(begins, reason)
        waiting = book.runs.waiting_records()
    view = ClosedView(begins, open_from, new=before is None, quarantined=waiting)
    notes = [] if before is None else [already_words(f"{month} was closed", before.closed_at)]
    notes += closed_over(waiting)
    show(format_of(context), view, Sheet(COLUMNS, [view], notes=notes))


def _undo(context: typer.Context, begins: date, reason: str) -> None:
    from minutebook.show.runs import ReopenedView

    with book_of(context) as book:
        new = book.runs.reopen_month(begins, reason)
    view = ReopenedView(begins, new=new)
    notes = [] if new else ["It was opened again already: nothing is changed."]
    show(format_of(context), view, Sheet(REOPENED, [view], notes=notes))
