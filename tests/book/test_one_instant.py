"""What is asked of one instant of a book, and what is kept in memory of what it declares."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare

from minutebook.errors import InputError
from minutebook.ledger import declarations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.declarations.carrier import Carrier


def elsewhere(work: Callable[[], object]) -> None:
    """Do something in another thread, and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def balance(book: Book) -> Decimal:
    return book.balances("acme")[0].balance


def test_within_a_snapshot_all_is_of_one_instant(book: Book, tmp_path: Path) -> None:
    """What others post meanwhile is seen after it; so it is within a snapshot in a snapshot."""
    declare(book, tmp_path)
    with book.snapshot():
        before = balance(book)
        elsewhere(lambda: book.pay("acme", Decimal(7), "meanwhile"))
        with book.snapshot():
            assert balance(book) == before
        statement = book.statement("acme", date(2026, 10, 1), date(2026, 12, 31))
        assert (balance(book), statement.closing_balance) == (before, before)
    assert balance(book) == before + 7


@pytest.mark.provokes(
    "ledger/database.py: within book.snapshot() the book is only read; change it before that, or after it",
    when="Something is changed within `book.snapshot()`.",
)
def test_within_a_snapshot_nothing_is_changed(book: Book, tmp_path: Path) -> None:
    """It is refused in words, and is possible after it."""
    declare(book, tmp_path)
    with book.snapshot(), pytest.raises(InputError, match="the book is only read"):
        book.pay("acme", Decimal(7), "within")
    assert book.pay("acme", Decimal(7), "within")[1]


def test_what_is_declared_is_known_at_once_and_shared_until_then(
    book: Book, tmp_path: Path
) -> None:
    """Whoever declares it; a transaction that has declared something sees its own, and nobody else does."""
    declare(book, tmp_path)
    first = book.carrier()
    assert book.carrier() is first
    elsewhere(lambda: _apply(book, tmp_path, "other"))
    second = book.carrier()
    assert "other" in second.accounts
    assert "other" not in first.accounts
    with book.database.transaction(keep=False) as connection:
        declarations.remove(connection, "account", "other")
        own = declarations.load(connection)
        seen: list[Carrier] = []
        elsewhere(lambda: seen.append(book.carrier()))
    assert "other" not in own.accounts
    assert seen == [second]
    assert book.carrier() is second


def test_a_copy_of_what_is_declared_may_be_changed(book: Book, tmp_path: Path) -> None:
    """The one that is shared stays as it is."""
    declare(book, tmp_path)
    shared = book.carrier()
    copied = shared.copy()
    assert copied == shared
    copied.accounts.clear()
    assert shared.accounts


def _apply(book: Book, folder: Path, name: str) -> None:
    path = folder / f"{name}.toml"
    path.write_text(
        f'[account.{name}]\nplan = "a-z"\nfrom = 2026-10-01\nmatch = [ {{ server = "{name}" }} ]\n'
    )
    book.apply(path)
