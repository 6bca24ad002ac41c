"""Accounts' statuses: every change is kept, the last one holds (docs/rules/credit.md, "Suspension")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.ledger.webhooks import Happening, tell_others
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from minutebook.ledger.connection import Connection
    from minutebook.plans.terms import Account


class Status(StrEnum):
    """What an account is."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Cause(StrEnum):
    """Who changed it: a person, or the balance against the floor."""

    HAND = "hand"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True, repr=False)
class StatusChange(Shown):
    """A change of an account's status.

    `day` is the UTC day that showed it (the last one billed, or a payment's), or that it is from.
    `balance` and `floor` are what it was judged by, None by hand; `run` the run that judged.
    """

    account: str
    """The account's name."""
    status: Status
    cause: Cause
    day: date
    """The UTC day that showed it, the last one billed or a payment's; or that it is from."""
    reason: str
    changed_by: str
    """Who changed it."""
    balance: Decimal | None = None
    """The balance that it was judged by; None by hand."""
    floor: Decimal | None = None
    """The floor that it was judged by; None by hand."""
    run: int | None = None
    changed_at: datetime | None = None
    """When it was changed."""
    new: bool = True
    """False: it was so before, said in the same words, and nothing was changed."""

    @property
    def below_floor(self) -> Decimal | None:
        """By how much the balance was below the floor; None where it was not, or by hand."""
        if self.balance is None or self.floor is None or self.balance >= self.floor:
            return None
        return self.floor - self.balance


_COLUMNS = (
    "account, status, cause, day, reason, changed_by, balance, floor, run, changed_at"
    " from account_status"
)


def latest(
    connection: Connection, account: str | None = None, as_of: datetime | None = None
) -> dict[str, StatusChange]:
    """The last change of each account, or of one, that was made by `as_of` (None: now).

    Closings left out: these are declared, with their day.
    """
    rows = connection.execute(
        f"select distinct on (account) {_COLUMNS}"
        " where status <> 'closed' and (%(account)s::text is null or account = %(account)s)"
        " and (%(as_of)s::timestamptz is null or changed_at <= %(as_of)s)"
        " order by account, change desc",
        {"account": account, "as_of": as_of},
    )
    return {row[0]: _change(row) for row in rows}


def history(
    connection: Connection, account: str, as_of: datetime | None = None
) -> list[StatusChange]:
    """An account's changes in order, those made by `as_of` (None: now)."""
    rows = connection.execute(
        f"select {_COLUMNS} where account = %s and (%s::timestamptz is null or changed_at <= %s)"
        " order by change",
        [account, as_of, as_of],
    )
    return [_change(row) for row in rows]


def closing(connection: Connection, account: Account) -> StatusChange | None:
    """How a closed account was closed by hand; None where a file declared it."""
    by_hand = [c for c in history(connection, account.name) if c.status is Status.CLOSED]
    return by_hand[-1] if by_hand and by_hand[-1].day == account.closed else None


def posted_since_closing(
    connection: Connection, account: str, closed: date
) -> tuple[str, date] | None:
    """(kind, day that it is for) of a posting that leans on an account's closing; None: nothing does.

    Those made since it was declared that take back days after the last one, settle the minimum or
    what was paid ahead, and adjustments.
    """
    row = connection.execute(
        "select kind, corrects from journal where account = %(account)s and posted_at >="
        " (select max(declared_at) from declaration where kind = 'account' and name = %(account)s"
        "   and after->>'closed' = %(closed)s::date::text"
        "   and before->>'closed' is distinct from after->>'closed')"
        " and (kind = 'adjustment' or kind = 'minimum' and corrects >= %(closed)s"
        "      or kind = 'short_calls' and corrects >= %(closed)s and details->>'per' = 'month'"
        "      or kind <> 'payment' and corrects > %(closed)s"
        "      or kind = 'channels' and corrects = %(closed)s and details ? 'closing')"
        " order by posted_at, corrects limit 1",
        {"account": account, "closed": closed},
    ).fetchone()
    return None if row is None else (row[0], row[1])


def add(connection: Connection, changes: Iterable[StatusChange]) -> None:
    """Keep changes, in order."""
    for change in changes:
        connection.execute(
            "insert into account_status (account, status, cause, day, reason, changed_by,"
            " balance, floor, run) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                change.account,
                change.status,
                change.cause,
                change.day,
                change.reason,
                change.changed_by,
                change.balance,
                change.floor,
                change.run,
            ],
        )
        tell_others(connection, _TOLD[change.status], _told(change))


_TOLD = {
    Status.ACTIVE: Happening.ACCOUNT_RESUMED,
    Status.SUSPENDED: Happening.ACCOUNT_SUSPENDED,
    Status.CLOSED: Happening.ACCOUNT_CLOSED,
}


def _told(change: StatusChange) -> dict[str, Any]:
    return {
        "account": change.account,
        "status": change.status.value,
        "cause": change.cause.value,
        "day": change.day.isoformat(),
        "reason": change.reason,
        "by": change.changed_by,
        "balance": None if change.balance is None else money.text(change.balance),
        "floor": None if change.floor is None else money.text(change.floor),
        "run": change.run,
    }


def _change(row: tuple[Any, ...]) -> StatusChange:
    account, status, cause, *rest = row
    return StatusChange(account, Status(status), Cause(cause), *rest)
