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
_PREFIXES = {"prefix", "country_code", "area_code"} | {
    name for name, fields in deck_words.ASKED.items() if "prefix" in fields
}
_PRICES = {"rate", "steps", *deck_words.REFUSED}
_DIGIT = re.compile(r"\d")
_PLACE = re.compile(r"#\d+", re.ASCII)
"""A column that is named by its place."""
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


def headings(rows: Sequence[Sequence[str]], at: int) -> tuple[list[str], range]:
    """The headings at a header, and the rows that they take: two where cells are merged over others.

    `Increment` over `First` and `Next` is `Increment First` and `Increment Next`; what is merged down is one.
    """
    head = [cell.strip() for cell in rows[at]]
    for top, bottom in ((at, at + 1), (at - 1, at)):
        if not 0 <= top < bottom < len(rows):
            continue
        other = [cell.strip() for cell in rows[bottom if top == at else top]]
        filled = [cell for cell in other if cell]
        if len(filled) < _FEWEST - (top == at) or any(map(_DIGIT.search, filled)):
            continue
        if any(cell and not own for cell, own in zip(other, head, strict=False)):
            pair = (head, other) if top == at else (other, head)
            return _joined_headings(*pair), range(top, bottom + 1)
    return head, range(at, at + 1)


def _joined_headings(above: Sequence[str], below: Sequence[str]) -> list[str]:
    found, over = [], ""
    for top, bottom in zip(above, below, strict=False):
        if top:
            over = top if bottom else ""  # a cell with headings below it spreads over these
        elif not bottom:
            over = ""
        found.append(f"{top or over} {bottom}".strip())
    return found


def field_of(heading: str) -> str:
    """Our field that a heading is usually taken for; "" where none."""
    found = Heading.of(heading)
    return next((field for name in (found.name, found.plain) if (field := _FIELD_OF.get(name))), "")


def is_deck(rows: Sequence[Sequence[str]], named: Collection[str]) -> bool:
    """Whether rows have headings of prefixes and of prices, or those that the user has written."""
    wanted = {text for name in named if not _PLACE.fullmatch(text := name.strip().lower())}
    at = header_row(rows, named)
    found = _meanings(rows[at], wanted)
    wanted -= {" ".join(c.strip() for c in row if c.strip()).lower() for row in rows[:at]}  # titles
    if wanted:
        return wanted <= found
    if not found:  # no header: prefix and price by position
        first = [cell.strip() for cell in rows[0][:_FEWEST]]
        return len(first) == _FEWEST and all(map(_NUMBER.fullmatch, first))
    return not found.isdisjoint(_PREFIXES) and not found.isdisjoint(_PRICES)


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
            if not heading.name and (heading.minor or (heading.currencies and heading.per)):
                found.add("rate")  # as in USD/min
            found |= {
                meaning for name in (heading.name, heading.plain) if (meaning := _meaning(name))
            }
    return found


def _meaning(name: str) -> str:
    if name in deck_words.REFUSED or name in deck_words.ASKED:
        return name
    return _FIELD_OF.get(name, "")
