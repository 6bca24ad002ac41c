"""The trial balance as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day, Month

if TYPE_CHECKING:
    from datetime import date

    from minutebook.statements.trial_balance import TrialBalance, TrialLine, TrialSum


@dataclass(frozen=True)
class TrialLineView:
    """A ledger account in a month."""

    month: Annotated[Month, Doc("of it, the days from `from` to `to`")]
    ledger_account: Annotated[str, Doc("`customer:…`, `revenue:usage`, `cash`, `adjustments`, …")]
    currency: Annotated[str, Doc("of the amounts")]
    debits: Annotated[Amount, Doc("the sum of them, without a sign")]
    credits: Annotated[Amount, Doc("the sum of them")]
    balance: Annotated[
        Amount,
        Doc("credits less debits of all entries to the month's end, also those before `from`"),
    ]

    @classmethod
    def of(cls, line: TrialLine) -> TrialLineView:
        """The line."""
        return cls(
            line.month, line.ledger_account, line.currency, line.debits, line.credits, line.balance
        )


@dataclass(frozen=True)
class TrialSumView:
    """What all ledger accounts come to in a currency."""

    currency: Annotated[str, Doc("of the amounts")]
    debits: Annotated[Amount, Doc("of all lines")]
    credits: Annotated[Amount, Doc("of all lines; as much as the debits")]
    balance: Annotated[Amount, Doc("of all ledger accounts at the end: 0")]
    balanced: Annotated[bool, Doc("debits are as much as credits, and the balances come to 0")]

    @classmethod
    def of(cls, total: TrialSum) -> TrialSumView:
        """The sum."""
        return cls(total.currency, total.debits, total.credits, total.balance, total.balanced)


@dataclass(frozen=True)
class TrialBalanceView:
    """Debits, credits and balances by ledger account and month."""

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    lines: Annotated[
        list[TrialLineView], Doc("each month's ledger accounts with entries or a balance")
    ]
    sum: Annotated[list[TrialSumView], Doc("what they come to, one object for each currency")]
    balanced: Annotated[bool, Doc("in every currency; false: status 1, and `verify` says where")]

    @classmethod
    def of(cls, first: date, last: date, found: TrialBalance) -> TrialBalanceView:
        """The trial balance of these days."""
        return cls(
            first,
            last,
            [*map(TrialLineView.of, found.lines)],
            [*map(TrialSumView.of, found.sums)],
            found.balanced,
        )

    @property
    def notes(self) -> list[str]:
        """Whether debits are as much as credits, in words."""
        if not self.sum:
            return ["There are no such entries."]
        off = [total.currency for total in self.sum if not total.balanced]
        if off:
            return [
                f"Debits and credits differ in {', '.join(off)}; see where with: minutebook verify"
            ]
        return ["Debits are as much as credits, and the balances come to 0."]
