"""Advisory locks: what only one at a time may do, each held to the end of its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

RUN = "minutebook run"
"""Billing, declaring, closing a month, proving the book."""

POSTING = "minutebook posting"
"""Posting payments and adjustments by hand, changing a status, and closing a month."""


def hold(connection: Connection, lock: str) -> None:
    """Hold a lock until the end of the transaction; waits for whoever holds it."""
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [lock])
