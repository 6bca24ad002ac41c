"""How a deck was read is kept by a name, and the next deck is read so, or refused for what is otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.cards.workbooks import xlsx

from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.deck_reading import DeckReading
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.money import decimal_of_units

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.cards.deck_profile import DeckProfile

OCTOBER = """Valid from 01/10/2026
Dial code;Zone;Sell;Old;Old;Starts on
44;UK;0,01;1;1;01/10/2026
33;France;0,02;1;1;01/10/2026
"""
SAID = DeckReading.said(
    {"prefix": "Dial code", "rate": "Sell", "effective": "Starts on"},
    ["Old", "Valid from 01/10/2026"],
    "dmy",
    None,
    DeckChoice(),
)


def written(folder: Path, content: str | bytes, name: str = "deck.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def kept(folder: Path, content: str | bytes, reading: DeckReading, name: str) -> DeckProfile:
    """The profile of a deck."""
    deck = reading.read(written(folder, content, name))
    return reading.kept_as("vox", deck, "a-z", name)


def prices(reading: DeckReading, path: Path) -> dict[str, Decimal]:
    frame = reading.read(path).rows.select("prefix", "rate")
    return {prefix: decimal_of_units(rate) for prefix, rate in frame.iter_rows()}


@pytest.fixture
def profile(tmp_path: Path) -> DeckProfile:
    return kept(tmp_path, OCTOBER, SAID, "october.csv")


@pytest.mark.parametrize(
    ("was", "is_", "why"),
    [
        ("", "", ""),
        ("Valid from 01/10/2026", "Rates in cents", "above the header speaks of cents"),
        ("Valid from 01/10/2026\n", "", ""),
        ("Dial code;Zone", "Zone;Dial code", "deck.csv:3: prefix 'UK' is not a prefix"),  # cells stay
        ("Sell", "SELL", ""),
        ("Sell", "Price", "reads column 'Sell' as rate, and the deck has no such column"),
        ("Zone", "Area", "reads column 'Zone' as name"),
        ("Old;Old", "Id;Id", ""),  # what was ignored may be gone; what is new is harmless or refused
        ("Old;Old", "Connect fee;Id", "knows no column 'Connect fee', which would be read as connect_fee"),
        ("Old;Old", "Min charge;Id", "column 'Min charge' bears on prices"),
        ("Old;Old", "Old;Sell", "'Sell' is the heading of two columns"),
        ("0,01", "0.01", "has a point, where decimals are said to begin with a comma"),
        ("01/10/2026\n33", "10/13/2026\n33", "effective '10/13/2026' is no day of the calendar"),
        ("Dial code;Zone;Sell;Old;Old;Starts on\n", "", "reads"),
    ],
)  # fmt: skip
def test_the_next_deck_is_read_as_the_one_before_or_refused_for_what_differs(
    profile: DeckProfile, tmp_path: Path, was: str, is_: str, why: str
) -> None:
    """Nothing is said again, and nothing is guessed."""
    path = written(tmp_path, OCTOBER.replace(was, is_))
    reading = DeckReading().by(profile)
    if not why:
        assert prices(reading, path) == {"44": Decimal("0.01"), "33": Decimal("0.02")}
        return
    with pytest.raises(InputError) as refused:
        reading.read(path)
    assert why in str(refused.value)


def test_what_is_said_beside_a_profile_goes_before_it(profile: DeckProfile, tmp_path: Path) -> None:
    """Also where it names a column that the profile reads as another, or does not read."""
    path = written(tmp_path, OCTOBER.replace("Sell;Old", "Price;Fee"))
    said = DeckReading.said({"rate": "Price", "connect_fee": "Fee"}, [], None, None, DeckChoice())
    assert prices(said.by(profile), path)["44"] == Decimal("0.01")
    path = written(tmp_path, OCTOBER.replace("01;1", "03;1").replace("Old;Old", "Dear;Old"))
    said = DeckReading.said({"rate": "Dear"}, ["Sell"], None, None, DeckChoice())
    assert prices(said.by(profile), path) == {"44": Decimal(1), "33": Decimal(1)}


def test_a_column_by_its_place_needs_all_headings_as_they_were(tmp_path: Path) -> None:
    """`#3`: the second of two alike is another one where a column is put before it."""
    text = "Code,Price,Price\n44,1,0.01\n"
    said = DeckReading.said({"rate": "#3", "prefix": "#1"}, ["#2"], None, None, DeckChoice())
    found = kept(tmp_path, text, said, "deck.csv")
    assert found.told_columns() == {"prefix": "Code", "rate": "#3"}
    assert found.ignore == ("#2",)
    path = written(tmp_path, text.replace("0.01", "0.02"), "next.csv")
    assert prices(DeckReading().by(found), path) == {"44": Decimal("0.02")}
    other = written(tmp_path, "Code,Id,Price,Price\n44,7,1,0.01\n", "next.csv")
    with pytest.raises(InputError, match="names a column by its place among 'Code', 'Price'"):
        DeckReading().by(found).read(other)


def test_a_deck_without_a_header_is_read_by_the_same_positions(tmp_path: Path) -> None:
    """A name between prefix and price is another deck, as is one with a header."""
    found = kept(tmp_path, "44,0.01\n33,0.02\n", DeckReading(), "deck.csv")
    path = written(tmp_path, "44,0.03\n")
    assert prices(DeckReading().by(found), path) == {"44": Decimal("0.03")}
    for other in ("44,UK,0.03\n", "Code,Rate\n44,0.03\n"):
        with pytest.raises(InputError, match="profile 'vox' reads no header, and prefix, rate"):
            DeckReading().by(found).read(written(tmp_path, other))


@pytest.mark.provokes(
    "cards/deck_files/workbook.py: profile … reads a sheet that is not there: …; say which is the deck: sheet=NAME, and save_profile to keep that",
    when="`minutebook card import --profile NAME`: the deck is a workbook without the sheet that the profile reads.",
)
@pytest.mark.provokes(
    "cards/deck_files/reading.py: profile … reads sheet …, and the deck is no workbook; import it without profile, and with save_profile to keep how it is read",
    when="`minutebook card import --profile NAME`: the profile reads a sheet, and the deck is text.",
)
def test_a_workbook_is_read_from_the_same_sheet(tmp_path: Path) -> None:
    """Another sheet, or no workbook at all, is another deck; unless the user says the sheet."""
    rows = [["Code", "Rate"], ["44", 0.01]]
    found = kept(tmp_path, xlsx({"Voice": rows, "SMS": rows}),
                 replace(DeckReading(), choice=DeckChoice(sheet="Voice")), "deck.xlsx")  # fmt: skip
    reading = DeckReading().by(found)
    two = written(tmp_path, xlsx({"SMS": [rows[0], ["44", 9]], "Voice": rows}), "deck.xlsx")
    assert prices(reading, two) == {"44": Decimal("0.01")}
    other = written(tmp_path, xlsx({"SMS": rows}), "deck.xlsx")
    with pytest.raises(InputError, match=r"profile 'vox' reads a sheet that is not there: .* 'Voice'; it has SMS"):  # fmt: skip
        reading.read(other)
    said = replace(DeckReading(), choice=DeckChoice(sheet="SMS"))
    assert prices(said.by(found), other) == {"44": Decimal("0.01")}
    with pytest.raises(InputError, match="reads sheet 'Voice', and the deck is no workbook"):
        reading.read(written(tmp_path, "Code,Rate\n44,0.01\n"))


def test_profiles_are_kept_with_their_decks_alone(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who and when stays; a deck that is refused keeps none; the same deck twice is one revision."""
    october, november = (
        written(tmp_path, f"Code,Sell,Dear\n44,{rate},1\n", f"{rate}.csv")
        for rate in ("0.01", "0.02")
    )
    wrong = written(tmp_path, "Code,Sell,Dear\n44,,1\n", "wrong.csv")
    words = ["--book", str(book.path), "card", "import", "a-z"]
    first = ["--map", "rate=Sell", "--ignore", "Dear", "--currency", "EUR", "--save-profile", "vox"]
    assert run([*words, str(wrong), *first]) == 2
    assert list(book.cards.profiles()) == []
    assert run([*words, str(october), *first]) == 0
    assert "how it was read is kept; for the next deck: --profile vox" in capsys.readouterr().err
    (found,) = book.cards.profiles()
    assert (found.currency, found.ignore, found.card, found.saved_by) == ("EUR", ("Dear",), "a-z", "root")  # fmt: skip
    assert run([*words, str(november), "--profile", "vox", "--preview"]) == 0
    assert run([*words, str(october), *first]) == 0
    assert "is kept, instead of how 0.01.csv was; for the next deck" in capsys.readouterr().err
    for _ in range(2):
        assert run([*words, str(november), "--profile", "vox", "--live", "2026-11-01"]) == 0
    assert [one.number for one in book.cards.show("a-z").revisions] == [1, 2]
    assert run([*words, str(wrong), "--profile", "vox", "--save-profile", "vox"]) == 2
    assert list(book.cards.profiles()) == [found]
    taken, _ = book.cards.import_deck("other", november, profile="vox")
    assert taken.currency == "EUR"
    assert book.cards.remove_profile("vox", "another deck now") == found
    assert list(book.cards.profiles()) == []
    last = [deed for deed in book.ledger.audit() if deed.kind == "deck profile"][-1]
    assert last.reason == "another deck now"
