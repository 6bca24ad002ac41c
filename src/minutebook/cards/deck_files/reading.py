"""The file of a deck, of any kind, as a table of text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.cards.deck_files.delimited import read_delimited
from minutebook.cards.deck_files.header import header_row, headings
from minutebook.cards.deck_files.unpacking import DeckKind, unpacked
from minutebook.cards.deck_files.workbook import read_workbook
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from minutebook.cards.deck_files.table import DeckChoice, DeckTable


def read_table(path: Path, choice: DeckChoice, named: Collection[str]) -> DeckTable:
    """The rows of a deck from its header on, with their lines; `named`: headings that the user has written.

    `InputError` with the file, and the part of it, for what cannot be read (docs/rules/cards.md, "Files of a deck").
    """
    found = unpacked(path, choice.inside)
    if found.kind is DeckKind.TEXT:
        if choice.sheet is not None:
            raise InputError.advised(
                "is no workbook", "leave sheet out", shell="leave --sheet out", file=found.place
            )
        table = read_delimited(found.content, found.place, choice.encoding)
    else:
        table = read_workbook(found, choice.sheet, named)
    table = replace(table, source=replace(table.source, inside=found.inside))
    return table.headed(*headings(table.rows, header_row(table.rows, named)))
