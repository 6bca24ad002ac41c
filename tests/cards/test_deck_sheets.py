"""Decks in workbooks: each number as it was typed, each cell that a spreadsheet damaged refused with its place."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cards.workbooks import Wrong, ods, xlsx

from minutebook import money
from minutebook.cards.deck_files import workbook_bounds
from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.decks import Deck, read_deck
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cards.workbooks import Cell

FIXTURES = Path(__file__).parent / "fixtures"
HEAD: list[Cell | Wrong] = ["Prefix", "Destination", "Rate", "Connect fee"]


def read(folder: Path, content: bytes, name: str = "deck.xlsx", sheet: str | None = None) -> Deck:
    file = folder / name
    file.write_bytes(content)
    return read_deck(file, choice=DeckChoice(sheet=sheet))


def refusal(folder: Path, content: bytes, sheet: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, content, sheet=sheet)
    return str(caught.value)


def one(*rows: Sequence[Cell | Wrong]) -> bytes:
    return xlsx({"Rates": [HEAD, *map(list, rows)]})


def prices(deck: Deck) -> dict[str, Decimal]:
    rows = deck.frame.select("prefix", "rate").iter_rows()
    return {prefix: money.decimal_of_units(rate) for prefix, rate in rows}


def test_numbers_and_texts_of_a_sheet_are_read_as_typed(tmp_path: Path) -> None:
    """Numbers of the price as Excel spells them, prefixes as numbers or as text, dates as cells of dates."""
    head = [*HEAD, "Effective date"]
    day = date(2026, 10, 1)
    rows: list[list[Cell | Wrong]] = [
        head,
        [44, "UK", Decimal("1.2999999999999999E-2"), 0, day],
        [Decimal("4.4207946095E+10"), "London", 0.00123456789, Decimal("1E-3"), day],
        ["0044 7", "UK mobile", " 0.03 ", None, day],
        [Decimal("4930.0"), "Berlin", Decimal("1E-7"), None, day],
    ]
    rows[2][2] = 0.0012345678
    for content in (xlsx({"Rates": rows}), ods(rows[:1] + rows[3:4])):
        found = read(tmp_path, content)
        assert (
            prices(found).items()
            <= {
                "44": Decimal("0.013"),
                "44207946095": Decimal("0.0012345678"),
                "447": Decimal("0.03"),
                "4930": Decimal("0.0000001"),
            }.items()
        )
        assert prices(found)["447"] == Decimal("0.03")
        assert str(found.rows["begins"][0]) == "2026-10-01 00:00:00+00:00"


@settings(max_examples=20)
@given(st.lists(st.decimals(min_value=0, max_value=99_999, places=10), min_size=1, max_size=8))
def test_every_price_of_a_sheet_is_exact(
    tmp_path_factory: pytest.TempPathFactory, found: list[Decimal]
) -> None:
    """Fifteen digits go through a float and come out whole."""
    deck = read(tmp_path_factory.mktemp("deck"), one(*([n, "", p] for n, p in enumerate(found, 1))))
    assert prices(deck) == {str(n): price for n, price in enumerate(found, 1)}


def test_an_xls_is_read_like_an_xlsx() -> None:
    """With a cover, a title and a blank row; its formulas without a value are refused."""
    deck = read_deck(FIXTURES / "deck.xls")
    assert prices(deck) == {
        "44": Decimal("0.0123456789"),
        "447": Decimal("0.03"),
        "4420794609": Decimal("0.0000001"),
    }
    source = deck.source
    assert (source.kind, source.sheet, source.header_line) == ("XLS", "Rates", 4)
    assert source.titles == ("ACME rates of October",)
    with pytest.raises(InputError, match=r"""sheet 'Rates':9: column "Rate": rate '#DIV/0!'"""):
        read_deck(FIXTURES / "formula_error.xls")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["44", "", Wrong(), None], "rate '#DIV/0!' is the error of a formula"),
        (["44", "", 0.1, Wrong("#N/A")], "connect_fee '#N/A' is the error of a formula"),
        ([Wrong("#REF!"), "", 0.1, None], "prefix '#REF!' is the error of a formula"),
        ([Decimal("4.42079460951E+16"), "", 1, None], "was damaged by a spreadsheet, digits are lost"),
        (["4.42E+11", "", 1, None], "was damaged by a spreadsheet, digits are lost"),
        ([Decimal("44.5"), "", 1, None], "prefix '44.5' is not a prefix of digits"),
        ([date(2026, 4, 4), "", 1, None], "prefix '2026-04-04'"),
        (["44", "", Decimal("0.013200000000000002"), None],
         "rate '0.013200000000000002…' has more than the 15 digits that a spreadsheet keeps; round it"),
        (["44", "", date(2026, 5, 1), None], "rate '2026-05-01' is not an exact price"),
        (["44", "", True, None], "rate 'true' is not an exact price"),
        (["44", "", None, None], "rate '' is empty; give a price"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_damaged_is_refused_with_its_row(
    tmp_path: Path, row: list[Cell | Wrong], why: str
) -> None:
    """In sheet and row, blank rows counted."""
    said = refusal(tmp_path, one([1, "", 0.01], [], row))
    assert "deck.xlsx, sheet 'Rates':4: " in said
    assert why in said


def test_a_formula_without_a_value_in_an_ods_is_refused(tmp_path: Path) -> None:
    """Its reader takes it for an empty cell; an empty fee would be free."""
    good = ods([HEAD, [], [44, "", 0.01, None]])
    assert prices(read(tmp_path, good)) == {"44": Decimal("0.01")}
    said = refusal(tmp_path, ods([HEAD, [], [44, "", 0.01, Wrong()]]))
    told = (
        """sheet 'Rates':3: column "Connect fee": connect_fee '#ERROR!' is the error of a formula"""
    )
    assert told in said


def test_the_sheet_of_the_deck_is_found(tmp_path: Path) -> None:
    """The only one with prefixes and prices, hidden or not; of several the user says which."""
    deck: list[list[Cell | Wrong]] = [["ACME"], [], HEAD, [44, "UK", 0.01]]
    cover: list[list[Cell | Wrong]] = [["Contact", "noc@acme.example"], ["Rates", "see below"]]
    found = read(tmp_path, xlsx({"Cover": cover, "A-Z": deck, "Empty": []}, hidden=("A-Z",)))
    assert (found.source.sheet, found.source.sheets) == ("A-Z", ("Cover", "A-Z", "Empty"))
    several = xlsx({"A-Z": deck, "Changes": deck, "Cover": cover})
    assert "has prefixes and prices in 2 sheets: A-Z and Changes; say which" in refusal(
        tmp_path, several
    )
    assert read(tmp_path, several, sheet="Changes").source.sheet == "Changes"
    none = xlsx({"Cover": cover, "More": cover})
    assert "has no sheet with headings of prefixes and prices" in refusal(tmp_path, none)
    assert "the workbook has no sheet 'B'; it has" in refusal(tmp_path, several, sheet="B")
    assert "is empty" in refusal(tmp_path, xlsx({"A": [], "B": []}))
    assert "is empty" in refusal(tmp_path, xlsx({"A": [], "B": [["x"]]}), sheet="A")
    assert "is no workbook" in refusal(tmp_path, b"prefix,rate\n44,1\n", sheet="A")


def test_headings_over_two_rows_are_joined(tmp_path: Path) -> None:
    """A merged cell stands over its headings, or down over both rows."""
    rows: list[list[Cell | Wrong]] = [
        ["ACME"],
        ["Prefix", "Destination", "Rate", "Increment", None, "Status"],
        [None, None, None, "First", "Next", None],
        [44, "UK", 0.01, 30, 6, "open"],
    ]
    deck = read(tmp_path, xlsx({"Rates": rows}, merged="D2:E2"))
    assert deck.rows.select("minimum_s", "pulse_s").row(0) == (30, 6)
    assert (deck.source.titles, deck.source.header_line) == (("ACME",), 3)
    turned = [["Zone", None, "Price", None], ["Name", "Code", "Rate", "Interval"], ["UK", 44, 1, 6]]
    assert read(tmp_path, xlsx({"Rates": turned})).source.header_line == 2


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    """Gzip and zip hold workbooks too."""
    packed = tmp_path / "decks.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deck.xlsx", one([44, "UK", 0.01]))
    assert prices(read_deck(packed)) == {"44": Decimal("0.01")}


@pytest.mark.provokes(
    "cards/deck_files/workbook_bounds.py: has more than … MB when it is unpacked, and no deck does; save the sheet of prices alone",
    when="`minutebook card import`: the parts of a workbook are larger than those of any deck.",
)
def test_a_workbook_that_says_a_sheet_beyond_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell in the last row and column, repeated cells, parts that unpack to too much: before memory is taken."""
    rows: list[list[Cell | Wrong]] = [HEAD, [44, "UK", 0.01]]
    assert "has a sheet of 1,048,576 rows and 16,384 columns" in refusal(
        tmp_path, xlsx({"Rates": rows}, far="XFD1048576")
    )
    stray = refusal(tmp_path, xlsx({"Rates": rows}, far="CZ3"))
    assert "column 104 holds numbers, and its heading does not tell" in stray
    many = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>'
    repeated = f'<table:table-row table:number-rows-repeated="90000">{many}</table:table-row>'
    assert "has a sheet of 90,002 rows and 16,000 columns" in refusal(
        tmp_path, ods(rows, repeated=repeated)
    )
    monkeypatch.setattr(workbook_bounds, "MOST_UNPACKED", 1000)
    for content in (xlsx({"Rates": rows}), ods(rows)):
        assert "has more than 0 MB when it is unpacked" in refusal(tmp_path, content)


def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Cut at any place, or locked: never another exception."""
    content = one([44, "UK", 0.01])
    for cut in range(10, len(content), 97):
        assert "deck.xlsx" in refusal(tmp_path, content[:cut])
    assert "cannot be read as a spreadsheet" in refusal(
        tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    )


def written(heads: str, *rows: Sequence[object], trusted: bool = True) -> bytes:
    """A sheet as a library writes it, from C3 on: (number, format), (formula, None, its kept value), or a value."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("Rates")
    for n, row in enumerate((heads.split(","), *rows), 2):
        for column, cell in enumerate(row, 2):
            if isinstance(cell, tuple) and len(cell) > 2:
                sheet.write_formula(n, column, cell[0], None, cell[2])
            elif isinstance(cell, tuple):
                sheet.write_number(n, column, cell[0], book.add_format({"num_format": cell[1]}))
            else:
                sheet.write(n, column, cell)
    book.close()
    if not trusted:
        return packed.getvalue()
    kept = io.BytesIO()
    with zipfile.ZipFile(packed) as was, zipfile.ZipFile(kept, "w") as now:
        for name in was.namelist():
            now.writestr(name, was.read(name).replace(b' fullCalcOnLoad="1"', b""))
    return kept.getvalue()


@pytest.mark.provokes(
    "cards/deck_formats.py: …: the file does not hold the value of the formula in …; open and save it in a spreadsheet first, or write the value in its place",
    when="`minutebook card import`: a formula in a column of an XLSX that is read has no value, or one that a program put in its place.",
)
def test_a_formula_whose_value_the_file_does_not_hold_is_refused(tmp_path: Path) -> None:
    """In any column that is read: an absent fee would be none, and a placeholder nought would be free."""
    for heading in ("Connect fee", "Increment", "Blocked", "Effective date"):
        heads = f"Prefix,Rate,{heading}"
        absent = refusal(tmp_path, written(heads, ["44", 0.1, ("=1+1", None, "")]))
        assert "sheet 'Rates':4: " in absent
        assert "the value of the formula in E4; open and save it in a spreadsheet first" in absent
    heads = "Prefix,Rate,ASR"
    placed = written(heads, ["44", ("=1+1", None, 0), 50], trusted=False)
    assert "rate: the file does not hold the value of the formula in D4" in refusal(
        tmp_path, placed
    )
    kept = written(heads, ["44", ("=1+1", None, 2), 50])
    assert prices(read(tmp_path, kept)) == {"44": Decimal(2)}
    unread = written(heads, ["44", 0.1, ("=1+1", None, "")], trusted=False)
    assert prices(read(tmp_path, unread)) == {"44": Decimal("0.1")}


TELLING: list[tuple[str, float, str, str]] = [
    ("Rate", 1.2, '0.00"¢"', "'1.20¢'"),
    ("Rate", 1.2345, '0.00" ct"', "'1.2345 ct'"),
    ("Rate", 0.0002, '0.0000"/sec"', "'0.0002/sec'"),
    ("Rate", 0.012, "0.00%", "'1.20%'"),
    ("Rate", 12, "0.000,", "'0.012'"),
    ("Rate", 12, "0,000", "'0,012'"),
    ("Rate", 12, '0,000 "€"', "'0,012 €'"),
    ("Rate", 0, '0.00;-0.00;"blocked"', "'blocked'"),
    ("Rate", 0.5, '[<1]"free";0.00', "'free'"),
    ("Rate", 0, "0.00;-0.00;", "''"),
    ("Rate", 0.01, '0.00" EUR/sec"', "'0.01 EUR/sec'"),
    ("Rate (cents)", 1.2, '0.00 "€"', "'1.20 €'"),
    ("Connect fee", 5, '0" ct"', "'5 ct'"),
    ("Increment", 60, '0"/60"', "'60/60'"),
    ("Increment", 1, '"60/"0', "'60/1'"),
    ("Increment", 60, 'General" min"', "'60 min'"),
    ("Prefix", 20, '"44"0', "'4420'"),
]  # fmt: skip
"""Column, number, format, and what the cell shows."""


@pytest.mark.provokes(
    "cards/deck_formats.py: …: … holds … and shows …, by its number format …; write what it says with the format General…",
    when="`minutebook card import`: the number format of a cell of an XLSX shows more than its number.",
)
def test_a_number_that_its_format_shows_as_another_is_refused(tmp_path: Path) -> None:
    """With the cell, what it holds and what it shows."""
    for heading, number, code, shown in TELLING:
        content, at = formatted(heading, number, code)
        said = refusal(tmp_path, content)
        assert f"{at} holds {number} and shows {shown}, by its number format {code}; write" in said
        assert "with the format General" in said


def formatted(heading: str, number: float, code: str) -> tuple[bytes, str]:
    """A deck with a number in a format, and the name of its cell."""
    cells: dict[str, object] = {"Prefix": "44", "Rate": 0.1, "Note": (number, '0"?"')}
    if heading.startswith("Rate"):
        del cells["Rate"]
    cells |= {heading: (number, code)}
    at = f"{'ABCDEFG'[2 + list(cells).index(heading)]}4"
    return written(",".join(cells), list(cells.values())), at


def test_formats_that_say_nothing_are_read_as_ever(tmp_path: Path) -> None:
    """Decimals, spaces, brackets below nought, a fee of nought as a dash, a prefix with dashes."""
    for heading, number, code in (
        ("Rate", 1.5, "_($* #,##0.00_);_($* (#,##0.00)"), ("Rate", 0.01, "#,##0.00##_);[Red](#,##0.00)"),
        ("Rate", 0.01, "0.00;@"), ("Prefix", 4420, '00"-"00'), ("Prefix", 4420, "#,##0"), ("Prefix", 4420, "+0"),
        ("Connect fee", 0, '0.00;-0.00;"-"'),
    ):  # fmt: skip
        content, _ = formatted(heading, number, code)
        assert len(read(tmp_path, content).rows) == 1


def test_a_currency_of_number_formats_is_that_of_the_deck(tmp_path: Path) -> None:
    """As in a heading: of one currency, or a question beside another."""
    for code, currency in (
        ("[$€-407] #,##0.0000", "EUR"), ('_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-', "EUR"),
        ('0.00" CHF"', "CHF"), ("[$USD] 0.00", "USD"), ('0.00" EUR/min"', "EUR"),
    ):  # fmt: skip
        deck = read(tmp_path, written("Prefix,Rate", ["44", 0.5], ["49", (1.5, code)]))
        assert (deck.currency, prices(deck)["49"]) == (currency, Decimal("1.5"))
    pounds = read(tmp_path, written("Prefix,Rate", ["49", (1.5, "£0.00")]))
    assert pounds.currencies is not None
    assert "GBP" in pounds.currencies
    assert "EUR" not in pounds.currencies
    said = refusal(tmp_path, written("Prefix,Rate (EUR)", ["49", (1.5, "$0.00")]))
    assert "says two currencies, $ in the number format of D4 and EUR" in said
    mixed = written("Prefix,Rate", ["44", (1, '0"€"')], ["49", (1.5, "£0.00")])
    assert "says two currencies" in refusal(tmp_path, mixed)


def test_an_error_names_the_column_by_letter_and_heading(tmp_path: Path) -> None:
    """Of a cell, of a column that is not understood, behind Z, and where a sheet begins later; a deck in CSV has no letters."""
    many = [f"Note {n}" for n in range(26)]
    for head, row, why in (
        (["Code", "Destination", "Rate"], ["44", "UK", "soon"], """:2: column C, "Rate": rate 'soon' is not an exact price"""),
        (["Code", "Valid from", "Rate"], ["44", "some day", 1], """:2: column B, "Valid from": effective 'some day' is not a date"""),
        (["Code", "Rate", "Billing increment"], ["44", 1, "0/6"], """:2: column C, "Billing increment": increment '0/6'"""),
        (["Code", "Rate", "Peak"], ["44", 1, 2], ":1: column C, 'Peak': prices by time of day"),
        (["Code", *many, "Rate"], ["44", *[None] * 26, -1], """:2: column AB, "Rate": rate '-1' is negative"""),
    ):  # fmt: skip
        assert why in refusal(tmp_path, xlsx({"Rates": [head, row]}))
    assert """:4: column D, "Rate": rate 'soon'""" in refusal(
        tmp_path, written("Prefix,Rate", ["44", "soon"])
    )
    file = tmp_path / "deck.csv"
    file.write_text("Code,Rate\n44,soon\n")
    with pytest.raises(InputError, match=r"deck.csv:2: rate 'soon' is not an exact price"):
        read_deck(file)
