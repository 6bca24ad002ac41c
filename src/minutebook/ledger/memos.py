"""What the program remembers between commands, the name of the book among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.ledger import change_log

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

_BOOK = "book"


def memo(connection: Connection, key: str) -> str | None:
    """What the program remembers under `key`."""
    row = connection.execute("select value from memo where key = %s", [key]).fetchone()
    return None if row is None else str(row[0])


def remember(connection: Connection, key: str, value: str) -> None:
    """Remember `value` under `key`, in place of what was there."""
    connection.execute(
        "insert into memo (key, value) values (%s, %s) on conflict (key) do update set value = excluded.value",
        [key, value],
    )


def name_book(connection: Connection, name: str) -> str | None:
    """Name the book that the database holds; gives its name.

    A database that was named before, but in which nothing was declared since, keeps its name: its
    making was cut short. None where it holds a book already.
    """
    kept = memo(connection, _BOOK)
    if kept is None:
        remember(connection, _BOOK, name)
        kept = name
    return kept if change_log.last_change(connection) == 0 else None
