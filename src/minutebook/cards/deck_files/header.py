"""The row of headings of a deck: below its titles, found by how many of its cells are headings of decks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minutebook.cards import deck_words
from minutebook.cards.deck_headings import Heading

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SEARCHED_ROWS = 60
"""Titles, addresses and terms stand above a header; more rows than this do not."""
_FIELD_OF = {name: field for field, usual in deck_words.FIELDS.items() for name in usual}
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?", re.ASCII)
_FEWEST = 2
"""A row below the first is a header where at least so many of its cells are different fields."""


def header_row(rows: Sequence[Sequence[str]], named: Collection[str]) -> int:
    """The index of the header: the row of most fields, the first of these; 0 where no row below is one.

    `named`: headings that the user has written. A header holds no number.
    """
    wanted = {name.strip().lower() for name in named}
    best, found = 0, 0
    for n, row in enumerate(rows[:SEARCHED_ROWS]):
        score = len(_meanings(row, wanted))
        if score > best and (n == 0 or score >= _FEWEST):
            best, found = score, n
    return found


def _meanings(row: Sequence[str], wanted: Collection[str]) -> set[str]:
    """What the cells of a row mean as headings, each once; nothing where one is a number."""
    found: set[str] = set()
    for cell in row:
        text = cell.strip()
        if _NUMBER.fullmatch(text):
            return set()
        if text.lower() in wanted:
            found.add(text.lower())
        elif text:
            heading = Heading.of(text)
            found |= {
                meaning for name in (heading.name, heading.plain) if (meaning := _meaning(name))
            }
    return found


def _meaning(name: str) -> str:
    if name in deck_words.REFUSED or name in deck_words.ASKED:
        return name
    return _FIELD_OF.get(name, "")
