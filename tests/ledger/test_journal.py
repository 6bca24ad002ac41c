"""The ledger: what the database itself refuses, tried as the application's role, straight in SQL."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

from minutebook.errors import LedgerError
from minutebook.ledger import chain, journal
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
        journal.post(connection, [entry], "alice")
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
    "insert into journal (journal, kind, account, day, corrects, reason, lines, body_hash, posted_by, posted_at)"
    " values (%s, 'payment', 'acme', '2026-10-01', '2026-10-01', 'x', 2, 'x', 'mallory', clock_timestamp())"
)


def test_a_journal_that_does_not_balance_is_refused(book: Book, posted: Journal) -> None:
    """The sum of each currency is zero, or nothing is committed."""
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="does not balance"),
        book.database.transaction() as c,
    ):
        c.execute(_INSERT, [uuid.UUID(int=2)])
        c.execute(
            "insert into entry values (%s, 1, 'customer:acme', 'USD', 10), (%s, 2, 'cash', 'USD', -9)",
            [uuid.UUID(int=2)] * 2,
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
        c.execute(
            "insert into entry values (%s, 3, 'cash', 'USD', 10), (%s, 4, 'cash', 'USD', -10)",
            [posted.id] * 2,
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
        journal.post(connection, [payment(Decimal(51))], "alice")


def test_the_same_journal_again_is_the_one_that_is_stored(book: Book, posted: Journal) -> None:
    """Same id, same body: posted once."""
    with book.database.transaction() as connection:
        journal.post(connection, [payment(Decimal(50))], "alice")
        row = connection.execute("select count(*), sum(abs(amount)) from entry").fetchone()
    assert row == (2, Decimal(100))


def test_an_eleventh_decimal_is_refused_and_not_rounded(book: Book, posted: Journal) -> None:
    """The ledger keeps ten decimals and never rounds by itself."""
    amount = Decimal("0.00000000001")
    lines = (JournalLine("customer:acme", "USD", amount), JournalLine("cash", "USD", -amount))
    entry = Journal(uuid.UUID(int=3), "payment", "acme", DAY, DAY, "payment", lines)
    with pytest.raises(psycopg.errors.CheckViolation), book.database.transaction() as connection:
        journal.post(connection, [entry], "alice")


ATTACK = (
    "insert into journal (journal, kind, account, day, corrects, reason, lines, details, body_hash, posted_by, posted_at)"
    " values ('00000000-0000-0000-0000-00000000000a', '{kind}', '{account}', '{day}', '{day}', 'x', 2, '{details}',"
    " 'x', 'mallory', {at});"
    " insert into entry values ('00000000-0000-0000-0000-00000000000a', 1, '{customer}', '{currency}', {amount}),"
    " ('00000000-0000-0000-0000-00000000000a', 2, '{contra}', '{currency}', -({amount}))"
)
RIGHT = {
    "kind": "payment", "account": "acme", "day": "2026-10-01", "details": "{}", "at": "clock_timestamp()",
    "customer": "customer:acme", "contra": "cash", "currency": "USD", "amount": "5",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": "customer:globex"},
        {"customer": "customer:nobody"},
        {"customer": "cash"},
        {"account": "nobody", "customer": "customer:nobody"},
        {"amount": "-5"},
        {"amount": "-5", "details": '{"reverses": "00000000-0000-0000-0000-000000000001"}'},
        {"amount": "-50", "details": '{"reverses": "00000000-0000-0000-0000-000000000009"}'},
        {"details": '{"refund": true}'},
        {"contra": "revenue:usage"},
        {"contra": "customer:globex"},
        {"kind": "gift"},
        {"kind": "tax", "contra": "revenue:tax"},
        {"currency": "EUR"},
        {"day": "2026-09-30"},
        {"amount": "1e100"},
        {"amount": "'NaN'"},
        {"amount": "'Infinity'"},
        {"at": "clock_timestamp() - interval '1 day'"},
        {"at": "clock_timestamp() + interval '1 day'"},
    ],
)
def test_the_application_cannot_post_what_is_no_posting(
    book: Book, posted: Journal, wrong: dict[str, str]
) -> None:
    """To another customer, in another currency, against what it is not, into a closed month, at another time."""
    with book.database.transaction() as connection:
        connection.execute("insert into account values ('globex', 'Globex', 'USD', 0, '[]')")
        connection.execute(
            "insert into month_close values ('2026-09-01', 'x', 'x', clock_timestamp())"
        )
    with pytest.raises(psycopg.Error), book.database.transaction() as connection:
        connection.execute((ATTACK.format_map(RIGHT | wrong)).encode())
    with book.database.transaction() as connection:
        assert connection.execute("select count(*) from journal").fetchone() == (1,)
        connection.execute(ATTACK.format_map(RIGHT).encode())


@pytest.mark.parametrize(
    "statement",
    [
        "insert into chain values (99, 'journal', 'x', '')",
        "delete from chain",
        "insert into posting_kind values ('gift', 'cash')",
        "update account set currency = 'EUR'",
        "insert into declaration (declared_by, kind, name, reason, declared_at) values ('x', 'plan', 'x', 'x', '2020-01-01')",
        "insert into declaration (declared_by, kind, name) values ('x', 'plan', 'x')",
        "insert into run (run, through, lake_version, summary, posted_at, run_by) values (9, '2026-01-01', 1, '{}', '2020-01-01', 'x')",
        "insert into month_close values ('2026-09-01', 'x', 'x', '2020-01-01')",
    ],
)
def test_the_application_cannot_forge_what_tells_the_past(
    book: Book, posted: Journal, statement: str
) -> None:
    """The chain is the database's own; instants are now; who and why are said."""
    with pytest.raises(psycopg.Error), book.database.transaction() as connection:
        connection.execute(statement.encode())


def test_postings_at_the_same_time_make_one_chain(book: Book, posted: Journal) -> None:
    """Each waits for the one before, so that every link has one before it."""

    def pay(number: int) -> None:
        lines = two_lines("payment", "acme", "USD", Decimal(number))
        entry = Journal(
            uuid.UUID(int=number),
            "payment",
            "acme",
            DAY,
            DAY,
            "payment",
            lines,
            reference=f"r{number}",
        )
        with book.database.transaction() as connection:
            journal.post(connection, [entry], "alice")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(pay, range(2, 22)))
    with book.database.transaction() as connection:
        assert list(chain.broken(connection)) == []
        assert chain.last_link(connection)[0] == 21
