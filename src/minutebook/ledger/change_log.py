"""Every change of a declaration: by whom, when, and what it was before and after. Only added to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from minutebook.plans.terms import Account, Term

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from minutebook.ledger.connection import Connection

Logged = tuple[str, str, "dict[str, Any] | None", "dict[str, Any]"]
"""(kind, name, what it was before, what it is now); before is None where it is new."""


def keep(
    connection: Connection, by: str, changes: Iterable[Logged], reason: str = "declared"
) -> None:
    """Keep changes, in order; `reason` is why, or by which command."""
    connection.cursor().executemany(
        "insert into declaration (declared_by, kind, name, before, after, reason)"
        " values (%s, %s, %s, %s, %s, %s)",
        [
            [by, kind, name, None if before is None else Jsonb(before), Jsonb(after), reason]
            for kind, name, before, after in changes
        ],
    )


def keep_removed(
    connection: Connection, by: str, kind: str, name: str, was: dict[str, Any], reason: str
) -> None:
    """Keep that a declaration was taken back, what it was, and why."""
    connection.execute(
        "insert into declaration (declared_by, kind, name, before, after, reason)"
        " values (%s, %s, %s, %s, null, %s)",
        [by, kind, name, Jsonb(was), reason],
    )


def quarantine_deeds(connection: Connection) -> dict[int, tuple[str, str | None]]:
    """Who discarded records of the quarantine or let them wait again, and why, by the number of its event.

    The last of a number: it was told before it was done, and who told it first was killed on the way.
    """
    rows = connection.execute(
        "select (after->>'event')::bigint, declared_by, reason from declaration"
        " where kind = 'quarantine' order by declaration"
    )
    return {event: (by, reason) for event, by, reason in rows}


def removed_for(connection: Connection, kind: str, name: str) -> str | None:
    """Why a declaration was taken back, if that is the last that was said of it."""
    row = connection.execute(
        "select case when after is null then reason end from declaration"
        " where kind = %s and name = %s order by declaration desc limit 1",
        [kind, name],
    ).fetchone()
    return None if row is None else row[0]


def last_change(connection: Connection) -> int:
    """The number of the latest change to any declaration; 0 before the first."""
    row = connection.execute("select coalesce(max(declaration), 0) from declaration").fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """A change to a declaration: when, by whom, why, and what it was afterwards and before, as JSON.

    `reason` None: from before it was kept.
    """

    at: datetime
    by: str
    after: dict[str, Any] | None
    reason: str | None = None
    before: dict[str, Any] | None = None


def changes_of(connection: Connection, kind: str, name: str) -> list[LoggedChange]:
    """Every change to a declaration, in order."""
    rows = connection.execute(
        "select declared_at, declared_by, after, reason, before from declaration where kind = %s and name = %s"
        " order by declaration",
        [kind, name],
    )
    return [LoggedChange(*row) for row in rows]


def account_as_of(connection: Connection, account: Account, at: datetime) -> Account:
    """An account with the terms, the debit limit and the closing day that were declared by an instant."""
    row = connection.execute(
        "select after from declaration where kind = 'account' and name = %s and declared_at <= %s"
        " order by declaration desc limit 1",
        [account.name, at],
    ).fetchone()
    if row is None or row[0] is None:
        return account
    terms = tuple(
        Term(
            date.fromisoformat(term["from"]),
            term["plan"],
            term.get("override"),
            term.get("channels"),
        )
        for term in row[0]["terms"]
    )
    closed = row[0].get("closed")
    limit = Decimal(row[0]["debit_limit"])
    day = closed and date.fromisoformat(closed)
    return replace(account, terms=terms, closed=day, debit_limit=limit)
