"""`minutebook restore`: make a book of a backup."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import format_of, prints
from minutebook.cli.output import show, stages
from minutebook.cli.verify import COLUMNS as CHECKS
from minutebook.cli.verify import difference_notes, rows_of
from minutebook.show.tables import Column, Sheet

STAGES = {
    "bytes": "copying the lake",
    "tables": "filling the ledger",
    "calls": "proving the book: pricing again",
}
COLUMNS = [
    Column("book", "Book"),
    Column("backup", "Backup", drop=2),
    Column("taken_at", "Of (UTC)"),
    Column("rows", "Rows of the ledger", number=True, drop=1),
]


@prints(COLUMNS, CHECKS)
def restore_(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(metavar="DIR", help="What minutebook backup made.")],
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help="The folder to make. Left out: --book, else $MINUTEBOOK, else the current one.",
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="An empty outside PostgreSQL 15 or newer, instead of an embedded one.",
        ),
    ] = None,
    database_owner: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The role that owns the tables there, if it is another one."
        ),
    ] = None,
) -> None:
    """Make a book of a backup, in a folder that holds none, and prove it as verify does.

    The database of the book that was copied is not touched, and need not be there. Status 1 if
    verify finds a difference; the book is there then, to be looked at.

    \b
    Examples:
      minutebook restore /backups/2026-10-31 carrier
      minutebook restore /backups/2026-10-31 new --database postgresql://me@db/new
    """
    import minutebook
    from minutebook.show.books import RestoredView

    named = path or context.obj[0] or Path(os.environ.get("MINUTEBOOK") or ".")
    with stages(STAGES) as told:
        found = minutebook.restore(
            backup, named, database=database, database_owner=database_owner, progress=told
        )
    view = RestoredView.of(found)
    sheets = [
        Sheet(COLUMNS, [view]),
        Sheet(CHECKS, rows_of(view.checks), notes=difference_notes(view.checks)),
    ]
    show(format_of(context), view, *sheets)
    if not view.ok:
        raise typer.Exit(1)
