"""Results as tables: their columns and notes, which are chosen, and as CSV for programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from minutebook.errors import InputError
from minutebook.words import did_you_mean, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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

    Rows are JSON objects; doors make them of models (`show.serialise`). `foot`: rows of sums, which
    stand under a rule at the end, in the table alone.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: str | None = None
    notes: list[str] = field(default_factory=list)
    foot: Sequence[Any] = ()


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
    """The rows as CSV, under their keys; no cell is one that a spreadsheet would compute."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in sheet.columns])
    for row in sheet.rows:
        cells = (cell_text(row.get(column.key)) for column in sheet.columns)
        writer.writerow(map(safe_cell, cells))
    return out.getvalue()


def cell_text(value: Any) -> str:
    """A value in a cell, as programs read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
