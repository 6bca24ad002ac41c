"""An account suspended, resumed or closed by hand
(docs/rules/credit.md, "Suspension" and "Closing an account").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.accounts.apply import declare
from minutebook.billing.judging import status_on
from minutebook.errors import InputError
from minutebook.ledger import declarations, statuses
from minutebook.ledger.locks import POSTING, RUN
from minutebook.ledger.statuses import Cause, Status, StatusChange

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Database


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
        raise InputError.advised(
            "a change of status needs a reason, which is kept",
            "pass reason",
            shell="say --reason TEXT",
        )
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
    """Close an account: `on` is its last UTC day; it owes up to then, and takes no later calls
    (docs/rules/credit.md, "Closing an account").
    """
    if not reason.strip():
        raise InputError.advised(
            "closing an account needs a reason, which is kept",
            "pass reason",
            shell="say --reason TEXT",
        )

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
        declare(database, tables, by, reason.strip())
        change = StatusChange(name, Status.CLOSED, Cause.HAND, on, reason.strip(), by)
        statuses.add(connection, [change])
        return statuses.history(connection, name)[-1]
