"""What `card diff` shows of rows and of cards beside rates."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.cards.deck_reading import DeckReading
from minutebook.cards.difference import difference
from minutebook.cards.revision import Revision
from minutebook.cards.tariff import Terms
from minutebook.show.card_differences import CardDifferenceView, difference_rows

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "prefix,rate,increment,connect fee,free seconds,maximum cost,status\n"


def test_all_that_differs_in_a_row_is_told(tmp_path: Path) -> None:
    """Fees, increments, bounds and blocking as in a preview; a row whose rate alone differs has nothing else."""
    texts = (
        "44,0.01,1/1,,,,open\n33,0.02,60/60,0.01,,,open\n49,0.03,1/1,,,,open\n7,0.1,,,,,open\n",
        "44,0.02,60/60,,,,open\n33,0.02,60/60,0.02,5,1,open\n49,,1/1,,,,blocked\n7,0.2,,,,,open\n39,1,,,,,open\n",
    )
    decks = []
    for text in texts:
        (tmp_path / "deck.csv").write_text(HEAD + text)
        decks.append(DeckReading().read(tmp_path / "deck.csv").rows)
    at = datetime(2026, 10, 1, tzinfo=UTC)
    one, other = (
        Revision("a", n, None, "", 4, "", Terms(attempt_fee=Decimal(fee)), at)
        for n, fee in ((1, "0.01"), (2, "0.02"))
    )
    frame = difference(*decks)
    view = CardDifferenceView.of((one, other), (decks[0], decks[1]), frame, "USD")
    assert {row["prefix"]: (row["change"], row["terms"]) for row in difference_rows(view)} == {
        "33": ("changed", "connect_fee 0.01 → 0.02; free_seconds none → 5; maximum_cost none → 1"),
        "39": ("added", ""),
        "44": ("dearer", "increment 1/1 → 60/60"),
        "49": ("changed", "status open → blocked"),
        "7": ("dearer", ""),
    }
    assert [term.words for term in view.terms] == ["attempt_fee 0.01 → 0.02"]
