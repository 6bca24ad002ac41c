"""Sheets of workbooks (XLSX, XLS, ODS) as rows of text: each cell as its sheet holds it, or refused later as what it is.

A sheet keeps numbers as floats, and their shortest spelling is what was typed. One of more than fifteen
digits was computed, or lost digits: it gets a mark by which every column refuses it (`text_of_number`). What
the reader leaves out without a word (errors of formulas, blank rows) is put back.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.cards.deck_files.header import is_deck
from minutebook.cards.deck_files.table import DeckSource, DeckTable
from minutebook.cards.deck_files.workbook_bounds import formula_errors
from minutebook.errors import InputError
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minutebook.cards.deck_files.table import DeckChoice
    from minutebook.cards.deck_files.unpacking import DeckBytes

SHEET_DIGITS = 15
"""A spreadsheet keeps so many digits of a number."""
_MOST_DIGITS = 17
"""No float needs more digits to be told from all others."""
LOST = "…"
"""Ends a number of which a spreadsheet has lost digits, or has computed more than it shows."""
_ERROR_OF = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!",
}  # fmt: skip
_ERROR = "#ERROR!"
FORMULA_ERRORS = frozenset((*_ERROR_OF.values(), _ERROR))
"""What stands in a cell whose formula has no value."""
_MOST_WHOLE = 10**SHEET_DIGITS
_NUMBER = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
"""How the reader spells numbers: what is spelt otherwise, as 0044 and 1e5, is text of the sheet."""
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"


def read_workbook(found: DeckBytes, choice: DeckChoice, named: Collection[str]) -> DeckTable:
    """The rows of the sheet that is the deck: the one that is chosen, or the only one with prefixes and prices.

    Hidden sheets, rows and columns count like others. A row's line is its number in the sheet.
    """
    import fastexcel

    sheet = choice.sheet
    errors = formula_errors(found)
    try:
        book = fastexcel.read_excel(found.content)
        names = book.sheet_names
        chosen = [sheet] if sheet is not None else names
        if sheet is not None and sheet not in names:
            raise _no_sheet(choice, names, found.place)
        sheets = {name: _rows(book, name, errors.get(name, ())) for name in chosen}
    except InputError:
        raise
    except (
        BaseException
    ) as error:  # the reader is written in Rust: what it does not expect is a panic
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        why = str(error).partition("\n")[0].removeprefix("calamine error: ")
        raise InputError(
            f"cannot be read as a spreadsheet: {why}; open it and save it anew as XLSX, without a password, or as CSV",
            file=found.place,
        ) from None
    name = _the_deck(sheets, named, found.place) if sheet is None else sheet
    rows, lines = sheets[name]
    place = f"{found.place}, sheet {name!r}"
    if not rows:
        raise InputError("is empty", file=place)
    source = DeckSource(found.kind.upper(), sheet=name, sheets=tuple(names))
    return DeckTable(rows, lines, place, source)


def _no_sheet(choice: DeckChoice, names: Sequence[str], place: str) -> InputError:
    """What is said where the sheet is not there that the user named, or a profile."""
    what = f"the workbook has no sheet {choice.sheet!r}; it has {some_of(names, 10)}"
    if choice.sheet_of is None:
        return InputError(f"sheet: {what}", shell=f"--sheet: {what}", file=place)
    return InputError.advised(
        f"profile {choice.sheet_of!r} reads a sheet that is not there: {what}",
        "say which is the deck: sheet=NAME, and save_profile to keep that",
        shell="say which is the deck: --sheet NAME, and --save-profile to keep that",
        file=place,
    )


def _the_deck(
    sheets: dict[str, tuple[list[tuple[str, ...]], list[int]]], named: Collection[str], place: str
) -> str:
    """The name of the only sheet that is a deck."""
    filled = [name for name, (rows, _) in sheets.items() if rows]
    if len(filled) == 1:
        return filled[0]
    decks = [name for name in filled if is_deck(sheets[name][0], named)]
    if len(decks) == 1:
        return decks[0]
    if not filled:
        raise InputError("is empty", file=place)
    what = (
        f"has prefixes and prices in {len(decks)} sheets: {some_of(decks, 10)}"
        if decks
        else f"has no sheet with headings of prefixes and prices; its sheets are {some_of(filled, 10)}"
    )
    raise InputError.advised(
        what,
        "say which is the deck: sheet=NAME",
        shell="say which is the deck: --sheet NAME",
        file=place,
    )


def _rows(
    book: Any, name: str, errors: Collection[tuple[int, int]]
) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows of a sheet that are not blank, and their numbers. `errors`: cells that the reader takes for empty."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width or not sheet.height:
        return [], []
    batch, faults = sheet.to_arrow_with_errors()
    texts = pl.DataFrame(batch)
    numbers = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="float").to_polars()
    columns = [
        _cells(text, number)
        for text, number in zip(texts.get_columns(), numbers.get_columns(), strict=True)
    ]
    for fault in faults.errors if faults else ():
        row, column = fault.offset_position
        kind = re.search(r"Error\((\w+)\)", fault.detail)
        columns[column][row] = _ERROR_OF.get(kind[1], _ERROR) if kind else _ERROR
    for row, column in errors:
        columns[column][row] = _ERROR
    rows, lines = [], []
    for line, row in enumerate(zip(*columns, strict=True), 1):
        if row[0].strip() or any(map(str.strip, row)):
            rows.append(row)
            lines.append(line)
    return rows, lines


def _cells(texts: pl.Series, numbers: pl.Series) -> list[str]:
    """A column's cells: numbers by their shortest spelling, dates without the midnight that a sheet gives them."""
    is_number = numbers.is_not_null() & texts.str.contains(_NUMBER)
    whole = is_number & (numbers == numbers.floor()) & (numbers.abs() < _MOST_WHOLE)
    found = (
        pl.select(
            pl.when(whole)
            .then(numbers.set(~whole.fill_null(value=False), None).cast(pl.Int64).cast(pl.String))
            .otherwise(texts.str.replace(_MIDNIGHT, "$1"))
            .fill_null("")
        )
        .to_series()
        .to_list()
    )
    others = (is_number & ~whole).fill_null(value=False).arg_true()
    for row, number in zip(others.to_list(), numbers.gather(others).to_list(), strict=True):
        if not _is_text(found[row]):
            found[row] = text_of_number(number)
    return found


def _is_text(spelt: str) -> bool:
    """Whether a cell that the reader takes for a number has more digits than it spells any number with."""
    return "." in spelt and len(spelt.lstrip("-0.").replace(".", "")) > _MOST_DIGITS


def damage(cell: str) -> str:
    """What a spreadsheet has done to a cell, and what to do; "" where nothing."""
    if cell in FORMULA_ERRORS:
        return "is the error of a formula; mend the formula, or write the value in its place"
    if re.fullmatch(rf"-?[\d.]+(?:e\+\d+)?{LOST}", cell):
        return f"has more than the {SHEET_DIGITS} digits that a spreadsheet keeps; round it in the sheet, as by =ROUND(C2,6)"
    return ""


def text_of_number(number: float) -> str:
    """A number as it was typed into a sheet; of one with more digits than a sheet keeps, with `LOST` at its end."""
    text = repr(number)
    if abs(number) >= _MOST_WHOLE:
        return text + LOST  # 4.42e+16…
    if "e" in text:
        text = f"{Decimal(text):f}"
    digits = text.lstrip("-0.").replace(".", "")
    return text if len(digits) <= SHEET_DIGITS else text + LOST
