"""Workbooks for tests, written by hand: XLSX and ODS as small as they may be.

A cell is a text, a number as its sheet spells it (`Decimal`, int, float), a date, a truth, None for no
cell, or `Wrong` for a formula without a value. What an error or a merged cell looks like in a file is
written here, not by a library that would mend it.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

Cell = str | int | float | Decimal | date | bool | None
"""And `Wrong`."""
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass(frozen=True)
class Wrong:
    """A formula that came to no value."""

    error: str = "#DIV/0!"


def letters(column: int) -> str:
    """The name of a column, from 0: A, Z, AA."""
    found = ""
    while column >= 0:
        found, column = chr(ord("A") + column % 26) + found, column // 26 - 1
    return found


def xlsx(
    sheets: dict[str, list[list[Cell | Wrong]]],
    *,
    hidden: tuple[str, ...] = (),
    far: str = "",
    merged: str = "",
) -> bytes:
    """An XLSX of sheets; `hidden` ones are; the first also has a cell `far` off, and cells `merged`."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r0" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    names, links = "", f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    for n, (name, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        names += f'<sheet name="{escape(name)}" sheetId="{n}"{state} r:id="r{n}"/>'
        links += (
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        )
        body = "".join(
            f'<row r="{r}">{"".join(_xlsx(cell, f"{letters(c)}{r}") for c, cell in enumerate(row))}</row>'
            for r, row in enumerate(rows, 1)
            if row
        )
        if n == 1 and far:
            body += f'<row><c r="{far}"><v>1</v></c></row>'
        tail = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if n == 1 and merged else ""
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{body}</sheetData>{tail}</worksheet>'
        )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
    )
    return _zipped(parts)


def _xlsx(cell: Cell | Wrong, at: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Wrong):
        return f'<c r="{at}" t="e"><f>A1/0</f><v>{cell.error}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    if isinstance(cell, date):
        at_noon = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        days = (at_noon - datetime(1899, 12, 30)).total_seconds() / 86400
        return f'<c r="{at}" s="1"><v>{days}</v></c>'
    return f'<c r="{at}"><v>{cell}</v></c>'


def ods(rows: list[list[Cell | Wrong]], *, repeated: str = "") -> bytes:
    """An ODS of one sheet, padded with empty cells and rows to its bounds, as LibreOffice does; `repeated`: a row's XML."""
    pad = '<table:table-cell table:number-columns-repeated="16000"/>'
    body = "".join(
        f"<table:table-row>{''.join(map(_ods, row))}{pad}</table:table-row>" for row in rows
    )
    body += (
        f'{repeated}<table:table-row table:number-rows-repeated="1040000">{pad}</table:table-row>'
    )
    spaces = " ".join(f'xmlns:{name}="{_ODS}:{name}:1.0"' for name in ("office", "table", "text"))
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{_ODS}:manifest:1.0"><m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
            "content.xml": f'<office:document-content {spaces} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="Rates">{body}</table:table></office:spreadsheet></office:body></office:document-content>',
        }
    )


def _ods(cell: Cell | Wrong) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Wrong):
        return (
            '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
            f"<text:p>{cell.error}</text:p></table:table-cell>"
        )
    if isinstance(cell, str):
        kind = 'office:value-type="string"'
    elif isinstance(cell, date):
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    else:
        kind = f'office:value-type="float" office:value="{cell}"'
    return f"<table:table-cell {kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>"


def _zipped(parts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()
