"""A run's charges for channels and minimums: due minus posted (docs/rules/runs.md, "Due less posted").

A run looks at the days that are new to it. It goes back over billed days only for accounts whose
declarations have changed since, or that held other channels and are charged by them, and over
billed months for those of which it corrects a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.differences import WrongCharge
from minutebook.billing.peaks import Peaks, bring_up_to_date
from minutebook.days import ONE_DAY, month_end, months_ending
from minutebook.ledger import balances, channel_peaks, months, priced_days, runs
from minutebook.ledger.journal import Journal, journal_id, two_lines
from minutebook.plans.recurring import Due, channel_dues, minimum_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from minutebook.billing.set_aside import AccountsAside
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.ledger.connection import Connection
    from minutebook.plans.holdings import Holdings

UNSETTLED = ""
"""The fingerprint of an account whose recurring charges are to be computed again, all of them."""

_TOLD_EVERY = 1000
SPENT = ("usage", "channels")
"""What counts toward a minimum."""


@dataclass(slots=True)
class RecurringCharges:
    """The recurring charges of one run, and what they were computed from."""

    journals: list[Journal] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)
    peaks: Peaks = field(default_factory=Peaks)
    known: dict[str, str | None] = field(default_factory=dict)
    """The accounts that were looked at, with the fingerprint of the run before."""

    def __bool__(self) -> bool:
        return bool(self.journals or self.fingerprints or self.peaks.fingerprints)

    def leave(self, aside: AccountsAside) -> None:
        """Leave the accounts that are set aside to the next run."""
        for name in self.known.keys() & aside.reasons.keys():
            self.fingerprints.pop(name, None)
            if self.known[name] != UNSETTLED:
                self.fingerprints[name] = UNSETTLED
        self.journals = aside.others(self.journals)

    def keep(self, connection: Connection, run: int) -> None:
        """Keep what the charges were computed from."""
        priced_days.add_charged_accounts(connection, run, self.fingerprints)
        channel_peaks.add(connection, run, self.peaks.found)
        channel_peaks.add_fingerprints(connection, run, self.peaks.fingerprints)


def recurring_charges(
    connection: Connection,
    carrier: Carrier,
    lake: Lake,
    snapshot: Snapshot,
    run: int,
    through: date,
    usage: list[Journal],
    aside: AccountsAside,
    progress: Callable[[int, int], None] | None = None,
) -> RecurringCharges:
    """What channels and minimums owe up to `through` and was not posted; `usage` is the run's own.

    A run up to an earlier day than the last one's leaves later days to the next: accounts whose
    months it leaves half corrected are unsettled until then.
    Accounts that are set aside, `aside`, to which those are added whose charges fail, are left to the next
    run too. `progress` is told of (accounts charged, accounts to charge).
    """
    known = priced_days.charged_accounts(connection)
    all_holdings = carrier.holdings()
    owing = {name: held for name, held in all_holdings.items() if held.recurs or name in known}
    if not owing:
        return RecurringCharges()
    billed = runs.billed_through(connection)
    changed = {name for name, held in owing.items() if known.get(name) != held.fingerprint}
    peaks = bring_up_to_date(connection, lake, snapshot, owing, changed, through)
    owing |= {name: owing[name].with_peaks(held) for name, held in peaks.by_account.items()}
    new_from = date.min if billed is None else billed + ONE_DAY
    again = dict.fromkeys(changed, date.min)
    for name, day in peaks.found:
        if day < new_from:
            again[name] = min(again.get(name, date.max), day.replace(day=1))
    open_from = months.first_open_day(connection)
    work = _Run(connection, run, open_from, owing, changed, again, new_from, through, progress)
    channels = list(work.channels())
    minimums = list(work.minimums([*usage, *channels]))
    if billed is None or through >= billed:
        fingerprints = {name: owing[name].fingerprint for name in changed}
    else:
        corrected = {(j.account, j.corrects) for j in [*usage, *channels]} | peaks.found.keys()
        fingerprints = {
            name: UNSETTLED for name, day in corrected if name in owing and through < month_end(day)
        }
    journals = [*channels, *minimums]
    aside.add_too_large(journals)
    charges = RecurringCharges(
        journals, fingerprints, peaks, {name: known.get(name) for name in owing}
    )
    charges.leave(aside)
    return charges


def wrong_charges(
    connection: Connection,
    carrier: Carrier,
    posted: Mapping[tuple[date, str, str], Decimal],
) -> Iterator[WrongCharge]:
    """Each channel charge and minimum that is not what it should be, for `verify`.

    `posted` is by (day that it is for, account, kind), charges negative. Accounts whose
    declarations have changed since the last run are left to the next.
    """
    known = priced_days.charged_accounts(connection)
    through = runs.billed_through(connection)
    every = carrier.holdings()
    by_peaks = [name for name, held in every.items() if held.by_peaks]
    kept = channel_peaks.of_accounts(connection, by_peaks, date.min, date.max)
    every |= {name: every[name].with_peaks(held) for name, held in kept.items()}
    charged: dict[str, dict[tuple[date, str], Decimal]] = defaultdict(dict)
    for (day, account, kind), amount in posted.items():
        charged[account][day, kind] = -amount
    for name, held in sorted(every.items()):
        settled = known[name] == held.fingerprint if name in known else not held.recurs
        if through is None or not settled:
            continue
        own = charged[name]
        dues = {(due.day, "channels"): due.amount for due in channel_dues(held, date.min, through)}
        for month in held.months_ending(held.first, through):
            last = month_end(month)
            spent = sum(
                (a for (d, kind), a in own.items() if kind in SPENT and month <= d <= last),
                Decimal(0),
            )
            due = minimum_due(held, month, spent)
            dues[due.day, "minimum"] = due.amount
        there = {key: a for key, a in own.items() if key[1] in ("channels", "minimum")}
        for day, kind in sorted(dues.keys() | there.keys()):
            owed, stands = dues.get((day, kind), Decimal(0)), own.get((day, kind), Decimal(0))
            if owed != stands:
                yield WrongCharge(name, day, kind, owed, stands)


@dataclass(slots=True)
class _Run:
    """`changed` accounts have other declarations; of accounts in `again`, the days from there on
    are looked at again, billed or not; of all, those from `new_from`."""

    connection: Connection
    run: int
    open_from: date | None
    owing: dict[str, Holdings]
    changed: set[str]
    again: dict[str, date]
    new_from: date
    through: date
    progress: Callable[[int, int], None] | None

    def _from(self, name: str) -> date:
        """The first day of an account that is looked at."""
        return max(min(self.again.get(name, date.max), self.new_from), self.owing[name].first)

    def channels(self) -> Iterator[Journal]:
        """The differences for channels."""
        billed_again = sorted(self.again) if self.new_from > date.min else []
        posted = balances.charged_to(self.connection, "channels", billed_again)
        left = {
            (name, day): amount
            for (name, day), amount in posted.items()
            if self.again[name] <= day <= self.through
        }
        for n, (name, held) in enumerate(self.owing.items()):
            if self.progress is not None and n % _TOLD_EVERY == 0:
                self.progress(n, len(self.owing))
            for due in channel_dues(held, self._from(name), self.through):
                before = left.pop((name, due.day), Decimal(0))
                yield from self._journal("channels", name, due, before)
        if self.progress is not None:
            self.progress(len(self.owing), len(self.owing))
        for (name, day), before in left.items():
            yield from self._journal("channels", name, Due(day, Decimal(0)), before)

    def minimums(self, own: list[Journal]) -> Iterator[Journal]:
        """The differences for minimums, of months that end up to `through`."""
        months: dict[date, set[str]] = defaultdict(set)
        for name in self.owing:
            for month in months_ending(self._from(name), self.through):
                months[month].add(name)
        spent: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for journal in own:
            month = journal.corrects.replace(day=1)
            spent[journal.account, month] -= journal.amount
            if month_end(month) <= self.through and journal.account in self.owing:
                months[month].add(journal.account)
        for month, names in sorted(months.items()):
            last = month_end(month)
            paid = balances.charged_between(self.connection, SPENT, month, last)
            posted = balances.charged_within(self.connection, "minimum", month, last)
            for name in sorted(names):
                total = spent[name, month] - paid.get(name, Decimal(0))
                left = posted.get(name, {})
                if self.owing[name].until(last) >= month:  # else it was closed before
                    due = minimum_due(self.owing[name], month, total)
                    yield from self._journal("minimum", name, due, left.pop(due.day, Decimal(0)))
                for day, before in left.items():
                    yield from self._journal("minimum", name, Due(day, Decimal(0)), before)

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
        if kind == "channels":
            return "late calls held channels"
        return "what was spent in the month changed"
