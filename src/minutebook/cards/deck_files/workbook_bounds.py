"""What a workbook may come to before it is opened: a small file can say a sheet of any size."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from minutebook.cards.deck_files.unpacking import DeckKind
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.cards.deck_files.unpacking import DeckBytes

MOST_UNPACKED = 1 << 30
"""So many bytes may the parts of a workbook have."""
MOST_CELLS = 60_000_000
"""So many cells may a sheet have, from its first to its last row and column, empty ones among them."""
_CHUNK = 1 << 20
_LONGEST_PLACE = 32
_FAR = re.compile(rb'r="(?:([A-Za-z]{2,3})([0-9]+)|[A-Za-z]([0-9]{7,}))"')
_UNUSUAL = re.compile(rb"=['\s]|\s=")
"""How programs that write workbooks write no attribute: such a part is looked at more slowly."""
"""A cell beyond column Z or row 999,999: between these no sheet is too large."""
_ANY = re.compile(rb"\br\s*=\s*[\"'](?:([A-Za-z]{1,3})([0-9]+)|([0-9]+))[\"']")
_NEAR_COLUMNS, _NEAR_ROWS = 26, 1_000_000
_LETTERS = 26
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "


def formula_errors(found: DeckBytes) -> dict[str, list[tuple[int, int]]]:
    """The errors of formulas of an ODS by sheet, (row, column) from 0: its reader takes them for empty cells.

    `InputError` for a workbook of any kind that is larger than its bounds.
    """
    if found.kind is DeckKind.XLS:  # 65,536 rows of 256 columns at most
        return {}
    with opened_workbook(found) as book:
        if found.kind is DeckKind.ODS:
            return _of_ods(book, found.place)
        total = 0
        for part in book.infolist():
            total += part.file_size
            if total > MOST_UNPACKED:
                raise _too_large(found.place)
            columns, rows = _reach(book, part, _FAR, _NEAR_COLUMNS, _NEAR_ROWS)
            if columns * rows > MOST_CELLS:
                columns, rows = _reach(book, part, _ANY, 1, 1)
            _check_cells(columns, rows, found.place)
    return {}


@contextmanager
def opened_workbook(found: DeckBytes) -> Iterator[zipfile.ZipFile]:
    """The parts of a workbook; `InputError` where it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(found.content)) as book:
            yield book
    except (
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError,
        expat.ExpatError,
    ) as error:  # fmt: skip
        raise InputError(
            f"is a broken spreadsheet: {error}; fetch it again, or save it anew", file=found.place
        ) from None


def _reach(
    book: zipfile.ZipFile, part: zipfile.ZipInfo, cells: re.Pattern[bytes], columns: int, rows: int
) -> tuple[int, int]:
    """How far the cells of a part reach, at least `columns` and `rows`. It is read whole: its size is true then."""
    tail = b""
    with book.open(part) as packed:
        while chunk := packed.read(_CHUNK):
            looked = _ANY if _UNUSUAL.search(chunk) else cells
            for letters, row, alone in looked.findall(tail + chunk):
                columns = max(columns, column_number(letters))
                rows = max(rows, int(row or alone))
            tail = chunk[-_LONGEST_PLACE:]
    return columns, rows


def column_number(letters: bytes) -> int:
    """Which column a sheet names by these letters, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


@dataclass(slots=True)
class _Ods:
    """How far the cells of each sheet of an ODS reach, and where formulas have no value."""

    place: str
    errors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    sheet: str = ""
    row: int = 0
    row_times: int = 1
    column: int = 0
    cells: int = 0

    def start(self, name: str, said: dict[str, str]) -> None:
        """An element begins."""
        if name == f"{_TABLE}table":
            self.sheet, self.row, self.cells = said.get(f"{_TABLE}name", ""), 0, 0
        elif name == f"{_TABLE}table-row":
            self.row_times, self.column = int(said.get(f"{_TABLE}number-rows-repeated", 1)), 0
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            times = int(said.get(f"{_TABLE}number-columns-repeated", 1))
            if said.get(f"{_CALC}value-type") == "error":
                found = self.errors.setdefault(self.sheet, [])
                found += [(self.row + n, self.column) for n in range(min(self.row_times, 2))]
            self.column += times
            if f"{_OFFICE}value-type" in said:
                self._check()

    def end(self, name: str) -> None:
        """An element ends."""
        if name == f"{_TABLE}table-row":
            self.row += self.row_times

    def _check(self) -> None:
        _check_cells(self.column, self.row + self.row_times, self.place)


def _of_ods(book: zipfile.ZipFile, place: str) -> dict[str, list[tuple[int, int]]]:
    part = book.getinfo("content.xml")
    if part.file_size > MOST_UNPACKED:
        raise _too_large(place)
    seen = _Ods(place)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = seen.start, seen.end
    with book.open(part) as packed:
        while chunk := packed.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return seen.errors


def _too_large(place: str) -> InputError:
    return InputError(
        f"has more than {MOST_UNPACKED >> 20} MB when it is unpacked, and no deck does; save the sheet of prices alone",
        file=place,
    )


def _check_cells(columns: int, rows: int, place: str) -> None:
    if columns * rows > MOST_CELLS:
        raise InputError(
            f"has a sheet of {rows:,} rows and {columns:,} columns, more than {MOST_CELLS:,} cells; take away what"
            " stands far off its prices, or save the sheet as CSV",
            file=place,
        )
