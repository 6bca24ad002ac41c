"""The file of a deck, of any kind, as a table of text."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from minutebook.cards.deck_files.delimited import deck_text, read_delimited
from minutebook.cards.deck_files.doubtful_cells import doubtful_cells, leftmost_column
from minutebook.cards.deck_files.header import header_row, headings
from minutebook.cards.deck_files.interconnect import is_json, read_json
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
        if choice.sheet is not None and choice.sheet_of:
            raise InputError.advised(
                f"profile {choice.sheet_of!r} reads sheet {choice.sheet!r}, and the deck is no workbook",
                "import it without profile, and with save_profile to keep how it is read",
                shell="import it without --profile, and with --save-profile to keep how it is read",
                file=found.place,
            )
        if choice.sheet is not None:
            raise InputError.advised(
                "is no workbook", "leave sheet out", shell="leave --sheet out", file=found.place
            )
        encoding, text = deck_text(found.content, found.place, choice.encoding)
        if is_json(text):
            table = read_json(text, found.place, choice.deck_card)
            return replace(
                table, source=replace(table.source, inside=found.inside, encoding=encoding)
            )
        table = read_delimited(text, found.place, encoding)
    else:
        table = read_workbook(found, choice, named)
    if choice.deck_card is not None:
        raise InputError.advised(
            "is no interconnect rate card in JSON",
            "leave deck_card out",
            shell="leave --deck-card out",
            file=found.place,
        )
    table = replace(table, source=replace(table.source, inside=found.inside))
    table = table.headed(*headings(table.rows, header_row(table.rows, named)))
    if table.source.sheet is None:
        return table
    sheet = table.source.sheet
    return replace(
        table,
        doubtful=doubtful_cells(found, sheet, table.lines[0]),
        leftmost=partial(leftmost_column, found, sheet),
    )
