"""The ledger's schema, brought up to date as the owner role.

`migrations` holds a file of SQL for each version, `0001_first.sql`, run in order, once, all that are
missing in one transaction. The table that tells the version is named as Alembic named it, which ran
the same files in earlier versions of the program.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from minutebook.errors import DatabaseError

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

HEAD = "0029"
"""The schema that this version of the program works on."""

APPENDABLE = (
    "declaration", "run", "month_close", "month_change", "tally", "priced_day", "charged_account", "journal", "entry",
    "account_status", "channel_peak", "channel_day", "correction", "book_home", "card_live", "lake_digest",
    "parked", "parked_pass", "book_copy", "request_answer", "webhook_event", "proof",
)  # fmt: skip
CHANGEABLE = (
    "plan_revision",
    "account",
    "term",
    "server",
    "source",
    "card",
    "card_revision",
    "provider",
    "fx_rate",
    "memo",
    "job",
    "schedule",
    "user_secret",
    "webhook",
    "webhook_delivery",
)
PASSING = ("user_session", "sign_in_try")
"""What of them is over is removed; no backup has them."""
CLEARED = ("webhook_event", "webhook_delivery")
"""What of them is old is removed; a backup has what is there."""

_FOLDER = Path(__file__).parent / "migrations"
_VERSION = """
create schema if not exists minutebook;
create table if not exists minutebook.alembic_version (
    version_num varchar(32) constraint alembic_version_pkc primary key
);
"""


def is_current(connection: psycopg.Connection[TupleRow]) -> bool:
    """Whether the schema is this program's; `DatabaseError` where it is a later one's."""
    try:
        row = connection.execute("select version_num from minutebook.alembic_version").fetchone()
    except (
        psycopg.errors.UndefinedTable,
        psycopg.errors.InvalidSchemaName,
        psycopg.errors.InsufficientPrivilege,
    ):
        return False
    if row and row[0] > HEAD:
        raise DatabaseError(
            f"the book's database is at schema {row[0]}, later than this program's {HEAD};"
            " use the version of minutebook that last opened it"
        )
    return bool(row and row[0] == HEAD)


def upgrade(owner: str, application_role: str | None) -> None:
    """Create or bring up to date the schema, as `owner` (a libpq conninfo).

    `application_role` is granted what the program needs: SELECT and INSERT, UPDATE on the
    declarations alone, and DELETE on what passes or is cleared. None where the owner is the application itself; then triggers alone guard.
    """
    try:
        with psycopg.connect(owner) as connection:
            connection.execute("select pg_advisory_xact_lock(hashtext('minutebook schema'))")
            bring_to(connection)
            if application_role is not None:
                grant(connection, application_role)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        what = f"the database's tables cannot be made: {reason}; grant CREATE on the database to this role,"
        raise DatabaseError(
            f"{what} or pass the owner as database_owner",
            shell=f"{what} or name the owner with --database-owner",
        ) from error


def version(connection: psycopg.Connection[TupleRow]) -> str:
    """The schema's version; "" where there is none."""
    if connection.execute("select to_regclass('minutebook.alembic_version')").fetchone() == (None,):
        return ""
    row = connection.execute("select version_num from minutebook.alembic_version").fetchone()
    return row[0] if row else ""


def bring_to(connection: psycopg.Connection[TupleRow], wanted: str | None = None) -> None:
    """Make the schema, or bring it up, to the version `wanted`, else the last, as the owner."""
    connection.execute(_VERSION)
    done = version(connection)
    for file in sorted(_FOLDER.glob("*.sql")):
        of_file = file.name.partition("_")[0]
        if done < of_file <= (wanted or of_file):
            connection.execute(file.read_bytes())
            connection.execute("delete from minutebook.alembic_version")
            connection.execute("insert into minutebook.alembic_version values (%s)", [of_file])


def grant(connection: psycopg.Connection[TupleRow], role: str) -> None:
    """Grant the application's role what the program needs, as the owner."""

    def tables(names: tuple[str, ...]) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier("minutebook", name) for name in names)

    who = sql.Identifier(role)
    database = sql.Identifier(connection.info.dbname)
    for statement in (
        sql.SQL("revoke temporary, create on database {} from public").format(database),
        sql.SQL("grant usage on schema minutebook to {}").format(who),
        sql.SQL("grant select on all tables in schema minutebook to {}").format(who),
        sql.SQL("grant insert on {} to {}").format(tables(APPENDABLE + CHANGEABLE + PASSING), who),
        sql.SQL("grant update on {} to {}").format(tables(CHANGEABLE + PASSING), who),
        sql.SQL("grant delete on {} to {}").format(tables(PASSING + CLEARED), who),
    ):
        connection.execute(statement)
