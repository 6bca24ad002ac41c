"""The book's database: the embedded one by default, an outside one by `book.toml`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.carriers import Call, declare, ledger, october, take_in

import minutebook
from minutebook.errors import DatabaseError, InputError
from minutebook.ledger import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cluster


def empty_database(cluster: Cluster, name: str) -> str:
    """An empty database of the owner's; its conninfo as the owner."""
    with psycopg.connect(cluster.roles.admin, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} owner minutebook_owner").format(sql.Identifier(name))
        )
    return make_conninfo(cluster.roles.owner, dbname=name)


def first_bill(book: minutebook.book.Book, tmp_path: Path) -> None:
    take_in(declare(book, tmp_path), tmp_path, Call("a"))
    book.bill(october(1))
    assert ledger(book) == {("acme", "2026-10-01", "usage"): "-0.005"}


def test_a_book_on_its_own_embedded_server(tmp_path: Path) -> None:
    """Made, billed, stopped, opened again: nothing but the folder is needed."""
    folder = tmp_path / "a carrier's book"
    with minutebook.init(folder) as book:
        first_bill(book, tmp_path)
        book.stop()
    with minutebook.open(folder) as again:
        assert again.balances("acme")[0].balance == Decimal("-0.005")
        again.stop()
    assert (folder / "postgres").stat().st_mode & 0o077 == 0


def test_an_outside_server_with_two_roles(cluster: Cluster, tmp_path: Path) -> None:
    """The owner makes the tables, the application can only read and add."""
    owner = empty_database(cluster, "outside_two")
    application = make_conninfo(cluster.roles.application, dbname="outside_two")
    with minutebook.init(tmp_path / "book", database=application, database_owner=owner) as book:
        first_bill(book, tmp_path)
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            book.database.transaction() as connection,
        ):
            connection.execute("delete from entry")


def test_an_outside_server_with_one_role(cluster: Cluster, tmp_path: Path) -> None:
    """The same program; the triggers still refuse to change what is posted."""
    owner = empty_database(cluster, "outside_one")
    with minutebook.init(tmp_path / "book", database=owner) as book:
        first_bill(book, tmp_path)
        with (
            pytest.raises(psycopg.errors.RestrictViolation),
            book.database.transaction() as connection,
        ):
            connection.execute("delete from entry")


def test_a_book_is_made_once(cluster: Cluster, tmp_path: Path) -> None:
    """`init` on a book refuses; nothing of it is touched."""
    owner = empty_database(cluster, "made_once")
    minutebook.init(tmp_path / "book", database=owner).close()
    with pytest.raises(InputError, match="is a book already"):
        minutebook.init(tmp_path / "book", database=owner)


@pytest.mark.provokes(
    "book/make_book.py: the database holds another book's ledger already; pass an empty one as database",
    when="`minutebook init --database` names a database that a book has already.",
)
@pytest.mark.provokes(
    "ledger/database.py: the database holds another book's ledger; mend `database` in book.toml, or open the book that it belongs to",
    when="`database` in `book.toml` was changed to the database of another book.",
)
def test_a_database_holds_one_book(cluster: Cluster, tmp_path: Path) -> None:
    """Another book's ledger is never written to, by `init` or by a wrong address in book.toml."""
    first, second = (empty_database(cluster, f"one_book_{n}") for n in (1, 2))
    with minutebook.init(tmp_path / "one", database=first) as book:
        declare(book, tmp_path)
    with pytest.raises(InputError, match="another book's ledger"):
        minutebook.init(tmp_path / "two", database=first)
    minutebook.init(tmp_path / "two", database=second).close()
    wrong = tmp_path / "two" / "book.toml"
    wrong.write_text(wrong.read_text().replace("one_book_2", "one_book_1"))
    with (
        minutebook.open(tmp_path / "two") as book,
        pytest.raises(DatabaseError, match="another book's ledger"),
    ):
        book.balances()


@pytest.mark.provokes(
    "ledger/migrate.py: … or pass the owner as database_owner",
    when="`--database` names a role that may not make tables. A command says `or name the owner with --database-owner` in the end.",
)
def test_a_role_that_may_not_make_tables_is_told_so(cluster: Cluster, tmp_path: Path) -> None:
    """One line, and what to grant."""
    empty_database(cluster, "not_mine")
    application = make_conninfo(cluster.roles.application, dbname="not_mine")
    with pytest.raises(DatabaseError, match=r"permission denied .*; grant CREATE on the database"):
        minutebook.init(tmp_path / "book", database=application)


@pytest.mark.provokes(
    "ledger/migrate.py: the book's database is at schema …, later than this program's …; use the version of minutebook that last opened it",
    when="A later version of Minutebook has opened the book.",
)
def test_a_database_of_a_later_version_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    """An older program does not work on tables that it does not know."""
    owner = empty_database(cluster, "later")
    minutebook.init(tmp_path / "book", database=owner).close()
    with psycopg.connect(owner) as connection:
        connection.execute("update minutebook.alembic_version set version_num = '9999'")
    with (
        minutebook.open(tmp_path / "book") as book,
        pytest.raises(DatabaseError, match="later than this program's"),
    ):
        book.balances()


_LIVE_AT = (
    "(select at from minutebook.card_live l where (l.card, l.revision) = (t.card, t.revision))"
)
"""Of a revision that was taken live once, or never."""


def _as_it_was(cluster: Cluster, today: str, old: str, version: str) -> None:
    """What `today` holds in the tables of an earlier version of the schema, in the empty database `old`."""
    with cluster.admin(today) as here, psycopg.connect(old) as owner:
        owner.execute(
            "create schema minutebook; create table minutebook.alembic_version (version_num varchar(32)"
            " constraint alembic_version_pkc primary key)"
        )
        for file in sorted(migrate._FOLDER.glob("*.sql")):
            if file.name.partition("_")[0] <= version:
                owner.execute(file.read_bytes())
        owner.execute("insert into minutebook.alembic_version values (%s)", [version])
        owner.commit()
        with cluster.admin(old) as there:
            there.execute("set session_replication_role = replica")
            columns = there.execute(
                "select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position)"
                " from information_schema.columns where table_schema = 'minutebook'"
                " and table_name <> 'alembic_version' group by 1"
            ).fetchall()
            for name, listed in columns:
                said = listed.replace(" live_at,", f" {_LIVE_AT},")
                out = f"copy (select {said} from minutebook.{name} t) to stdout"
                into = f"copy minutebook.{name} ({listed}) from stdin"
                with here.cursor().copy(out) as rows, there.cursor().copy(into) as copy:  # type: ignore[call-overload]
                    for row in rows:
                        copy.write(row)


@pytest.mark.parametrize("version", ["0001", "0003", "0005", "0008"])
def test_a_book_of_an_earlier_version_is_brought_up_to_date(
    cluster: Cluster, tmp_path: Path, version: str
) -> None:
    """By opening it; what was declared and billed stays."""
    owner, old = (empty_database(cluster, f"{name}_{version}") for name in ("today", "earlier"))
    with minutebook.init(tmp_path / "book", database=owner) as book:
        declare(book, tmp_path)
        take_in(book, tmp_path, Call("a"))
        book.pay("acme", "5", "r")
        book.bill(october(1))
        posted = ledger(book)
    _as_it_was(cluster, owner, old, version)
    toml = tmp_path / "book" / "book.toml"
    toml.write_text(toml.read_text().replace(f"today_{version}", f"earlier_{version}"))
    with minutebook.open(tmp_path / "book") as book:
        assert ledger(book) == posted
        assert book.carrier().accounts["acme"].terms[0].channels is None
        assert book.bill(october(2)).postings == 0
        assert [check for check in book.verify() if check.differences] == []


def test_everything_in_the_database_says_what_it_is(cluster: Cluster, tmp_path: Path) -> None:
    """Also in a book that was made before it did: opening it is enough."""
    _, owner = cluster.new_database()
    nothing_said = (
        "select relname::text from pg_class where relkind = 'r' and obj_description(oid) is null and {0}"
        " union all select attrelid::regclass || '.' || attname from pg_attribute join pg_class c on c.oid = attrelid"
        "  where relkind = 'r' and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is null and {0}"
        " union all select proname from pg_proc where obj_description(oid) is null and pro{1}"
        " union all select typname from pg_type where typtype = 'd' and obj_description(oid) is null and typ{1}"
        " union all select tgname from pg_trigger join pg_class c on c.oid = tgrelid"
        "  where not tgisinternal and obj_description(pg_trigger.oid, 'pg_trigger') is null and {0}"
    ).format("relnamespace = 'minutebook'::regnamespace", "namespace = 'minutebook'::regnamespace")
    with minutebook.init(tmp_path / "book", database=owner) as book:
        first_bill(book, tmp_path)
        posted = ledger(book)
    with cluster.admin(owner) as admin:
        assert admin.execute(nothing_said).fetchall() == []
    old = empty_database(cluster, "silent")
    _as_it_was(cluster, owner, old, "0003")
    with cluster.admin(old) as admin:
        assert len(admin.execute(nothing_said).fetchall()) > 100
    toml = tmp_path / "book" / "book.toml"
    toml.write_text(toml.read_text().replace(make_conninfo(owner), old))
    with minutebook.open(tmp_path / "book") as again:
        assert again.settings.database == old
        assert ledger(again) == posted
    with cluster.admin(old) as admin:
        assert admin.execute(nothing_said).fetchall() == []


@pytest.mark.provokes(
    "ledger/database.py: …; ask again",
    when="The database goes away at work, as where its server is stopped. A command says `run the command again` in the end.",
)
def test_a_database_that_goes_away_at_work_is_said_in_one_line(
    cluster: Cluster, book: minutebook.book.Book, tmp_path: Path
) -> None:
    """Nothing of what was at work is kept; to ask again is enough."""
    declare(book, tmp_path)
    with (
        pytest.raises(DatabaseError, match=r"^the database went away: [^\n]+; ask again$"),
        book.database.transaction() as connection,
    ):
        connection.execute("insert into memo values ('lost', 'x')")
        with cluster.admin(str(book.settings.database)) as admin:
            admin.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        connection.execute("select 1")
    with book.database.transaction() as connection:
        assert connection.execute("select from memo where key = 'lost'").rowcount == 0


def test_nobody_holds_the_ledger_for_ever(book: minutebook.book.Book) -> None:
    """A command that hangs at work lets go in the end."""
    with book.database.transaction() as connection:
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            assert connection.execute(f"show {setting}".encode()).fetchone() == ("2h",)


def test_nothing_is_made_where_the_database_is_away(tmp_path: Path) -> None:
    """A book is whole or not there."""
    with pytest.raises(DatabaseError, match="cannot be reached"):
        minutebook.init(tmp_path / "book", database="postgresql://nobody@127.0.0.1:1/none")
    assert not (tmp_path / "book" / "book.toml").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('currency = "USD"\ncolour = "red"\n', "unknown key 'colour'"),
        ("currency = 5\n", "currency is a text in quotes"),
        ("currency = \n", "cannot be read"),
    ],
)
def test_a_wrong_book_toml_is_an_error_that_names_it(tmp_path: Path, text: str, words: str) -> None:
    """Unknown keys, values that are no text, and what is no TOML."""
    (tmp_path / "book.toml").write_text(text)
    with pytest.raises(InputError, match=words):
        minutebook.open(tmp_path)
