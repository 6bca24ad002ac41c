"""Who was charged what by a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.ledger import balances
from minutebook.notebook import Shown
from minutebook.statements.statement import COLUMN_OF_KIND

if TYPE_CHECKING:
    from minutebook.ledger.database import Database


@dataclass(slots=True, repr=False)
class RunCharge(Shown):
    """What a run posted to one account: charges negative, what it gave back positive."""

    account: str
    currency: str
    postings: int = 0
    """Differences posted, each of a day and a kind."""
    per_minute: Decimal = Decimal(0)
    per_channel: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    short_calls: Decimal = Decimal(0)
    other: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.per_minute + self.per_channel + self.minimum + self.short_calls + self.other


def run_charges(database: Database, run: int) -> list[RunCharge]:
    """What a run posted, by account."""
    found: dict[str, RunCharge] = {}
    with database.snapshot() as connection:
        for account, currency, kind, amount, postings in balances.posted_by_run(connection, run):
            charge = found.setdefault(account, RunCharge(account, currency))
            column = COLUMN_OF_KIND.get(kind, "other")
            setattr(charge, column, getattr(charge, column) + amount)
            charge.postings += postings
    return list(found.values())
