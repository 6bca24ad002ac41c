"""Accounts that a run sets aside: what fails for one is not charged, and the rest is billed
(docs/rules/runs.md, "Set aside").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.ledger import runs
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.priced_days import PricedDay
    from minutebook.rating.sums import Key, Sums

_MARK = "aside "
"""Begins the fingerprint of a day on which somebody is set aside: it is priced again by every run."""


@dataclass(frozen=True, slots=True, repr=False)
class AccountAside(Shown):
    """An account of which a run posted nothing: why, and the UTC days that failed or wait for them."""

    account: str
    """The account's name."""
    reason: str
    days: tuple[date, ...]
    """The UTC days of its calls and charges that are not billed, in order."""
    parked: bool = False
    """Nothing fails, but what would be posted is beyond the bounds: a person may let it pass."""

    def on(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last` is not billed."""
        return any(first <= day <= last for day in self.days)


@dataclass(slots=True)
class AccountsAside:
    """Whom a run sets aside, as it finds them: the first reason, and the days, by account."""

    reasons: dict[str, str] = field(default_factory=dict)
    days: dict[str, set[date]] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)

    def __contains__(self, account: object) -> bool:
        return account in self.reasons

    def add(self, account: str, day: date, reason: str) -> None:
        """Set an account aside for what failed on a day."""
        self.reasons.setdefault(account, reason)
        self.days.setdefault(account, set()).add(day)

    def park(self, account: str, days: Iterable[date], reason: str) -> None:
        """Set an account aside for what is beyond the bounds."""
        self.reasons.setdefault(account, reason)
        self.days.setdefault(account, set()).update(days)
        self.parked.add(account)

    def add_too_large(self, journals: Iterable[Journal]) -> None:
        """Set aside who would be posted more than the ledger holds."""
        for journal in journals:
            if abs(journal.amount) >= money.AMOUNT_LIMIT:
                self.add(
                    journal.account,
                    journal.corrects,
                    f"{journal.kind} of {journal.corrects} comes to"
                    f" {money.text(abs(journal.amount))} {journal.currency}, more than an amount may"
                    " be; correct its prices",
                )

    def without(self, differences: Mapping[Key, Sums]) -> dict[Key, Sums]:
        """The differences of all others; the days of those that are left out wait."""
        for day, account, _, _ in differences:
            if account in self:
                self.days[account].add(day)
        return {key: sums for key, sums in differences.items() if key[1] not in self}

    def others(self, journals: Iterable[Journal]) -> list[Journal]:
        """The journals of all others."""
        return [journal for journal in journals if journal.account not in self]

    def marked(self, days: Mapping[date, PricedDay]) -> dict[date, PricedDay]:
        """What days were priced from; those that somebody waits for so that the next run prices them."""
        waiting = set[date]().union(*self.days.values())
        return {
            day: replace(priced, fingerprint=_MARK + priced.fingerprint)
            if day in waiting
            else priced
            for day, priced in days.items()
        }

    def found(self, before: Iterable[AccountAside], through: date) -> tuple[AccountAside, ...]:
        """Who is set aside now; of those that were before also the days after `through`, not tried."""
        reasons, days = dict(self.reasons), {name: set(own) for name, own in self.days.items()}
        parked = set(self.parked)
        for earlier in before:
            later = {day for day in earlier.days if day > through}
            if later:
                if earlier.parked and earlier.account not in reasons:
                    parked.add(earlier.account)
                reasons.setdefault(earlier.account, earlier.reason)
                days.setdefault(earlier.account, set()).update(later)
        return tuple(
            AccountAside(name, reasons[name], tuple(sorted(days[name])), name in parked)
            for name in sorted(reasons)
        )


def settled_fingerprint(priced: PricedDay) -> str:
    """Of what priced the accounts of a day that are not set aside."""
    return priced.fingerprint.removeprefix(_MARK)


def as_kept(found: Iterable[AccountAside]) -> list[dict[str, Any]]:
    """For the summary of a run."""
    return [
        {
            "account": one.account,
            "reason": one.reason,
            "days": [str(day) for day in one.days],
            **({"parked": True} if one.parked else {}),
        }
        for one in found
    ]


def set_aside_now(connection: Connection) -> tuple[AccountAside, ...]:
    """Whom the last run left aside."""
    last = runs.last_run(connection)
    kept = [] if last is None else last[1].get("set_aside", [])
    return tuple(
        AccountAside(
            one["account"],
            one["reason"],
            tuple(map(date.fromisoformat, one["days"])),
            one.get("parked", False),
        )
        for one in kept
    )
