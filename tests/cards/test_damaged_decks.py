"""Decks that are damaged as decks are: each is refused where it is, and who does what is advised has the right price."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.cards.workbooks import Cell, Wrong, xlsx

from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.deck_reading import DeckReading
from minutebook.errors import InputError
from minutebook.money import decimal_of_units

if TYPE_CHECKING:
    from pathlib import Path

HEAD: list[Cell | Wrong] = ["Prefix", "Destination", "Rate"]


def sheet(*rows: list[Cell | Wrong]) -> bytes:
    return xlsx({"Rates": [HEAD, *rows]})


def deck(line: str, head: str = "Prefix,Destination,Rate") -> str:
    """A header, a good row of 33 in line 2, and a line."""
    return f"{head}\n33,France{',' * (head.count(',') - 2)},0.02\n{line}\n"


def first_price(folder: Path, content: str | bytes, reading: DeckReading, name: str) -> Decimal | None:  # fmt: skip
    """What the deck's row of 44 costs; None: it has none."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows = dict(reading.read(path).rows.select("prefix", "rate").iter_rows())
    return None if rows.get("44") is None else decimal_of_units(rows["44"])


DAMAGED = [
    # what, the deck, what is said of it, and the deck as advised
    ("delimiter", "Prefix,Rate\n44;0.01\n33;0.02\n", ":1: has ',' between its headings, and ';' between the cells below",
     "Prefix;Rate\n44;0.01\n33;0.02\n"),
    ("cells too few", deck("44,0.01"), ":3: 2 columns where the deck has 3", deck("44,UK,0.01")),
    ("cells too many", deck("44,UK, all,0.01"), ":3: 4 columns where the deck has 3", deck('44,"UK, all",0.01')),
    ("header again", deck("Prefix,Destination,Rate\n44,UK,0.01"), ":3: prefix 'Prefix' is not a prefix of digits; write one, or take the row out",
     deck("44,UK,0.01")),
    ("footer", deck("44,UK,0.01\nTotal,2,"), ":4: prefix 'Total' is not a prefix of digits; write one, or take the row out where it is a footer",
     deck("44,UK,0.01")),
    ("footer of one cell", deck("44,UK,0.01\nAll prices without VAT"), ":4: 1 columns where the deck has 3; mend the row, or take it out if it is a footer",
     deck("44,UK,0.01")),
    ("two prices", deck("44,UK,0.03\n44,UK,0.01"), ":4: prefix 44 has another price than on line 3; keep one of them", deck("44,UK,0.01")),
    ("prefix with decimals", deck("44.0,UK,0.01"), ":3: prefix '44.0' is a number with decimals, as a spreadsheet makes one; write 44", deck("44,UK,0.01")),
    ("prefix as a power", deck("4.42E+11,UK,0.01"), ":3: prefix '4.42E+11' was damaged by a spreadsheet", deck("44,UK,0.01")),
    ("prefix with a thousand", deck('"4,420",UK,0.01'), ":3: prefix '4,420' may be one number with a comma for its thousands, or a list", deck("44,UK,0.01")),
    ("prefix unseen", deck("\ufeff44,UK,0.01"), r":3: prefix '\ufeff44' has a character that is not seen (U+FEFF); write 44", deck("44,UK,0.01")),
    ("price unseen", deck("44,UK,\u200b0.01"), r"has a character that is not seen (U+200B); write 0.01", deck("44,UK,0.01")),
    ("day that is none", deck("44,2026-02-30,0.01", "Prefix,Effective,Rate").replace("France", "2026-01-01"),
     ":3: effective '2026-02-30' is no day of the calendar; write one, as 2026-10-01",
     deck("44,2026-02-28,0.01", "Prefix,Effective,Rate").replace("France", "2026-01-01")),
    ("day first and month first", "Prefix,Rate,Effective\n44,0.01,13/11/2026\n33,0.01,11/13/2026\n",
     ":3: effective '11/13/2026' has day and month the other way round than '13/11/2026' in line 2; write all dates alike",
     "Prefix,Rate,Effective\n44,0.01,2026-11-13\n33,0.01,2026-11-13\n"),
    ("day as a number", "Prefix,Rate,Effective\n44,0.01,46327\n", ":2: effective '46327' is not a date; write it as 2026-10-01",
     "Prefix,Rate,Effective\n44,0.01,2026-11-01\n"),
    ("days under a heading that is not known", "Prefix,Rate,Eff\n44,0.01,01/13/2026\n", ":2: column 'Eff' holds dates, as '01/13/2026'",
     "Prefix,Rate,Effective\n44,0.01,01/13/2026\n"),
    ("day of a change of old", "Prefix,Rate,Updated,Peak\n44,0.01,01/13/2026,1\n", "column 'Peak'", "Prefix,Rate,Updated\n44,0.01,01/13/2026\n"),
    ("comma among points", deck('44,UK,"0,01"'), ":3: rate '0,01' has a comma; write it with a point", deck("44,UK,0.01")),
    ("negative", deck("44,UK,-0.01"), ":3: rate '-0.01' is negative; prices are 0 or more", deck("44,UK,0.01")),
    ("blank price", deck("44,UK,"), ":3: rate '' is empty; give a price, or the status blocked", deck("44,UK,0.01")),
    ("word for none", deck("44,UK,n/a"), ":3: rate 'n/a' is no number; give a price, or the status blocked", deck("44,UK,0.01")),
    ("currency in a cell", deck("44,UK,$0.01"), ":3: rate '$0.01' has a currency; write the number alone, and the currency into the heading, as Rate (USD)",
     deck("44,UK,0.01", "Prefix,Destination,Rate (USD)")),
    ("unit in a cell", deck("44,UK,0.0002/sec"), ":3: rate '0.0002/sec' has a unit; write what a minute costs", deck("44,UK,0.012")),
    ("share", deck("44,UK,5%"), ":3: rate '5%' is a share, and no price; write the price itself", deck("44,UK,0.01")),
    ("too fine", deck("44,UK,0.012345678901"), ":3: rate '0.012345678901' has more than 10 decimals; round it to 10", deck("44,UK,0.0123456789")),
    ("milliseconds", "Prefix,Rate,Increment\n44,0.01,60000/1000\n", ":2: increment '60000/1000' may be milliseconds; write seconds, as 60/60",
     "Prefix,Rate,Increment\n44,0.01,60/1\n"),
    ("increment of nothing", "Prefix,Rate,Increment\n44,0.01,0/1\n", ":2: increment '0/1' is not whole seconds of 1 or more; write MINIMUM/PULSE in seconds, as 60/6",
     "Prefix,Rate,Increment\n44,0.01,1/1\n"),
    ("error of a formula", deck("44,UK,#N/A"), ":3: rate '#N/A' is the error of a formula; mend the formula, or write the value", deck("44,UK,0.01")),
    ("quote that stays open", deck('44,"UK,0.01'), ":3: column 2: the quote before 'UK,0.01' never closes; close it behind the cell", deck("44,UK,0.01")),
    ("NUL", deck("44\0,UK,0.01"), ":3: has a NUL character, as a broken transfer leaves one", deck("44,UK,0.01")),
    ("no rows", "Prefix,Rate\n", "the deck has no prices", "Prefix,Rate\n44,0.01\n"),
    ("nothing", "", "is empty", "44,0.01\n"),
    ("HTML", "<html><table><tr><td>44</td><td>0.01</td></tr></table></html>", "is a page of HTML or XML, no table", sheet(["44", "UK", 0.01])),
    ("gzip that is cut", gzip.compress(deck("44,UK,0.01").encode())[:40], "is cut: its gzip data ends early; fetch it again",
     gzip.compress(deck("44,UK,0.01").encode())),
    ("workbook that is cut", sheet(["44", "UK", 0.01])[:900], "fetch it again", sheet(["44", "UK", 0.01])),
    ("workbook with a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "save it anew as XLSX, without a password", sheet(["44", "UK", 0.01])),
    ("merged cells", sheet(["44", "UK", 0.01], [None, "UK mobile", 0.03]), """:3: column A, "Prefix": prefix '' is empty; write a prefix into each row""",
     sheet(["44", "UK", 0.01], ["447", "UK mobile", 0.03])),
    ("prefix as a date", sheet([date(2026, 4, 4), "UK", 0.01]), "prefix '2026-04-04' is a date, as a spreadsheet makes one of digits; write the prefix as text",
     sheet(["44", "UK", 0.01])),
    ("formula without a value", sheet(["44", "UK", Wrong("#N/A")]), """:2: column C, "Rate": rate '#N/A' is the error of a formula""", sheet(["44", "UK", 0.01])),
]  # fmt: skip


@pytest.mark.parametrize(("damaged", "says", "advised"), [d[1:] for d in DAMAGED], ids=[d[0] for d in DAMAGED])  # fmt: skip
def test_damage_is_named_with_its_place_and_what_to_write(
    tmp_path: Path, damaged: str | bytes, says: str, advised: str | bytes
) -> None:
    """Nothing is repaired without a word, and the advice leads to a deck with a price."""
    with pytest.raises(InputError) as refused:
        first_price(tmp_path, damaged, DeckReading(), "deck.csv")
    assert says in str(refused.value)
    assert first_price(tmp_path, advised, DeckReading(), "mended.csv") in {
        Decimal("0.01"), Decimal("0.012"), Decimal("0.0123456789")
    }  # fmt: skip


def test_two_sheets_alike_are_a_question_though_one_is_hidden(tmp_path: Path) -> None:
    """What is said is read."""
    both = xlsx({"Now": [HEAD, ["44", "UK", 0.01]], "Old": [HEAD, ["44", "UK", 0.02]]}, hidden=("Old",))  # fmt: skip
    with pytest.raises(InputError, match="has prefixes and prices in 2 sheets: Now and Old"):
        first_price(tmp_path, both, DeckReading(), "deck.xlsx")
    said = DeckReading(choice=DeckChoice(sheet="Old"))
    assert first_price(tmp_path, both, said, "deck.xlsx") == Decimal("0.02")
