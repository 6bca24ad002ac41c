"""The file of a deck, of any kind, as a table of text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.cards.deck_files.delimited import read_delimited
from minutebook.cards.deck_files.header import header_row
from minutebook.cards.deck_files.unpacking import unpacked

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from minutebook.cards.deck_files.table import DeckChoice, DeckTable


def read_table(path: Path, choice: DeckChoice, named: Collection[str]) -> DeckTable:
    """The rows of a deck from its header on, with their lines; `named`: headings that the user has written.

    `InputError` with the file, and the part of it, for what cannot be read (docs/rules/cards.md, "Files of a deck").
    """
    found = unpacked(path, choice.inside)
    table = read_delimited(found.content, found.place, choice.encoding)
    table = replace(table, source=replace(table.source, inside=found.inside))
    return table.below(header_row(table.rows, named))
