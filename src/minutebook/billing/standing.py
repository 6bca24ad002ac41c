"""What an account has to spend: balance, holds, floor, available (domain.md, "Credit")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations

if TYPE_CHECKING:
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True)
class Standing:
    """One account's money now. `stopped`: no new calls, where control is live."""

    account: str
    currency: str
    balance: Decimal
    holds: Decimal
    floor: Decimal
    status: str

    @property
    def available(self) -> Decimal:
        return self.balance - self.floor - self.holds

    @property
    def stopped(self) -> bool:
        return self.status != "active" or self.available <= 0

    def to_json(self) -> dict[str, Any]:
        """As `minutebook balance --format json` prints it (contract.md)."""
        return {
            "account": self.account,
            "currency": self.currency,
            "balance": money.text(self.balance),
            "holds": money.text(self.holds),
            "available": money.text(self.available),
            "floor": money.text(self.floor),
            "status": self.status,
            "stopped": self.stopped,
        }


def standings(database: Database, account: str | None = None) -> list[Standing]:
    """Every account's standing, by name, or one's; `InputError` where it is not declared."""
    with database.transaction() as connection:
        accounts = declarations.load(connection).accounts
        if account is not None and account not in accounts:
            raise InputError(
                f"account {account!r} is not declared; declare [account.{account}] and apply it"
            )
        sums = balances.balances(connection, account)
    return [
        Standing(
            account=name,
            currency=declared.currency,
            balance=sums.get(name, Decimal(0)),
            holds=Decimal(0),
            floor=-declared.debit_limit,
            status="active",
        )
        for name, declared in sorted(accounts.items())
        if account in (None, name)
    ]
