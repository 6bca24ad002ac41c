"""`minutebook declared`: everything declared, as an apply file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli import terminal
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, say, show, write_output
from minutebook.errors import InputError
from minutebook.show.listings.applied import DECLARED, declared_sheet


@prints(DECLARED)
def declared_(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there; the file must be new.")
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", "--force", help="With --output: in place of a file that is there."
        ),
    ] = False,
) -> None:
    """Print all plans, accounts, servers, sources and cards as an apply file that makes an empty book alike.

    Calls, payments and the prices of cards are not in it. Its first lines say which cards' decks are to be imported,
    and whether an empty book takes its servers only with --force.

    \b
    Examples:
      minutebook declared
      minutebook declared --output carrier.toml
      minutebook declared --output carrier.toml --overwrite
    """
    from minutebook.show.books import DeclaredView

    if overwrite and output is None:
        raise InputError("--overwrite goes with --output FILE")
    with book_of(context) as book:
        found = book.declared()
    if output is not None:
        write_output(output, found.text, None, force=overwrite)
        say(f"minutebook: what is declared is in {output}")
    elif format_of(context).format is OutputFormat.TABLE:
        terminal.write(found.text)
    else:
        show(format_of(context), DeclaredView(**found.tables), declared_sheet(found.tables))
