"""Decks with prices by the time of the week: the same card, however it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from minutebook.cards.bands import Bands, BandTime, check_bands
from minutebook.cards.decks import Deck, read_deck
from minutebook.cards.tariff import Tally, Terms
from minutebook.errors import InputError
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.show.deck_rows import deck_rows
from minutebook.show.tables import Column, Sheet, csv_text

if TYPE_CHECKING:
    from pathlib import Path

BANDS = check_bands(
    Bands(
        "Europe/London",
        (
            BandTime("peak", ("mon", "tue", "wed", "thu", "fri"), 8 * 3600, 18 * 3600),
            BandTime("Off-Peak"),
        ),
    )
)
NOON, NIGHT = datetime(2026, 10, 1, 12, tzinfo=UTC), datetime(2026, 10, 1, 23, tzinfo=UTC)
WRITTEN = {
    "a column a band": "Code,Peak,Off Peak\n44,0.02,0.01\n447,0.06,0.03\n",
    "in cents": "Code,Peak Rate (cents),Rate off-peak (cents)\n44,2,1\n447,6,3\n",
    "decimal commas": "Code;Peak;Off Peak\n44;0,02;0,01\n447;0,06;0,03\n",
    "a rate, and another price in one band": "Code,Rate,Peak\n44,0.01,0.02\n447,0.03,0.06\n",
    "a row a band": "Code,Time slot,Rate\n44,PEAK,0.02\n44,off peak,0.01\n447,peak,0.06\n447,offpeak,0.03\n",
    "a row for one, a column for the other": "Code,Band,Rate,Peak\n44,,,0.02\n44,off peak,0.01,\n447,peak,,0.06\n447,off peak,0.03,\n",
    "a row for the others": "Code,Band,Rate\n44,,0.01\n44,peak,0.02\n447,peak,0.06\n447,,0.03\n",
}


def read(folder: Path, text: str, bands: Bands | None = BANDS) -> Deck:
    file = folder / "deck.csv"
    file.write_text(text)
    return read_deck(file, bands=bands)


def costs(read: Deck) -> list[Decimal]:
    table = RateTable.of_card(read.frame, plan=Terms(), card=read.terms, tally=Tally.CALL)
    asked = [(number, at) for number in ("442", "4477") for at in (NOON, NIGHT)]
    return [price_one(number, Decimal(60), table, at).cost for number, at in asked]


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_prices_of_bands_are_read_however_they_are_written(tmp_path: Path, text: str) -> None:
    """By a column a band, or a row a band; and what `card show` writes as CSV is read again alike."""
    right = [Decimal(cost) for cost in ("0.02", "0.01", "0.06", "0.03")]
    deck = read(tmp_path, text)
    assert costs(deck) == right
    rows = deck_rows(deck.frame, deck.terms, "USD")
    again = read(tmp_path, csv_text(Sheet([Column(key, key) for key in rows[0]], rows)))
    assert costs(again) == right
    assert again.frame.equals(deck.frame)


def test_a_band_has_a_connect_fee_of_its_own(tmp_path: Path) -> None:
    """Of the band at the answer; the others have the row's."""
    deck = read(tmp_path, "Code,Rate,Connect Fee,Peak Connect Fee\n44,0.01,0.1,0.5\n447,0.01,,\n")
    assert costs(deck) == [Decimal(cost) for cost in ("0.51", "0.11", "0.01", "0.01")]


def test_prices_of_bands_are_never_read_as_something_else(tmp_path: Path) -> None:
    """A card without bands refuses their columns; one with bands refuses those of others."""
    for text in (*WRITTEN.values(), "Code,Rate,Weekend\n44,0.01,0.02\n"):
        if "Rate (cents)" not in text:
            with pytest.raises(InputError, match="where the card declares bands"):
                read(tmp_path, text, None)
    with pytest.raises(InputError, match="the row is of 'Off-Peak', and says 'peak' too"):
        read(tmp_path, "Code,Band,Rate,Peak\n44,off peak,0.01,0.02\n44,,0.03,\n")
    with pytest.raises(InputError, match="column 'Weekend'"):
        read(tmp_path, "Code,Peak,Off Peak,Weekend\n44,0.01,0.02,0.03\n")


def test_a_deck_without_prices_of_bands_is_as_on_any_card(tmp_path: Path) -> None:
    """All bands cost the same."""
    deck = read(tmp_path, "Code,Rate\n44,0.01\n447,0.03\n")
    assert deck.frame["rates"].null_count() == deck.frame.height
    assert costs(deck) == [Decimal(cost) for cost in ("0.01", "0.01", "0.03", "0.03")]


@pytest.mark.provokes(
    "rating/folded.py: prefix … has …; import the deck again",
    when="`minutebook bill`: rows of a card have prices in bands that its revision does not know.",
)
def test_prices_in_bands_that_a_card_does_not_have_price_nothing_at_nought(tmp_path: Path) -> None:
    """Rows that were kept from before the bands had other names: refused, never priced at 0."""
    kept = read(tmp_path, WRITTEN["a column a band"]).frame
    days = ("mon", "tue", "wed", "thu", "fri")
    noon = BandTime("day", days, 0, 12 * 3600)
    renamed = check_bands(Bands("UTC", (noon, BandTime("Off-Peak"))))
    for bands, words in ((None, "a price in peak, no band of its card"), (renamed, "peak")):
        with pytest.raises(InputError, match=words):
            RateTable.of_card(kept, plan=Terms(), card=Terms(bands=bands), tally=Tally.CALL)
    lacking = kept.with_columns(rates=kept["rates"].list.head(1))
    with pytest.raises(InputError, match="prefix 44 has no price in Off-Peak"):
        RateTable.of_card(lacking, plan=Terms(), card=Terms(bands=BANDS), tally=Tally.CALL)
