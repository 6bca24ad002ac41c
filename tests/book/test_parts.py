"""A book is made of parts; the names of before keep working."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import DECK, Call, declare, october, on, take_in, write_calls

from minutebook.book.before import Before

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

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


def test_each_name_of_before_says_where_its_part_is(book: Book) -> None:
    """Its docstring is the new name, which is there and takes the same."""
    for name, method in inspect.getmembers(Before, inspect.isfunction):
        part, _, new = str(method.__doc__).strip("`.").partition(".")
        taken = inspect.signature(getattr(getattr(book, part), new)).parameters
        given = list(inspect.signature(method).parameters.values())[1:]
        names = [p.name for p in given if p.kind is not p.VAR_KEYWORD]
        renamed = {"name": {"account", "server"}}
        assert all(n in taken or renamed[n] & set(taken) for n in names), name
