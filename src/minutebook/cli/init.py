"""`minutebook init`: make a book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import format_of, prints
from minutebook.cli.output import OutputFormat, say, show, steps
from minutebook.show.tables import Column, Sheet

COLUMNS = [Column("book", "Book"), Column("currency", "Currency")]


@prints(COLUMNS)
def init_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The folder to make; it may exist and be empty.")],
    currency: Annotated[
        str, typer.Option(help="The currency of rate cards that name none.")
    ] = "USD",
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="An outside PostgreSQL 15 or newer, instead of the embedded one."
        ),
    ] = None,
    database_owner: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The role that owns the tables there, if it is another one."
        ),
    ] = None,
) -> None:
    """Make a book: a folder with its settings, its calls and its database.

    \b
    Examples:
      minutebook init carrier
      minutebook init carrier --currency EUR
      minutebook init carrier --database postgresql://minutebook_app@db/minutebook
    """
    import minutebook
    from minutebook.show.books import BookView

    if context.obj[0] is not None:
        raise typer.BadParameter("init makes the book that PATH names; leave out --book")
    with steps() as tell:
        book = minutebook.init(
            path,
            currency=currency,
            database=database,
            database_owner=database_owner,
            tell=tell,
        )
    with book:
        made = BookView(str(book.path), currency)
        show(format_of(context), made, Sheet(COLUMNS, [made]))
        if format_of(context).format is OutputFormat.TABLE:
            there = "" if path.resolve() == Path.cwd() else f"cd {path}, "
            say(f"next: {there}write an apply file, and run: minutebook apply FILE")
