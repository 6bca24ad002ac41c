"""What an account has to spend: balance, holds, floor, available
(docs/rules/credit.md, "Floor and available").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.judging import status_on
from minutebook.ledger import balances, change_log, declarations, statuses
from minutebook.ledger.statuses import Status
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class Standing(Shown):
    """One account's money now. `stopped`: no new calls, where control is live
    (docs/rules/credit.md, "Floor and available").

    `status_reason` is why it is suspended; None where it is not.
    """

    account: str
    currency: str
    balance: Decimal
    holds: Decimal
    floor: Decimal
    status: Status
    status_reason: str | None = None

    @property
    def available(self) -> Decimal:
        return self.balance - self.floor - self.holds

    @property
    def stopped(self) -> bool:
        return self.status is not Status.ACTIVE or self.available <= 0


def credit_standings(
    database: Database, today: date, account: str | None = None, at: date | None = None
) -> list[Standing]:
    """Every account's standing, by name, or one's; `InputError` where it is not declared.

    With `at` as it was at the end of that UTC day, by what stands on the days up to it; the status
    and the debit limit are those that were known then.
    """
    known_at = None if at is None else datetime.combine(at, time.max, UTC)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
        accounts = [carrier.account_named(account)] if account else [*carrier.accounts.values()]
        if at is None or known_at is None:
            sums = balances.balances(connection, account)
        else:
            sums = balances.through(connection, at, account)
            accounts = [change_log.account_as_of(connection, one, known_at) for one in accounts]
        changes = statuses.latest(connection, account, known_at)
    found = []
    for declared in sorted(accounts, key=lambda known: known.name):
        change = changes.get(declared.name)
        status = status_on(declared, change, at or today)
        found.append(
            Standing(
                account=declared.name,
                currency=declared.currency,
                balance=sums.get(declared.name, Decimal(0)),
                holds=Decimal(0),
                floor=-declared.debit_limit,
                status=status,
                status_reason=change.reason if change and status is Status.SUSPENDED else None,
            )
        )
    return found
