"""`minutebook import list` and `import undo`: imports that were made."""

from __future__ import annotations

import typer

from minutebook.calls.readers.formats import LIST, UNDO
from minutebook.cli import options
from minutebook.cli.context import book_of, format_of
from minutebook.cli.correct import show_corrected
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

IMPORTS = [
    Column("id", "Import", folds=False),
    Column("at", "When (UTC)", drop=3),
    Column("by", "Who", drop=2),
    Column("files", "Files"),
    Column("sources", "Sources", drop=1),
    Column("added", "Calls added", number=True),
    Column("from", "From", drop=5),
    Column("to", "To", drop=4),
    Column("state", "State"),
    Column("correction", "Correction", number=True, drop=6),
]


def of_imports(
    context: typer.Context, word: str, ids: list[str], reason: str | None, *, dry_run: bool
) -> None:
    """List the imports, or take one back, as `word` says."""
    from minutebook.show.corrections import ImportsView
    from minutebook.show.serialise import as_json

    if len(ids) != (word == UNDO):
        raise typer.BadParameter(f"say: minutebook import {LIST}, or: minutebook import {UNDO} ID")
    if word == LIST:
        if reason is not None or dry_run:
            raise typer.BadParameter("--reason and --dry-run are of: import undo ID")
        with book_of(context) as book:
            view = ImportsView.of(book.corrections.imports())
        lists = ("files", "sources")
        rows = [
            {**row, **{name: ", ".join(row[name]) for name in lists}}
            for row in as_json(view.imports)
        ]
        show(format_of(context), view, Sheet(IMPORTS, rows))
        return
    why = options.need_reason(reason)
    with book_of(context) as book:
        result = book.corrections.undo_import(ids[0], why, dry_run=dry_run)
    show_corrected(format_of(context), result)
