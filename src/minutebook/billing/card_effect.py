"""What another card, or other instants of its revisions, change of days that are billed
(docs/rules/cards.md, "Going back, and what was billed").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.schedule import Schedule
from minutebook.billing.set_aside import AccountsAside
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.ledger import priced_days
from minutebook.notebook import Shown
from minutebook.plans.per_minute import due
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.connection import Connection
    from minutebook.rating.sums import Key


@dataclass(frozen=True, slots=True, repr=False)
class AccountChange(Shown):
    """What the billed days of an account come to before and after; charges are positive, minimums left out.
    What a provider is owed is positive too.
    """

    account: str
    """Its name, as declared; `provider:NAME` of a provider."""
    currency: str
    """Of the amounts."""
    days: int
    """How many of its billed days cost something else."""
    before: Decimal
    """What these days cost as they are billed."""
    after: Decimal
    """What they cost after the change."""

    @property
    def difference(self) -> Decimal:
        """What the next run charges more for them; negative: less."""
        return self.after - self.before


def on_card(carrier: Carrier, card: str) -> Carrier:
    """The carrier with the accounts alone that a plan on the card charges at some time, and the providers
    that are paid by it.
    """
    carrier = carrier.both_sides()
    plans = {
        name for name, revisions in carrier.plans.items() if any(p.card == card for p in revisions)
    }
    accounts = {
        name: account
        for name, account in carrier.accounts.items()
        if any(term.plan in plans for term in account.terms)
    }
    return replace(carrier, accounts=accounts)


@dataclass(slots=True)
class CardEffect:
    """Billed days under a carrier's cards as they are, and as they would be."""

    connection: Connection
    lake: Lake
    cards: CardStore
    before: Carrier
    after: Carrier

    def days(self) -> tuple[date, ...]:
        """The billed days that are priced otherwise."""
        old, new = Schedule(self.before), Schedule(self.after)
        billed = priced_days.priced_days(self.connection, date.max)
        return tuple(
            day
            for day in sorted(billed)
            if old.stretch(day).fingerprint != new.stretch(day).fingerprint
        )

    def accounts(
        self, days: tuple[date, ...], progress: Callable[[int, int], None] | None
    ) -> tuple[AccountChange, ...]:
        """What the days come to for each account, where that differs."""
        billed = priced_days.priced_days(self.connection, days[-1])
        wanted = set(days)
        parts: dict[date, list[LakeFile]] = defaultdict(list)
        for file in self.lake.snapshot().files:
            if file.day in wanted and file.name in billed[file.day].files:
                parts[file.day].append(file)
        work = [DayFiles(day, files) for day, files in sorted(parts.items())]
        was = self._dues_under(self.before, work, None)
        now = self._dues_under(self.after, work, progress)
        found: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for key in sorted(was.keys() | now.keys()):
            pair = (was.get(key, Decimal(0)), now.get(key, Decimal(0)))
            if pair[0] != pair[1]:
                found[key[1]].append(pair)
        return tuple(
            AccountChange(
                account=account,
                currency=self.after.accounts[account].currency,
                days=len(pairs),
                before=sum((old for old, _ in pairs), Decimal(0)),
                after=sum((new for _, new in pairs), Decimal(0)),
            )
            for account, pairs in sorted(found.items())
        )

    def _dues_under(
        self,
        carrier: Carrier,
        work: list[DayFiles],
        progress: Callable[[int, int], None] | None,
    ) -> dict[tuple[date, str], Decimal]:
        """As `_dues`; accounts that a run would set aside owe nothing here, before and after."""
        aside, schedule = AccountsAside(), Schedule(carrier)
        return _dues(
            carrier, tally_parts(self.lake, self.cards, schedule, work, progress, aside=aside)
        )


def _dues(carrier: Carrier, sums: Mapping[Key, Sums]) -> dict[tuple[date, str], Decimal]:
    """What each day costs each account, each day rounded as its plan says."""
    schedule = Schedule(carrier)
    together: dict[tuple[date, str], Sums] = defaultdict(Sums)
    for (day, account, _, _), one in sums.items():
        together[day, account] += one
    found = {}
    for (day, account), total in together.items():
        plan = schedule.plan_of(account, day)
        if plan is not None:
            found[day, account] = due(plan, total.numerator)
    return found
