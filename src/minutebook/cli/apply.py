"""`minutebook apply`: declare plans, accounts, servers and sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [Column("kind", "Kind"), Column("name", "Name"), Column("action", "What was done")]


@prints(COLUMNS)
def apply_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Apply files (TOML).")],
    force: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Deploy servers although the account lacks the means for their minimum.",
        ),
    ] = None,
) -> None:
    """Declare plans, accounts, servers and sources; all files or nothing.

    Applying a file again changes nothing. What a file does not name stays as it is.

    \b
    Examples:
      minutebook apply carrier.toml
      minutebook apply plans.toml customers.toml
      minutebook apply servers.toml --force "paid by bank transfer today"
    """
    from minutebook.show.books import AppliedView

    with book_of(context) as book:
        changes = book.apply(files, force)
    rows = [{"kind": c.kind, "name": c.name, "action": str(c.action)} for c in changes]
    show(format_of(context), AppliedView.of(changes), Sheet(COLUMNS, rows))
