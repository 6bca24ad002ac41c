"""Decks: a file of rates read, and taken live in a book.

    python benchmarks/decks.py [--prefixes 300000]

The same prices as CSV and as XLSX, six columns each. "Read" is the file alone, as rows that are checked;
"live" is `book.cards.import_deck` with an instant, into a book that has the card already: read, kept
and in force. Wall seconds on a machine that does nothing else; CPU seconds tell more on one that does.
Peak memory is of the process that did it.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import minutebook
from measure import measured, table, working_folder
from minutebook.cards.decks import read_deck

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADINGS = ("Code", "Destination", "Rate (USD)", "Connect fee", "Increment", "Effective date")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prefixes", type=int, default=300_000)
    options = parser.parse_args()
    with working_folder(None) as folder:
        write_csv(folder / "deck.csv", options.prefixes)
        write_xlsx(folder / "deck.xlsx", options.prefixes)
        with minutebook.init(folder / "book") as book:
            (folder / "first.csv").write_text("prefix,rate\n1,0.01\n")
            book.cards.import_deck("csv", folder / "first.csv")
            book.cards.import_deck("xlsx", folder / "first.csv")
        rows = []
        for name in ("deck.csv", "deck.xlsx"):
            read = measured(read_alone, folder / name)
            live = measured(take_live, str(folder / "book"), folder / name)
            for what, found in (("read", read), ("live", live)):
                cpu, prefixes = found.result
                rows.append(
                    [f"{name} {what}", f"{prefixes:,}", f"{found.seconds:.2f}", f"{cpu:.2f}",
                     f"{found.peak_gb:.2f}"]
                )  # fmt: skip
        table(f"Decks of {options.prefixes:,} prefixes", ["", "Prefixes", "s", "CPU s", "GB"], rows)


def prices(count: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Rows of a deck: prefixes that differ, a price of six decimals."""
    for n in range(count):
        code = str(2_000_000 + n * 7)
        yield code, f"Somewhere {code[:3]}", f"0.{n * 7919 % 10**6:06}", "0", "60/1", "2026-10-01"


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(",".join(row) + "\n" for row in (HEADINGS, *prices(count)))


def write_xlsx(path: Path, count: int) -> None:
    """Code, rate and fee as numbers, the rest as text, as exports have them."""

    def cell(column: int, row: int, text: str) -> str:
        at = f"{'ABCDEF'[column]}{row}"
        if row > 1 and column in (0, 2, 3):
            return f'<c r="{at}"><v>{text}</v></c>'
        return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'

    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r0" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="Rates" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for r, row in enumerate((HEADINGS, *prices(count)), 1):
                cells = "".join(cell(c, r, text) for c, text in enumerate(row))
                sheet.write(f'<row r="{r}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def read_alone(path: Path) -> tuple[float, int]:
    """CPU seconds, and how many prefixes the deck has."""
    begun = time.process_time()
    rows = read_deck(path).rows
    return time.process_time() - begun, rows.height


def take_live(folder: str, path: Path) -> tuple[float, int]:
    """CPU seconds, and how many prefixes the revision has."""
    begun = time.process_time()
    with minutebook.open(folder) as book:
        taken, _ = book.cards.import_deck(
            path.suffix[1:], path, live_at=datetime(2026, 11, 1, tzinfo=UTC)
        )
    return time.process_time() - begun, taken.revision.prefixes


if __name__ == "__main__":
    main()
