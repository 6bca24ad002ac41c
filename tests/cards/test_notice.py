"""Rows of decks that hold sooner than is agreed for their card are told, and refused where that is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare

from minutebook.cards.deck_reading import DeckReading
from minutebook.cards.declared_card import DeclaredCard
from minutebook.cards.notice import Notice
from minutebook.cards.revision import ALWAYS, Card, Revision
from minutebook.cards.tariff import Terms
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.intake.deck_notice import deck_notice
from minutebook.intake.deck_parts import DeckOrder, full_parts, partial_parts
from minutebook.lake.card_store import CardStore, PlannedDecks

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.billing.card_change import CardChange
    from minutebook.book import Book
    from minutebook.intake.built_cards import BuiltCard

BEFORE = "prefix,rate\n44,0.01\n33,0.02\n49,0.03\n"
CAME = datetime(2026, 11, 1, 20, tzinfo=UTC)
DECLARED = DeclaredCard("a", "USD", notice=Notice(rise=7, fall=0, closed=7))


def too_soon(
    folder: Path, text: str, *, live_at: datetime | None = None, terms: Terms | None = None,
    partial: bool = False, strict: bool = False,
) -> list[tuple[str, str, int, tuple[str, ...]]]:  # fmt: skip
    """What of a deck comes too late for a card of `BEFORE`: from when, what, days, prefixes."""
    path, store = folder / "deck.csv", PlannedDecks(CardStore(folder))
    path.write_text(BEFORE)
    rows = DeckReading().read(path).rows
    first = Revision("a", 1, ALWAYS, store.write(rows), rows.height, "", Terms(), CAME)
    card = Card("a", "USD", (first,), DECLARED)
    path.write_text(text)
    deck = DeckReading().read(path, partial=partial)
    order = DeckOrder("a", deck, "deck.csv", terms or Terms(), None, "USD", live_at, CAME, partial, strict=strict)  # fmt: skip
    made = partial_parts if partial else full_parts
    parts = made(deck, card, store, order, *(() if partial else (order.terms,)))
    return [(f"{s.at:%m-%d}", str(s.kind), s.given_days, s.prefixes) for s in deck_notice(parts, card, store, order)]  # fmt: skip


def on(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def test_each_row_is_counted_from_its_own_date(tmp_path: Path) -> None:
    """And against what holds right before it, the deck's own rows of before among it."""
    dated = "prefix,rate,effective,end\n44,0.02,2026-11-05,2026-11-19\n44,0.015,2026-11-20,\n33,0.02,,\n49,0.03,,2026-11-06\n"
    assert too_soon(tmp_path, dated, live_at=on(2)) == [
        ("11-05", "rise", 4, ("44",)),
        ("11-07", "closed", 6, ("49",)),
    ]


def test_a_partial_deck_is_judged_by_the_rows_that_it_names(tmp_path: Path) -> None:
    """What it does not name stays, and is not closed; what it removes is."""
    text = "prefix,rate,status\n44,0.02,\n33,,removed\n39,1,\n"
    found = too_soon(tmp_path, text, live_at=on(3), partial=True)
    assert found == [("11-03", "rise", 2, ("44",)), ("11-03", "closed", 2, ("33",))]


def test_terms_of_the_card_that_change_are_a_rise_of_every_row(tmp_path: Path) -> None:
    """Of a draft nothing is said: it has no day."""
    terms = replace(Terms(), grace_ms=1000)
    found = too_soon(tmp_path, BEFORE, live_at=on(3), terms=terms)
    assert found == [("11-03", "rise", 2, ("33", "44", "49"))]
    assert too_soon(tmp_path, BEFORE, terms=terms) == []


def test_what_is_advised_is_as_agreed(tmp_path: Path) -> None:
    """The day that a refusal names is the first that passes."""
    with pytest.raises(InputError, match="pass live_at 2026-11-08 or later, or leave strict out"):
        too_soon(tmp_path, "prefix,rate\n44,0.02\n", live_at=on(3), strict=True)
    assert too_soon(tmp_path, "prefix,rate\n44,0.02\n", live_at=on(8), strict=True) == []


def test_import_and_preview_tell_what_comes_too_late(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deck that is there already was brought before; it is not judged anew."""
    table = '[card.a-z]\ncurrency = "USD"\nnotice = { rise = 7, fall = 0 }\n'
    declare(book, tmp_path, table, BEFORE)
    assert "notice = {rise = 7, fall = 0}" in str(book.declared().text)
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(BEFORE.replace("0.01", "0.02"))
    words = ["--book", str(book.path), "--format", "json", "card", "import", "a-z", str(dearer)]
    capsys.readouterr()
    assert run([*words, "--live", "2020-01-08", "--strict"]) == 2
    assert "it comes later than is agreed for card 'a-z': rising from" in capsys.readouterr().err
    for more in (["--preview"], []):
        assert run([*words, "--live", "2020-01-08", *more]) == 0
        out, said = capsys.readouterr()
        (short,) = json.loads(out)["short_notice"]
        assert (short["kind"], short["owed_days"], short["prefixes"]) == ("rise", 7, ["44"])
        assert "sooner than agreed: rising from 2020-01-08T00:00:00Z" in said
    assert run([*words, "--live", "2020-01-08", "--strict"]) == 0
    assert json.loads(capsys.readouterr().out)["short_notice"] == []


BUILT = """
[card.a-z]
currency = "USD"
notice = { rise = 7, fall = 0, closed = 7 }

[card.sale]
currency = "USD"
notice = { rise = 7 }
build = { from = ["a-z"] }
"""


def test_what_is_taken_live_later_is_judged_from_the_day_on_which_it_is(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A draft that goes live, a way back, a revision that is withdrawn, a card that is built to be live."""
    declare(book, tmp_path, BUILT, BEFORE)
    (tmp_path / "dearer.csv").write_text(BEFORE.replace("0.01", "0.02"))
    book.cards.import_deck("a-z", tmp_path / "dearer.csv")
    book.cards.build("sale", live_at=datetime(2020, 1, 1, tzinfo=UTC))
    soon = datetime.now(UTC) + timedelta(days=3)
    day = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"

    def told(found: CardChange | BuiltCard) -> list[tuple[str, int, tuple[str, ...]]]:
        return [(str(one.kind), one.given_days, one.prefixes) for one in found.short_notice]

    with pytest.raises(InputError, match=f"44; pass at {day} or later, or leave strict out"):
        book.cards.take_live("a-z", 2, soon, strict=True)
    agreed = book.cards.take_live("a-z", 2, soon + timedelta(days=4), strict=True, dry_run=True)
    assert told(agreed) == []
    words = ["--book", str(book.path), "--format", "json", "card", "live", "a-z", "2", "--at"]
    capsys.readouterr()
    assert run([*words, f"{soon:%Y-%m-%dT%H:%M:%SZ}"]) == 0
    out, said = capsys.readouterr()
    assert [one["given_days"] for one in json.loads(out)["short_notice"]] == [3]
    assert f"sooner than agreed: rising from {soon:%Y-%m-%d}" in said
    assert "3 days from today, where 7 are agreed: 44" in said

    assert told(book.cards.build("sale", live_at=soon, dry_run=True)) == [("rise", 3, ("44",))]
    with pytest.raises(InputError, match=f"'sale': .* pass live_at {day} or later"):
        book.cards.build("sale", live_at=soon, strict=True)
    back = book.cards.roll_back("a-z", 1, soon + timedelta(days=1), dry_run=True)
    assert told(back) == []  # it falls, which needs no notice
    gone = book.cards.withdraw("a-z", 1, datetime.now(UTC), dry_run=True)
    assert told(gone) == [("closed", 0, ("33", "44", "49"))]
    with pytest.raises(InputError, match=r"closed from .*, 0 days from today"):
        book.cards.withdraw("a-z", 1, datetime.now(UTC), strict=True)
