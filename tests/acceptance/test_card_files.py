"""Cards as files, and changed by hand: what is exported goes in again, at the same prices; what is changed is a draft."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.acceptance.test_cards import cards, maybe_units
from tests.carriers import Call, declare, on, take_in

from minutebook.cards.bands import Bands, BandTime, check_bands
from minutebook.cards.decks import DECK_SCHEMA, read_deck
from minutebook.cards.revision import ALWAYS, Card, Interval, Revision
from minutebook.cards.tariff import Increment, Tally, Terms
from minutebook.errors import InputError
from minutebook.rating.calls import rated
from minutebook.rating.table import RateTable
from minutebook.show.deck_export import dated_deck_file, deck_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

KINDS = ("csv", "xlsx", "json")
BANDS = check_bands(
    Bands(
        "Europe/Berlin",
        (BandTime("Peak", ("mon", "tue", "wed", "thu", "fri"), 8 * 3600, 18 * 3600), BandTime("Off peak")),
    )
)  # fmt: skip
PLAN = Terms(increment=Increment(60, 6), connect_fee=Decimal("0.2"))
INSTANTS = [datetime(2026, 10, day, 10, tzinfo=UTC) for day in range(1, 29, 3)]


@st.composite
def banded_cards(draw: st.DrawFn) -> tuple[pl.DataFrame, Terms]:
    """Any card; perhaps with bands, of which rows without steps may have prices."""
    frame, terms = draw(cards())
    if not draw(st.booleans()):
        return frame, terms
    rows = frame.to_dicts()
    for row in rows:
        if row["steps"] is None and draw(st.booleans()):
            priced = [
                {"band": band, "rate": draw(maybe_units), "connect_fee": draw(maybe_units)}
                for band in draw(st.sampled_from([("Peak",), ("Off peak",), ("Peak", "Off peak")]))
            ]
            row["rates"] = [
                one for one in priced if set(one.values()) != {None, one["band"]}
            ] or None
    return pl.DataFrame(rows, schema=DECK_SCHEMA), replace(terms, bands=BANDS)


def priced(frame: pl.DataFrame, terms: Terms, numbers: list[str]) -> pl.DataFrame:
    """What calls to numbers cost, of some lengths, within bands and outside."""
    table = RateTable.of_card(frame, plan=PLAN, card=terms, tally=Tally.CALL)
    rows = [
        (number, ms, at)
        for number in numbers
        for ms in (None, 0, 5_500, 61_200, 600_000)
        for at in INSTANTS[:3]
    ]
    schema = {
        "called": pl.String(),
        "duration_ms": pl.Int64(),
        "answered_at": pl.Datetime("us", "UTC"),
    }
    calls = pl.LazyFrame(rows, schema=schema, orient="row")
    found = rated(calls, table, 600_000).collect()
    return found.drop("row", strict=False)


def numbers_of(*frames: pl.DataFrame) -> list[str]:
    """Each prefix, and a number below it; and one of none."""
    prefixes = {prefix for frame in frames for prefix in frame["prefix"]}
    return sorted({*prefixes, *(f"{prefix}5" for prefix in prefixes), "999999"})


def revision(number: int, terms: Terms) -> Revision:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return Revision("a-z", number, None, "", 1, "deck.csv", terms, at)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_priced_alike_after_export_and_import(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever rows and card say: blocked rows, steps, fees, bounds, graces, increments, roundings, bands."""
    file = tmp_path_factory.mktemp("deck") / f"copy.{kind}"

    @settings(max_examples=8, deadline=None)
    @given(banded_cards())
    def holds(card: tuple[pl.DataFrame, Terms]) -> None:
        frame, terms = card
        one = revision(1, terms)
        made = deck_file(Card("a-z", "USD", (one,)), one, frame, kind)
        file.write_bytes(made.content)
        again = read_deck(file, bands=terms.bands)
        assert again.currency == "USD"
        numbers = numbers_of(frame)
        assert_frame_equal(priced(frame, terms, numbers), priced(again.frame, again.terms, numbers))
        assert again.frame["name"].to_list() == frame["name"].to_list()

    holds()


def test_a_whole_history_is_priced_alike_at_every_instant(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Rows that go on are one; gaps, and revisions that begin within a day, stay as they are."""
    file = tmp_path_factory.mktemp("deck") / "history"
    turn = st.integers(0, 30 * 24).map(
        lambda hours: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hours)
    )

    @settings(max_examples=6, deadline=None)
    @given(st.lists(cards(), min_size=1, max_size=3), st.data())
    def holds(made: list[tuple[pl.DataFrame, Terms]], data: st.DataObject) -> None:
        first = made[0][1]
        made = [(frame, replace(terms, attempt_fee=first.attempt_fee, duration_rounding=first.duration_rounding,
                                pulse_anchor=first.pulse_anchor)) for frame, terms in made]  # fmt: skip
        if data.draw(st.booleans()):
            made = [*made, made[0]]
        turns = sorted(data.draw(st.sets(turn, min_size=len(made), max_size=len(made))))
        starts = [ALWAYS if data.draw(st.booleans()) else turns[0], *turns[1:]]
        ends: list[datetime | None] = [
            *turns[1:],
            data.draw(st.none() | st.just(turns[-1] + timedelta(hours=7))),
        ]
        if len(made) > 1 and data.draw(st.booleans()):
            ends[0] = min(turns[0] + timedelta(hours=1), turns[1])  # a gap
        revisions = [revision(n, terms) for n, (_, terms) in enumerate(made, 1)]
        parts = [Interval(*three) for three in zip(starts, ends, revisions, strict=True)]
        frames = [frame for frame, _ in made]
        deck = dated_deck_file(
            Card("a-z", "USD", tuple(revisions)),
            list(zip(parts, frames, strict=True)),
            data.draw(st.sampled_from(KINDS)),
        )
        file.write_bytes(deck.content)
        again = read_deck(file)
        schedule = again.schedule(None)
        numbers = numbers_of(*frames)
        for at in {*starts, *(end for end in ends if end), INSTANTS[4]}:
            here = [
                n
                for n, part in enumerate(parts)
                if part.start <= at and (part.end is None or at < part.end)
            ]
            held = [rows for begins, rows in schedule if begins <= at]
            was = (
                priced(*made[here[0]], numbers)
                if here
                else priced(frames[0].clear(), made[0][1], numbers)
            )
            now = priced(held[-1] if held else frames[0].clear(), again.terms, numbers)
            assert_frame_equal(was, now)

    holds()


def test_a_card_is_exported_and_imported_at_the_prompt(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """By the file's name, or --format; a file that is there is kept; history comes back whole."""
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text(
        "prefix,name,rate,increment,status\n44,UK,0.01,60/6,\n447,UK,,,blocked\n33,FR,0.02,,\n"
    )
    second.write_text("prefix,name,rate,increment,status\n44,UK,0.02,60/6,\n447,UK,,,blocked\n")
    assert minutebook("card", "import", "a-z", str(first), "--connect-fee", "0.1").status == 0
    assert (
        minutebook("card", "import", "a-z", str(second), "--live", "2026-11-01T06:00:00Z").status
        == 0
    )
    printed = minutebook("card", "export", "a-z", "--at", "2026-10-01")
    shown = minutebook("--format", "csv", "card", "show", "a-z", "--at", "2026-10-01")
    assert (printed.status, printed.out) == (0, shown.out)
    assert json.loads(minutebook("card", "export", "a-z", "--format", "json").out)["name"] == "a-z"
    assert json.loads(minutebook("--format=json", "card", "export", "a-z").out)["name"] == "a-z"
    for kind in KINDS:
        file = tmp_path / f"copy.{kind}"
        words = ("card", "export", "a-z", str(file))
        assert "revision 1 of a-z, 3 rows" in minutebook(*words, "--revision", "1").err
        kept = file.read_bytes()
        assert (ran := minutebook(*words)).status == 2
        assert "is there already, and is kept" in ran.err
        assert file.read_bytes() == kept
        assert minutebook(*words, "--revision", "1", "--force").status == 0
        assert file.read_bytes() == kept  # the same, to the byte
        assert "revisions 1, 2 of a-z, 4 rows" in minutebook(*words, "--dates", "--force").err
        assert minutebook("card", "import", f"copy-{kind}", str(file)).status == 0
        for at in ("2026-10-01", "2026-11-01T05:59:59Z", "2026-11-01T06:00:00Z"):
            one, other = (
                minutebook("card", "export", name, "--at", at).out
                for name in ("a-z", f"copy-{kind}")
            )
            assert one == other


def test_a_history_that_a_deck_cannot_say_is_refused(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Terms of the whole deck that differ; an instant finer than a second; and the advice is right."""
    file = tmp_path / "deck.csv"
    file.write_text("prefix,rate\n44,0.01\n")
    assert minutebook("card", "import", "a-z", str(file)).status == 0
    words = ("card", "import", "a-z", str(file), "--live", "2026-11-01", "--attempt-fee", "0.001")
    assert minutebook(*words).status == 0
    ran = minutebook("card", "export", "a-z", "--dates")
    assert (
        "differ in attempt_fee, which a deck says for all of its rows; export each by --revision"
        in ran.err
    )
    assert minutebook("card", "export", "a-z", "--revision", "2").status == 0
    assert minutebook("card", "export", "a-z", "--dates", "--at", "2026-11-02").status == 0
    assert (
        minutebook("card", "live", "a-z", "1", "--at", "2026-12-01T00:00:00.5Z", "--force").status
        == 0
    )
    ran = minutebook("card", "export", "a-z", "--dates", "--at", "2026-12-02")
    assert "which a deck cannot say; export it by --revision, without --dates" in ran.err


def test_prices_of_other_bands_are_refused_where_the_deck_tells(tmp_path: Path) -> None:
    """In JSON; a card that declares the same bands takes it."""
    one = revision(1, Terms(bands=BANDS))
    priced = [{"band": "Peak", "rate": 1, "connect_fee": None}]
    frame = pl.DataFrame(
        [{"prefix": "44", "rate": 5, "status": "open", "rates": priced}], schema=DECK_SCHEMA
    )
    file = tmp_path / "deck.json"
    file.write_bytes(deck_file(Card("a-z", "USD", (one,)), one, frame, "json").content)
    assert read_deck(file, bands=BANDS).frame["rates"].to_list() == [priced]
    for other in (None, replace(BANDS, zone="UTC")):
        with pytest.raises(InputError, match="other bands than the card declares"):
            read_deck(file, bands=other)


def test_a_number_that_a_sheet_would_cut_is_text_and_a_formula_is_none(tmp_path: Path) -> None:
    """All decimals of a large price come back, and a name that begins as a formula is a name."""
    one = revision(1, Terms())
    prices = [99_999_999_1234567891, 9_999_999_1234567891, 999_999_1234567891, 12_345_6000000000, 1]
    rows = [
        {"prefix": f"44{n}", "name": "=1+1", "rate": rate, "status": "open"}
        for n, rate in enumerate(prices)
    ]
    file = tmp_path / "deck.xlsx"
    frame = pl.DataFrame(rows, schema=DECK_SCHEMA)
    file.write_bytes(deck_file(Card("a-z", "USD", (one,)), one, frame, "xlsx").content)
    found = read_deck(file).frame
    assert (found["rate"].to_list(), set(found["name"])) == (prices, {"=1+1"})


@pytest.mark.provokes(
    "show/deck_export.py: card … has … rows, more than a sheet holds; export it as CSV or JSON",
    when="`minutebook card export a-z prices.xlsx`, of a card with more rows than a sheet has.",
)
def test_a_card_of_more_rows_than_a_sheet_has_is_no_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is refused, with the kinds of file that hold it."""
    monkeypatch.setattr("minutebook.reporting.xlsx.MOST_ROWS", 1)
    one = revision(1, Terms())
    frame = pl.DataFrame([{"prefix": "44", "rate": 1, "status": "open"}], schema=DECK_SCHEMA)
    with pytest.raises(InputError, match="more than a sheet holds; export it as CSV or JSON"):
        deck_file(Card("a-z", "USD", (one,)), one, frame, "xlsx")


def rates(minutebook: Callable[..., Ran], *words: str) -> dict[str, str]:
    """The prices of a card, by prefix."""
    found = minutebook("card", "export", *words).out.splitlines()
    return {row["prefix"]: row["rate"] or row["status"] for row in csv.DictReader(found)}


def test_a_card_is_changed_by_hand_and_gone_back_to(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Each a new revision, told with who made it; nothing else of the card changes, and nothing is said twice."""
    file = tmp_path / "deck.csv"
    file.write_text(
        "prefix,name,rate,increment\n44,UK,0.01,60/6\n447,UK mobile,0.03,\n33,FR,0.02,\n"
    )
    words = ("card", "import", "a-z", str(file), "--connect-fee", "0.1")
    assert minutebook(*words).status == 0
    change = (
        "card",
        "edit",
        "a-z",
        "--set",
        "44=0.011,+44 20=0.012",
        "--block",
        "33",
        "--remove",
        "447",
    )
    tried = minutebook("--format", "json", *change, "--dry-run").json
    made = minutebook("--format", "json", *change).json
    assert (tried["added"], made["added"], made["standing"]) == (False, True, "draft")
    assert tried["changes"] == made["changes"]
    assert [(c["prefix"], c["change"]) for c in made["changes"]] == [
        ("33", "blocked"), ("44", "dearer"), ("4420", "dearer"), ("447", "cheaper"),
    ]  # fmt: skip
    assert rates(minutebook, "a-z") == {"44": "0.01", "447": "0.03", "33": "0.02"}
    assert rates(minutebook, "a-z", "--revision", "2") == {
        "44": "0.011",
        "4420": "0.012",
        "33": "blocked",
    }
    assert "4420,UK,0.012,0.1,60/6," in minutebook("card", "export", "a-z", "--revision", "2").out
    assert "has these rows already; nothing was added" in minutebook(*change).err
    assert minutebook("card", "edit", "a-z", "--set", "33=0.5", "--from", "2").status == 0
    assert rates(minutebook, "a-z", "--revision", "3") == {
        "44": "0.011",
        "4420": "0.012",
        "33": "0.5",
    }
    twice = minutebook("card", "edit", "a-z", "--set", "44=1", "--set", "44=2")
    assert (twice.status, "says prefix 44 twice" in twice.err) == (2, True)
    assert minutebook("card", "live", "a-z", "3", "--at", "2026-11-01").status == 0
    back = ("card", "rollback", "a-z", "1", "--at", "2026-11-10")
    assert minutebook(*back, "--dry-run").status == 0
    assert len(minutebook("--format", "json", "card", "list").json) == 3
    assert minutebook(*back).status == 0
    assert rates(minutebook, "a-z", "--at", "2026-11-09") == {
        "44": "0.011",
        "4420": "0.012",
        "33": "0.5",
    }
    assert rates(minutebook, "a-z", "--at", "2026-11-10") == {
        "44": "0.01",
        "447": "0.03",
        "33": "0.02",
    }
    assert (
        "has the prices of revision 1 at 2026-11-10T00:00:00Z already, by revision 4"
        in minutebook(*back).err
    )
    listed = minutebook("--format", "json", "card", "list").json
    assert [(one["standing"], one["file"], bool(one["imported_by"])) for one in listed] == [
        ("archived", "deck.csv", True), ("draft", "revision 1, changed by hand", True),
        ("archived", "revision 2, changed by hand", True), ("in force", "revision 1 again", True),
    ]  # fmt: skip
    assert "revision 1 again." in minutebook("card", "show", "a-z").out
    assert minutebook("card", "rollback", "a-z", "2").status == 0
    assert minutebook("--format", "json", "card", "list").json[4]["standing"] == "draft"


def test_going_back_over_billed_days_needs_a_reason(book: Book, tmp_path: Path) -> None:
    """It says what it changes of them; with a reason the next run posts the difference."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("c1", "globex", at=on(2), seconds=60))
    book.runs.bill(date(2026, 10, 3))
    dearer = book.cards.edit("a-z", rates={"44": "0.5"})
    book.cards.take_live("a-z", dearer.revision.number, on(1, 0))
    book.runs.bill(date(2026, 10, 3))
    with pytest.raises(
        InputError,
        match=r"prices 1 billed day .* anew: -0\.49 USD for 1 account; look with dry_run",
    ):
        book.cards.roll_back("a-z", 1, on(1, 0))
    assert len(book.cards.show("a-z").revisions) == 2
    found = book.cards.roll_back("a-z", 1, on(1, 0), reason="a slip")
    assert (found.done, found.days, found.accounts[0].difference) == (
        True,
        (date(2026, 10, 2),),
        Decimal("-0.49"),
    )
    assert book.runs.bill(date(2026, 10, 3)).total == {"USD": Decimal("0.49")}
