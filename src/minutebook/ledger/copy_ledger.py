"""The whole ledger as plain files, a table each, and back into an empty database.

Sessions and tries to sign in are left out: whoever restores a backup opens nothing that was ended since.

A file is gzipped CSV with a header, as PostgreSQL's `copy` writes it: any version that the program
works on reads what any other wrote. What is loaded goes into the schema that our own migrations
make, at the version that it was taken from, and is brought up to date from there.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from minutebook.errors import DatabaseError, InputError
from minutebook.ledger import book_copies, homes, jobs, migrate, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from minutebook.ledger.book_copies import BookCopy
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Address
    from minutebook.ledger.homes import Home

SUFFIX = ".csv.gz"
_VERSION_TABLE = "alembic_version"
_PLAIN = (
    "set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601';"
    " set local extra_float_digits = 1; set local bytea_output = 'hex'; set local timezone = 'UTC'"
)
"""What is written means the same wherever it is read."""
_CHUNK_BYTES = 1 << 20
_NOT_DONE = (
    "the book was made again of a backup, which was taken before this was done; ask for it again"
)
_NOT_TOLD = "the book was made again of a backup, which was taken before this was told"


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table in a file: its name, its rows, and the SHA-256 of the file."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LedgerCopy:
    """A ledger in files: the version of its schema, and the lake's version that it was last priced from."""

    schema: str
    priced_from: int
    tables: tuple[TableFile, ...]


def copy_ledger(
    connection: Connection, folder: Path, told: Callable[[int, int], None]
) -> LedgerCopy:
    """Write every table into `folder`, which exists; `connection` is in a snapshot.

    `told` is told of the tables written, and of how many.
    """
    connection.execute(_PLAIN)
    row = connection.execute(f"select version_num from {_VERSION_TABLE}").fetchone()
    priced = connection.execute("select coalesce(max(lake_version), -1) from run").fetchone()
    assert row is not None
    assert priced is not None
    names = [name for name in _tables(connection) if name not in migrate.PASSING]
    files = []
    for number, name in enumerate(names):
        told(number, len(names))
        files.append(_write_table(connection, name, folder / f"{name}{SUFFIX}"))
    told(len(names), len(names))
    return LedgerCopy(row[0], priced[0], tuple(files))


def load_ledger(
    address: Address,
    folder: Path,
    copied: LedgerCopy,
    home: Home,
    backup: BookCopy,
    told: Callable[[int, int], None],
) -> None:
    """Make the ledger that `folder` holds in an empty database, as its owner, in one transaction.

    The book in `home` is the one that writes there, and keeps that it was made of `backup`.
    `InputError` where the database has a ledger already, or a file is not what `copied` says of it.
    """
    try:
        with psycopg.connect(address.owner) as connection:
            connection.execute("select pg_advisory_xact_lock(hashtext('minutebook schema'))")
            if migrate.version(connection):
                raise InputError.advised(
                    "the database holds a book's ledger already",
                    "pass an empty one as database",
                    shell="name an empty one with --database",
                )
            migrate.bring_to(connection, copied.schema)
            connection.execute("set local search_path = minutebook, pg_catalog")
            connection.execute(_PLAIN)
            _load_tables(connection, folder, copied, told)
            migrate.bring_to(connection)
            jobs.fail_unended(connection, _NOT_DONE)
            webhooks.give_up_undelivered(connection, _NOT_TOLD)
            homes.settle(connection, home)
            book_copies.keep_copy(connection, "restore", backup)
            if address.application_role is not None:
                migrate.grant(connection, address.application_role)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseError(f"the ledger cannot be restored into the database: {reason}") from error


def _load_tables(
    connection: Connection, folder: Path, copied: LedgerCopy, told: Callable[[int, int], None]
) -> None:
    """Fill the tables, those first that others refer to. The triggers guard again afterwards."""
    of_name = {file.table: file for file in copied.tables}
    names = [name for name in _tables(connection) if name in of_name]
    assert len(names) == len(of_name), "a schema has the tables that it had"
    for name in names:
        connection.execute(_of_table("alter table {} disable trigger user", name))
    for name in reversed(names):  # what migrations put into a new table is in the copy too
        connection.execute(_of_table("delete from {}", name))
    for number, name in enumerate(names):
        told(number, len(names))
        _load_table(connection, of_name[name], folder / f"{name}{SUFFIX}")
    told(len(names), len(names))
    for name in names:
        connection.execute(_of_table("alter table {} enable trigger user", name))


def _write_table(connection: Connection, name: str, path: Path) -> TableFile:
    columns = sql.SQL(", ").join(map(sql.Identifier, _columns(connection, name)))
    copying = sql.SQL(
        "copy (select {} from {}) to stdout (format csv, header, encoding 'UTF8')"
    ).format(columns, sql.Identifier("minutebook", name))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, mtime=0) as packed,
            connection.cursor() as cursor,
        ):
            with cursor.copy(copying) as copy:
                for data in copy:
                    packed.write(data)
            rows = cursor.rowcount
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as written:
        return TableFile(name, rows, hashlib.file_digest(written, "sha256").hexdigest())


def _load_table(connection: Connection, file: TableFile, path: Path) -> None:
    try:
        with path.open("rb") as packed:
            if hashlib.file_digest(packed, "sha256").hexdigest() != file.sha256:
                raise ValueError("its hash is another")
        with gzip.open(path, "rb") as rows, connection.cursor() as cursor:
            header = rows.readline()
            (columns,) = csv.reader(io.StringIO(header.decode("utf-8")))
            copying = sql.SQL(
                "copy {} ({}) from stdin (format csv, header match, encoding 'UTF8')"
            ).format(
                sql.Identifier("minutebook", file.table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
            )
            with cursor.copy(copying) as copy:
                copy.write(header)
                while data := rows.read(_CHUNK_BYTES):
                    copy.write(data)
    except (OSError, EOFError, ValueError):
        raise InputError(
            f"{path.name} of the backup is gone or damaged; restore from another backup"
        ) from None
    for column in _identities(connection, file.table):
        connection.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence(%(table)s, %(column)s), max({})) from {}"
                " having count(*) > 0"
            ).format(sql.Identifier(column), sql.Identifier("minutebook", file.table)),
            {"table": f"minutebook.{file.table}", "column": column},
        )


def _tables(connection: Connection) -> list[str]:
    """Every table that holds something of the book, each after those that it refers to."""
    rows = connection.execute(
        "select c.relname, array(select distinct t.relname from pg_constraint f"
        "   join pg_class t on t.oid = f.confrelid"
        "   where f.conrelid = c.oid and f.contype = 'f' and t.oid <> c.oid)"
        " from pg_class c where c.relnamespace = 'minutebook'::regnamespace"
        "  and c.relkind = 'r' and c.relname <> %s order by 1",
        [_VERSION_TABLE],
    ).fetchall()
    return list(_in_order({name: set(needs) for name, needs in rows}))


def _in_order(needs: dict[str, set[str]]) -> Iterator[str]:
    done: set[str] = set()
    while len(done) < len(needs):
        ready = [name for name in needs if name not in done and needs[name] <= done]
        assert ready, "tables refer to each other in a ring"
        yield from ready
        done.update(ready)


def _columns(connection: Connection, table: str) -> Sequence[str]:
    rows = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attgenerated = '' order by attnum",
        [f"minutebook.{table}"],
    )
    return [name for (name,) in rows]


def _identities(connection: Connection, table: str) -> list[str]:
    """The columns that count up by themselves."""
    rows = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attidentity <> ''",
        [f"minutebook.{table}"],
    )
    return [name for (name,) in rows]


def _of_table(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier("minutebook", name))
