"""Who is suspended by the balance, and what ends it (docs/rules/credit.md, "Suspension").

After a run an account below its floor is suspended; the payment, adjustment or run that brings
what is available to 0 or more ends that. A suspension by hand ends only by hand.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.ledger import balances, statuses
from minutebook.ledger.statuses import Cause, Status, StatusChange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.ledger.connection import Connection
    from minutebook.plans.terms import Account


def status_on(account: Account, last: StatusChange | None, day: date) -> Status:
    """An account's status on a UTC day, by its last change until then."""
    if account.closed is not None and account.closed <= day:
        return Status.CLOSED
    return Status.ACTIVE if last is None else last.status


def is_below(balance: Decimal, floor: Decimal, currency: str) -> bool:
    """Whether a balance is below the floor by half a cent or more: by what can be paid
    (docs/rules/credit.md, "Suspension").
    """
    return floor - balance >= money.half_minor(currency)


def judge(
    connection: Connection,
    accounts: Iterable[Account],
    day: date,
    today: date,
    by: str,
    run: int | None = None,
    because: str = "",
) -> list[StatusChange]:
    """Suspend accounts below their floor, where a run judges; end the suspensions that are covered
    (docs/rules/credit.md, "Suspension").

    The caller holds the locks RUN or POSTING until the end of its transaction, the run both.
    `day` shows it: the last one billed, or a payment's; `because` is what that was. Gives the changes
    that were made and kept.
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
        if suspended == is_below(balance, floor, account.currency):
            continue
        if suspended and change is not None and change.cause is Cause.HAND:
            continue
        if not suspended and run is None:
            continue
        status = Status.ACTIVE if suspended else Status.SUSPENDED
        reason = _reason(balance, floor, account.currency, because or f"run {run} through {day}")
        found.append(
            StatusChange(account.name, status, Cause.FLOOR, day, reason, by, balance, floor, run)
        )
    statuses.add(connection, found)
    return found


def _reason(balance: Decimal, floor: Decimal, currency: str, what: str) -> str:
    where = f"balance {money.text(balance)} {currency}"
    limit = f"floor {money.text(floor)} {currency}"
    if balance < floor:
        below = f"{money.text(floor - balance)} {currency}"
        return f"after {what}: {where} is {below} below the {limit}"
    return f"{what} covers it: {where}, {limit}"
