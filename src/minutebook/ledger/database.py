"""The book's PostgreSQL: found, started, brought up to date; transactions, and their locks.

The program works as the application role. `book.toml` names an outside server with
`database = "postgresql://…"` (and `database_owner`, where another role owns the tables);
without it the book's own embedded server is started on demand.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from minutebook.errors import DatabaseError, InputError
from minutebook.ledger import migrate
from minutebook.ledger.addresses import check_address, without_password
from minutebook.ledger.connection import at_one_instant
from minutebook.ledger.homes import HomeGuard
from minutebook.ledger.locks import hold
from minutebook.ledger.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from psycopg.rows import TupleRow

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.homes import Home

_SESSION = (
    "set search_path = minutebook, pg_catalog; set timezone = 'UTC';"
    " set statement_timeout = '2h'; set idle_in_transaction_session_timeout = '2h'"
)
"""No command works or sleeps for ever on what others wait for; a run prices between statements."""
_ASKED_FROM = sql.SQL("set minutebook.asked_from = {}")
"""What is added from now on is kept with the address that asked."""


@dataclass(frozen=True, slots=True, repr=False)  # passwords stay out of tracebacks
class Address:
    """libpq conninfo strings: of the role that the program works as, and of the tables' owner."""

    application: str
    owner: str

    @property
    def application_role(self) -> str | None:
        """The role that the owner grants what the program needs; None where they are the same."""
        application, owner = (
            conninfo_to_dict(info).get("user") for info in (self.application, self.owner)
        )
        return str(application) if application != owner else None


class Database:
    """A book's database, opened on first use and kept for the life of the book object.

    Any number of threads may use it: each has a connection of its own while it is at work.
    """

    def __init__(
        self,
        postgres_folder: Path,
        url: str | None = None,
        owner_url: str | None = None,
        book: str | None = None,
        home: Callable[[], Home] | None = None,
        *,
        who: str = "minutebook",
        asked_from: Callable[[], str | None] = lambda: None,
        wait_s: int | None = None,
    ) -> None:
        """`book` is the name that the database must carry; None: whichever. `home` gives the book's
        folder, where another folder's book may name the same database. `who` is told to others who
        wait for a lock, `asked_from` gives the network address that asks, and `wait_s` how long this one waits; None: until it is free."""
        self._who, self._wait_s, self._asked_from = who, wait_s, asked_from
        self._folder, self._url, self._owner_url = postgres_folder, url, owner_url
        self._book = book
        self._guard = HomeGuard(home)
        self._pool = Pool(self._open)
        self._reading = threading.local()
        self._told: WeakKeyDictionary[Connection, str] = WeakKeyDictionary()
        self._is_current = False

    def address(self) -> Address:
        """Where the database is; starts the embedded server if it does not run."""
        if self._url is not None:
            for url in filter(None, (self._url, self._owner_url)):
                check_address(url)
            return Address(self._url, self._owner_url or self._url)
        from minutebook.ledger.embedded import EmbeddedPostgres

        roles = EmbeddedPostgres(self._folder).connection_info()
        return Address(roles.application, roles.owner)

    @contextlib.contextmanager
    def transaction(self, lock: str | None = None, *, keep: bool = True) -> Iterator[Connection]:
        """One transaction: all of it or nothing; `lock` names what only one at a time may do.

        Within another of the same thread it is a part of that one. Without `keep` it is undone at
        its end, to see what it would do. `DatabaseError` where the database is away, `InputError`
        where the book is closed.
        """
        reading: Connection | None = getattr(self._reading, "connection", None)
        if reading is not None and lock is None and keep:
            yield reading
            return
        with (
            self._asked() as connection,
            connection.transaction(force_rollback=not keep),
        ):
            if lock is not None:
                hold(connection, lock)
            yield connection
            self._guard.remember(connection)

    @contextlib.contextmanager
    def question(self) -> Iterator[Connection]:
        """A connection for one question: each is a transaction of its own, unless the thread is within one."""
        reading: Connection | None = getattr(self._reading, "connection", None)
        if reading is not None:
            yield reading
            return
        with self._asked() as connection:
            yield connection

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Connection]:
        """A connection that knows from where is asked; what goes wrong with it is told in our words."""
        try:
            with self._pool.lent() as connection:
                address = self._asked_from() or ""
                if self._told.get(connection) != address:
                    self._told.pop(connection, None)  # where the transaction it is in is undone
                    connection.execute(_ASKED_FROM.format(address))
                    if connection.info.transaction_status == TransactionStatus.IDLE:
                        self._told[connection] = address
                yield connection
        except psycopg.errors.ReadOnlySqlTransaction:
            if self._guard.writer is None:
                raise InputError(
                    "within book.snapshot() the book is only read; change it before that, or after it"
                ) from None
            raise self._guard.refusal() from None
        except psycopg.OperationalError as error:
            what = f"the database went away: {_first_line(error)}"
            if isinstance(error, psycopg.errors.DiskFull):
                where = "its server" if self._url else self._folder
                what = f"the disk of the database ({where}) is full, and nothing was posted: free some space"
            raise DatabaseError(
                f"{what}; ask again", shell=f"{what}; run the command again"
            ) from error

    @contextlib.contextmanager
    def held(self, lock: str) -> Iterator[None]:
        """Hold a lock over several transactions of this thread, each kept by itself; others wait."""
        with self._pool.lent() as connection:
            with self.transaction(lock=lock):  # waited for as everywhere
                connection.execute("select pg_advisory_lock(hashtext(%s))", [lock])
            try:
                yield
            finally:
                with contextlib.suppress(psycopg.OperationalError):  # gone, and the lock with it
                    connection.execute("select pg_advisory_unlock(hashtext(%s))", [lock])

    @contextlib.contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection that is this thread's until the end; its transactions within are by it."""
        with self._pool.lent() as connection:
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One transaction that only reads, and sees the ledger as it is at its first question; so does all that this thread
        asks within it.
        """
        if getattr(self._reading, "connection", None) is not None:
            with self.transaction() as connection:
                yield connection
            return
        with self._asked() as connection:
            connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
            try:
                with connection.transaction(), at_one_instant(connection):
                    self._reading.connection = connection
                    yield connection
            finally:
                self._reading.connection = None
                if not connection.closed:
                    connection.isolation_level, connection.read_only = None, None

    @property
    def unclaimed(self) -> bool:
        """Whether no folder's book has written to the database that folders are remembered in."""
        with self.transaction():
            return self._guard.unsettled

    def let_all_write(self) -> None:
        """Ask no more whose database it is: it is being made."""
        self._guard = HomeGuard(None)

    @property
    def only_reads(self) -> bool:
        """Whether this folder's book may only read its database: another folder's writes there."""
        with self.transaction():
            return self._guard.writer is not None

    def check_writable(self) -> None:
        """`InputError` where this folder's book may only read its database."""
        if self.only_reads:
            raise self._guard.refusal()

    def adopt(self) -> tuple[Home | None, Home | None]:
        """Let this folder's book write; gives who wrote before, and who does now (None: anybody)."""
        self._guard.quiet = True
        with self.transaction() as connection:
            adopted = self._guard.adopt(connection)
        self._guard.quiet = False
        self.let_go()
        return adopted

    def check_open(self) -> None:
        """`InputError` where `close` was called."""
        self._pool.check_open()

    def let_go(self) -> None:
        """Close the connections that are idle; the next transaction opens one again."""
        self._pool.let_go()

    def close(self) -> None:
        """Close the connections, those at work when their work is done; the server goes on."""
        self._pool.close()

    def _open(self) -> Connection:
        """A connection to a schema that is up to date; `DatabaseError` if there is none to be had."""
        address = self.address()
        connection = _connect(address.application, self._who)
        try:
            if not self._is_current:
                self._bring_up_to_date(connection, address)
                self._is_current = True
            connection.execute(_SESSION)
            if self._wait_s is not None:
                connection.execute(
                    "select set_config('minutebook.wait_s', %s, false)", [str(self._wait_s)]
                )
            self._guard.restrain(connection)
        except BaseException:
            connection.close()
            raise
        self._told[connection] = ""
        return connection

    def _bring_up_to_date(self, connection: Connection, address: Address) -> None:
        current = migrate.is_current(connection)
        self._guard.look(connection)
        if not current:
            if self._guard.writer is not None and not self._guard.quiet:
                raise self._guard.refusal()
            migrate.upgrade(address.owner, address.application_role)
        if self._book is not None:
            kept = connection.execute(
                "select value from minutebook.memo where key = 'book'"
            ).fetchone()
            if kept is not None and kept[0] != self._book:
                raise DatabaseError(
                    "the database holds another book's ledger; mend `database` in book.toml,"
                    " or open the book that it belongs to"
                )


def _connect(conninfo: str, who: str) -> psycopg.Connection[TupleRow]:
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=10, application_name=who)
    except psycopg.Error as error:
        why = without_password(_first_line(error), conninfo)
    raise DatabaseError(
        f"the database cannot be reached: {why}; start it, or mend `database` in book.toml"
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
