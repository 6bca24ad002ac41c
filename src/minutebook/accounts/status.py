"""Who is suspended, why, and what ends it (domain.md, "Minimum per server").

After a run an account below its floor is suspended; the payment, adjustment or run that brings
what is available to 0 or more ends that. A suspension by hand ends only by hand.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.accounts.apply import declare
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, statuses
from minutebook.ledger.locks import POSTING, RUN
from minutebook.ledger.statuses import Cause, Status, StatusChange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from typing import Any

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Connection, Database
    from minutebook.plans.terms import Account


def status_on(account: Account, last: StatusChange | None, day: date) -> Status:
    """An account's status on a UTC day, by its last change until then."""
    if account.closed is not None and account.closed <= day:
        return Status.CLOSED
    return Status.ACTIVE if last is None else last.status


def judge(
    connection: Connection,
    accounts: Iterable[Account],
    day: date,
    today: date,
    by: str,
    run: int | None = None,
    because: str = "",
) -> list[StatusChange]:
    """Suspend accounts below their floor, where a run judges; end the suspensions that are covered.

    The caller holds the locks RUN or POSTING until the end of its transaction, the run both.
    `day` shows it: the last one billed, or a payment's; `because` is what that was. Gives the changes that were made and kept.
    """
    known = list(accounts)
    one = known[0].name if len(known) == 1 else None
    last = statuses.latest(connection, one)
    sums = balances.balances(connection, one)
    found = []
    for account in known:
        change = last.get(account.name)
        if account.closed is not None and account.closed <= today:
            continue
        balance, floor = sums.get(account.name, Decimal(0)), -account.debit_limit
        suspended = change is not None and change.status is Status.SUSPENDED
        if suspended == (balance < floor):
            continue
        if suspended and change is not None and change.cause is Cause.HAND:
            continue
        if not suspended and run is None:
            continue
        status = Status.ACTIVE if suspended else Status.SUSPENDED
        reason = _reason(balance, floor, because or f"run {run} through {day}")
        found.append(
            StatusChange(account.name, status, Cause.FLOOR, day, reason, by, balance, floor, run)
        )
    statuses.add(connection, found)
    return found


def _reason(balance: Decimal, floor: Decimal, what: str) -> str:
    where = f"balance {money.text(balance)}"
    if balance < floor:
        below = money.text(floor - balance)
        return f"after {what}: {where} is {below} below the floor {money.text(floor)}"
    return f"{what} covers it: {where}, floor {money.text(floor)}"


def suspend(database: Database, name: str, reason: str, now: datetime, by: str) -> StatusChange:
    """Suspend an account by hand, until it is resumed by hand; also one that a run suspended."""
    return _by_hand(database, name, Status.SUSPENDED, reason, now, by)


def resume(database: Database, name: str, reason: str, now: datetime, by: str) -> StatusChange:
    """End a suspension by hand; the next run suspends it again if it is below its floor."""
    return _by_hand(database, name, Status.ACTIVE, reason, now, by)


def _by_hand(
    database: Database, name: str, status: Status, reason: str, now: datetime, by: str
) -> StatusChange:
    if not reason.strip():
        raise InputError("a change of status needs a reason, which is kept; say --reason TEXT")
    with database.transaction(lock=POSTING) as connection:
        account = declarations.load(connection).account_named(name)
        day = now.date()
        last = statuses.latest(connection, name).get(name)
        present = status_on(account, last, day)
        if present is Status.CLOSED:
            raise InputError(f"account {name!r} is closed since {account.closed}; open another")
        held = last is not None and last.cause is Cause.HAND
        if present is status and (status is Status.ACTIVE or held):
            said = f": {last.reason}" if last is not None and last.reason else ""
            raise InputError(f"account {name!r} is {status} already{said}")
        change = StatusChange(name, status, Cause.HAND, day, reason.strip(), by)
        statuses.add(connection, [change])
        return statuses.latest(connection, name)[name]


def close(database: Database, name: str, on: date, reason: str, by: str) -> StatusChange:
    """Close an account: `on` is its last UTC day; it owes up to then, and takes no later calls."""
    if not reason.strip():
        raise InputError("closing an account needs a reason, which is kept; say --reason TEXT")

    def tables(carrier: Carrier) -> dict[str, Any]:
        account = carrier.account_named(name)
        if account.closed is not None:
            raise InputError(
                f"account {name!r} is closed already, its last day is {account.closed}"
            )
        terms = [
            {"from": t.from_day, "plan": t.plan, "channels": t.channels, "override": t.override}
            for t in account.terms
            if t.from_day <= on
        ]
        if not terms:
            raise InputError(
                f"{on} comes before the first term of {name}, {account.terms[0].from_day}"
            )
        return {"account": {name: {"terms": terms[-1:], "closed": on}}}

    with database.transaction(lock=RUN) as connection:
        declare(database, tables, by)
        change = StatusChange(name, Status.CLOSED, Cause.HAND, on, reason.strip(), by)
        statuses.add(connection, [change])
        return statuses.history(connection, name)[-1]
