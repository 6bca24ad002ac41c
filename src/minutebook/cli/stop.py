"""`minutebook stop`: stop the book's embedded database."""

from __future__ import annotations

import typer

from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import Column, Sheet, show


def stop_(context: typer.Context) -> None:
    """Stop the book's embedded database; the next command starts it again.

    \b
    Example:
      minutebook stop
    """
    with book_of(context) as book:
        book.stop()
        value = {"book": str(book.path), "stopped": book.settings.database is None}
    show(
        format_of(context),
        value,
        Sheet([Column("book", "Book"), Column("stopped", "Stopped")], [value]),
    )
