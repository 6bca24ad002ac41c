"""`minutebook card export`: a card's prices as a deck, to send or to import again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli import arguments, terminal
from minutebook.cli.context import book_of, format_of
from minutebook.cli.file_kinds import kind_of_file
from minutebook.cli.output import OutputFormat, check_output, say, write_output
from minutebook.errors import InputError
from minutebook.words import counted, harmless

_KINDS = ("csv", "xlsx", "json")


def export(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help="The card's name.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="The file to write. Left out: standard output, as CSV or JSON."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The revision in force then. Left out: now.")
    ] = None,
    revision: Annotated[
        int | None, typer.Option(metavar="REV", help="A revision by its number, in force or not.")
    ] = None,
    dates: Annotated[
        bool,
        typer.Option(
            "--dates", help="All revisions in force at AT or later, as one deck with dates."
        ),
    ] = False,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="KIND", help="csv, xlsx or json. Left out: by the file's name."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Write a card's prices as a deck; who imports it has the same prices.

    What the card says of all rows, as fees and roundings, stands in each row. JSON is the open interconnect rate
    card; what that lacks, as blocked prefixes and prices of bands, stands in fields of its own. With --dates rows
    say from when and until when they hold, and make the same revisions again. Bands themselves are declared in the
    apply file.

    \b
    Examples:
      minutebook card export a-z
      minutebook card export a-z prices.xlsx --at 2026-11-01
      minutebook card export a-z prices.json --revision 3
      minutebook card export a-z history.csv --dates
    """
    printed = format_of(context).format
    said = format_ or (None if printed is OutputFormat.TABLE else str(printed))
    kind = kind_of_file(file, said, _KINDS) or "csv"
    if file is not None:
        check_output(file, None, force=force)
    elif kind == "xlsx":
        raise InputError("a workbook is no text to print; say which FILE to write")
    if at is not None and revision is not None:
        raise InputError("a revision by its number is the same at any time; leave --at out")
    when = None if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        found = book.cards.export(card, kind, at=when, revision=revision, dates=dates)
    if file is None:
        text = found.content.decode()
        terminal.lacking_characters("backslashreplace")  # a program can undo it
        terminal.write(harmless(text) if sys.stdout.isatty() else text)
        return
    write_output(file, found.content, None, force=force)
    numbers = ", ".join(map(str, found.revisions))
    what = f"revision{'s' if len(found.revisions) > 1 else ''} {numbers} of {card}"
    say(f"minutebook: {what}, {counted(found.rows, 'row')}, in {file}")
