"""An account suspended, resumed, closed or opened again by hand
(docs/rules/credit.md, "Suspension", "Closing an account" and "Opening again").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.accounts.apply import declare
from minutebook.billing.judging import status_on
from minutebook.declarations.change import Change
from minutebook.errors import InputError
from minutebook.ledger import declarations, months, statuses
from minutebook.ledger.locks import POSTING, RUN, hold
from minutebook.ledger.statuses import Cause, Status, StatusChange
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Account


def suspend(database: Database, name: str, reason: str, now: datetime, by: str) -> StatusChange:
    """Suspend an account by hand, until it is resumed by hand; also one that a run suspended."""
    return _by_hand(database, name, Status.SUSPENDED, reason, now, by)


def resume(database: Database, name: str, reason: str, now: datetime, by: str) -> StatusChange:
    """End a suspension by hand; the next run suspends it again if it is below its floor."""
    return _by_hand(database, name, Status.ACTIVE, reason, now, by)


def _by_hand(
    database: Database, name: str, status: Status, reason: str, now: datetime, by: str
) -> StatusChange:
    why = reason_kept(reason, "a change of status")
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
        change = StatusChange(name, status, Cause.HAND, day, why, by)
        statuses.add(connection, [change])
        return statuses.latest(connection, name)[name]


def close(
    database: Database, name: str, on: date | None, reason: str, today: date, by: str
) -> StatusChange:
    """Close an account: `on` (None: today) is its last UTC day; it owes up to then, and takes no later
    calls (docs/rules/credit.md, "Closing an account"). In the same words again it does nothing.
    """
    why = reason_kept(reason, "closing an account")

    last_day = on or today

    def tables(carrier: Carrier) -> dict[str, Any]:
        account = carrier.account_named(name)
        terms = [
            {"from": t.from_day, "plan": t.plan, "channels": t.channels, "override": t.override}
            for t in account.terms
            if t.from_day <= last_day
        ]
        if not terms:
            raise InputError(
                f"{last_day} comes before the first term of {name}, {account.terms[0].from_day}"
            )
        return {"account": {name: {"terms": terms[-1:], "closed": last_day}}}

    with database.transaction(lock=RUN) as connection:
        account = declarations.load(connection).account_named(name)
        if account.closed is not None:
            return _closed_before(connection, account, on, why)
        declare(database, tables, by, why)
        change = StatusChange(name, Status.CLOSED, Cause.HAND, last_day, why, by)
        statuses.add(connection, [change])
        return statuses.history(connection, name)[-1]


def _closed_before(
    connection: Connection, account: Account, on: date | None, reason: str
) -> StatusChange:
    """The closing that there is; `InputError` where it was said in other words."""
    said = statuses.closing(connection, account)
    if said is not None and said.reason == reason and on in (None, account.closed):
        return replace(said, new=False)
    why = "" if said is None else f", with the reason: {said.reason}"
    raise InputError(
        f"account {account.name!r} is closed already, its last day is {account.closed}{why}"
    )


def reopen(database: Database, name: str, reason: str, today: date, by: str) -> StatusChange:
    """Take an account's closing back while nothing leans on it; its status is as before the closing
    (docs/rules/credit.md, "Opening again").
    """
    why = f"opened again: {reason_kept(reason, 'opening an account again')}"
    with database.transaction(lock=RUN) as connection:
        hold(connection, POSTING)
        account = declarations.load(connection).account_named(name)
        last = next(reversed(statuses.history(connection, name)), None)
        if account.closed is None:
            if last is not None and last.reason == why:
                return replace(last, new=False)
            raise InputError(f"account {name!r} is not closed")
        _refuse_what_leans(connection, account)
        now = replace(account, closed=None)
        declarations.save(connection, [Change("account", name, account, now)], by, why)
        before = statuses.latest(connection, name).get(name)
        status = Status.ACTIVE if before is None else before.status
        cause = Cause.HAND if before is None else before.cause
        statuses.add(connection, [StatusChange(name, status, cause, today, why, by)])
        return statuses.history(connection, name)[-1]


def _refuse_what_leans(connection: Connection, account: Account) -> None:
    """`InputError` where a closed month or a posting leans on an account's closing."""
    closed, open_from = account.closed, months.first_open_day(connection)
    assert closed is not None
    leaning = statuses.posted_since_closing(connection, account.name, closed)
    if open_from is not None and closed < open_from:
        why = f"its last day {closed} lies in a closed month"
    elif leaning is not None:
        why = f"{leaning[0].replace('_', ' ')} of {leaning[1]} was posted by its closing"
    else:
        return
    raise InputError.advised(
        f"account {account.name!r} stays closed: {why}",
        "declare another from the day after, with its match tables, and give it the later calls by book.corrections.rematch",
        shell="declare another from the day after, with its match tables, and give it the later calls by minutebook rematch",
    )
