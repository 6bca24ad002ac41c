"""Price lists for customers: every price once, and no change without a word."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import fastexcel
import polars as pl
import pytest
from hypothesis import given, settings
from tests.acceptance.test_card_files import banded_cards, priced

from minutebook.cards.countries import country_name
from minutebook.cards.price_list import price_lines, price_turns
from minutebook.show.deck_rows import deck_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.cards.tariff import Terms

AT = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = """prefix,name,rate,increment,status
1,North America,0.0045,1/1,
1242,Bahamas,0.09,60/60,
33,France <b>,0.0110,1/1,
336,France Mobile,0.0200,1/1,
337,France Mobile,0.0200,1/1,
44,United Kingdom,0.0100,1/1,
449098,United Kingdom Premium,,,blocked
88213,Satellite,1.25,60/60,
"""
SECOND = """prefix,name,rate,increment,status
1,North America,0.0045,1/1,
33,France <b>,0.0125,1/1,
336,France Mobile,0.0200,60/1,
337,France Mobile,0.0200,60/1,
44,United Kingdom,0.0100,1/1,
449098,United Kingdom Premium,,,blocked
49,Germany,0.007,1/1,
"""


@settings(max_examples=4, deadline=None)
@given(banded_cards(), banded_cards())
def test_each_price_is_listed_once_and_none_changes_without_a_word(
    one: tuple[pl.DataFrame, Terms], other: tuple[pl.DataFrame, Terms]
) -> None:
    """A prefix whose calls cost otherwise is among the changes, with both prices; one whose row is alike is not."""
    before, after = (
        {row["prefix"]: row for row in deck_rows(frame, terms, "USD")}
        for frame, terms in (one, other)
    )
    for rows in (before, after):
        listed = [prefix for line in price_lines(rows) for prefix in line.prefixes]
        assert sorted(listed) == sorted(rows)
    assert price_turns(before, before, AT) == []
    turns = {
        prefix: turn for turn in price_turns(before, after, AT) for prefix in turn.line.prefixes
    }
    numbers = sorted(before.keys() | after.keys())
    was, now = (
        priced(frame, terms, numbers).select("called", "status", "cost_units")
        for frame, terms in (one, other)
    )
    differs = was.hstack(now.rename(lambda name: f"{name}_now")).filter(
        ((pl.col("status") == "priced") | (pl.col("status_now") == "priced"))
        & (
            (pl.col("status") != pl.col("status_now"))
            | (pl.col("cost_units") != pl.col("cost_units_now"))
        )
    )
    assert set(differs["called"]) <= turns.keys()


def test_a_card_is_a_price_list_with_what_changes_when(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Printed, as a page and as a workbook; a page of ours is written over, another's file is kept."""
    for n, (text, more) in enumerate(((FIRST, ()), (SECOND, ("--live", "2026-12-01"))), 1):
        (tmp_path / f"{n}.csv").write_text(text)
        assert minutebook("card", "import", "retail", str(tmp_path / f"{n}.csv"), *more).status == 0
    words = ("card", "pricelist", "retail", "--at", "2026-11-01")
    found = minutebook("--format", "json", *words).json
    assert [(p["country"], p["name"], p["prefixes"]) for p in found["prices"]] == [
        ("BS", "Bahamas", ["1242"]), ("FR", "France <b>", ["33"]), ("FR", "France Mobile", ["336", "337"]),
        ("GB", "United Kingdom", ["44"]), ("GB", "United Kingdom Premium", ["449098"]), ("US", "North America", ["1"]),
        (None, "Satellite", ["88213"]),
    ]  # fmt: skip
    assert [
        (t["at"][:10], (t["after"] or t["before"])["name"], t["change"]) for t in found["changes"]
    ] == [
        ("2026-12-01", "Bahamas", "cheaper"), ("2026-12-01", "France <b>", "dearer"), ("2026-12-01", "France Mobile", "changed"),
        ("2026-12-01", "Germany", "new"), ("2026-12-01", "Satellite", "removed"),
    ]  # fmt: skip
    later = minutebook("--format", "json", "card", "pricelist", "retail", "--at", "2026-12-02").json
    assert (later["revision"], later["changes"]) == (2, found["changes"])
    printed = minutebook(*words, "--format", "csv").out
    assert "France,France Mobile,336; 337,0.0200,1/1\n" in printed
    copy = tmp_path / "copy.csv"
    copy.write_text(printed)
    assert minutebook("card", "import", "copy", str(copy)).status == 0
    page = tmp_path / "list.html"
    assert minutebook(*words, str(page)).status == 0
    text = page.read_text()
    assert "France &lt;b&gt;" in text
    assert "From 2026-12-01" in text
    assert not re.search(r"https?://|<script|src=", text)  # it needs no network
    assert minutebook(*words, str(page)).status == 0
    page.write_text("mine")
    ran = minutebook(*words, str(page))
    assert (ran.status, "is kept" in ran.err, page.read_text()) == (2, True, "mine")
    book = tmp_path / "list.xlsx"
    assert minutebook(*words, str(book)).status == 0
    sheets = fastexcel.read_excel(book)
    assert sheets.sheet_names == ["Prices", "Changes"]
    prices = sheets.load_sheet("Prices", header_row=2).to_polars()
    assert prices.filter(pl.col("Destination") == "North America")[
        "Rate (USD a minute)"
    ].to_list() == ["0.0045"]


@pytest.mark.parametrize(
    ("code", "name"),
    [("GB", "United Kingdom"), ("XK", "Kosovo"), ("AC", "Ascension Island"), (None, None)],
)
def test_a_country_has_its_name(code: str | None, name: str | None) -> None:
    """In English, of every country that numbers have."""
    assert country_name(code) == name
