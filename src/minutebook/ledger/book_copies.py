"""Backups taken of a book, and the backup that it was made of: who, when, where, and of which lake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from minutebook.errors import DatabaseError, InputError

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True)
class BookCopy:
    """A backup: its folder, absolute, the instant and the lake's version that it is of, and who is at it."""

    folder: str
    host: str
    taken_at: datetime
    lake_version: int
    by: str


def keep_copy(connection: Connection, kind: str, copy: BookCopy) -> None:
    """Keep that a backup was taken (`kind` "backup"), or that the book was made of one ("restore")."""
    connection.execute(
        "insert into minutebook.book_copy (kind, folder, host, taken_at, lake_version, made_by)"
        " values (%s, %s, %s, %s, %s, %s)",
        [kind, copy.folder, copy.host, copy.taken_at, copy.lake_version, copy.by],
    )


def kept_backup(database: Database, copy: BookCopy) -> str | None:
    """Keep that a backup was taken; where that cannot be, why, in words. The backup is whole all the same."""
    try:
        if database.unclaimed:
            return "no folder has written to the database yet, and a backup is not to be the first"
        with database.transaction() as connection:
            keep_copy(connection, "backup", copy)
    except (InputError, DatabaseError) as error:
        return error.message
    except psycopg.Error as error:
        return str(error).strip().partition("\n")[0]
    return None
