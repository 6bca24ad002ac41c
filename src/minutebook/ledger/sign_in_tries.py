"""Tries to sign in that were wrong, or are being looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection


def last_tries(
    connection: Connection, number: int, *, name: str | None = None, address: str | None = None
) -> list[datetime]:
    """When the last tries of a name, or from an address, were made: so many at most, the latest first."""
    rows = connection.execute(
        "select tried_at from sign_in_try"
        " where name = coalesce(%(name)s, name) and address is not distinct from coalesce(%(address)s, address)"
        " order by try desc limit %(number)s",
        {"name": name, "address": address, "number": number},
    )
    return [at for (at,) in rows]


def keep_try(connection: Connection, name: str, address: str | None, at: datetime) -> int:
    """Keep a try; gives its number."""
    row = connection.execute(
        "insert into sign_in_try (name, address, tried_at) values (%s, %s, %s) returning try",
        [name, address, at],
    ).fetchone()
    assert row is not None
    return int(row[0])


def forget_try(connection: Connection, number: int) -> None:
    """The try was right."""
    connection.execute("delete from sign_in_try where try = %s", [number])


def forget_tries_of(connection: Connection, name: str) -> None:
    """Whoever has this name has proved it, or has other secrets now."""
    connection.execute("delete from sign_in_try where name = %s", [name])


def forget_tries_before(connection: Connection, at: datetime) -> None:
    """What nothing goes by any more."""
    connection.execute("delete from sign_in_try where tried_at < %s", [at])


def in_turn(connection: Connection) -> None:
    """Who begins a try waits until others have begun theirs."""
    connection.execute("select pg_advisory_xact_lock(hashtext('minutebook sign-in'))")
