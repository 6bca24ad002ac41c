"""`minutebook stop`: stop the book's embedded database."""

from __future__ import annotations

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [Column("book", "Book"), Column("stopped", "Stopped")]


@prints(COLUMNS)
def stop_(context: typer.Context) -> None:
    """Stop the book's embedded database; the next command starts it again.

    \b
    Example:
      minutebook stop
    """
    from minutebook.show.books import StoppedView

    left = context.obj[0]
    if left is not None and not (left / "book.toml").exists() and (left / "postgres").is_dir():
        from minutebook.ledger.embedded import EmbeddedPostgres

        EmbeddedPostgres(left / "postgres").stop()  # of a book whose making was killed
        view = StoppedView(str(left.resolve()), stopped=True)
        show(format_of(context), view, Sheet(COLUMNS, [view]))
        return
    with book_of(context) as book:
        book.stop()
        view = StoppedView(str(book.path), stopped=book.settings.database is None)
    show(format_of(context), view, Sheet(COLUMNS, [view]))
