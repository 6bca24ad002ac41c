"""What the cells of a workbook show beside what they hold: a currency is heard, all else is refused
(docs/rules/cards.md, "Files of a deck").
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.cards.deck_files.number_formats import ANY_CURRENCY, SIGNS, SPACES
from minutebook.cards.deck_headings import Heading
from minutebook.cards.deck_words import is_price
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.cards.deck_files.doubtful_cells import DoubtfulCell
    from minutebook.cards.deck_files.number_formats import FormatSection
    from minutebook.cards.deck_files.table import DeckTable

_PREFIXES = ("prefix", "country_code", "area_code")


def shown_currencies(
    found: DeckTable, fields: Mapping[str, int], headings: Mapping[str, Heading]
) -> list[Heading]:
    """The currencies that the formats of prices show, each as the heading that would say it.

    `InputError` for a formula whose value the file does not hold, and for a format that shows something else, in a
    column that is read.
    """
    said: list[Heading] = []
    of_column = {column: field for field, column in fields.items()}
    for cell in found.doubtful:
        field = of_column.get(cell.column)
        if field is None:
            continue
        if cell.number is None or cell.shown_by is None:
            raise InputError(
                f"{field}: the file does not hold the value of the formula in {cell.name}; open and save it in a"
                " spreadsheet first, or write the value in its place",
                file=found.place,
                line=cell.row,
            )
        section = cell.shown_by.section(cell.number)
        heading = _currency(cell, section, field, headings)
        if heading is not None:
            said.append(heading)
        elif not _says_nothing(cell, section, field, headings):
            has_unit = is_price(field) and section.shows_number and not section.scale
            units = ", and its unit into the heading, as in Rate (EUR), Rate (cents) or Rate/sec"
            raise InputError(
                f"{field}: {cell.name} holds {cell.number.normalize():f} and shows {section.shown(cell.number)!r}, by"
                f" its number format {cell.shown_by.code}; write what it says with the format General"
                f"{units if has_unit else ''}",
                file=found.place,
                line=cell.row,
            )
    return said


def _currency(
    cell: DoubtfulCell, section: FormatSection, field: str, headings: Mapping[str, Heading]
) -> Heading | None:
    """What a cell's format says, where it is a currency and nothing else."""
    words = section.words.strip(SPACES + (SIGNS if section.number else ""))
    said = Heading.of(f"({words})")
    own = headings[field]
    per = ("", "minute") if field.startswith("rate") and own.per in ("", "minute") else ("",)
    if (
        not is_price(field)
        or not said.currencies
        or (said.minor or own.minor or said.unread or said.name or said.per not in per)
        or (
            section.scale
            or section.is_padded(cell.number or Decimal())
            or any(char.isdigit() or char in SIGNS for char in words)
        )
        or not (section.shows_number or _is_nought(cell, field))
        or not {*",."}.isdisjoint(words)
    ):
        return None
    return replace(said, text=f"{words} in the number format of {cell.name}")


def _says_nothing(
    cell: DoubtfulCell, section: FormatSection, field: str, headings: Mapping[str, Heading]
) -> bool:
    """Whether what a format shows beside a number changes nothing of it."""
    if field == "name":
        return True
    words = section.words.strip(SPACES + SIGNS)
    if words == ANY_CURRENCY and is_price(field) and "currency" in headings:
        words = ""
    if words == ANY_CURRENCY and headings[field].currencies and not headings[field].minor:
        words = ""
    if words or section.scale:
        return False
    if field in _PREFIXES:
        return section.shows_number
    return not section.shows_number and _is_nought(cell, field)


def _is_nought(cell: DoubtfulCell, field: str) -> bool:
    """Whether a cell is a fee of nought, which may be shown as nothing; a price that shows nothing is a question."""
    return cell.number == 0 and is_price(field) and not field.startswith("rate")
