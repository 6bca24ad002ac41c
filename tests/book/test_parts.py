"""A book is made of parts; the names of before keep working."""

from __future__ import annotations

import inspect
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import DECK, Call, declare, october, on, take_in, write_calls

from minutebook.book import Book
from minutebook.book.before import Before, Renamed
from minutebook.book.part import Part

if TYPE_CHECKING:
    from pathlib import Path


MONTH = october(1), october(31)


@pytest.fixture
def billed(book: Book, tmp_path: Path) -> Book:
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", "globex", called="447700900123"))
    book.bill(october(1))
    return book


def test_a_month_by_the_parts_alone(book: Book, tmp_path: Path) -> None:
    """From a deck to a closed month: each part does its share."""
    declare(book, tmp_path, deck=None)
    deck = tmp_path / "deck.csv"
    deck.write_text(DECK)
    taken, unread = book.cards.import_deck("a-z", deck)
    assert (taken.revision.number, unread) == (1, [])
    assert book.cards.difference("a-z", 1, 1).is_empty()
    file = write_calls(tmp_path / "calls.csv", [Call("a"), Call("x", "nobody")])
    assert book.calls.import_files(file).reasons == {"no_account": 1}
    (waiting,) = book.calls.quarantine()["id"]
    assert book.calls.discard(waiting, "a test call") == 1
    assert book.calls.rated("acme", *MONTH)["status"].to_list() == ["priced"]
    assert book.runs.bill(october(31)).postings == 1
    book.ledger.pay("acme", "5.00", "bank-1", on(2))
    book.ledger.adjust("acme", "1.00", "goodwill", "ours-1", october(3))
    assert book.ledger.balances("acme")[0].balance == Decimal("5.995")
    assert book.ledger.journal(*MONTH).height == 6  # three postings of two lines
    assert book.statements.statement("acme", *MONTH).closing_balance == Decimal("5.995")
    assert book.statements.totals(*MONTH)[0].payments == 5
    assert book.runs.close_month(october(15), "sent").isoformat() == "2026-11-01"
    assert not any(check.differences for check in book.runs.verify())
    book.accounts.suspend("globex", "a dispute")
    assert {row.account.name: row.calls for row in book.accounts.list(october(1))} == {
        "acme": 1,
        "globex": 0,
    }
    assert str(book.accounts.show("globex").status) == "suspended"
    assert book.fit.review("acme", *MONTH).account.name == "acme"
    found = book.disputes.reconcile("lake", file, *MONTH, account="acme")
    assert "<html" in book.report(found)


def test_the_names_of_before_give_the_same(billed: Book) -> None:
    """What was written for a book without parts goes on as it was."""
    assert billed.accounts(october(1)) == billed.accounts.list(october(1))
    assert billed.calls("acme", *MONTH).equals(billed.calls.rated("acme", *MONTH))
    assert billed.statement("acme", *MONTH) == billed.statements.statement("acme", *MONTH)
    assert billed.balances() == billed.ledger.balances()
    assert billed.totals(*MONTH, "day") == billed.statements.totals(*MONTH, by="day")
    assert billed.rate_card("a-z") == billed.cards.show("a-z") == billed.cards.list()[0]
    assert billed.journal(*MONTH).equals(billed.ledger.journal(*MONTH))


def test_each_name_of_before_is_its_part_s_method(book: Book) -> None:
    """With its signature and its words, so that help() and an editor tell them."""
    names = [name for name, of in vars(Before).items() if isinstance(of, Renamed)]
    assert len(names) > 30
    for name in names:
        method = getattr(book, name)
        part = next(p for p in vars(book).values() if p is getattr(method, "__self__", None))
        assert isinstance(part, Part), name
        assert inspect.getdoc(method), name
        assert inspect.getdoc(getattr(Book, name)) == inspect.getdoc(method)


@pytest.mark.slow
def test_a_type_checker_knows_the_names_of_before(tmp_path: Path) -> None:
    """What they take and give is what the part's method does."""
    script = tmp_path / "script.py"
    script.write_text(
        "import minutebook\n"
        "from datetime import date\n"
        "book = minutebook.open()\n"
        "reveal_type(book.bill(through=date(2026, 10, 31)))\n"
        "reveal_type(book.balances())\n"
        "reveal_type(book.calls)\n"
        "book.bill(until=date(2026, 10, 31))\n"
        "book.totals(date(2026, 10, 1), date(2026, 10, 31), by='hour')\n"
    )
    words = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(script)]
    said = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path).stdout
    assert 'Revealed type is "minutebook.billing.run_result.RunResult"' in said
    assert "minutebook.notebook.Rows[minutebook.accounts.credit_standings.Standing]" in said
    assert 'Revealed type is "minutebook.book.calls.Calls"' in said
    assert 'Unexpected keyword argument "until"' in said
    assert "Literal['account', 'day', 'week', 'month', 'destination', 'plan']" in said
