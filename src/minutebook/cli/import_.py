"""`minutebook import`: calls in."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from minutebook.calls.readers.formats import AGAIN, AUTO, LIST, NAMES, UNDO
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.imports import of_imports
from minutebook.cli.output import Printing, progress, show
from minutebook.cli.show_import import of_bytes, show_import
from minutebook.show.listings.corrections import AGAIN_EFFECTS, EFFECTS
from minutebook.show.listings.import_previews import COLUMNS_READ, RECORDS_READ
from minutebook.show.listings.imports import COLUMNS, FORMATS_READ, IMPORTS, REFUSED
from minutebook.show.tables import Sheet

FORMATS = f"{', '.join((AUTO, *NAMES))}, or what an installed package reads (see --formats)"

Format = Annotated[str | None, typer.Argument(metavar="FORMAT", help=FORMATS)]
Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="Files of call records; - reads standard input."),
]
Source = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The declared source that the files come from."),
]
Each = Annotated[
    bool,
    typer.Option("--each", help="Take each file by itself: one that is refused stops no other."),
]
Done = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="With --each: move what was taken in into this folder."),
]
Refused = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="With --each: move what was refused into this folder."),
]
Retry = Annotated[bool, typer.Option("--retry", help="Try the quarantine again instead.")]
Formats = Annotated[bool, typer.Option("--formats", help="List the formats instead.")]
Preview = Annotated[
    bool,
    typer.Option(
        "--preview", help="Show how the first records of a FILE would be read; take none in."
    ),
]
Complete = Annotated[
    bool,
    typer.Option(
        "--complete", help="The files are finished: a last line without its end is a record."
    ),
]
OtherCalls = Annotated[
    bool,
    typer.Option(
        "--other-calls",
        help="The calls are others, though the lake has the same ids, times and numbers under another source.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Exit with status 1 if any record is set aside or left for later."
    ),
]
Reason = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Of undo and again: why; it is kept.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Of undo and again: say what it would come to, and do nothing."),
]


@prints(COLUMNS, REFUSED, FORMATS_READ, IMPORTS, EFFECTS, AGAIN_EFFECTS, COLUMNS_READ, RECORDS_READ)
def import_(
    context: typer.Context,
    format_: Format = None,
    files: Files = None,
    source: Source = None,
    each: Each = False,
    done: Done = None,
    refused: Refused = None,
    retry: Retry = False,
    formats: Formats = False,
    preview: Preview = False,
    complete: Complete = False,
    other_calls: OtherCalls = False,
    strict: Strict = False,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take call records in. Each call counts once, however often and in how many files it comes.

    A record that cannot be understood or placed is set aside in quarantine with its reason, and
    goes in by --retry, or at the next bill, once the declaration is mended.

    A last line without its end may be half of a record. It is left for later, unless it shows that it
    is whole, or --complete says so.

    Either all files go in, or none; with --each a file that cannot be read is listed with its reason, the
    others go in, and the exit status is 1.

    `import list` lists the imports; `import undo ID` takes one back, by its id or the beginning of
    it: its calls leave the bill, and its files can come in anew. `import again ID` does both, after
    what is declared of the source was mended; FILEs after the ID are where its files are now. A file
    with none of its calls is refused. With --dry-run both say what each account's money comes to, and
    nothing is done.

    \b
    Examples:
      minutebook import auto cdr.csv
      minutebook import asterisk Master.csv --source pbx
      zcat cdr.csv.gz | minutebook import minutebook -
      minutebook import auto incoming/*.csv --each --done done --refused refused
      minutebook import auto cdr.csv --source pbx --preview
      minutebook import --retry
      minutebook import list
      minutebook import undo 4be1c0d2 --reason "wrong source" --dry-run
      minutebook import again 4be1c0d2 --dry-run
      minutebook import again 4be1c0d2 --reason "the zone was wrong"
    """
    if formats:
        _show_formats(format_of(context))
        return
    if format_ in (LIST, UNDO, AGAIN):
        others = other_calls and format_ != AGAIN
        if retry or strict or each or preview or complete or others or source is not None:
            raise typer.BadParameter(f"import {format_} takes none of import's other options")
        meant = [str(file) for file in files or []]
        of_imports(context, format_, meant, reason, dry_run=dry_run, other_calls=other_calls)
        return
    if reason is not None or dry_run:
        raise typer.BadParameter(
            "--reason and --dry-run are of: import undo ID, and import again ID"
        )
    if not retry and not (format_ and files):
        raise typer.BadParameter(f"say FORMAT and FILE; FORMAT is {FORMATS}")
    alone = {"--retry": retry, "--preview": preview, "--each": each}
    _check_alone(alone, format_, files or [], strict=strict, other_calls=other_calls)
    if not each and (done or refused):
        raise typer.BadParameter("--done and --refused go with --each")
    if preview:
        _show_preview(context, (files or [])[0], format_ or AUTO, source, complete=complete)
        return
    if each:
        words = (files or [], format_ or AUTO, source)
        _import_each(context, *words, (done, refused), complete=complete, strict=strict)
        return
    with book_of(context) as book, ExitStack() as stack:
        if retry:
            result = book.calls.retry()
        else:
            paths = [_spooled(path, stack) for path in files or []]
            names = [str(path) if str(path) != "-" else "standard input" for path in files or []]
            bar = stack.enter_context(progress("reading", "bytes"))
            told = None if bar is None else of_bytes(bar)
            result = book.calls.import_files(
                paths,
                format_ or AUTO,
                source,
                names=names,
                progress=told,
                complete=complete,
                other_calls=other_calls,
            )
    show_import(format_of(context), result)
    if strict and (result.quarantined or result.unended):
        raise typer.Exit(1)


def _check_alone(
    alone: dict[str, bool],
    format_: str | None,
    files: list[Path],
    *,
    strict: bool,
    other_calls: bool,
) -> None:
    """Of those options that change what import does, one is asked for, with what goes with it."""
    asked = [name for name, given in alone.items() if given]
    if "--retry" in asked and (format_ or files or len(asked) > 1):
        raise typer.BadParameter("--retry takes no files")
    if "--preview" in asked and (strict or other_calls or len(files) != 1 or len(asked) > 1):
        raise typer.BadParameter(
            "--preview is of one FILE, and goes with --source and --complete alone"
        )


def _show_preview(
    context: typer.Context, file: Path, format_: str, source: str | None, *, complete: bool
) -> None:
    """How the file would be read."""
    from minutebook.show.import_previews import ImportPreviewView, import_preview_notes
    from minutebook.show.listings.import_previews import preview_sheets

    with book_of(context) as book, ExitStack() as stack:
        path, name = _spooled(file, stack), str(file) if str(file) != "-" else "standard input"
        found = book.calls.preview_import(path, format_, source, name=name, complete=complete)
    view = ImportPreviewView.of(found)
    show(format_of(context), view, *preview_sheets(view, import_preview_notes(view)))


def _import_each(
    context: typer.Context,
    files: list[Path],
    format_: str,
    source: str | None,
    folders: tuple[Path | None, Path | None],
    *,
    complete: bool,
    strict: bool,
) -> None:
    if any(str(path) == "-" for path in files):
        raise typer.BadParameter("--each takes files; leave it out to read standard input")
    done, refused = folders
    with book_of(context) as book, progress("reading", "files") as told:
        result = book.calls.import_each(
            files, format_, source, complete=complete, done=done, refused=refused, progress=told
        )
    one = result.imported
    show_import(format_of(context), one, result.refused)
    if result.refused or (strict and (one.quarantined or one.unended)):
        raise typer.Exit(1)


def _spooled(path: Path, stack: ExitStack) -> Path:
    """Standard input in a file of its own, for it is read more than once."""
    if str(path) != "-":
        return path
    spool = stack.enter_context(tempfile.NamedTemporaryFile(prefix="minutebook-"))  # noqa: SIM115 - the stack closes it
    shutil.copyfileobj(sys.stdin.buffer, spool)
    spool.flush()
    return Path(spool.name)


def _show_formats(printing: Printing) -> None:
    from minutebook.calls.readers import listed
    from minutebook.show.calls import FormatsView

    view = FormatsView.of(listed())
    show(printing, view, Sheet(FORMATS_READ, view.formats))
