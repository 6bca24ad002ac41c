"""Cells as people read them, on a terminal and on a page: amounts with one precision, values in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from minutebook.show.tables import cell_text
from minutebook.words import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.tables import Column, Sheet

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_AMOUNT = re.compile(r"(?<![\w.:-])(-?\d[\d,]*(?:\.\d+)?)(?= [A-Z]{3}\b(?! (?:a|per) ))")
"""An amount in a sentence: a number before a currency, and no price a minute or a channel."""


def cell_texts(column: Column, rows: Sequence[dict[str, Any]], places: int) -> list[str]:
    """A column's cells, as people read them; numbers with as many decimals as the longest, amounts with `places`."""
    found = [_said(column, row.get(column.key)) for row in rows]
    if not column.right or not all(_NUMBER.fullmatch(cell) for cell in found if cell):
        told = column.money or column.told
        return [with_decimals(cell, places) for cell in found] if told else found
    most = places if column.money else max([column.least, *map(_decimals, found)])
    return [_with_places(cell, most) for cell in found]


def amount_places(sheets: Sequence[Sheet]) -> int:
    """The decimals of every amount of an output: as many as one of them needs."""
    amounts: list[str] = []
    for sheet in sheets:
        for column in (c for c in sheet.columns if (c.money or c.told) and c.shown):
            for cell in (cell_text(row.get(column.key)) for row in (*sheet.rows, *sheet.foot)):
                amounts += [cell] if _NUMBER.fullmatch(cell) else _AMOUNT.findall(cell)
        for text in (sheet.title or "", *sheet.notes):
            amounts += _AMOUNT.findall(text)
    return max([2, *map(_decimals, amounts)])


def with_decimals(text: str, places: int) -> str:
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
    if type(value) is str and value.isprintable() and not column.said:
        return value  # most are so, and nothing of it is to be written out
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = harmless(_words(value))
    return column.said.get(text, text)


def _words(value: Any) -> str:
    """As `cell_text`, without the signs of JSON."""
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, dict):
        return ", ".join(
            f"{key} = {f'({_words(held)})' if isinstance(held, dict) else _words(held)}"
            for key, held in value.items()
        )
    return cell_text(value)
