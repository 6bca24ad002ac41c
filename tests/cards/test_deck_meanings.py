"""What headings and cells of decks say beside the usual: units, brackets, parts of prefixes, ends; understood or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.cards.test_deck_questions import rates, read, refusal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("field", "heading", "cell", "why"),
    [
        ("rate", "Rate (%)", "5", "says '%'"),
        ("rate", "Rate (x100)", "6", "says 'x100'"),
        ("rate", "Rate x100", "6", "says 'x100'"),
        ("rate", "Rate (millicents)", "6000", "says 'millicents'"),
        ("rate", "Rate millicents", "6000", "says 'millicents'"),
        ("rate", "Rate in 1/10 cent", "60", "says '1/10'"),
        ("connect_fee", "Surcharge %", "5", "says '%'"),
        ("connect_fee", "Connect Fee (percent)", "5", "says 'percent'"),
        ("minimum", "Minimum (USD)", "1", "says an amount"),
        ("minimum", "Minimum $", "1", "says an amount"),
        ("increment", "Increment (ms)", "6000", "another unit than seconds"),
        ("increment", "Increment minutes", "1", "another unit than seconds"),
        ("grace", "Grace (ms)", "500", "another unit than seconds"),
        ("free_seconds", "Grace milliseconds", "500", "another unit than seconds"),
        ("currency", "Currency (cents)", "USD", "says a unit"),
        ("effective", "Effective Date (UTC+8)", "2026-11-01", "says 'UTC+8'"),
        ("effective", "Effective Date (EST)", "2026-11-01", "says 'est'"),
        ("effective", "Effective Date CET", "2026-11-01", "says 'cet'"),
        ("end", "Valid Until (exclusive)", "2026-11-30", "says 'exclusive'"),
        ("blocked", "Blocked (0=yes)", "0", "says '0=yes'"),
        ("prefix_to", "Prefix To (last two)", "29", "says 'last two'"),
    ],
)
def test_what_a_heading_says_is_understood_or_the_column_is_not(
    tmp_path: Path, field: str, heading: str, cell: str, why: str
) -> None:
    """Neither by itself nor by --map: cents of cents are no dollars, milliseconds no seconds, Shanghai is not UTC."""
    rate = "" if field == "rate" else ",Rate"
    text = f"Prefix,{heading}{rate}\n44,{cell}{rate and ',0.06'}\n"
    assert f"column {heading!r}" in refusal(tmp_path, text)
    said = refusal(tmp_path, text, **{field: heading})
    assert f"column {heading!r}: its heading" in said
    assert why in said
    assert "take that out of its heading" in said


@pytest.mark.parametrize(
    ("header", "row", "right"),
    [
        ("Prefix,Price (GBp)", "44,1.2", "0.012"),
        ("Prefix,Rate GBX", "44,1.2", "0.012"),
        ("Prefix,USc/min", "44,1.2", "0.012"),
        ("Prefix (E.164),Rate,Increment (sec),Blocked (Y/N)", "44,0.012,6,N", "0.012"),
        ("Prefix,Rate,Effective Date (UTC),Valid To (inclusive)", "44,0.012,2026-11-01,", "0.012"),
        ("Prefix,Rate,Effective Date (YYYY-MM-DD),Timezone", "44,0.012,2026-11-01,UTC", "0.012"),
        ("Prefix,Rate,Grace (ms)", "44,0.012,0", "0.012"),
    ],
)
def test_units_and_brackets_that_are_understood(
    tmp_path: Path, header: str, row: str, right: str
) -> None:
    """Pence by the code that markets write, UTC, how dates are written, what is so anyway."""
    assert rates(read(tmp_path, f"{header}\n{row}\n")) == {"44": right}


@pytest.mark.parametrize(
    "cell", ["USD cents", "p", "GBp", "USD/100", "USD per second", "USD x100", "USD (cents)"]
)
def test_a_cell_of_a_currency_says_a_currency_alone(tmp_path: Path, cell: str) -> None:
    """Cents or a second there make every price another; US Dollar is a currency."""
    text = "Prefix,Rate,Currency\n44,0.01,{}\n"
    assert "says more than a currency" in refusal(tmp_path, text.format(cell))
    assert rates(read(tmp_path, text.format("US Dollar"))) == {"44": "0.01"}


def test_equal_headings_are_to_be_renamed(tmp_path: Path) -> None:
    """Neither --map nor --ignore can tell them apart; to leave both out is clear."""
    text = "Prefix,Rate,Rate\n44,0.06,0.07\n"
    for columns in ({}, {"rate": "Rate"}):
        assert "'Rate' is the heading of two columns; rename one" in refusal(
            tmp_path, text, **columns
        )
    both = "Prefix,Rate,EK,EK\n44,0.06,1,2\n"
    assert rates(read(tmp_path, both, ("EK",))) == {"44": "0.06"}
    other = read(tmp_path, text.replace("Rate\n", "rate\n", 1), ("Rate",), rate="rate")
    assert rates(other) == {"44": "0.07"}


def test_a_second_column_of_grace_is_a_question_too(tmp_path: Path) -> None:
    """Noughts in the first do not make free seconds of the second."""
    text = "Prefix,Rate,Grace,Grace Time\n44,0.06,0,3\n"
    assert "'Grace Time' may be a grace" in refusal(tmp_path, text)
    assert "'Grace Time' may be a grace" in refusal(tmp_path, text, grace="Grace")
    free = read(tmp_path, text, free_seconds="Grace Time").frame
    assert free.select("grace_ms", "free_ms").row(0) == (0, 3000)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Country Code,NPA,NXX,Rate\n1,201,200,1\n", ["1201200"]),
        ("Country Code,NPA,Rate\n1,201,1\n+1,202,1\n", ["1201", "1202"]),
        ("Country Code,NPANXX,Rate\n1,201200,1\n", ["1201200"]),
        ("Prefix (NPANXX),Rate\n201200,1\n", ["1201200"]),
        ("Code (NPA-NXX),Rate\n201-200,1\n", ["1201200"]),
        ('Prefix,Rate\n"4420\n4430",1\n', ["4420", "4430"]),
        ('Country Code,Area Code,Rate\n44,"20\n30",1\n', ["4420", "4430"]),
        ("Prefix,Rate\n+44(0)20,1\n", ["4420"]),
        ("Prefix,Rate\n44 (0) 20,1\n", ["4420"]),
        ("Prefix,Rate\n44 20 7,1\n", ["44207"]),
        (
            "Prefix,Rate\n39 06,1\n39-02,1\n225 07,1\n00 39 011,1\n",
            ["22507", "39011", "3902", "3906"],
        ),
        ("Country Code,Area Code,Rate\n225,07,1\n", ["22507"]),
        ("Prefix,Rate\n44020,1\n", ["44020"]),
        ("Prefix,Rate\n0044 20,1\n", ["4420"]),
        ("Prefix,Rate\n4420 - 4421,1\n", ["4420", "4421"]),
    ],
)
def test_no_part_of_a_prefix_is_lost(tmp_path: Path, text: str, right: list[str]) -> None:
    """NPA and NXX with their country code, a code in brackets, lines in a cell, a nought that is not dialled."""
    assert list(rates(read(tmp_path, text))) == right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Prefix,Rate\n4420 4430,1\n", "may be a list of prefixes or one"),
        ("Prefix,Rate\n1-809 829,1\n", "may be a list of prefixes or one"),
        ("From,To,Rate\n4420 4430,4440,1\n", "may be a list of prefixes or one"),
        ("Country Code,Area Code,Rate\n44,20 30,1\n", "may be a list of area codes or one"),
        ("Prefix,Rate\n0011 44,1\n", "begins with 0011"),
        ("Prefix,Rate\n+39 (0)6,1\n", "has a nought in brackets, which is dialled in Italy"),
        (
            "Prefix,Rate\n+225 (0)7,1\n",
            "has a nought in brackets, which may be dialled from abroad too",
        ),
        *(
            (f"Prefix,Rate\n{cell},1\n", "has a 0 behind its country code")
            for cell in ("44 020", "44-020", "+44 - 020", "0044 020", "44(020)", "49 030;49 040")
        ),
        ("From,To,Rate\n44 020,44 029,1\n", "has a 0 behind its country code"),
        ("Country Code,NPA,Rate\n44,201,1\n", "may be two parts of one prefix"),
    ],
)
def test_digits_that_may_be_two_prefixes_are_refused(tmp_path: Path, text: str, why: str) -> None:
    """They are never joined."""
    assert why in refusal(tmp_path, text)


def test_an_end_in_the_last_year_is_no_end(tmp_path: Path) -> None:
    """9999-12-31, with a time or without; other dates beyond the calendar are refused."""
    text = "Prefix,Rate,Valid To\n44,0.1,{}\n"
    for cell in ("9999-12-31", "9999-12-31 23:59:59"):
        assert len(read(tmp_path, text.format(cell)).schedule(None)) == 1
    assert "is no day of the calendar" in refusal(tmp_path, text.format("9999-12-32"))
    early = text.replace("Valid To", "Effective").format("0001-01-01 00:00+02:00")
    assert "is no day of the calendar" in refusal(tmp_path, early)
    ends = [at for at, _ in read(tmp_path, text.format("9998-12-31")).schedule(None)]
    assert ends[-1] == datetime(9999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "cell"), [("Time", "12:00"), ("Hour", "12"), ("Timezone", "CET"), ("Time Zone", "EST")]
)
def test_a_time_or_a_zone_beside_a_date_is_a_question(tmp_path: Path, more: str, cell: str) -> None:
    """The instants at which prices change are not the first ones of days in UTC."""
    text = f"Prefix,Rate,Effective Date,{more}\n44,0.1,2026-11-01,{cell}\n"
    assert f"column {more!r}" in refusal(tmp_path, text)
