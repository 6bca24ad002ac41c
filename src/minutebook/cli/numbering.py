"""`minutebook numbering`: what is known of North American numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.show.listings.prices import NUMBER_TABLES
from minutebook.show.tables import Sheet

app = typer.Typer(
    help="Tables of North American numbers, for prices by jurisdiction: import, list.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("import")
@prints(NUMBER_TABLES)
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with a header; in gzip too.")],
) -> None:
    """Take a table of numbers in: states by NPA-NXX, or ported numbers with their LRN.

    Its columns say which: npanxx (or npa and nxx) and state; or number and lrn. Cards by jurisdiction go by
    the newest tables of the time when their decks are imported: a price that was posted never moves. One
    bad row refuses the file.

    \b
    Examples:
      minutebook numbering import npanxx.csv
      minutebook numbering import ported.csv.gz
    """
    from minutebook.show.number_tables import ImportedNumbersView

    with book_of(context) as book:
        taken = book.numbering.import_file(file)
    view = ImportedNumbersView.of_taken(taken)
    if not view.added:
        say(f"minutebook: {file} is the newest table already; nothing was added")
    if view.stateless:
        offices = "office is" if view.stateless == 1 else "offices are"
        say(f"minutebook: {view.stateless:,} {offices} in no state of the United States")
    show(format_of(context), view, Sheet(NUMBER_TABLES, [view]))


@app.command("list")
@prints(NUMBER_TABLES)
def list_(context: typer.Context) -> None:
    """List the tables of numbers that were imported, the newest last.

    \b
    Example:
      minutebook numbering list
    """
    from minutebook.show.number_tables import NumberTableView

    with book_of(context) as book:
        views = [NumberTableView.of(table) for table in book.numbering.list()]
    show(format_of(context), views, Sheet(NUMBER_TABLES, views))
