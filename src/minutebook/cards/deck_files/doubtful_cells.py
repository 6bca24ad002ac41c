"""Cells of an XLSX that do not say what they hold: formulas without a value, and numbers that their format shows as more.

The reader of workbooks gives a formula's kept value and a number without its format. The sheet is looked at once more
only where it has formulas, or the workbook has formats that say something.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from minutebook.cards.deck_files.number_formats import BUILT_IN, NumberFormat
from minutebook.cards.deck_files.unpacking import DeckKind
from minutebook.cards.deck_files.workbook_bounds import column_number, opened_workbook

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Mapping

    from minutebook.cards.deck_files.unpacking import DeckBytes

_CHUNK = 1 << 20
_DIGITS = "0123456789"
_MOST_COLUMNS = 1 << 14
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class DoubtfulCell:
    """The first cell of its kind in its column; `number` and `shown_by`: None for a formula without a value."""

    row: int
    """In the sheet, from 1."""
    column: int
    """From 0, where the sheet's first column is that which holds anything."""
    name: str
    """As the sheet names it: C2."""
    number: Decimal | None = None
    shown_by: NumberFormat | None = None


def doubtful_cells(found: DeckBytes, sheet: str, first_row: int) -> tuple[DoubtfulCell, ...]:
    """The cells of a sheet from a row on that do not say what they hold, in their order; of an XLS or ODS none."""
    if found.kind is not DeckKind.XLSX:
        return ()
    with opened_workbook(found) as book:
        parts, part, recalculated = _found_sheet(book, sheet)
        if part is None:
            return ()
        formats = _formats(book, parts)
        if not formats and not _has_formulas(book, part):
            return ()
        seen = _Sheet(formats, recalculated, first_row)
        _parse(book, part, seen.begin)
    cells = [
        replace(cell, column=cell.column - seen.leftmost)
        for cell in (*seen.formulas.values(), *seen.shown.values())
    ]
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def leftmost_column(found: DeckBytes, sheet: str) -> int | None:
    """The first column of a sheet that holds anything, from 0: there the reader begins. None: of an XLS or ODS."""
    if found.kind is not DeckKind.XLSX:
        return None
    with opened_workbook(found) as book:
        part = _found_sheet(book, sheet)[1]
        if part is None:
            return None
        seen = _Sheet({}, recalculated=False, first_row=0)
        _parse(book, part, seen.begin)
    return None if seen.leftmost == _MOST_COLUMNS else seen.leftmost


def _found_sheet(book: zipfile.ZipFile, sheet: str) -> tuple[dict[str, str], str | None, bool]:
    """The parts of a workbook by their small letters; that of a sheet, None where it is not found; and whether
    formulas are to be computed when it is opened.
    """
    parts = {part.filename.replace("\\", "/").lower(): part.filename for part in book.infolist()}
    links = {
        said.get("Id"): said.get("Target", "")
        for name, said in _elements(book, parts, "xl/_rels/workbook.xml.rels")
        if name == "Relationship"
    }
    target, recalculated = "", False
    for name, said in _elements(book, parts, "xl/workbook.xml"):
        if name == "sheet" and said.get("name") == sheet:
            target = links.get(_relation(said), "")
        elif name == "calcPr":
            recalculated = said.get("fullCalcOnLoad") in _TRUE
    target = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts, parts.get(target.lower()), recalculated


def _relation(said: Mapping[str, str]) -> str:
    return next((value for name, value in said.items() if name.endswith(":id")), "")


def _has_formulas(book: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with book.open(part) as packed:
        while chunk := packed.read(_CHUNK):
            looked = tail + chunk
            if b"<f" in looked or b":f" in looked:
                return True
            tail = chunk[-1:]
    return False


def _formats(book: zipfile.ZipFile, parts: Mapping[str, str]) -> dict[str, NumberFormat]:
    """The formats that say something, by the number of the style that cells name."""
    codes = {str(number): code for number, code in BUILT_IN.items()}
    styles: list[str] = []
    inside = False
    for name, said in _elements(book, parts, "xl/styles.xml"):
        if name == "numFmt" and not styles:
            codes[said.get("numFmtId", "")] = said.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            styles.append(said.get("numFmtId", "0"))
    told = {number: NumberFormat.of(codes[number]) for number in {*styles} & codes.keys()}
    return {
        str(n): told[number]
        for n, number in enumerate(styles)
        if number in told and told[number].tells
    }


def _elements(
    book: zipfile.ZipFile, parts: Mapping[str, str], part: str
) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small part, without the prefixes of their names; none where it is absent."""
    found: list[tuple[str, dict[str, str]]] = []
    if part.lower() in parts:

        def begin(parser: Any) -> None:
            parser.StartElementHandler = lambda name, said: found.append(
                (name.rpartition(":")[2], said)
            )

        _parse(book, parts[part.lower()], begin)
    return found


def _parse(book: zipfile.ZipFile, part: str, begin: Callable[[Any], None]) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    begin(parser)
    with book.open(part) as packed:
        while chunk := packed.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


@dataclass(slots=True)
class _Sheet:
    """The doubtful cells of a sheet, as its elements are read."""

    formats: Mapping[str, NumberFormat]
    recalculated: bool
    """Whether the values of formulas are only put in their places until a spreadsheet opens the file."""
    first_row: int
    formulas: dict[tuple[Any, ...], DoubtfulCell] = field(default_factory=dict)
    shown: dict[tuple[Any, ...], DoubtfulCell] = field(default_factory=dict)
    parser: Any = None
    columns: dict[str, int] = field(default_factory=dict)
    row: int = 0
    column: int = -1
    cell: dict[str, str] = field(default_factory=dict)
    formula: dict[str, str] | None = None
    text: str = ""
    known: set[tuple[str, int]] = field(default_factory=set)
    """Styles and columns of which one cell tells all."""
    leftmost: int = _MOST_COLUMNS
    """The first column that holds anything: the reader of workbooks begins there."""
    is_watched: bool = False
    is_held: bool = False
    """Whether the cell has an element of its value."""

    def begin(self, parser: Any) -> None:
        """Listens to a parser."""
        self.parser = parser
        parser.StartElementHandler = self.start

    def start(self, name: str, said: dict[str, str]) -> None:
        """An element begins."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.column += 1
            if at := said.get("r"):
                letters = at.rstrip(_DIGITS)
                if letters not in self.columns:
                    self.columns[letters] = column_number(letters.encode()) - 1
                self.column = self.columns[letters]
            self.cell = said
            style = said.get("s")
            if (
                style in self.formats
                and said.get("t", "n") == "n"
                and (style, self.column) not in self.known
            ):
                self._watch()
        elif name == "row":
            self.row = int(said["r"]) if "r" in said else self.row + 1
            self.column = -1
        elif name == "f":
            self._watch()
            self.formula = said
        elif name in ("v", "is"):
            self.leftmost = min(self.leftmost, self.column)
            if self.is_watched:
                self.is_held = True
                self.parser.CharacterDataHandler = self._read

    def end(self, name: str) -> None:
        """An element of a cell that is looked at ends."""
        name = name.rpartition(":")[2]
        self.parser.CharacterDataHandler = None
        if name == "c":
            self.parser.EndElementHandler = None
            self.is_watched = False
            if self.row >= self.first_row:
                self._look()

    def _watch(self) -> None:
        self.formula, self.text, self.is_held = None, "", False
        self.is_watched = True
        self.parser.EndElementHandler = self.end

    def _read(self, text: str) -> None:
        self.text += text

    def _look(self) -> None:
        text, kind = self.text.strip(), self.cell.get("t", "n")
        if self.formula is not None and kind != "e":
            kept = bool(text) or (self.is_held and kind in ("str", "inlineStr"))
            if self.recalculated or not kept:
                for column in self._spread(self.formula):
                    found = DoubtfulCell(self.row, column, self._name())
                    self.formulas.setdefault((column,), found)
        if (
            kind != "n"
            or not text
            or (shown_by := self.formats.get(self.cell.get("s", ""))) is None
        ):
            return
        try:
            number = Decimal(text)
        except InvalidOperation:
            return  # the reader of the workbook tells
        if shown_by.is_even:
            self.known.add((self.cell["s"], self.column))
        section = shown_by.section(number)
        if section.tells(number):
            key = (self.column, shown_by.code, section.number)
            if key not in self.shown:
                self.shown[key] = DoubtfulCell(
                    self.row, self.column, self._name(), number, shown_by
                )

    def _spread(self, formula: Mapping[str, str]) -> range:
        """The columns that a formula fills: its own, or those of its array."""
        last = formula.get("ref", "").rpartition(":")[2].rstrip(_DIGITS)
        if formula.get("t") not in ("array", "dataTable") or not last.isalpha():
            return range(self.column, self.column + 1)
        return range(self.column, max(self.column + 1, column_number(last.encode())))

    def _name(self) -> str:
        letters = next((name for name, n in self.columns.items() if n == self.column), "")
        return f"{letters}{self.row}" if letters else f"column {self.column + 1}"
