"""A card is declared: before its decks, beside them, with how it is built; it is kept, shown, changed and taken back."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

DECLARED = """
[card.buy]
currency = "USD"
kind = "buy"

[card.sale]
currency = "USD"

[card.sale.build]
from = ["buy", "other"]
combine = "weighted"
weights = { other = "2", buy = "0.5" }
profit = [ { percent = "20" }, { patterns = ["44?7"], price = "0.02" } ]
terms = { increment = "1/1", grace_seconds = "1.5" }
"""


def test_a_card_is_declared_before_its_deck(minutebook: Callable[..., Ran], tmp_path: Path) -> None:
    """Its first deck holds from always, in the declared currency; what is declared stays with it."""
    file = tmp_path / "cards.toml"
    file.write_text(DECLARED)
    assert minutebook("--format", "json", "apply", str(file), "--dry-run").json["added"] == [
        "card buy",
        "card sale",
    ]
    assert minutebook("--format", "json", "card", "list").json == []
    minutebook("apply", str(file))
    assert minutebook("--format", "json", "apply", str(file)).json["left"] == [
        "card buy",
        "card sale",
    ]
    buy, sale = minutebook("--format", "json", "card", "list").json
    assert (buy["card"], buy["revision"], buy["kind"], buy["build"]) == ("buy", None, "buy", None)
    assert (sale["kind"], sale["build"]["from"]) == ("sell", ["buy", "other"])
    deck = tmp_path / "deck.csv"
    deck.write_text("prefix,rate\n44,0.01\n")
    refused = minutebook("card", "import", "buy", str(deck), "--currency", "EUR")
    assert (refused.status, "is in USD, not EUR" in refused.err) == (2, True)
    made = minutebook("--format", "json", "card", "import", "buy", str(deck)).json
    assert (made["revision"], made["live_at"], made["currency"]) == (1, "always", "USD")
    shown = minutebook("--format", "json", "card", "show", "buy").json
    assert (shown["kind"], shown["build"], shown["revision"]) == ("buy", None, 1)


def test_a_declared_card_is_changed_copied_and_taken_back(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Each with who and why; a name that was taken back has nothing of what was declared of it."""
    file = tmp_path / "cards.toml"
    file.write_text(DECLARED)
    minutebook("apply", str(file))
    written = minutebook("declared").out
    assert tomllib.loads(written)["card"]["sale"]["build"] == {
        "from": ["buy", "other"],
        "combine": "weighted",
        "weights": {"buy": "0.5", "other": "2"},
        "profit": [{"percent": "20"}, {"patterns": ["44?7"], "price": "0.02"}],
        "terms": {"increment": "1/1", "grace_seconds": "1.5"},
    }
    assert "card import buy DECK --currency USD" in written
    assert "card import sale" not in written
    file.write_text(DECLARED.replace('percent = "20"', 'percent = "25"'))
    changed = minutebook("--format", "json", "apply", str(file), "--reason", "dearer").json
    assert [key["key"] for key in changed["changes"][1]["keys"]] == ["build"]
    assert (
        "stays: card 'sale' is built from it"
        in minutebook("card", "remove", "buy", "--reason", "no").err
    )
    assert minutebook("card", "remove", "sale", "--reason", "a slip").status == 0
    deeds = minutebook("--format", "json", "audit").json["deeds"]
    assert [(one["name"], one["reason"]) for one in deeds if one["kind"] == "card"][2:] == [
        ("sale", "dearer"),
        ("sale", "a slip"),
    ]
    deck = tmp_path / "deck.csv"
    deck.write_text("prefix,rate\n44,0.01\n")
    minutebook("card", "import", "sale", str(deck))
    again = minutebook("--format", "json", "card", "show", "sale").json
    assert (again["kind"], again["build"]) == (None, None)
    assert minutebook("verify").status == 0
