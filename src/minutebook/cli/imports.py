"""`minutebook import list`, `import undo` and `import again`: imports that were made."""

from __future__ import annotations

import typer

from minutebook.calls.readers.formats import AGAIN, LIST, UNDO
from minutebook.cli import options
from minutebook.cli.context import book_of, format_of
from minutebook.cli.correct import show_corrected
from minutebook.cli.output import progress, show
from minutebook.cli.show_import import of_bytes, show_import
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
    context: typer.Context,
    word: str,
    words: list[str],
    reason: str | None,
    *,
    dry_run: bool,
    other_calls: bool = False,
) -> None:
    """List the imports, take one back, or read one again, as `word` says."""
    from minutebook.show.corrections import ImportsView
    from minutebook.show.serialise import as_json

    if not {LIST: not words, UNDO: len(words) == 1, AGAIN: bool(words)}[word]:
        raise typer.BadParameter(
            f"say: minutebook import {LIST}, or: minutebook import {UNDO} ID, or: minutebook import {AGAIN} ID"
        )
    if word == LIST:
        if reason is not None or dry_run:
            raise typer.BadParameter(
                "--reason is of: import undo ID, and import again ID; --dry-run of undo"
            )
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
    if word == AGAIN:
        _read_again(context, words, why, dry_run=dry_run, other_calls=other_calls)
        return
    with book_of(context) as book:
        result = book.corrections.undo_import(words[0], why, dry_run=dry_run)
    show_corrected(format_of(context), result)


def _read_again(
    context: typer.Context, words: list[str], reason: str, *, dry_run: bool, other_calls: bool
) -> None:
    if dry_run:
        raise typer.BadParameter(f"--dry-run is of: import {UNDO} ID")
    begin, *files = words
    with book_of(context) as book, progress("reading", "bytes") as bar:
        told = None if bar is None else of_bytes(bar)
        result = book.calls.import_again(
            begin, reason, files or None, progress=told, other_calls=other_calls
        )
    show_import(format_of(context), result)
