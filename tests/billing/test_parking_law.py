"""Parked and let pass, whatever a history holds: in the end it is charged as if there were no bounds."""

from __future__ import annotations

import random
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.billing.test_recurring import FIRST, LAST, PLANS, declared
from tests.carriers import declare, ledger, take_in
from tests.histories import History

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from minutebook.billing.bounds import Move
    from minutebook.book import Book
    from minutebook.settings import Bounds


def any_of(moves: Iterable[Move], _: Bounds) -> list[Move]:
    """Every third charge, of any kind, as if it were beyond a bound; the same ones each time."""
    return [m for m in moves if zlib.crc32(f"{m.day} {m.kind} {m.due}".encode()) % 3 == 0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4])
def test_what_is_parked_and_passes_is_charged_to_the_digit(
    book: Book, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Charges of any kind are parked, some are let pass soon, some late, by runs that go back too: once, and proved."""
    monkeypatch.setattr("minutebook.billing.bounds.too_much_back", any_of)
    history = History.drawn(seed, FIRST, LAST)
    chance = random.Random(seed)
    early = {day for day in history.made if chance.random() < 0.6}
    declare(book, tmp_path, PLANS + history.toml(history.terms[:3]), deck=None)
    take_in(book, tmp_path, *history.calls(early))
    through, parked = FIRST + timedelta(days=chance.randint(0, 60)), 0
    while through < LAST:
        parked += len(book.runs.bill(through).set_aside)
        if chance.random() < 0.3:
            book.runs.let_pass(None, "seen")
        through += timedelta(days=chance.choice([-3, 7, 31]))
        if chance.random() < 0.3:
            declared(book, tmp_path, history.server_toml())
    declared(book, tmp_path, history.toml(history.terms, history.closed) + history.server_toml())
    take_in(book, tmp_path, *history.calls(history.made.keys() - early))
    while book.runs.bill(LAST).set_aside:
        assert [check for check in book.verify() if check.differences] == []
        assert book.runs.bill(LAST).postings == 0
        book.runs.let_pass(None, "seen")
        parked += 1
    assert parked
    assert ledger(book) == history.owed()
    assert book.runs.parked() == []
    assert [check for check in book.verify() if check.differences] == []
