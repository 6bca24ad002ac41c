"""Tables as a workbook, XLSX: numbers exactly, as far as a spreadsheet keeps them, and all else as text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

MOST_ROWS: Final = 1_048_576
"""A sheet has so many rows."""
_DIGITS: Final = 15
"""A spreadsheet keeps so many digits of a number; longer ones are text."""
_TOLD_APART: Final = 18
"""A text with so many decimals is no spelling of a float."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WIDEST, _NARROWEST = 48, 9
_MEASURED: Final = 500
"""Rows by which the width of a column is chosen."""
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class XlsxSheet:
    """A sheet: lines above a table, its headings, its rows; `numbers`: the places of columns that hold numbers."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    numbers: Collection[int] = ()
    titles: Sequence[str] = ()


def xlsx_bytes(sheets: Sequence[XlsxSheet], made_at: datetime) -> bytes:
    """The workbook; the same bytes for the same sheets and instant."""
    import xlsxwriter  # type: ignore[import-untyped]

    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    workbook.set_properties({"created": made_at.replace(tzinfo=None)})
    for sheet in sheets:
        _write(workbook, sheet)
    workbook.close()
    return content.getvalue()


def _write(workbook: Any, sheet: XlsxSheet) -> None:
    page = workbook.add_worksheet(_NOT_IN_NAMES.sub(" ", sheet.name)[:_LONGEST_NAME].strip("' "))
    bold = workbook.add_format({"bold": True})
    amount = workbook.add_format({"num_format": "0.00########"})
    whole = workbook.add_format({"num_format": "0"})
    for line, title in enumerate(sheet.titles):
        page.write_string(line, 0, title, None if line else bold)
    head = len(sheet.titles)
    for column, heading in enumerate(sheet.headings):
        page.write_string(head, column, heading, bold)
        cells = (row[column] or "" for row in sheet.rows[:_MEASURED])
        widest = max(len(heading), *map(len, cells), 0)
        page.set_column(column, column, min(max(widest + 2, _NARROWEST), _WIDEST))
    for line, row in enumerate(sheet.rows, head + 1):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if column in sheet.numbers and _is_kept(cell):
                form = amount if "." in cell else whole
                page.write_number(line, column, Decimal(cell), form)
            else:
                page.write_string(line, column, _long(cell) if column in sheet.numbers else cell)
    page.freeze_panes(head + 1, 0)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)


def _long(cell: str) -> str:
    """A number of more digits than a spreadsheet keeps, as a text that nothing takes for its nearest float."""
    if not _NUMBER.fullmatch(cell) or "." not in cell:
        return cell
    return cell.ljust(_TOLD_APART + cell.index(".") + 1, "0")


def _is_kept(cell: str) -> bool:
    """Whether a spreadsheet keeps a number with all of its digits."""
    return bool(_NUMBER.fullmatch(cell)) and len(cell.lstrip("-0.").replace(".", "")) <= _DIGITS
