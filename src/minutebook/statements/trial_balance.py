"""The trial balance: what each ledger account was debited and credited, by month, and what it has then
(docs/rules/credit.md, "Trial balance").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.days import next_month
from minutebook.ledger.chosen import by_ledger_account
from minutebook.notebook import Shown
from minutebook.statements.entries import check_chosen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from minutebook.ledger.chosen import Chosen
    from minutebook.ledger.connection import Connection

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, repr=False)
class TrialLine(Shown):
    """A ledger account in a month: debits and credits without a sign; `balance` credit positive, at its end."""

    month: date
    """Its first day; of the first and the last month only the days that are asked for count."""
    ledger_account: str
    currency: str
    debits: Decimal
    credits: Decimal
    balance: Decimal
    """Of all entries up to the month's end, those before the first day among them."""


@dataclass(frozen=True, slots=True, repr=False)
class TrialSum(Shown):
    """What all ledger accounts come to in a currency; where the books balance, `balance` is 0."""

    currency: str
    debits: Decimal
    credits: Decimal
    balance: Decimal
    """The sum of what each ledger account has at the end."""

    @property
    def balanced(self) -> bool:
        """Debits are as much as credits, of these days and of all before."""
        return self.debits == self.credits and not self.balance


@dataclass(frozen=True, slots=True, repr=False)
class TrialBalance(Shown):
    """The ledger accounts month by month, and what they come to by currency."""

    lines: tuple[TrialLine, ...]
    """Month by month, the ledger accounts in alphabetical order."""
    sums: tuple[TrialSum, ...]
    """One for each currency."""

    @property
    def balanced(self) -> bool:
        """In every currency."""
        return all(total.balanced for total in self.sums)


def trial_balance(connection: Connection, chosen: Chosen) -> TrialBalance:
    """The trial balance of the journals that are asked for: a line for each month and ledger account that
    has entries in it, or a balance at its end. `InputError` as `entries`.

    The last month is that of the last entry.
    """
    check_chosen(connection, chosen)
    moved: dict[date, dict[tuple[str, str], tuple[Decimal, Decimal]]] = {}
    balance: dict[tuple[str, str], Decimal] = {}
    for account, currency, month, debits, credits in by_ledger_account(connection, chosen):
        if month is None:
            balance[account, currency] = credits - debits
        else:
            moved.setdefault(month, {})[account, currency] = (debits, credits)
    lines: list[TrialLine] = []
    for month in _months(chosen.first, max(moved, default=chosen.first)):
        here = moved.get(month, {})
        for account, currency in sorted(balance.keys() | here.keys()):
            debits, credits = here.get((account, currency), (_ZERO, _ZERO))
            has = balance.get((account, currency), _ZERO) + credits - debits
            balance[account, currency] = has
            if debits or credits or has:
                lines.append(TrialLine(month, account, currency, debits, credits, has))
    currencies = sorted({currency for _, currency in balance})
    return TrialBalance(tuple(lines), tuple(_sum(c, lines, balance) for c in currencies))


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of every month from that of one day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def _sum(
    currency: str, lines: list[TrialLine], balance: dict[tuple[str, str], Decimal]
) -> TrialSum:
    own = [line for line in lines if line.currency == currency]
    return TrialSum(
        currency,
        sum((line.debits for line in own), _ZERO),
        sum((line.credits for line in own), _ZERO),
        sum((has for (_, held_in), has in balance.items() if held_in == currency), _ZERO),
    )
