"""`minutebook source`: where records come from, and how they are understood."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.sources import SOURCE_WORDS, SOURCES
from minutebook.show.tables import Sheet

app = typer.Typer(
    help="See the sources that call records come from, and what holds for each.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
@prints(SOURCES)
def list_(context: typer.Context) -> None:
    """List the declared sources.

    \b
    Example:
      minutebook source list
    """
    from minutebook.show.declarations.sources import SourcesView

    with book_of(context) as book:
        view = SourcesView.of(book.sources.list())
    show(format_of(context), view, Sheet(SOURCES, view.sources))


@app.command("show")
@prints(SOURCE_WORDS)
def show_(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="NAME", help="A source; or a format, for its defaults.")
    ],
) -> None:
    """Show what a source reads and how: zone, numbers, options.

    With the name of a format: what holds for its files where an import names no source.

    \b
    Examples:
      minutebook source show proxy
      minutebook source show kamailio
    """
    from minutebook.show.declarations.sources import SourceView

    with book_of(context) as book:
        view = SourceView.shown(book.sources.show(source))
    title = source if view.declared else f"{source}, where an import names no source"
    show(format_of(context), view, Sheet(SOURCE_WORDS, view.words, title=title))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    source: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a source back that was declared by mistake, while nothing leans on it.

    No record came in by it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook source remove prxoy --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.sources.remove(source, reason))
