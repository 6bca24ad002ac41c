"""`minutebook adopt`: tell a copied or moved folder that it is the book now."""

from __future__ import annotations

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [
    Column("book", "Book"),
    Column("adopted", "Adopted"),
    Column("before", "Wrote before"),
]


@prints(COLUMNS)
def adopt_(context: typer.Context) -> None:
    """Tell a folder that was copied or moved that it is the book now, and writes to its database.

    The database remembers which folder's book writes to it. A copy of that folder reads, and is
    refused to write until it is adopted; from then on the folder that wrote before is refused. A
    book whose database and lake lie in its own folder needs none of it: a copy of that is a book of its own, and
    nobody is refused. See that only one of them is worked with.

    \b
    Example:
      minutebook --book /srv/moved adopt
    """
    from minutebook.show.books import AdoptedView

    with book_of(context) as book:
        view = AdoptedView.of(book.adopt())
    note = (
        f"{view.before} is refused to write from now on."
        if view.adopted and view.before
        else "Nothing had to be adopted: "
        + (
            "this folder's book writes to its database already."
            if view.guarded
            else "the database and the lake lie in this folder, so that a copy of it is a book of its own:"
            " both write, and neither knows of the other."
        )
        if not view.adopted
        else "No folder's book had written to its database before."
    )
    show(format_of(context), view, Sheet(COLUMNS, [view], notes=[note]))
