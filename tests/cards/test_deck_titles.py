"""The lines above a deck's header, and columns that are not understood: what governs prices is a question with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from minutebook.cards.decks import Deck, read_deck
from minutebook.cli.arguments import pairs
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def read(folder: Path, text: str, ignore: Collection[str] = (), said: Collection[str] = ()) -> Deck:
    file = folder / "deck.csv"
    file.write_text(text)
    return read_deck(file, ignore=ignore, said=said)


def titled(title: str, heading: str = "Rate") -> str:
    return f"{title}\nCode,{heading}\n44,0.012\n"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("All prices per second", "another unit than a minute"),
        ("Rates in EUR/sec", "another unit than a minute"),
        ("Rates per 1000 minutes", "another unit than a minute"),
        ("Billing increment 60/60", "increments"),
        ("Calls are billed per second", "increments"),
        ("All destinations 1/1", "increments"),
        ("A call setup fee of 0.05 applies", "a fee"),
        ("Connection charge: EUR 0.02", "a fee"),
        ("Contract No. 5 with a setup fee of 0.05", "a fee"),
        ("Effective: 01-Dec-2026", "a day from or until which prices hold"),
        ("Rates as of December 1st 2026", "a day from or until which prices hold"),
        ("Valid until 2026-12-31", "a day from or until which prices hold"),
        ("Rates include 19% VAT", "a tax within the prices"),
        ("Alle Preise inkl. MwSt.", "a tax within the prices"),
        ("10% discount on all rates", "a discount or a markup"),
        ("US cents", "cents"),
    ],
)
def test_a_line_that_governs_prices_is_a_question(tmp_path: Path, title: str, what: str) -> None:
    """It names the line, and how to leave it out; left out, the deck is taken."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, titled(title))
    said = caught.value.for_shell()
    assert f"{title!r} above the header speaks of {what}; " in said
    assert said.endswith(f"--ignore {title}" if title.isalnum() else f"--ignore '{title}'")
    deck = read(tmp_path, titled(title), ignore=[title])
    assert deck.rows["rate"].to_list() == [120_000_000]
    assert deck.source.titles == (title,)


@pytest.mark.parametrize(
    "title",
    [
        "ACME Carrier Ltd. VAT No. GB 123 456",
        "Prices excl. 19% VAT",
        "All prices net of VAT",
        "Rates in USD per minute",
        "No setup fee",
        "At most 50 calls per second",
        "Price list of 2026-10-01",
        "Customer service 24/7 and tel +44 20 7946 0000",
        "Page 1/1",
    ],
)
def test_a_line_that_governs_none_is_passed_over(tmp_path: Path, title: str) -> None:
    """Addresses, numbers of a company, what holds anyway."""
    assert read(tmp_path, titled(title)).source.titles == (title,)


def test_a_column_or_an_option_answers_a_line(tmp_path: Path) -> None:
    """The increment, the fee and the day may stand in the rows, or be said for all of them; each is asked by itself."""
    for title, heading, cell in (
        ("Increment 60/60", "Increment", "60/60"),
        ("Setup fee 0.05", "Setup Fee", "0.05"),
        ("Effective 2026-12-01", "Effective Date", "2026-12-01"),
    ):
        assert read(tmp_path, f"{title}\nCode,Rate,{heading}\n44,0.012,{cell}\n").rows.height == 1
    assert read(tmp_path, titled("Increment 60/60"), said=["increment"]).rows.height == 1
    second = read(tmp_path, titled("All prices per second", "Rate (per second)"))
    assert second.rows["rate"].to_list() == [7_200_000_000]
    with pytest.raises(InputError, match="speaks of increments"):
        read(tmp_path, titled("Setup fee 0.05 and increment 60/60"), said=["connect_fee"])


@pytest.mark.parametrize(
    ("heading", "cell", "advice"),
    [
        ("Bill. Incr.", "60/60", "say --map 'increment=Bill. Incr.', or"),
        ("Release", "2026-12-01", "say --map effective=Release, or"),
        ("Last release until", "2026-12-01", "say --map 'end=Last release until', or"),
        ("One-off charge", "0.05", "say --map 'connect_fee=One-off charge', or"),
        ("1st Interval", "30", "say --map 'minimum=1st Interval', or"),
        ("Rate incl. VAT", "0.012", "as --map 'FIELD=Rate incl. VAT' (FIELD: name, connect_fee"),
        ("Min. Charge", "0.05", "as --map 'FIELD=Min. Charge' (FIELD: name, connect_fee"),
        ("", "60/60", "say --map 'increment=#3', or"),
        ("Available", "no", "as --map FIELD=Available (FIELD: name, connect_fee, increment,"),
    ],
)
def test_a_question_of_a_column_says_which_field_it_may_be(
    tmp_path: Path, heading: str, cell: str, advice: str
) -> None:
    """By its cells and its heading; how to leave it out comes second."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, f"Code,Rate,{heading}\n44,0.012,{cell}\n")
    said = caught.value.for_shell()
    assert advice in said
    assert said.index("--map") < said.index("--ignore")


def test_a_column_is_named_by_a_heading_with_commas_or_by_its_place(tmp_path: Path) -> None:
    """A comma divides pairs only where another pair follows."""
    given = pairs(
        ["rate=Price, USD,name=Zone", "connect_fee=Fee, USD per call"], "--map", commas=True
    )
    assert given == {"rate": "Price, USD", "name": "Zone", "connect_fee": "Fee, USD per call"}
    file = tmp_path / "deck.csv"
    file.write_text('Code;"Price, USD";Zone;"Fee, USD per call";\n44;0.012;UK;0.05;60/6\n')
    deck = read_deck(file, {**given, "increment": "#5"})
    row = deck.rows.row(0, named=True)
    assert (row["rate"], row["connect_fee"]) == (120_000_000, 500_000_000)
    assert (row["minimum_s"], row["pulse_s"]) == (60, 6)
    assert read_deck(file, given, ignore=["#5"]).rows["pulse_s"].to_list() == [None]


@pytest.mark.parametrize(
    ("column", "cell", "advice"),
    [
        ("Rate", "$0.0120", "has a currency; write the number alone"),
        ("Rate", "n/a", "is no number; give a price, or the status blocked"),
        ("Rate", "-", "is no number; give a price, or the status blocked"),
        ("Rate", "(0.012)", "is in brackets"),
        ("Rate", "1.2c", "has a unit of cents"),
        ("Rate", "-0.1", "is negative"),
        ("Rate", "1.234,50", "has points between its thousands; write it without them"),
        ("Setup Fee", "n/a", "is no number; write one, or leave the cell empty"),
        ("Code", "447XXX", "has marks for any digits; write 447,"),
        ("Code", "4424 to 4426", "is no range that is read; write 4424-4426"),
        ("Code", "44.0", "as a spreadsheet makes one; write 44"),
        ("Code", "A surcharge of 0.02 applies", "take the row out where it is a footer"),
        ("Code", "GB", "write the code that is dialled"),
        ("Code", "Rates subject to change", "take the row out where it is a footer"),
        (
            "Code",
            "336-337",
            "write each prefix of the range in a row of its own, or, if it is one prefix, 336337",
        ),
        (
            "Status",
            "Current",
            "tells of a change; write open or blocked, or say that the column is not to be read",
        ),
        ("Status", "Expired", "write blocked, or take the row out"),
        ("Increment", "2026-01-01", "write the increment as text, as 1/1"),
        ("Increment", "01-Jan", "write the increment as text, as 1/1"),
        ("Destination", "UK Pers - BLOCKED", "says that it is blocked, at a price; write a status"),
    ],
)
def test_a_refused_cell_is_told_with_what_to_write(
    tmp_path: Path, column: str, cell: str, advice: str
) -> None:
    """Each of the usual ways in which a cell is no price, prefix, status or increment."""
    row = {"Code": "44", "Rate": "0.012"} | {column: cell}
    with pytest.raises(InputError) as caught:
        read(tmp_path, f"{';'.join(row)}\n{';'.join(row.values())}\n")
    assert advice in caught.value.for_shell()
    assert cell in caught.value.for_shell()


def test_a_name_that_says_blocked_is_answered_by_a_status(tmp_path: Path) -> None:
    """Open or blocked, as the row says."""
    text = "Code,Rate,Name,Status\n44,0.012,UK BLOCKED,{}\n"
    for status in ("open", "blocked"):
        assert read(tmp_path, text.format(status)).rows["status"].to_list() == [status]


def test_a_quoted_cell_that_swallows_rows_is_refused(tmp_path: Path) -> None:
    """A list of codes over several lines is one cell; a whole row within it is a question."""
    with pytest.raises(InputError, match="which looks like a row of its own; mend the quotes"):
        read(tmp_path, 'Code,Rate,Name\n44,0.012,"UK\n49,0.01,Germany"\n33,0.02,France\n')
    listed = read(tmp_path, 'Code,Rate,Name\n"4420\n4430",0.012,UK\n')
    assert listed.rows["prefix"].to_list() == ["4420", "4430"]
