"""Checks of how a deck's file is read: its cells, columns, units, prefixes, dates."""

from __future__ import annotations

import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from tests.cards.workbooks import Wrong, xlsx
from tests.docs.rules.calls import plain
from tests.docs.rules.cards import deck, read
from tests.docs.rules.tables import each

from minutebook.cards.deck_decimals import decimal_mark
from minutebook.cards.deck_files import header, unpacking, workbook_bounds
from minutebook.cards.decks import read_deck
from minutebook.errors import InputError
from minutebook.money import decimal_of_units

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def deck_file(row: Row) -> dict[str, str]:
    """A deck's file by its lines, in an encoding."""
    lines = "\n".join(part.strip() for part in row["Lines"].split(" ¶ "))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.csv"
        path.write_bytes(lines.replace("tab", "\t").encode(row["Written in"]))
        try:
            found = read_deck(path)
        except InputError:
            return {"Read as": "refused", "Header": "", "Prices": ""}
    pairs = found.frame.select("prefix", "rate").iter_rows()
    return {
        "Read as": found.source.encoding or "",
        "Header": f"line {found.source.header_line}" if found.source.header_line else "none",
        "Prices": ", ".join(f"{p} at {plain(decimal_of_units(r))}" for p, r in pairs),
    }


def deck_sheet_cell(row: Row) -> dict[str, str]:
    """One cell of a sheet, in a row whose others are right."""
    kind, said = row["A cell of the sheet"].split(" ", 1)
    made = {"number": Decimal, "text": str, "error": Wrong}
    cells: dict[str, Any] = {"Prefix": 44, "Destination": "UK", "Rate": 1, "Connect fee": 0}
    cells[row["Column"]] = made[kind](said)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.xlsx"
        path.write_bytes(xlsx({"Rates": [list(cells), list(cells.values())]}))
        try:
            found = read_deck(path).frame.row(0, named=True)
        except InputError:
            return {"Read as": "refused"}
    key = row["Column"].lower().replace(" ", "_").replace("destination", "name")
    value = found[key]
    return {"Read as": plain(decimal_of_units(value)) if isinstance(value, int) else value}


def deck_number_format(row: Row) -> dict[str, str]:
    """A number of a sheet with a format, in a row whose others are right."""
    cells: dict[str, Any] = {"Prefix": 44, "Rate": 1, "Connect fee": 0}
    cells[row["Column"]] = number = Decimal(row["Number"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet()
        for n, (name, cell) in enumerate(cells.items()):
            code = row["Number format"] if cell is number else "General"
            sheet.write_string(0, n, name)
            sheet.write_number(1, n, cell, book.add_format({"num_format": code}))
        book.close()
        try:
            deck = read_deck(path)
        except InputError:
            return {"Read as": "refused"}
    value = deck.frame.row(0, named=True)[row["Column"].lower().replace(" ", "_")]
    read = plain(decimal_of_units(value)) if isinstance(value, int) else value
    return {"Read as": f"{read} {deck.currency or ''}".strip()}


def deck_json(row: Row) -> dict[str, str]:
    """A rate of an interconnect rate card."""

    def said(text: str) -> dict[str, Any]:
        pairs = (part.split(" = ") for part in text.split(", ") if part)
        return {name: v if v.isalpha() else Decimal(v) for name, v in pairs}

    card: dict[str, Any] = {}
    for name, value in said(row["The card says"].replace("nothing", "")).items():
        part, _, key = name.partition(".")
        card |= {part: card.get(part, {}) | {key: value} if key else value}
    cells = {"prefix": "44"} | said(row["A rate says"])
    card |= {"fields": [{"name": name} for name in cells], "rates": [list(cells.values())]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.json"
        text = json.dumps({"cards": {"default": card}}, default=lambda value: f"~{value}~")
        path.write_text(text.replace('"~', "").replace('~"', ""))
        try:
            found = read_deck(path).frame.row(0, named=True)
        except InputError:
            return {"Taken": "refused"}
    taken = [plain(decimal_of_units(found["rate"])) + " a minute"]
    if found["pulse_s"]:
        taken.append(f"{found['minimum_s']}/{found['pulse_s']}")
    if found["connect_fee"]:
        taken.append(f"connect fee {plain(decimal_of_units(found['connect_fee']))}")
    if found["rounding_method"]:
        taken.append(f"rounded {found['rounding_method']} {found['rounding_precision']}")
    return {"Taken": ", ".join(taken)}


def deck_decimals(row: Row) -> dict[str, str]:
    """Two prices of a deck, and what the user says of their marks."""
    prices = row["Prices"].split(" and ")
    said = decimal_mark(row["Said"]) if row["Said"] else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.csv"
        path.write_text("prefix;rate\n" + "".join(f"4{n};{p}\n" for n, p in enumerate(prices)))
        try:
            found = read_deck(path, decimals=said).frame["rate"]
        except InputError:
            return {"Read as": "refused"}
    return {"Read as": " and ".join(plain(decimal_of_units(rate)) for rate in found)}


def deck_bounds(row: Row) -> dict[str, str]:
    """What no deck may pass."""
    bounds = {
        "A deck, unpacked (MB)": unpacking.MOST_BYTES >> 20,
        "The parts of a workbook, unpacked (MB)": workbook_bounds.MOST_UNPACKED >> 20,
        "Cells of a sheet, from its first to its last": workbook_bounds.MOST_CELLS,
        "Rows in which the header is looked for": header.SEARCHED_ROWS,
    }
    return {"At most": f"{bounds[row['Bound']]:,}"}


def deck_cell(row: Row) -> dict[str, str]:
    """A deck of one row, of the kind that is taken or refused."""
    columns = dict(part.split(" = ") for part in row["A row"].split(", "))
    try:
        found = deck([{name: value.replace("empty", "") for name, value in columns.items()}])
    except InputError:
        return {"Taken": "no"}
    return {"Taken": f"yes, {found['status'][0]}"}


def deck_column(row: Row) -> dict[str, str]:
    """A cell of a column beside a prefix and a price."""
    try:
        found = deck([{"prefix": "44", "rate": "1", row["Column"]: row["Its cell"]}])
    except InputError:
        return {"Row 44": "refused"}
    return {"Row 44": str(found["status"][0])}


def deck_unit(row: Row) -> dict[str, str]:
    """A price under its heading."""
    try:
        found = deck([{"prefix": "44", row["Heading"]: row["Cell"]}])
    except InputError:
        return {"Rate a minute": "refused"}
    return {"Rate a minute": plain(decimal_of_units(found["rate"][0]))}


def deck_prefixes(row: Row) -> dict[str, str]:
    """The prefixes that a row's cells are."""
    columns = dict(part.split(" = ") for part in row["A row"].split(", "))
    try:
        found = deck([{**{k: v.replace("empty", "") for k, v in columns.items()}, "rate": "1"}])
    except InputError:
        return {"Prefixes": "refused"}
    return {"Prefixes": " ".join(found["prefix"])}


def deck_dates(row: Row) -> dict[str, str]:
    """Two rows of a prefix with their dates."""
    cells = []
    for text in (row["First row"], row["Second row"]):
        rate, _, begins, *until = text.split()
        cells.append(
            {"prefix": "44", "rate": rate, "effective": begins, "end": (until or [""])[-1]}
        )
    found = [
        f"{at.date()} {plain(decimal_of_units(frame['rate'][0])) if frame.height else 'none'}"
        for at, frame in read(cells).schedule(None)
    ]
    return {"Revisions": ", ".join(found)}


CHECKS = {
    "deck_file": each(deck_file),
    "deck_sheet_cell": each(deck_sheet_cell),
    "deck_number_format": each(deck_number_format),
    "deck_json": each(deck_json),
    "deck_decimals": each(deck_decimals),
    "deck_bounds": each(deck_bounds),
    "deck_cell": each(deck_cell),
    "deck_column": each(deck_column),
    "deck_unit": each(deck_unit),
    "deck_prefixes": each(deck_prefixes),
    "deck_dates": each(deck_dates),
}
