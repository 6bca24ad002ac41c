"""Decks in JSON: the open interconnect rate card, and lists of objects."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from minutebook import money
from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.decks import Deck, read_deck
from minutebook.errors import InputError

SAMPLE = Path(__file__).parents[3] / "shared/samples/rate_decks/interconnect_made_easy.json"


def card(**changes: Any) -> dict[str, Any]:
    return {
        "type": "termination",
        "direction": "outbound",
        "currency": "EUR",
        "fields": [{"name": "prefix"}, {"name": "name"}, {"name": "rate"}],
        "rates": [["44", "UK", 0.01], ["4420", "London", 0.0125]],
    } | changes


def read(folder: Path, cards: dict[str, Any], *, chosen: str | None = None, **root: Any) -> Deck:
    file = folder / "card.json"
    file.write_text(json.dumps({"name": "ACME", "cards": cards} | root))
    return read_deck(file, choice=DeckChoice(deck_card=chosen))


def refusal(folder: Path, cards: dict[str, Any], *, chosen: str | None = None, **root: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, cards, chosen=chosen, **root)
    return str(caught.value)


def test_rates_are_read_exactly_with_what_the_card_says_of_them(tmp_path: Path) -> None:
    """Decimals; the card's increments, fee and rounding where a rate says none; its currency."""
    fields = ["prefix", "name", "rate", "connection_fee", "initial_interval", "billing_interval"]
    found = read(
        tmp_path,
        {
            "default": card(
                fields=[{"name": name} for name in fields],
                rates=[["44", "UK", 0.1234567891, 0.05, 30, 6], ["33", "FR", 0.3, None, None, None]],
                rate={"precision": 10, "default_initial": 60, "default_pulse": 1, "connection": 0.2},
                charge={"precision": 4, "rounding": "up"},
            )
        },
    )  # fmt: skip
    assert found.currency == "EUR"
    wanted = ("prefix", "rate", "connect_fee", "minimum_s", "pulse_s", "rounding_method", "rounding_precision")  # fmt: skip
    assert found.frame.select(wanted).rows() == [
        ("33", 3_000_000_000, 2_000_000_000, 60, 1, "up", 4),
        ("44", 1_234_567_891, 500_000_000, 30, 6, "up", 4),
    ]
    assert (found.source.kind, found.source.deck_card) == ("JSON", "default")


def test_a_price_of_many_digits_is_no_float(tmp_path: Path) -> None:
    """All digits that stand in the file, though a float keeps fewer."""
    file = tmp_path / "card.json"
    text = json.dumps({"cards": {"a": card(rates=[["44", "UK", 1]])}})
    file.write_text(text.replace("1]", "12345678.0123456789]"))
    rate = read_deck(file).frame["rate"][0]
    assert money.decimal_of_units(rate) == Decimal("12345678.0123456789")


def test_its_dates_are_in_its_zone(tmp_path: Path) -> None:
    """A day begins and ends at midnight there; a rate's own day wins."""
    fields = [{"name": name} for name in ("prefix", "rate", "effective_date")]
    cards = {"a": card(fields=fields, rates=[["44", 1, None], ["33", 2, "2026-11-01"]])}
    found = read(
        tmp_path,
        cards,
        effective_date="2026-10-01T00:00:00",
        expiry_date="2026-12-31",
        timezone="Europe/Berlin",
    )
    rows = found.rows.sort("prefix").select(
        "prefix", *(found.rows[n].dt.to_string("%F %T").alias(n) for n in ("begins", "ends"))
    )
    assert rows.rows() == [
        ("33", "2026-10-31 23:00:00", "2026-12-31 23:00:00"),
        ("44", "2026-09-30 22:00:00", "2026-12-31 23:00:00"),
    ]


def test_of_several_cards_the_user_says_which(tmp_path: Path) -> None:
    """And nothing of the file's passwords is told."""
    cards = {"retail": card(), "premium": card(currency="USD", rates=[["x", "UK", 1]])}
    secret = {"endpoints": {"default": {"username": "user", "password": "hunter2"}}}
    said = refusal(tmp_path, cards, **secret)
    assert "has 2 cards: retail and premium; say which is the deck: deck_card=NAME" in said
    found = read(tmp_path, cards, chosen="retail", **secret)
    assert "hunter2" not in repr(found) + repr(found.source)
    said = refusal(tmp_path, cards, chosen="premium", **secret)
    assert "card.json, card 'premium':1: prefix 'x' is not a prefix" in said
    assert "hunter2" not in said
    assert "the file has no card 'gold'; it has retail and premium" in refusal(
        tmp_path, cards, chosen="gold"
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "messaging"}, "its type is 'messaging', which is not priced by what is called"),
        ({"direction": "inbound"}, "its direction is 'inbound'; a deck prices calls that go out"),
        ({"rates": [["44", "UK"]]}, ":1: has 2 values where the card has 3 fields; mend the rate"),
        ({"rates": ["44"]}, ":1: has no values where the card has 3 fields"),
        ({"rates": [["44", "UK", [1]]]}, ":1: holds a list or an object where a value belongs"),
        ({"rates": [["44", "UK", 0.012345]], "rate": {"precision": 4}}, ":1: rate '0.012345' has more decimals than the 4"),
        ({"charge": {"rounding": "nearest", "precision": 4}}, "'nearest' does not say what becomes of a half"),
        ({"charge": {"rounding": "up"}}, "says one of rounding and precision alone"),
        ({"rates": []}, "the deck has no prices"),
        ({"rates": [["44", "UK", None]]}, ":1: rate '' is empty; give a price"),
        ({"fields": [{"name": "name"}], "rates": [["UK"]]}, "no column is the prefix"),
        ({"fields": "prefix"}, "no interconnect rate card"),
    ],
)  # fmt: skip
def test_what_a_card_leaves_open_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    """With the card, and the rate's place in it."""
    said = refusal(tmp_path, {"default": card(**changes)})
    assert why in said
    assert "card.json" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"cards": ', "card.json:1: is broken JSON"),
        ('{"cards": {}}', "no interconnect rate card"),
        ('{"cards": {}, "cards": {}}', "a name stands twice in one object"),
        ('{"cards": NaN}', "NaN is no number"),
        ('{"a":' * 100_000, "is broken JSON: it is nested too deep"),
        ("[]", "is an empty list"),
        ("[{}]", "is an empty list"),
        ('[["44", 0.01]]', "nor a list of objects, one a rate"),
        ('[{"prefix": "44", "rate": [1]}]', "card.json:1: holds a list or an object"),
        ('[{"prefix": "44", "rate": 1}, {"prefix": "45"}]', "card.json:2: rate '' is empty"),
        ('[{"prefix": "44", "rate": 1, "peak": 2}]', "column 'peak'"),
    ],
    ids=["cut", "no card", "twice", "NaN", "deep", "nothing", "no values", "lists", "nested", "no rate", "peak"],
)  # fmt: skip
def test_broken_json_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """In a sentence; and a number of a million noughts is none."""
    file = tmp_path / "card.json"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_deck(file)
    assert why in str(caught.value)
    huge = json.dumps({"cards": {"a": card(rates=[["44", "UK", 77]])}}).replace("77", "1e999999")
    file.write_text(huge)
    with pytest.raises(InputError, match="is not an exact price"):
        read_deck(file)


def test_a_list_of_objects_is_a_deck(tmp_path: Path) -> None:
    """The names of their values are columns, in any order; decimals are exact, and a no blocks."""
    file = tmp_path / "deck.json"
    file.write_text(
        ' [{"destination": "UK", "prefix": 44, "rate": 0.1234567891},\n {"prefix": "+33 1", "rate": "0.02", "active": false},'
        ' {"prefix": "1", "rate": 1e-3, "increment": "60/6"}]'
    )  # fmt: skip
    found = read_deck(file)
    assert found.frame.select("prefix", "name", "rate", "minimum_s", "status").rows() == [
        ("1", None, 10_000_000, 60, "open"),
        ("331", None, None, None, "blocked"),
        ("44", "UK", 1_234_567_891, None, "open"),
    ]
    assert (found.source.kind, found.source.header_line) == ("JSON", None)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not given away")
def test_the_open_formats_own_example_is_read() -> None:
    """Its three prefixes, from its first day to its last."""
    found = read_deck(SAMPLE)
    assert found.frame["prefix"].to_list() == ["441", "442", "447"]
    assert found.currency == "USD"
