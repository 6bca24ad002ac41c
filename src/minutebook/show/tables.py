"""Results as tables for people and as CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from minutebook.errors import InputError
from minutebook.show import widths
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.table import Table

_UNBROKEN = 10_000
"""Cells of a line where there is no terminal: none is folded."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_AMOUNT = re.compile(r"(?<![\w.-])(-?\d[\d,]*(?:\.\d+)?)(?= [A-Z]{3}\b(?! (?:a|per) ))")
"""An amount in a sentence: a number before a currency, and no price a minute or a channel."""
_HANG = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A key of the rows, and its heading with the unit.

    `number`: as many decimals in every row. `money`: as many as every amount of the output.
    `drop`: its turn to be left out where a terminal is too narrow; 1 goes first, and those without
    a turn go last, from the right. `folds` is false where its cells are never folded. `shown` is
    false where only CSV has it, or who asks for it by name. `said` are the words for values that
    CSV and JSON call otherwise.
    """

    key: str
    heading: str
    number: bool = False
    money: bool = False
    drop: int = 0
    folds: bool = True
    shown: bool = True
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        return self.number or self.money


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under columns, with a title and notes for the table alone.

    Rows are JSON objects; doors make them of models (`show.serialise`).
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: str | None = None
    notes: list[str] = field(default_factory=list)


def chosen(sheets: Sequence[Sheet], keys: Sequence[str]) -> list[Sheet]:
    """The sheets with the columns of these keys alone, in this order; without those that have none.

    `InputError` where a key is a column of none of them.
    """
    check_keys(keys, [column for sheet in sheets for column in sheet.columns])
    found = []
    for sheet in sheets:
        own = {column.key: replace(column, shown=True) for column in sheet.columns}
        if columns := [own[key] for key in keys if key in own]:
            found.append(replace(sheet, columns=columns))
    return found


def check_keys(keys: Iterable[str], columns: Iterable[Column]) -> None:
    """`InputError` where a key is no column's."""
    known = list(dict.fromkeys(column.key for column in columns))
    for key in keys:
        if key not in known:
            raise InputError(
                f"--columns {key!r}: there is no such column{did_you_mean(key, known)};"
                f" they are {', '.join(known)}"
            )


def drop_order(columns: Iterable[Column]) -> list[str]:
    """The keys of the columns that have a turn to be left out, the first first."""
    ranked = sorted((column for column in columns if column.drop), key=lambda column: column.drop)
    return list(dict.fromkeys(column.key for column in ranked))


def csv_text(sheet: Sheet) -> str:
    """The rows as CSV, under their keys."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_plain(row.get(column.key)) for column in sheet.columns])
    return out.getvalue()


def tables_text(
    sheets: Sequence[Sheet], width: int | None, *, whole: bool = False, styled: bool = False
) -> str:
    """The sheets as tables, each with its title and notes.

    No line is wider than `width` cells (None: unlimited); `whole` tables are as wide as they are.
    `styled` is with the codes of a terminal.
    """
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out, width=_UNBROKEN, highlight=False, force_terminal=styled, soft_wrap=True
    )
    places = _places(sheets)
    for sheet in sheets:
        table, left_out = _table(sheet, places, None if whole else width)
        if sheet.title:
            for line in _lines(_padded(sheet.title, places), width):
                console.print(Text(line, "bold"))
        tight = not table.show_edge  # which has no empty lines of its own
        console.print(*([""] if tight else []), table, *([""] if tight else []), sep="\n")
        for note in [*(_padded(note, places) for note in sheet.notes), *left_out]:
            for line in _lines(note, width):
                console.print(Text(line))
    return out.getvalue()


def _lines(text: str, width: int | None) -> list[str]:
    return [text] if width is None else widths.folded(text, width, _HANG)


def _table(sheet: Sheet, places: int, width: int | None) -> tuple[Table, list[str]]:
    """The table, and a note of what it has no room for."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = [column for column in sheet.columns if column.shown]
    texts = [_texts(column, sheet.rows, places) for column in columns]
    needs = [
        widths.need(c.heading, values, c.drop, text=not c.right, folds=c.folds)
        for c, values in zip(columns, texts, strict=True)
    ]
    kept, sizes = list(range(len(columns))), [need.whole for need in needs]
    tight = width is not None and sum(sizes) + 3 * len(sizes) + 1 > width
    if tight and width is not None:
        kept, sizes = widths.fitted(needs, width)
    padding = (0, widths.GAP - 1, 0, 0) if tight else (0, 1)
    table = Table(box=box.SIMPLE_HEAD, show_edge=not tight, pad_edge=not tight, padding=padding)
    lines = []
    for n, size in zip(kept, sizes, strict=True):
        heading, *cells = (widths.folded(text, size) for text in (columns[n].heading, *texts[n]))
        lines.append(["\n".join(cell) for cell in cells])
        table.add_column(
            Text("\n".join(heading)),
            justify="right" if columns[n].right else "left",
            width=max(
                (widths.cells(line) for cell in (heading, *cells) for line in cell), default=1
            ),
            no_wrap=True,
        )
    for row in zip(*lines, strict=True):
        table.add_row(*map(Text, row))
    gone = [column.key for n, column in enumerate(columns) if n not in kept]
    if not gone:
        return table, []
    return table, [
        f"Not shown, for want of width: {', '.join(gone)}; see them with --wide, or choose columns as"
        f" in --columns {columns[0].key},{gone[-1]}"
    ]


def _texts(column: Column, rows: Sequence[dict[str, Any]], places: int) -> list[str]:
    """A column's cells; numbers with as many decimals as the longest, amounts with `places`."""
    found = [_said(column, row.get(column.key)) for row in rows]
    if not column.right or not all(_NUMBER.fullmatch(cell) for cell in found if cell):
        return [_padded(cell, places) for cell in found] if column.money else found
    most = places if column.money else max(map(_decimals, found), default=0)
    return [_with_places(cell, most) for cell in found]


def _places(sheets: Sequence[Sheet]) -> int:
    """The decimals of every amount of an output: as many as one of them needs."""
    amounts: list[str] = []
    for sheet in sheets:
        for column in (c for c in sheet.columns if c.money and c.shown):
            for cell in (_plain(row.get(column.key)) for row in sheet.rows):
                amounts += [cell] if _NUMBER.fullmatch(cell) else _AMOUNT.findall(cell)
        for text in (sheet.title or "", *sheet.notes):
            amounts += _AMOUNT.findall(text)
    return max(map(_decimals, amounts), default=0)


def _padded(text: str, places: int) -> str:
    """A sentence whose amounts have `places` decimals."""
    return _AMOUNT.sub(lambda amount: _with_places(amount[0], places), text)


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


def _with_places(number: str, places: int) -> str:
    """A number with at least so many decimals; nothing stays nothing."""
    whole, _, decimals = number.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}" if whole and places else number


def _said(column: Column, value: Any) -> str:
    """A value in the words of a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = _plain(value).replace("\t", " ")
    return column.said.get(text, text)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
