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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_BOLD = "\x1b[1m{}\x1b[0m"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_AMOUNT = re.compile(r"(?<![\w.:-])(-?\d[\d,]*(?:\.\d+)?)(?= [A-Z]{3}\b(?! (?:a|per) ))")
"""An amount in a sentence: a number before a currency, and no price a minute or a channel."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What a record may hold and a terminal would obey."""
_EDGE, _HANG = "  ", 2


@dataclass(frozen=True, slots=True)
class Column:
    """A key of the rows, and its heading with the unit.

    `number`: as many decimals in every row, at least `least`. `money`: as many as every amount of
    the output, at least two. `told`: sentences, whose amounts have as many too.
    `drop`: its turn to be left out where a terminal is too narrow; 1 goes first, and those without
    a turn go last, from the right. `folds` is false where its cells are never folded. `shown` is
    false where only CSV has it, or who asks for it by name. `said` are the words for values that
    CSV and JSON call otherwise.
    """

    key: str
    heading: str
    number: bool = False
    least: int = 0
    money: bool = False
    told: bool = False
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


def chosen_tables(sheets: Sequence[Sheet], keys: Sequence[str]) -> list[Sheet]:
    """As `chosen_columns`, for tables: of several each keeps its first column, which says what a row is of,
    and what is said under one that goes stays.
    """
    check_keys(keys, [column for sheet in sheets for column in sheet.columns])
    found = []
    for sheet in sheets:
        first, known = sheet.columns[0].key, {column.key for column in sheet.columns}
        if not known.intersection(keys):
            found.append(Sheet([], [], notes=sheet.notes))
        elif len(sheets) == 1 or first in keys:
            found += chosen_columns([sheet], [key for key in keys if key in known])
        else:
            found += chosen_columns([sheet], [first, *(key for key in keys if key in known)])
    return found


def chosen_columns(sheets: Sequence[Sheet], keys: Sequence[str]) -> list[Sheet]:
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
    `styled`: titles and headings are bold on a terminal.
    """
    bold = _BOLD if styled else "{}"
    places = _places(sheets)
    found: list[str] = []
    for sheet in sheets:
        columns = [column for column in sheet.columns if column.shown]
        texts = [_texts(column, sheet.rows, places) for column in columns]
        kept, sizes, gap = _sizes(columns, texts, None if whole else width)
        gone = [column.key for n, column in enumerate(columns) if n not in kept]
        notes = [_padded(note, places) for note in sheet.notes]
        if not columns:
            found += ["", *(line for note in notes for line in _lines(note, width))]
            continue
        if gone:
            notes.insert(
                0,
                f"Not shown, for want of width: {', '.join(gone)}; see them with --wide, or choose"
                f" columns as in --columns {columns[0].key},{gone[-1]}",
            )
        if sheet.title:
            found += map(bold.format, _lines(_padded(sheet.title, places), width))
        sizes, rows = _rows([columns[n] for n in kept], [texts[n] for n in kept], sizes)
        edge = _EDGE if gap > widths.GAP else ""
        lines = [[edge + (" " * gap).join(line).rstrip() for line in row] for row in rows]
        rule = "─" * (sum(sizes) + gap * (len(sizes) - 1) + len(edge))
        found += ["", *map(bold.format, lines[0]), edge[1:] + rule]
        found += (line for row in lines[1:] for line in row)
        found += ["", *(line for note in notes for line in _lines(note, width))]
    return "".join(line + "\n" for line in found)


def _lines(text: str, width: int | None) -> list[str]:
    return [text] if width is None else widths.folded(text, width, _HANG)


def _sizes(
    columns: Sequence[Column], texts: Sequence[Sequence[str]], width: int | None
) -> tuple[list[int], list[int], int]:
    """Which columns are shown, how wide each is, and the gap between them."""
    wholes = [
        max(widths.cells(line) for text in (column.heading, *values) for line in text.split("\n"))
        for column, values in zip(columns, texts, strict=True)
    ]
    kept, gap = list(range(len(columns))), widths.GAP + 1
    if width is None or sum(wholes) + gap * (len(wholes) - 1) + 2 * widths.GAP <= width:
        return kept, wholes, gap
    needs = [
        widths.need(c.heading, values, c.drop, text=not c.right, folds=c.folds)
        for c, values in zip(columns, texts, strict=True)
    ]
    return *widths.fitted(needs, width), widths.GAP


def _rows(
    columns: Sequence[Column], texts: Sequence[Sequence[str]], sizes: Sequence[int]
) -> tuple[list[int], Iterator[list[tuple[str, ...]]]]:
    """The widths that folding leaves, and the heading and the rows, each in lines of cells."""
    folded = [
        [widths.folded(text, size) for text in (column.heading, *values)]
        for column, values, size in zip(columns, texts, sizes, strict=True)
    ]
    tallest = max((len(heading) for heading, *_ in folded), default=0)
    for cells in folded:
        cells[0] = [""] * (tallest - len(cells[0])) + cells[0]  # headings end on one line
    needed = [max(widths.cells(line) for cell in cells for line in cell) for cells in folded]

    def lines_of(row: Sequence[list[str]]) -> list[tuple[str, ...]]:
        height = max(map(len, row))
        cells = (
            [_aligned(line, size, column) for line in (*cell, *[""] * (height - len(cell)))]
            for cell, size, column in zip(row, needed, columns, strict=True)
        )
        return list(zip(*cells, strict=True))

    return needed, map(lines_of, zip(*folded, strict=True))


def _aligned(line: str, size: int, column: Column) -> str:
    blanks = " " * (size - widths.cells(line))
    return blanks + line if column.right else line + blanks


def _texts(column: Column, rows: Sequence[dict[str, Any]], places: int) -> list[str]:
    """A column's cells; numbers with as many decimals as the longest, amounts with `places`."""
    found = [_said(column, row.get(column.key)) for row in rows]
    if not column.right or not all(_NUMBER.fullmatch(cell) for cell in found if cell):
        told = column.money or column.told
        return [_padded(cell, places) for cell in found] if told else found
    most = places if column.money else max([column.least, *map(_decimals, found)])
    return [_with_places(cell, most) for cell in found]


def _places(sheets: Sequence[Sheet]) -> int:
    """The decimals of every amount of an output: as many as one of them needs."""
    amounts: list[str] = []
    for sheet in sheets:
        for column in (c for c in sheet.columns if (c.money or c.told) and c.shown):
            for cell in (_plain(row.get(column.key)) for row in sheet.rows):
                amounts += [cell] if _NUMBER.fullmatch(cell) else _AMOUNT.findall(cell)
        for text in (sheet.title or "", *sheet.notes):
            amounts += _AMOUNT.findall(text)
    return max([2, *map(_decimals, amounts)])


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
    text = _CONTROL.sub(" ", _words(value))
    return column.said.get(text, text)


def _words(value: Any) -> str:
    """As `_plain`, without the signs of JSON."""
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, dict):
        return ", ".join(
            f"{key} = {f'({_words(held)})' if isinstance(held, dict) else _words(held)}"
            for key, held in value.items()
        )
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
