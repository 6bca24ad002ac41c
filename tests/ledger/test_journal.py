"""The ledger: what the database itself refuses, tried as the application's role, straight in SQL."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

from minutebook.errors import LedgerError
from minutebook.ledger import journal
from minutebook.ledger.journal import Journal, JournalLine, two_lines

if TYPE_CHECKING:
    from minutebook.book import Book

DAY = date(2026, 10, 1)


@pytest.fixture
def posted(book: Book) -> Journal:
    """A payment of 50.00 in the books."""
    with book.database.transaction() as connection:
        connection.execute("insert into account values ('acme', 'Acme', 'USD', 0, '[]')")
        connection.execute("insert into term values ('acme', '2026-01-01', 'm', null)")
        entry = payment(Decimal(50))
        journal.post(connection, [entry])
    return entry


def payment(amount: Decimal) -> Journal:
    lines = two_lines("payment", "acme", "USD", amount)
    return Journal(uuid.UUID(int=1), "payment", "acme", DAY, DAY, "payment", lines, reference="r1")


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set amount = amount * 2",
        "update journal set reason = 'other'",
        "delete from entry",
        "delete from journal",
        "truncate entry, journal",
        "update tally set calls = 0",
        "delete from run",
        "delete from month_close",
        "alter table entry disable trigger all",
        "set session_replication_role = replica",
        "set role minutebook_owner",
        "insert into entry select * from entry on conflict (journal, line) do update set amount = 1",
        "merge into entry using (select 1) as x on true when matched then delete",
        "create table minutebook.other (x int)",
        "create temp table other (x int)",
        "drop table entry cascade",
        "create or replace function minutebook.check_journal() returns trigger language sql as 'select null'",
    ],
)
def test_the_application_cannot_change_what_is_posted(
    book: Book, posted: Journal, statement: str
) -> None:
    """Update, delete, truncate, and the ways around the triggers are refused."""
    with pytest.raises(psycopg.Error), book.database.transaction() as connection:
        connection.execute(statement)
    with book.database.transaction() as connection:
        stored = journal.by_reference(connection, "payment", "acme", "r1")
    assert stored is not None
    assert stored.lines == posted.lines


def test_the_owner_cannot_change_what_is_posted_either(book: Book, posted: Journal) -> None:
    """Triggers refuse even the role that owns the tables."""
    owner = book.settings.database_owner
    assert owner is not None
    with psycopg.connect(owner) as connection:
        for statement in (
            "update minutebook.entry set amount = 1",
            "truncate minutebook.entry, minutebook.journal",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
                connection.execute(statement)


_INSERT = (
    "insert into journal (journal, kind, account, day, corrects, reason, lines, body_hash)"
    " values (%s, 'payment', 'acme', '2026-10-01', '2026-10-01', 'x', 2, 'x')"
)


def test_a_journal_that_does_not_balance_is_refused(book: Book, posted: Journal) -> None:
    """The sum of each currency is zero, or nothing is committed."""
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="does not balance"),
        book.database.transaction() as c,
    ):
        c.execute(_INSERT, [uuid.UUID(int=2)])
        for line, amount in ((1, 10), (2, -9)):
            c.execute(
                "insert into entry values (%s, %s, 'cash', 'USD', %s)",
                [uuid.UUID(int=2), line, amount],
            )


def test_a_journal_without_its_lines_is_refused(book: Book, posted: Journal) -> None:
    """A journal states its lines, and has them."""
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="states 2 lines and has 0"),
        book.database.transaction() as c,
    ):
        c.execute(_INSERT, [uuid.UUID(int=2)])


def test_nothing_can_be_added_to_a_posted_journal(book: Book, posted: Journal) -> None:
    """Later entries would change what was posted, even if they balance."""
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="states 2 lines and has 4"),
        book.database.transaction() as c,
    ):
        for line, amount in ((3, 10), (4, -10)):
            c.execute(
                "insert into entry values (%s, %s, 'cash', 'USD', %s)", [posted.id, line, amount]
            )


@pytest.mark.provokes(
    "ledger/journal.py: journal … is posted already, with another body; nothing was posted",
    when="The program posts a journal that is in the ledger already and says something else. Commands compare before they post, so this is a fault of the program; the ledger stays right.",
)
def test_an_id_cannot_be_used_again_with_another_body(book: Book, posted: Journal) -> None:
    """In SQL by the key; in the program by the body's hash."""
    with pytest.raises(psycopg.errors.UniqueViolation), book.database.transaction() as connection:
        connection.execute(_INSERT, [posted.id])
    with (
        pytest.raises(LedgerError, match="another body"),
        book.database.transaction() as connection,
    ):
        journal.post(connection, [payment(Decimal(51))])


def test_the_same_journal_again_is_the_one_that_is_stored(book: Book, posted: Journal) -> None:
    """Same id, same body: posted once."""
    with book.database.transaction() as connection:
        journal.post(connection, [payment(Decimal(50))])
        row = connection.execute("select count(*), sum(abs(amount)) from entry").fetchone()
    assert row == (2, Decimal(100))


def test_an_eleventh_decimal_is_refused_and_not_rounded(book: Book, posted: Journal) -> None:
    """The ledger keeps ten decimals and never rounds by itself."""
    amount = Decimal("0.00000000001")
    lines = (JournalLine("customer:acme", "USD", amount), JournalLine("cash", "USD", -amount))
    entry = Journal(uuid.UUID(int=3), "payment", "acme", DAY, DAY, "payment", lines)
    with pytest.raises(psycopg.errors.CheckViolation), book.database.transaction() as connection:
        journal.post(connection, [entry])
