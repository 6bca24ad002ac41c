"""The accounts of a month, for people: what each is on, and which stand still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.judging import status_on
from minutebook.billing.peaks import with_peaks
from minutebook.billing.recurring_charges import SPENT
from minutebook.days import ONE_DAY, month_end
from minutebook.ledger import balances, declarations, statuses
from minutebook.notebook import Shown
from minutebook.plans.minimum import free_and_charged
from minutebook.plans.recurring import required_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.ledger.statuses import Status
    from minutebook.plans.terms import Account


@dataclass(frozen=True, slots=True, repr=False)
class ListedAccount(Shown):
    """An account in a month, so far: its servers that are deployed, calls recorded, money spent.

    `required` is the month's minimum of its servers, to be met by its end.
    """

    account: Account
    status: Status
    plan: str | None
    model: str | None
    channels: int | None
    servers: int
    calls: int
    required: Decimal
    spent: Decimal

    @property
    def stagnant(self) -> bool:
        """Whether it has servers and no traffic."""
        return bool(self.servers or self.required) and not self.calls


def listed_accounts(
    database: Database,
    lake: Lake,
    month: date,
    today: date,
    names: Collection[str] | None = None,
) -> list[ListedAccount]:
    """Every account in the month that begins on `month`, so far; or those of these names that there are."""
    import polars as pl

    from minutebook.billing.rated_calls import files_of_days

    last = month_end(month)
    day = min(last, max(month, today))
    with database.transaction() as connection:
        carrier = declarations.load(connection)
        if names is not None:
            carrier = carrier.only(names)
        every = with_peaks(connection, carrier.holdings(), month, last)
        spent = balances.charged_between(connection, SPENT, month, last)
        changes = statuses.latest(connection, None, datetime.combine(day, time(), UTC) + ONE_DAY)
    files = files_of_days(lake.snapshot().files, month, last)
    scanned = lake.scan(files)
    if names is not None:
        scanned = scanned.filter(pl.col("account").is_in(list(names)))
    counted = scanned.group_by("account").len().collect(engine="streaming")
    calls = dict(counted.select("account", pl.col("len")).iter_rows())
    found = []
    for name, held in sorted(every.items()):
        now = held.on(day)
        free, charged = free_and_charged(held.servers if now else [], day, 0)
        found.append(
            ListedAccount(
                account=held.account,
                status=status_on(held.account, changes.get(name), day),
                plan=None if now is None else now.plan.name,
                model=None if now is None else now.plan.model,
                channels=None if now is None else now.channels_bought,
                servers=len(free) + len(charged),
                calls=calls.get(name, 0),
                required=required_of(held, month).amount,
                spent=-spent.get(name, Decimal(0)),
            )
        )
    return found
