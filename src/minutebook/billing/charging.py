"""A run's charges for channels and minimums: due minus posted (domain.md, "Runs").

A run looks at the days that are new to it. It goes back over billed days only for accounts whose
declarations have changed since, and over billed months for those of which it corrects a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.days import ONE_DAY, month_end, months_ending
from minutebook.ledger import balances, tallies
from minutebook.ledger.journal import Journal, journal_id, two_lines
from minutebook.plans.recurring import Due, holdings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Connection
    from minutebook.plans.recurring import Holdings

SPENT = ("usage", "channels")
"""What counts toward a minimum."""


@dataclass(slots=True)
class Charging:
    """The recurring charges of one run, and what they were computed from."""

    journals: list[Journal] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)


def recurring_charges(
    connection: Connection, carrier: Carrier, run: int, through: date, usage: list[Journal]
) -> Charging:
    """What channels and minimums owe up to `through` and was not posted; `usage` is the run's own."""
    known = tallies.charged_accounts(connection)
    all_holdings = holdings(carrier)
    owing = {name: held for name, held in all_holdings.items() if held.recurs or name in known}
    if not owing:
        return Charging()
    billed = tallies.billed_through(connection)
    changed = {name for name, held in owing.items() if known.get(name) != held.fingerprint}
    work = _Run(connection, run, tallies.first_open_day(connection), owing, changed)
    new_from = None if billed is None else billed + ONE_DAY
    channels = list(work.channels(new_from, through))
    minimums = list(work.minimums(new_from, through, [*usage, *channels]))
    done = billed is None or through >= billed
    return Charging(
        [*channels, *minimums], {name: owing[name].fingerprint for name in changed} if done else {}
    )


def wrong_charges(
    connection: Connection,
    carrier: Carrier,
    posted: Mapping[tuple[date, str, str], Decimal],
) -> Iterator[str]:
    """Each channel charge and minimum that is not what it should be, in words, for `verify`.

    `posted` is by (day that it is for, account, kind), charges negative. Accounts whose
    declarations have changed since the last run are left to the next.
    """
    known = tallies.charged_accounts(connection)
    through = tallies.billed_through(connection)
    charged: dict[str, dict[tuple[date, str], Decimal]] = defaultdict(dict)
    for (day, account, kind), amount in posted.items():
        charged[account][day, kind] = -amount
    for name, held in sorted(holdings(carrier).items()):
        settled = known[name] == held.fingerprint if name in known else not held.recurs
        if through is None or not settled:
            continue
        own = charged[name]
        dues = {(due.day, "channels"): due.amount for due in held.channel_dues(date.min, through)}
        for month in months_ending(held.held[0].first, through):
            last = month_end(month)
            spent = sum(
                (a for (d, kind), a in own.items() if kind in SPENT and month <= d <= last),
                Decimal(0),
            )
            dues[last, "minimum"] = held.minimum_due(month, spent).amount
        there = {key: a for key, a in own.items() if key[1] in ("channels", "minimum")}
        for day, kind in sorted(dues.keys() | there.keys()):
            owed, stands = dues.get((day, kind), Decimal(0)), own.get((day, kind), Decimal(0))
            if owed != stands:
                yield (
                    f"{name}, {day}, {kind}: {money.text(owed)} is due"
                    f" and {money.text(stands)} is charged"
                )


@dataclass(slots=True)
class _Run:
    connection: Connection
    run: int
    open_from: date | None
    owing: dict[str, Holdings]
    changed: set[str]

    def channels(self, new_from: date | None, through: date) -> Iterator[Journal]:
        """The differences for channels."""
        again = self.changed if new_from is not None else set()
        posted = balances.charged_to(self.connection, "channels", sorted(again)) if again else {}
        left = {key: amount for key, amount in posted.items() if key[1] <= through}
        for name, held in self.owing.items():
            first = held.held[0].first if name in self.changed or new_from is None else new_from
            for due in held.channel_dues(first, through):
                before = left.pop((name, due.day), Decimal(0))
                yield from self._journal("channels", name, due, before)
        for (name, day), before in left.items():
            yield from self._journal("channels", name, Due(day, Decimal(0)), before)

    def minimums(
        self, new_from: date | None, through: date, own: list[Journal]
    ) -> Iterator[Journal]:
        """The differences for minimums, of months that end up to `through`."""
        months: dict[date, set[str]] = defaultdict(set)
        for name, held in self.owing.items():
            first = held.held[0].first if name in self.changed or new_from is None else new_from
            for month in months_ending(first, through):
                months[month].add(name)
        spent: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for journal in own:
            month = journal.corrects.replace(day=1)
            spent[journal.account, month] -= journal.amount
            if month_end(month) <= through and journal.account in self.owing:
                months[month].add(journal.account)
        for month, names in sorted(months.items()):
            last = month_end(month)
            paid = balances.charged_between(self.connection, SPENT, month, last)
            posted = balances.charged(self.connection, "minimum", [last])
            for name in sorted(names):
                total = spent[name, month] - paid.get(name, Decimal(0))
                due = self.owing[name].minimum_due(month, total)
                before = posted.get((last, name), Decimal(0))
                yield from self._journal("minimum", name, due, before)

    def _journal(self, kind: str, name: str, due: Due, posted: Decimal) -> Iterable[Journal]:
        already = -posted
        if due.amount == already:
            return
        account = self.owing[name].account
        open_from = self.open_from
        yield Journal(
            id=journal_id(kind, name, due.day, self.run),
            kind=kind,
            account=name,
            day=due.day if open_from is None or due.day >= open_from else open_from,
            corrects=due.day,
            reason=self._reason(kind, name, posted),
            lines=two_lines(kind, name, account.currency, already - due.amount),
            run=self.run,
            details={
                **due.details,
                "due": money.text(due.amount),
                "posted_before": money.text(already),
            },
        )

    def _reason(self, kind: str, name: str, posted: Decimal) -> str:
        if not posted:
            return kind
        if name in self.changed:
            return "terms, plans or servers changed"
        return "what was spent in the month changed"
