"""`minutebook import list`, `import undo` and `import again`: imports that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from minutebook.calls.readers.formats import AGAIN, LIST, UNDO
from minutebook.cli import options
from minutebook.cli.context import book_of, format_of
from minutebook.cli.correct import show_corrected
from minutebook.cli.output import OutputFormat, Printing, progress, show
from minutebook.cli.show_import import of_bytes, show_import
from minutebook.show.listings.corrections import AGAIN_EFFECTS
from minutebook.show.listings.imports import COLUMNS, imports_sheet
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.corrections.trying_again import AgainPreview


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

    if not {LIST: not words, UNDO: len(words) == 1, AGAIN: bool(words)}[word]:
        raise typer.BadParameter(
            f"say: minutebook import {LIST}, or: minutebook import {UNDO} ID, or: minutebook import {AGAIN} ID"
        )
    if word == LIST:
        if reason is not None or dry_run:
            raise typer.BadParameter(
                "--reason and --dry-run are of: import undo ID, and import again ID"
            )
        with book_of(context) as book:
            view = ImportsView.of(book.corrections.imports())
        show(format_of(context), view, imports_sheet(view))
        return
    if word == AGAIN:
        _read_again(context, words, reason, dry_run=dry_run, other_calls=other_calls)
        return
    why = options.need_reason(reason)
    with book_of(context) as book:
        result = book.corrections.undo_import(words[0], why, dry_run=dry_run)
    show_corrected(format_of(context), result)


def _read_again(
    context: typer.Context,
    words: list[str],
    reason: str | None,
    *,
    dry_run: bool,
    other_calls: bool,
) -> None:
    begin, *files = words
    why = "" if dry_run else options.need_reason(reason)
    with book_of(context) as book, progress("reading", "bytes") as bar:
        told = None if bar is None else of_bytes(bar)
        if dry_run:
            found = book.calls.preview_import_again(
                begin, files or None, progress=told, other_calls=other_calls
            )
        else:
            result = book.calls.import_again(
                begin, why, files or None, progress=told, other_calls=other_calls
            )
    if dry_run:
        _show_preview(format_of(context), found)
    else:
        show_import(format_of(context), result)


def _show_preview(printing: Printing, found: AgainPreview) -> None:
    """What would become of the records, and of each account's money."""
    from minutebook.show.imports_again import AgainPreviewView, again_notes

    view = AgainPreviewView.of(found)
    moved = Sheet(AGAIN_EFFECTS, view.accounts, notes=again_notes(view))
    if printing.format is OutputFormat.CSV:
        show(printing, view, moved)
    else:
        reasons = [f"{count:,} {reason}" for reason, count in sorted(view.records.reasons.items())]
        show(printing, view, Sheet(COLUMNS, [view.records], notes=reasons), moved)
