"""Rate decks: read exactly, or refused with the line that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook import money
from minutebook.cards.decks import DECK_SCHEMA, read_deck
from minutebook.errors import InputError

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path


def deck(folder: Path, text: str | bytes, **columns: str) -> list[dict[str, Any]]:
    """The rows of a deck, without what it leaves out."""
    file = folder / "deck.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    frame = read_deck(file, columns).frame
    assert frame.schema == DECK_SCHEMA
    return [
        {key: value for key, value in row.items() if value is not None}
        for row in frame.iter_rows(named=True)
    ]


def test_the_usual_headers_are_recognised(tmp_path: Path) -> None:
    """Code, Destination, Connection Cost, Cost / Min and both increments mean what they say."""
    text = "\ufeffCode,Destination,Connection Cost (USD),Free calls up to (s),Cost / Min (USD),Initial Increment,Increment,Status\n36,Hungary,0.5,2,0.083,30,6,Active\n"
    assert deck(tmp_path, text) == [
        {
            "prefix": "36",
            "name": "Hungary",
            "rate": 830_000_000,
            "connect_fee": 5_000_000_000,
            "minimum_s": 30,
            "pulse_s": 6,
            "grace_ms": 2000,
            "status": "open",
        }
    ]


@pytest.mark.parametrize("mark", [",", ";", "|", "\t"])
def test_any_usual_delimiter_is_read(tmp_path: Path, mark: str) -> None:
    """Comma, semicolon, bar and tab."""
    text = f"prefix{mark}rate\n+44 20{mark}.5\n"
    assert deck(tmp_path, text) == [{"prefix": "4420", "rate": 5_000_000_000, "status": "open"}]


def test_a_deck_without_header_is_prefix_rate_name(tmp_path: Path) -> None:
    """Where the first row is a prefix already."""
    rows = deck(tmp_path, "44, 0.012,United Kingdom\n1, 0.004,\n")
    assert [(row["prefix"], row["rate"], row.get("name")) for row in rows] == [
        ("1", 40_000_000, None),
        ("44", 120_000_000, "United Kingdom"),
    ]


def test_columns_can_be_named(tmp_path: Path) -> None:
    """--map says which column is which."""
    rows = deck(tmp_path, "Ziel,EK,VK\n49,,0.02\n", prefix="Ziel", rate="VK")
    assert rows == [{"prefix": "49", "rate": 200_000_000, "status": "open"}]


def test_increments_are_taken_as_written(tmp_path: Path) -> None:
    """60/6 is minimum/pulse and never swapped; a number alone is the pulse."""
    rows = deck(tmp_path, "prefix,rate,increment\n1,1,60/6\n2,1,1/60\n3,1,30\n4,1,\n")
    assert [(row.get("minimum_s"), row.get("pulse_s")) for row in rows] == [
        (60, 6),
        (1, 60),
        (None, 30),
        (None, None),
    ]


def test_steps_and_blocked_rows(tmp_path: Path) -> None:
    """A row may be priced by steps; a blocked one has no price."""
    first, second = deck(
        tmp_path, "prefix,rate,steps,status\n44,,0:0.40/30 60:0.20/10,\n449,,,blocked\n"
    )
    assert first["steps"] == [
        {"from_s": 0, "rate": 4_000_000_000, "pulse_s": 30},
        {"from_s": 60, "rate": 2_000_000_000, "pulse_s": 10},
    ]
    assert second == {"prefix": "449", "status": "blocked"}


@pytest.mark.parametrize("word", ["blocked", "Block", "inactive", "disabled", "rejected"])
def test_a_blocked_row_needs_no_price(tmp_path: Path, word: str) -> None:
    """And has none, whatever stands there."""
    rows = deck(tmp_path, f"prefix,rate,status\n44,,{word}\n45,0.5,{word}\n")
    assert rows == [{"prefix": prefix, "status": "blocked"} for prefix in ("44", "45")]


def test_identical_rows_count_once(tmp_path: Path) -> None:
    """A repeated row is no contradiction."""
    assert len(deck(tmp_path, "prefix,rate\n44,0.01\n44,0.010\n")) == 1


def test_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    """So that nobody takes them for honoured; and the currency of the header."""
    file = tmp_path / "deck.csv"
    file.write_text("prefix,Rate (EUR),Country,Comment\n44,0.01,UK,new\n")
    read = read_deck(file)
    assert (read.ignored_columns, read.currency) == (("Country", "Comment"), "EUR")


def test_a_column_of_one_currency_is_the_decks(tmp_path: Path) -> None:
    """It is held against the card's, as a header's is."""
    file = tmp_path / "deck.csv"
    file.write_text("prefix,rate,Currency\n44,0.01,eur\n1,0.01,eur\n")
    assert read_deck(file).currency == "EUR"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("prefix,rate\n44,0.01\n4.42E+11,0.01\n", ":3: prefix '4.42E+11' was damaged by a spreadsheet"),
        ("prefix,rate\n44x,0.01\n", ":2: prefix '44x' has marks for any digits; write 44,"),
        ("prefix,rate\n,0.01\n", ":2: prefix '' is empty"),
        ("prefix,rate\n4420-29,0.01\n", ":2: prefix '4420-29' is no range"),
        ("prefix,rate\n44;20,0.01\n", ":2: prefix '44;20' is a list in which 20 may be"),
        ("prefix,rate\n44,\n", ":2: rate '' is empty"),
        ("prefix,rate\n44,N/A\n", ":2: rate 'N/A' is no number; give a price"),
        ('prefix,rate\n44,"1,000.50"\n', ":2: rate '1,000.50' has a comma"),
        ("prefix;rate\n44;1,050\n", ":2: rate '1,050' may have a comma before its decimals or its thousands"),
        ("prefix,rate\n44,-0.01\n", ":2: rate '-0.01' is negative"),
        ("prefix,rate\n44,1e-2\n", ":2: rate '1e-2' is not an exact price"),
        ("prefix,rate\n44,0.12345678901\n", "has more than 10 decimals"),
        ("prefix,rate\n44,999999999\n", "is out of range; it must be below 100,000,000"),
        ("prefix,rate\n44,0.01\n1,0.01\n44,0.02\n", ":4: prefix 44 has another price than on line 2"),
        ("prefix,rate,effective_date\n44,0.01,8/1/2026\n1,0.01,9/1/2026\n",
         ":2: effective '8/1/2026' may have the month or the day first"),
        ("prefix,rate,currency\n44,0.01,EUR\n1,0.01,USD\n", ":3: currency 'USD' is not 'EUR' as in line 2"),
        ("prefix,rate (USD),currency\n44,0.01,EUR\n", ":1: says two currencies, EUR and USD"),
        ("prefix,rate,increment\n44,0.01,0/6\n", ":2: increment '0/6' is not whole seconds of 1 or more"),
        ("prefix,rate,increment\n44,0.01,6/\n", ":2: increment '6/' is not MINIMUM/PULSE"),
        ("prefix,rate,status\n44,0.01,maybe\n", ":2: status 'maybe' is neither open nor blocked"),
        ("prefix,rate\n44,0.01,extra\n", ":2: 3 columns where the deck has 2"),
        ("prefix,rate\n44\n", ":2: 1 columns where the deck has 2"),
        ('prefix,rate\n44,"0.01\n', ":2: column 2: the quote before '0.01' never closes; close it behind the cell"),
        ('"', ":1: column 1: a quote at the end of the line never closes"),
        ('prefix,name,rate\n\n44,"UK,0.01\n33,"France",0.02\n',
         ":3: column 2: the quote before 'UK,0.01' closes before 'F', within its cell"),
        ('prefix,name,rate\n44,"U\nK ""1""",0.01\n33,France,"0.02\n', ":4: column 3: the quote before '0.02' never closes"),
        ("prefix,rate\n44,=0.01\n", ":2: rate '=0.01' is a formula; write its value in its place"),
        ("prefix,rate\n=A1,0.01\n", ":2: prefix '=A1' is a formula; write its value in its place"),
        ("prefix,rate\n'44,0.01\n", ":2: prefix \"'44\" begins with the mark by which spreadsheets keep a number as text; write 44"),
        ("prefix,rate,increment\n44,0.01,60-1\n", ":2: increment '60-1' is not MINIMUM/PULSE; write 60/1, if 60 s is the least"),
        ("prefix,rate,increment\n44,0.01,1 min\n", ":2: increment '1 min' counts minutes; write seconds, as 60/60"),
        ("prefix,rate,increment\n44,0.01,per second\n", ":2: increment 'per second' is not MINIMUM/PULSE; write 1/1"),
        ("prefix,rate,increment\n44,0.01,per minute\n", ":2: increment 'per minute' is not MINIMUM/PULSE; write 60/60"),
        ("prefix,rate,quality\n44,0.01,CLI\n1,0.01,CLI\n44,0.02,NCLI\n",
         ":4: prefix 44 has another price than on line 2, and the rows are of different quality, 'CLI' and 'NCLI'; keep one"),
        ("destination,rate\nUK,0.01\n", ":1: no column is the prefix"),
        ("prefix,cost price,buyrate,rate initial\n44,1,1,1\n", "could both be the rate"),
        ("code,interrate,intrarate,rate\n1934,1,1,1\n", "jurisdictional prices are read where the card declares jurisdictions"),
        ("prefix,rate\n", "has no prices"),
        ("", "is empty"),
        (b"PK\x03\x04\0\0", "is a broken zip archive"),
    ],
)  # fmt: skip
def test_one_bad_row_refuses_the_deck_with_its_line(
    tmp_path: Path, text: str | bytes, error: str
) -> None:
    """What is wrong, where, and never a guess."""
    with pytest.raises(InputError) as caught:
        deck(tmp_path, text)
    assert error in str(caught.value)
    assert "deck.csv" in str(caught.value)


@settings(max_examples=25)
@given(st.lists(st.decimals(min_value=0, max_value=99_999_999, places=10), min_size=1, max_size=20))
def test_every_price_is_read_exactly(
    tmp_path_factory: pytest.TempPathFactory, prices: list[Decimal]
) -> None:
    """All ten decimals, never through a float."""
    lines = "".join(f"{1_000 + n},{price:f}\n" for n, price in enumerate(prices))
    rows = deck(tmp_path_factory.mktemp("deck"), f"prefix,rate\n{lines}")
    assert [money.decimal_of_units(row["rate"]) for row in rows] == prices


@given(st.binary(max_size=200))
def test_any_bytes_are_a_deck_or_a_clean_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Never another exception."""
    try:
        deck(tmp_path_factory.mktemp("deck"), content)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
