"""What commands print: a table for people, JSON or CSV for programs; progress on a terminal."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from minutebook.cli import terminal
from minutebook.cli.tables.text import tables_text
from minutebook.errors import InputError
from minutebook.show import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from minutebook.show.tables import Sheet


class OutputFormat(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Printing:
    """How results are printed: the format, and of tables which columns, how wide, and page by page."""

    format: OutputFormat = OutputFormat.TABLE
    wide: bool = False
    columns: tuple[str, ...] = ()
    paged: bool = True


def show(printing: Printing, result: Any, *sheets: Sheet) -> None:
    """Print a result's model as JSON, the first sheet as CSV, or every sheet as a table.

    Rows of sheets may be models too.
    """
    from minutebook.show.serialise import as_json

    if printing.format is OutputFormat.JSON:
        value = as_json(result)
        encoding = sys.stdout.encoding or "utf-8"  # text in memory has none
        unicode = encoding.lower().startswith("utf")
        with terminal.printing():
            json.dump(value, sys.stdout, ensure_ascii=not unicode, indent=2)
            sys.stdout.write("\n")
        return
    found = [replace(sheet, rows=as_json(sheet.rows)) for sheet in sheets]
    if printing.columns:
        choose = (
            tables.chosen_columns if printing.format is OutputFormat.CSV else tables.chosen_tables
        )
        found = choose(found, printing.columns)
    if printing.format is OutputFormat.CSV:
        terminal.lacking_characters("backslashreplace")  # a program can undo it
        terminal.write(tables.csv_text(found[0]))
        return
    text = tables_text(found, terminal.width(), whole=printing.wide, styled=sys.stdout.isatty())
    terminal.write(text, paged=printing.paged, wide=printing.wide)


def write_report(path: Path, text: str) -> None:
    """Write a report's page, and say where it is."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    say(f"minutebook: the report is {path}")


def say(message: str) -> None:
    """A word to the user, on standard error."""
    print(message, file=sys.stderr)


@contextlib.contextmanager
def progress(what: str, unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for long work, told of (done, total); None, and nothing shown, off a terminal."""
    with stages({unit: what}) as told:
        yield None if told is None else partial(told, unit)


@contextlib.contextmanager
def stages(words: dict[str, str]) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar for work in stages, told of (unit, done, total); `words` say what is done to each unit."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} / {task.total:,.0f} {task.fields[unit]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def told(unit: str, done: int, total: int) -> None:
            if unit not in tasks:
                tasks[unit] = bar.add_task(words[unit], total=max(total, 1), unit=unit)
            bar.update(tasks[unit], completed=done, total=max(total, 1))

        yield told


@contextlib.contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Told each step of some work in words, shows the one that is being done; nothing off a terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda step: status.update(f"{step} …")
