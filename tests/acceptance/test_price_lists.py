"""Price lists for customers: every price once, and no change without a word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import fastexcel
import polars as pl
import pytest
from hypothesis import given, settings
from tests.acceptance.test_card_files import banded_cards, priced

from minutebook.cards.bands import DAYS, Bands, BandTime
from minutebook.cards.callers import Callers
from minutebook.cards.combined import Combined
from minutebook.cards.countries import country_name
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.price_list import PriceList, price_lines, price_turns
from minutebook.show.deck_rows import deck_rows
from minutebook.show.price_classes import class_heading, classes_told
from minutebook.show.price_list_files import price_list_page
from minutebook.show.price_lists import price_headings, price_notes, price_turn_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.cards.classes import PriceClasses
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


BANDS = Bands(
    "Europe/London",
    (BandTime("peak", DAYS[:5], 8 * 3600, 18 * 3600), BandTime("off", ("sat", "sun", "holiday")), BandTime("off")),
    holidays=(date(2026, 12, 25),), calendars=("GB-SCT",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        (None, []),
        (BANDS, ["Times are those of Europe/London, and the answer of a call counts. peak: Mon to Fri 08:00 to 18:00; off: Sat, Sun and holidays, all other times.", "Holidays are 2026-12-25 and the public holidays of GB-SCT."]),
        (Jurisdictions(lrn=True), ["inter: from one state of the United States to another; intra: within a state; indeterminate: the state of a number is not known. A ported number counts by its routing number."]),
        (Origins(("GB", "IN"), ("IN",)), ["local: both numbers are of one country; group: from GB and IN to IN; international: all other calls."]),
        (Origins(), ["local: both numbers are of one country; international: all other calls."]),
        (Callers(("44", "4420")), ["From 44 and 4420: of callers whose numbers begin so, by the longest that fits; the rate alone: of all other callers."]),
    ],
)  # fmt: skip
def test_a_list_says_which_calls_have_which_price(
    classes: PriceClasses | None, told: list[str]
) -> None:
    """In words for who pays them; and so of several together."""
    assert classes_told(classes) == told
    if isinstance(classes, Callers):
        assert classes_told(Combined((BANDS, classes))) == [*classes_told(BANDS), *told]
        assert class_heading("peak 44") == "peak from 44"


def row(prefix: str, **cells: str | None) -> dict[str, str | None]:
    """A row of a deck, as it is shown."""
    return {
        "prefix": prefix,
        "name": None,
        "rate": None,
        "status": "open",
        "increment": "1/1",
    } | cells


def test_prices_by_class_are_listed_and_their_changes_told() -> None:
    """No column without a price; a new price is told, and one by which a class falls back on the row's own."""
    before = {
        "44": row("44", **{"rate peak": "0.6", "rate off": "0.12"}),
        "1": row("1", rate="0.3", **{"rate peak": "0.24"}),
    }
    after = {
        "44": row("44", **{"rate peak": "0.66", "rate off": "0.1"}),
        "1": row("1", rate="0.3", **{"rate peak": None}),
        "49": row("49", **{"rate peak": "0.5", "rate off": "0.5"}),
    }
    found = PriceList("a-z", 1, "USD", AT, AT, tuple(price_lines(before)), tuple(price_turns(before, after, AT)), BANDS)  # fmt: skip
    told = {row["prefix"]: (row["change"], row["also"]) for row in price_turn_rows(found)}
    assert told == {
        "44": ("terms", "Rate peak 0.60 → 0.66; Rate off 0.12 → 0.10"),
        "1": ("increase", "Rate peak 0.24 → 0.30"),
        "49": ("new", "Rate peak 0.50; Rate off 0.50"),
    }
    assert price_notes(found)[-1] == "Where a destination has none of these prices, its rate holds."
    alone = replace(found, lines=tuple(price_lines({"44": before["44"]})), turns=())
    assert list(price_headings(alone)) == ["country", "name", "prefix", "rate peak", "rate off", "increment"]  # fmt: skip
    assert price_notes(alone) == classes_told(BANDS)
    assert "All other times are UTC." in price_list_page(alone)


@pytest.mark.parametrize(
    ("code", "name"),
    [("GB", "United Kingdom"), ("XK", "Kosovo"), ("AC", "Ascension Island"), (None, None)],
)
def test_a_country_has_its_name(code: str | None, name: str | None) -> None:
    """In English, of every country that numbers have."""
    assert country_name(code) == name
