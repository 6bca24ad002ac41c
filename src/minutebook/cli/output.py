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
from minutebook.words import harmless, harmless_json

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
            text = json.dumps(value, ensure_ascii=not unicode, indent=2)
            sys.stdout.write(harmless_json(text) + "\n")
        return
    found = [replace(s, rows=as_json(s.rows), foot=as_json(s.foot)) for s in sheets]
    if printing.columns:
        choose = (
            tables.chosen_columns if printing.format is OutputFormat.CSV else tables.chosen_tables
        )
        found = choose(found, printing.columns)
    if printing.format is OutputFormat.CSV:
        terminal.lacking_characters("backslashreplace")  # a program can undo it
        text = tables.csv_text(found[0])
        terminal.write(harmless(text) if sys.stdout.isatty() else text)
        return
    text = tables_text(found, terminal.width(), whole=printing.wide, styled=sys.stdout.isatty())
    terminal.write(text, paged=printing.paged, wide=printing.wide)


PAGE_MARK = '<meta name="generator" content="Minutebook">'
"""Stands in the head of every page that the program writes."""
_HEAD_BYTES = 4096
_OF_A_BOOK = ("book.toml", "postgres", "lake", "uploads")


_NO_PAGES = {
    *(".pdf", ".ps", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".json"),
    *(".txt", ".md", ".png", ".jpg", ".jpeg", ".svg"),
}


def check_report(path: Path, *, force: bool) -> None:
    """As `check_output`, for a report; `InputError` too where its name promises what is no page."""
    if path.suffix.lower() in _NO_PAGES:
        raise InputError(
            f"{path}: a report is a page of HTML; say {path.with_suffix('.html')}, and print it from a"
            " browser, on paper or as PDF"
        )
    check_output(path, PAGE_MARK, force=force)


def check_output(path: Path, mark: str | None, *, force: bool) -> None:
    """`InputError` where a file may not be written: over a part of a book or a backup, never; over
    another that is there, only with `force`, or where `mark` in its first lines says that it is ours
    (None: nothing does).
    """
    for folder in (place := path.resolve()).parents:
        part = place.relative_to(folder).parts[0]
        own = (folder / "book.toml").is_file() and (part in _OF_A_BOOK or part[:10] == "book.toml.")
        if own or (folder / "backup.json").is_file():
            raise InputError(f"{path} is a part of {folder}; name another file")
    if force or not path.is_file():
        return
    try:
        with path.open("rb") as there:
            head = there.read(_HEAD_BYTES)
    except OSError:
        head = b"unknown"
    if mark is None or (head and mark.encode() not in head):
        raise InputError(f"{path} is there already, and is kept; name another file, or say --force")


def write_output(path: Path, text: str | bytes, mark: str | None, *, force: bool) -> None:
    """Write a file, whole or not at all, over such as `check_output` lets; what is no file, a pipe
    or a terminal, is written to. Within a book's folder it is private.
    """
    check_output(path, mark, force=force)
    content = text.encode() if isinstance(text, str) else text
    place = path.resolve()
    inside = any((folder / "book.toml").is_file() for folder in place.parents)
    try:
        if place.exists() and not place.is_file():
            place.write_bytes(content)
            return
        part = place.with_name(place.name + ".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600 if inside else 0o666)
        part.write_bytes(content)
        part.replace(place)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None


def write_report(path: Path, text: str, *, force: bool) -> None:
    """Write a report's page, and say where it is."""
    write_output(path, text, PAGE_MARK, force=force)
    say(f"minutebook: the report is {path}")


def say(message: str) -> None:
    """A word to the user, on standard error."""
    print(harmless(message), file=sys.stderr)


_OF_JOB: list[Callable[[str, int, int], None]] = []


def tell_job(told: Callable[[str, int, int], None]) -> None:
    """From now on progress is told so, as (unit, done, total): the process does a job."""
    _OF_JOB[:] = [told]


@contextlib.contextmanager
def progress(what: str, unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for long work, told of (done, total); None, and nothing shown, off a terminal, but where a job is done."""
    with stages({unit: what}) as told:
        yield None if told is None else partial(told, unit)


@contextlib.contextmanager
def stages(words: dict[str, str]) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar for work in stages, told of (unit, done, total); `words` say what is done to each unit."""
    if not sys.stderr.isatty():
        yield next(iter(_OF_JOB), None)
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
