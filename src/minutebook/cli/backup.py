"""`minutebook backup`: ledger, lake and settings, taken together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, say, show, stages
from minutebook.show.tables import Column, Sheet

STAGES = {"tables": "copying the ledger", "bytes": "copying the lake"}
COLUMNS = [
    Column("backup", "Backup"),
    Column("taken_at", "Of (UTC)", drop=1),
    Column("lake_version", "Lake's version", number=True, drop=2),
    Column("rows", "Rows of the ledger", number=True),
    Column("files", "Files", number=True, drop=3),
    Column("size_bytes", "Bytes", number=True),
]


@prints(COLUMNS)
def backup_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; a new one.")],
) -> None:
    """Copy the book, ledger, lake and settings together, into a new folder, while commands work on.

    What is in it is of one moment. No password and no address of a database is in it. Keep it on
    another disk than the book; minutebook restore makes a book of it, and proves it. A backup that
    was cut short is refused there. Audit has it; a book that cannot be written to is backed up too.

    \b
    Examples:
      minutebook backup /backups/2026-10-31
      minutebook --book carrier backup /backups/$(date +%F)
    """
    from minutebook.show.books import BackupView

    with book_of(context) as book, stages(STAGES) as told:
        view = BackupView.of(book.backup(folder, progress=told))
    printing = format_of(context)
    show(printing, view, Sheet(COLUMNS, [view]))
    if view.unrecorded is not None:
        say(f"minutebook: the backup is whole; audit does not have it: {view.unrecorded}")
    if printing.format is OutputFormat.TABLE:
        say(f"prove it by restoring it: minutebook restore {folder} NEW-FOLDER")
