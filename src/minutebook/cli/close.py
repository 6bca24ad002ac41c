"""`minutebook close`: close a month."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [Column("closed", "Closed month"), Column("open_from", "First open day (UTC)")]


@prints(COLUMNS)
def close_(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="As in 2026-10.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")],
) -> None:
    """Close a month for good, once it is billed to its end. Months close in order.

    A later difference for a closed month is posted on the first open day. In the same words
    again it changes nothing.

    \b
    Example:
      minutebook close 2026-10 --reason "reported to the board"
    """
    from minutebook.show.runs import ClosedView
    from minutebook.show.sentences.notes import already_words

    begins = arguments.month(month, "MONTH")
    with book_of(context) as book:
        before = book.runs.closed_month(begins)
        open_from = book.runs.close_month(begins, reason)
    view = ClosedView(begins, open_from, new=before is None)
    notes = [] if before is None else [already_words(f"{month} was closed", before.closed_at)]
    show(format_of(context), view, Sheet(COLUMNS, [view], notes=notes))
