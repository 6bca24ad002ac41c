"""What we owe each provider (docs/rules/providers.md, "What is owed")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.ledger import balances, declarations
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.database import Database
    from minutebook.plans.provider import Provider


@dataclass(frozen=True, slots=True, repr=False)
class ProviderStanding(Shown):
    """A provider, and what we owe it: cost and adjustments less what we paid."""

    provider: Provider
    balance: Decimal
    """What we owe; below 0 it owes us."""

    @property
    def available(self) -> Decimal | None:
        """How much more we may owe; None: nobody said a limit."""
        limit = self.provider.credit_limit
        return None if limit is None else limit - self.balance


def provider_standings(
    database: Database, name: str | None = None, at: date | None = None
) -> list[ProviderStanding]:
    """Every provider by name, or one; `InputError` where it is not declared. With `at`: as of that UTC day's end."""
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        known = [*carrier.providers.values()] if name is None else [carrier.provider_named(name)]
        key = None if name is None else known[0].key
        if at is None:
            sums = balances.balances(connection, key)
        else:
            sums = balances.through(connection, at, key)
    return [ProviderStanding(one, sums.get(one.key, Decimal(0))) for one in known]
