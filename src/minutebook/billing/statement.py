"""An account's statement: day by day, each balance the one before and the day's total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.billing.payments import account_named
from minutebook.errors import InputError
from minutebook.ledger import balances, tallies
from minutebook.ledger.tallies import Sums

if TYPE_CHECKING:
    from minutebook.ledger.database import Database

COLUMN_OF_KIND = {
    "usage": "per_minute",
    "channels": "per_channel",
    "minimum": "minimum",
    "payment": "payments",
}
"""Where a journal of a kind shows; every other kind under `other`."""

_COLUMNS = ("per_minute", "per_channel", "minimum", "other", "payments")


@dataclass(frozen=True, slots=True)
class StatementDay:
    """One UTC day: its calls, its charges (negative) and payments (positive), the balance at its end.

    `corrections`, part of the charges, are for days of closed months: (that day, kind, amount).
    """

    day: date
    sums: Sums
    per_minute: Decimal
    per_channel: Decimal
    minimum: Decimal
    other: Decimal
    payments: Decimal
    balance: Decimal
    corrections: tuple[tuple[date, str, Decimal], ...] = ()

    @property
    def total(self) -> Decimal:
        return self.per_minute + self.per_channel + self.minimum + self.other + self.payments

    def to_json(self) -> dict[str, Any]:
        return {
            "date": self.day.isoformat(),
            "calls": self.sums.calls,
            "answered": self.sums.answered,
            "seconds": self.sums.duration_ms / 1000,
            "billed_seconds": self.sums.billed_seconds,
            "per_minute": money.text(self.per_minute),
            "per_channel": money.text(self.per_channel),
            "minimum": money.text(self.minimum),
            "other": money.text(self.other),
            "payments": money.text(self.payments),
            "total": money.text(self.total),
            "balance": money.text(self.balance),
            "corrections": [
                {"date": day.isoformat(), "kind": kind, "amount": money.text(amount)}
                for day, kind, amount in self.corrections
            ],
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's days from `first` to `last`, as they were known at `as_of` (None: now)."""

    account: str
    title: str
    currency: str
    first: date
    last: date
    billed_through: date | None
    opening_balance: Decimal
    closing_balance: Decimal
    days: tuple[StatementDay, ...]

    def to_json(self) -> dict[str, Any]:
        """As `minutebook statement --format json` prints it (contract.md)."""
        return {
            "account": self.account,
            "currency": self.currency,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "billed_through": self.billed_through and self.billed_through.isoformat(),
            "opening_balance": money.text(self.opening_balance),
            "closing_balance": money.text(self.closing_balance),
            "days": [day.to_json() for day in self.days],
        }


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; `InputError` where they are the wrong way round."""
    if last < first:
        raise InputError(f"--to {last} comes before --from {first}")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def statement(
    database: Database, account: str, first: date, last: date, as_of: datetime | None = None
) -> Statement:
    """The statement of an account; `InputError` where it is not declared."""
    days = days_between(first, last)
    with database.transaction() as connection:
        connection.execute("set transaction isolation level repeatable read")
        declared = account_named(connection, account)
        opening = balances.before(connection, account, first, as_of)
        posted = balances.by_day_and_kind(connection, account, first, last, as_of)
        corrected = balances.corrections(connection, account, first, last, as_of)
        sums = tallies.of_account(connection, account, first, last, as_of)
        through = tallies.billed_through(connection, as_of)
    columns: dict[date, dict[str, Decimal]] = {day: {} for day in days}
    for (day, kind), amount in posted.items():
        column = COLUMN_OF_KIND.get(kind, "other")
        columns[day][column] = columns[day].get(column, Decimal(0)) + amount
    rows = []
    balance = opening
    for day in days:
        balance += sum(columns[day].values(), Decimal(0))
        per_minute, per_channel, minimum, other, payments = (
            columns[day].get(name, Decimal(0)) for name in _COLUMNS
        )
        notes = tuple(corrected.get(day, ()))
        rows.append(
            StatementDay(
                day,
                sums.get(day, Sums()),
                per_minute,
                per_channel,
                minimum,
                other,
                payments,
                balance,
                notes,
            )
        )
    return Statement(
        account,
        declared.title,
        declared.currency,
        first,
        last,
        through,
        opening,
        balance,
        tuple(rows),
    )
