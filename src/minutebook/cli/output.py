"""What commands print: a table for people, JSON or CSV for programs; progress on a terminal."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


_UNBROKEN = 10_000
"""Columns of a table on a pipe: no line is folded."""


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A key of the rows, its heading with the unit, and whether it is a number."""

    key: str
    heading: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under columns, with a title and notes for the table alone."""

    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    title: str | None = None
    notes: list[str] = field(default_factory=list)


def show(format_: Format, value: Any, *sheets: Sheet) -> None:
    """Print `value` as JSON, the first sheet as CSV, or every sheet as a table."""
    match format_:
        case Format.JSON:
            json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        case Format.CSV:
            _csv(sheets[0])
        case Format.TABLE:
            for sheet in sheets:
                _table(sheet)


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


def _csv(sheet: Sheet) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.key for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_plain(row.get(column.key)) for column in sheet.columns])


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _table(sheet: Sheet) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, title_justify="left", title=sheet.title and Text(sheet.title, "bold")
    )
    for column in sheet.columns:
        table.add_column(
            Text(column.heading), justify="right" if column.number else "left", overflow="fold"
        )
    columns = [
        _aligned([_plain(row.get(c.key)) for row in sheet.rows])
        if c.number
        else [_plain(row.get(c.key)) for row in sheet.rows]
        for c in sheet.columns
    ]
    for cells in zip(*columns, strict=True):
        table.add_row(*map(Text, cells))
    console = Console(width=None if sys.stdout.isatty() else _UNBROKEN, highlight=False)
    console.print(table)
    for note in sheet.notes:
        console.print(Text(note))


def _aligned(cells: list[str]) -> list[str]:
    """Numbers with as many decimals as the longest of the column, so that points stand in line."""
    if not all(re.fullmatch(r"(-?\d+(\.\d+)?)?", cell) for cell in cells):
        return cells
    most = max((len(cell.partition(".")[2]) for cell in cells), default=0)
    return [
        f"{whole}.{decimals.ljust(most, '0')}" if whole and most else whole
        for whole, _, decimals in (cell.partition(".") for cell in cells)
    ]


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
