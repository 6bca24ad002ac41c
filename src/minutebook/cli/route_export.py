"""`minutebook route export`: the order of providers as the tables of a switch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import check_output, show, write_output
from minutebook.errors import InputError
from minutebook.show.tables import Column, Sheet

WRITTEN = [
    Column("table", "Table"),
    Column("rows", "Rows", number=True),
    Column("file", "File"),
]


def write_tables(
    context: typer.Context, switch: str, place: Path, *, force: bool, **said: Any
) -> None:
    """Write the tables of a switch as CSV: several into a folder, which is made; one into a file."""
    from minutebook.show.switch_tables import SwitchTablesView

    with book_of(context) as book:
        tables = book.providers.switch_tables(switch, **said)
    if len(tables.files) == 1:
        paths = [place / "routes.csv" if place.is_dir() else place]
    else:
        paths = [place / f"{name}.csv" for name in tables.files]
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{place} cannot be made: {error.strerror or error}; name a folder"
            ) from None
    for path in paths:
        check_output(path, None, force=force)
    for path, frame in zip(paths, tables.files.values(), strict=True):
        write_output(path, frame.write_csv(), None, force=force)
    view = SwitchTablesView.of(tables, paths)
    show(format_of(context), view, Sheet(WRITTEN, view.files, notes=view.notes))
