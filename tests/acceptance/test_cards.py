"""Rate cards at the prompt: what a deck's refusal advises, what a card keeps, and what comes out goes in again."""

from __future__ import annotations

import shlex
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook import money
from minutebook.cards.decks import DECK_SCHEMA, read_deck
from minutebook.cards.tariff import DurationRounding, Increment, PulseAnchor, Tally, Terms
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.show.deck_rows import deck_rows
from minutebook.show.tables import Column, Sheet, csv_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Ran

CASES = Path(__file__).parents[3] / "shared" / "cases"


def deck(folder: Path, text: str) -> str:
    file = folder / "deck.csv"
    file.write_text(text)
    return str(file)


def test_what_a_card_says_of_itself_passes_to_its_next_revision(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Unless the import says otherwise; a precision alone leaves the method."""
    said = (
        "--increment", "30/6", "--rounding", "down", "--precision", "5", "--duration-rounding", "half_up",
        "--connect-fee", "0.01", "--attempt-fee", "0.001", "--grace", "3", "--free-seconds", "2", "--pulse-anchor", "total",
        "--minimum-cost", "0.02", "--maximum-cost", "5",
    )  # fmt: skip
    assert (
        minutebook("card", "import", "a-z", deck(tmp_path, "prefix,rate\n44,0.01\n"), *said).status
        == 0
    )
    text = "prefix,rate\n44,0.02\n"
    words = (
        "card",
        "import",
        "a-z",
        deck(tmp_path, text),
        "--live",
        "2026-10-01",
        "--precision",
        "3",
    )
    assert minutebook(*words).status == 0
    terms = minutebook("--format", "json", "card", "show", "a-z").json["terms"]
    assert terms == {
        "increment": "30/6", "connect_fee": "0.01", "attempt_fee": "0.001", "grace": "3", "free_seconds": "2",
        "duration_rounding": "half_up", "rounding": "down", "precision": 3, "pulse_anchor": "total",
        "minimum_cost": "0.02", "maximum_cost": "5", "bands": None, "jurisdictions": None, "origins": None, "callers": None,
    }  # fmt: skip
    assert "The card says: increment 30/6" in minutebook("card", "show", "a-z").out


def test_what_card_show_prints_as_csv_imports_to_the_same_prices(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """With the card's own terms, into another card."""
    text = 'prefix,name,rate,pulse,status,steps\n44,"A, b",0.01,6,,\n447,,,,blocked,\n1,,,,,0:0.40/30 60:0.20/10\n'
    words = (
        "card",
        "import",
        "one",
        deck(tmp_path, text),
        "--connect-fee",
        "0.5",
        "--pulse-anchor",
        "total",
    )
    assert minutebook(*words).status == 0
    copy = deck(tmp_path, minutebook("--format", "csv", "card", "show", "one").out)
    assert minutebook("card", "import", "two", copy).status == 0
    one, two = (
        [
            minutebook("--format", "json", "price", called, "61", "--card", name).json
            for called in ("44", "1")
        ]
        for name in ("one", "two")
    )
    assert one == two
    assert (
        minutebook("price", "447", "61", "--card", "two").status
        == minutebook("price", "447", "61", "--card", "one").status
    )


def test_a_grace_is_asked_for_and_the_advice_is_right(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """The words of the refusal, typed as they stand, import the deck."""
    file = deck(tmp_path, "prefix,rate,Grace Time\n44,0.6,5\n")
    said = minutebook("card", "import", "a-z", file)
    assert said.status == 2
    advice = shlex.split(said.err.split("say which: ")[1].split(" or ")[0])
    assert minutebook("card", "import", "a-z", file, *advice).status == 0
    assert minutebook("--format", "json", "price", "44", "5", "--card", "a-z").json["cost"] == "0"


def test_a_card_that_prices_nothing_is_told(minutebook: Callable[..., Ran], tmp_path: Path) -> None:
    """A deck without an open row is taken, in a sentence."""
    ran = minutebook("card", "import", "a-z", deck(tmp_path, "prefix,rate,status\n44,,blocked\n"))
    assert (ran.status, "prices nothing: it has no open row" in ran.err) == (0, True)


def test_prices_in_another_currency_are_refused(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Of a new card and of one that is; a dollar sign is one of many."""
    euros = deck(tmp_path, "Prefix,Rate (EUR/min)\n44,0.006\n")
    assert (
        "its prices are in EUR, the card in USD; say --currency EUR"
        in minutebook("card", "import", "a-z", euros).err
    )
    assert minutebook("card", "import", "a-z", euros, "--currency", "EUR").status == 0
    dollars = deck(tmp_path, "Prefix,Rate ($)\n44,0.006\n")
    assert (
        "the card in EUR; import it into a card of its own"
        in minutebook("card", "import", "a-z", dollars).err
    )
    assert minutebook("card", "import", "cad", dollars, "--currency", "CAD").status == 0


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("case", "called", "seconds", "right"),
    [
        ("B1-initial-subsequent", "4420", "61", "0.012"),
        ("B2-initblock", "4420", "61", "0.09"),
        ("B3-fees", "4420", "61", "column 'disconnectcharge'"),
        ("B4-blocked-by-word", "447000", "60", "blocked"),
        ("B5-dates-by-row", "4420", "60", "0.007"),
        ("B6-peak", "4420", "60", "column 'Peak'"),
        ("B7-inter-intra", "1201200", "60", "column 'Inter'"),
        ("C1-cents", "4420", "60", "0.012"),
        ("C2-per-second", "4420", "60", "0.006"),
        ("C3-euro-into-usd", "4420", "60", "its prices are in EUR"),
        ("D1-country-and-area", "442012", "60", "0.006"),
        ("D1-country-and-area", "201", "60", "0.5"),
        ("D2-npanxx", "12012001234", "60", "0.005"),
        ("D2-npanxx", "201200", "60", "no_rate"),
        ("D3-trunk-prefixes", "4420", "60", "0.006"),
        ("D4-range", "442099", "60", "0.006"),
        ("D4-range", "44209", "60", "0.006"),
    ],
)
def test_small_decks_that_went_wrong(
    minutebook: Callable[..., Ran], case: str, called: str, seconds: str, right: str
) -> None:
    """Each has the price that it means, or is refused by the column's name."""
    ran = minutebook("card", "import", "case", str(CASES / f"{case}.csv"))
    if "'" in right or "prices" in right:
        assert (ran.status, right in ran.err) == (2, True)
        return
    priced = minutebook(
        "--format", "json", "price", called, seconds, "--card", "case", "--at", "2026-11-15"
    ).json
    assert right == priced.get("error") or Decimal(right) == Decimal(priced["cost"])


units = st.integers(0, 10**8).map(lambda n: n * 10**4)
maybe_units = st.none() | units


def bounds(draw: st.DrawFn, costs: st.SearchStrategy[Any]) -> dict[str, Any]:
    """The least and the most of a call, perhaps."""
    least, most = sorted(draw(st.tuples(costs, costs)))
    return {
        "minimum_cost": least if draw(st.booleans()) else None,
        "maximum_cost": most if draw(st.booleans()) else None,
    }


@st.composite
def cards(draw: st.DrawFn) -> tuple[pl.DataFrame, Terms]:
    """Any rows of a deck, and any terms of its card."""
    rows: list[dict[str, Any]] = []
    for prefix in sorted(
        draw(st.sets(st.from_regex(r"[1-9][0-9]{0,4}", fullmatch=True), min_size=1, max_size=4))
    ):
        blocked = draw(st.booleans())
        stepped = not blocked and draw(st.booleans())
        seconds = st.none() | st.integers(1, 120)
        row = {
            "prefix": prefix,
            "name": draw(st.none() | st.sampled_from(["A, b", 'say "x"', "Ünï", "=1+1"])),
            "rate": None if blocked or stepped else draw(units),
            "connect_fee": draw(maybe_units),
            "minimum_s": draw(seconds),
            "pulse_s": draw(seconds),
            "rounding_method": draw(st.none() | st.sampled_from([str(m) for m in money.Method])),
            "rounding_precision": draw(st.none() | st.integers(0, 10)),
            "grace_ms": draw(st.none() | st.integers(0, 9000)),
            "status": "blocked" if blocked else "open",
            "steps": [
                {"from_s": 0, "rate": draw(units), "pulse_s": 30}, {"from_s": 60, "rate": draw(units), "pulse_s": 10},
            ] if stepped else None,
            "free_ms": draw(st.none() | st.integers(0, 9000)),
            **bounds(draw, units),
        }  # fmt: skip
        rows.append(row)
    fee = st.none() | units.map(money.decimal_of_units)
    terms = Terms(
        increment=draw(st.none() | st.builds(Increment, st.integers(1, 90), st.integers(1, 90))),
        connect_fee=draw(fee),
        attempt_fee=draw(fee),
        grace_ms=draw(st.none() | st.integers(0, 9000)),
        duration_rounding=draw(st.none() | st.sampled_from(DurationRounding)),
        rounding=draw(
            st.none() | st.builds(money.Rounding, st.sampled_from(money.Method), st.integers(0, 10))
        ),
        pulse_anchor=draw(st.none() | st.sampled_from(PulseAnchor)),
        free_ms=draw(st.none() | st.integers(0, 9000)),
        **bounds(draw, units.map(money.decimal_of_units)),
    )
    return pl.DataFrame(rows, schema=DECK_SCHEMA), terms


@settings(max_examples=10, deadline=None)
@given(cards(), st.sampled_from(["60/6", "1/1"]))
def test_any_card_as_csv_has_the_same_prices(
    tmp_path_factory: pytest.TempPathFactory, card: tuple[pl.DataFrame, Terms], increment: str
) -> None:
    """Whatever rows and card say, and whatever the plan does."""
    frame, terms = card
    rows = deck_rows(frame, terms, "USD")
    file = tmp_path_factory.mktemp("deck") / "copy.csv"
    file.write_text(csv_text(Sheet([Column(key, key) for key in rows[0]], rows)))
    again = read_deck(file)
    assert again.currency == "USD"
    plan = Terms(increment=Increment.parse(increment), connect_fee=Decimal("0.2"))
    before = RateTable.of_card(frame, plan=plan, card=terms, tally=Tally.CALL)
    after = RateTable.of_card(again.frame, plan=plan, card=again.terms, tally=Tally.CALL)
    for prefix in frame["prefix"]:
        for seconds in (None, Decimal(0), Decimal("5.5"), Decimal("61.2"), Decimal(600)):
            assert price_one(prefix, seconds, before) == price_one(prefix, seconds, after)


def test_what_rows_said_and_a_new_deck_does_not_is_told(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Increments and fees of rows do not pass to the next revision: that is said, with the options that keep them."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("prefix,name,rate,increment,connect fee\n44,UK,0.012,60/60,0.05\n")
    second.write_text("prefix,name,rate\n44,UK,0.013\n")
    assert "rows of revision" not in minutebook("card", "import", "a", str(first)).err
    told = minutebook("card", "import", "a", str(second)).err
    assert (
        "rows of revision 1 say increments and connect fees, and neither this deck nor the card does"
        in told
    )
    assert "say --increment and --connect-fee" in told
    kept = minutebook(
        "card", "import", "b", str(first), "--increment", "60/60", "--connect-fee", "0.05"
    )
    kept = minutebook("card", "import", "b", str(second))
    assert "rows of revision" not in kept.err
    priced = minutebook(
        "--format", "json", "price", "44", "10", "--card", "b", "--at", "2030-01-01"
    )
    assert priced.json["cost"] == "0.062"
