"""A run's charges for channels, short calls and minimums: due minus posted (docs/rules/runs.md, "Due less posted").

A run looks at the days that are new to it. It goes back over billed days only for accounts whose
declarations have changed since, or that held other channels, or whose calls came late, and are
charged by them; and over billed months for those of which it corrects a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.peaks import Peaks, bring_up_to_date
from minutebook.billing.short_call_counts import answered_calls, answered_with
from minutebook.days import ONE_DAY, month_end, months_ending
from minutebook.ledger import balances, channel_peaks, months, priced_days, runs
from minutebook.ledger.journal import Journal, journal_id, two_lines
from minutebook.plans.provider import is_provider
from minutebook.plans.recurring import Due, channel_dues, minimum_due
from minutebook.plans.short_call_dues import short_call_dues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from minutebook.billing.set_aside import AccountsAside
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.ledger.connection import Connection
    from minutebook.plans.holdings import Holdings
    from minutebook.plans.short_calls import AnsweredCalls
    from minutebook.rating.sums import Key, Sums

UNSETTLED = ""
"""The fingerprint of an account whose recurring charges are to be computed again, all of them."""

_TOLD_EVERY = 1000
SPENT = ("usage", "channels")
"""What counts toward a minimum."""
SHORT_CALLS = ("short_calls", "short_calls_cost")
"""What short calls are posted as: what customers owe for them, and what we owe providers for them."""
RECURRING = ("channels", *SHORT_CALLS, "minimum")
"""What is charged here."""
OWED = ("short_calls_cost",)
"""Of these, what is owed to providers: it adds to their balance, as charges lessen a customer's."""


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
    differences: Mapping[Key, Sums],
    aside: AccountsAside,
    progress: Callable[[int, int], None] | None = None,
) -> RecurringCharges:
    """What channels, short calls and minimums owe up to `through` and was not posted; `usage` is the run's own,
    and `differences` what it adds to the tallies.

    A run up to an earlier day than the last one's leaves later days to the next: accounts whose
    months it leaves half corrected are unsettled until then.
    Accounts that are set aside, `aside`, to which those are added whose charges fail, are left to the next
    run too. `progress` is told of (accounts charged, accounts to charge).
    """
    known = priced_days.charged_accounts(connection)
    all_holdings = carrier.both_sides().holdings()
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
    counted = answered_calls(owing, differences)
    short = list(work.short_calls(counted))
    minimums = list(work.minimums([*usage, *channels]))
    if billed is None or through >= billed:
        fingerprints = {name: owing[name].fingerprint for name in changed}
    else:
        corrected = {(j.account, j.corrects) for j in [*usage, *channels]} | peaks.found.keys()
        corrected |= {(name, day) for name, days in counted.items() for day in days}
        fingerprints = {
            name: UNSETTLED for name, day in corrected if name in owing and through < month_end(day)
        }
    journals = [*channels, *short, *minimums]
    aside.add_too_large(journals)
    charges = RecurringCharges(
        journals, fingerprints, peaks, {name: known.get(name) for name in owing}
    )
    charges.leave(aside)
    return charges


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

    def _from(self, name: str, again: Mapping[str, date]) -> date:
        """The first day of an account that is looked at; those in `again` from their days there."""
        return max(min(again.get(name, date.max), self.new_from), self.owing[name].first)

    def channels(self) -> Iterator[Journal]:
        """The differences for channels."""
        done = 0

        def dues(name: str) -> Iterator[Due]:
            nonlocal done
            if self.progress is not None and done % _TOLD_EVERY == 0:
                self.progress(done, len(self.owing))
            done += 1
            return channel_dues(self.owing[name], self._from(name, self.again), self.through)

        yield from self._by_day("channels", self.again, dues)
        if self.progress is not None:
            self.progress(len(self.owing), len(self.owing))

    def short_calls(self, counted: Mapping[str, dict[date, AnsweredCalls]]) -> Iterator[Journal]:
        """The differences for short calls; `counted` is what the run adds to the answered calls of days
        (docs/rules/surcharges.md, "Late and corrected calls").
        """
        again = {name: self.again[name] for name in self.changed}
        for name, days in counted.items():
            late = [day.replace(day=1) for day in days if day < self.new_from]
            if late:
                again[name] = min(again.get(name, date.max), *late)
        first = {}
        for name, held in self.owing.items():
            day = self._from(name, again)
            if held.has_short_calls and day <= self.through:
                first[name] = day.replace(day=1) if held.has_short_calls_by_month else day
        answered = answered_with(self.connection, first, counted, self.through)

        def dues(name: str) -> Iterator[Due]:
            calls = answered.get(name, {})
            return short_call_dues(self.owing[name], calls, self._from(name, again), self.through)

        for kind in SHORT_CALLS:
            yield from self._by_day(kind, again, dues)

    def _by_day(
        self, kind: str, again: Mapping[str, date], dues: Callable[[str], Iterator[Due]]
    ) -> Iterator[Journal]:
        """What an account's days owe, less what was posted; of those in `again`, also where nothing is due now."""
        owing = [name for name in self.owing if is_provider(name) == (kind in OWED)]
        billed_again = sorted(again.keys() & set(owing)) if self.new_from > date.min else []
        posted = balances.charged_to(self.connection, kind, billed_again)
        left = {
            (name, day): amount
            for (name, day), amount in posted.items()
            if again[name] <= day <= self.through
        }
        for name in owing:
            for due in dues(name):
                before = left.pop((name, due.day), Decimal(0))
                yield from self._journal(kind, name, due, before)
        for (name, day), before in left.items():
            yield from self._journal(kind, name, Due(day, Decimal(0)), before)

    def minimums(self, own: list[Journal]) -> Iterator[Journal]:
        """The differences for minimums, of months that end up to `through`."""
        months: dict[date, set[str]] = defaultdict(set)
        names = {
            name
            for name, held in self.owing.items()
            if held.recurs_by_month or (name in self.changed and not is_provider(name))
        }
        for name in names:
            for month in months_ending(self._from(name, self.again), self.through):
                months[month].add(name)
        spent: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for journal in own:
            month = journal.corrects.replace(day=1)
            spent[journal.account, month] -= journal.amount
            if month_end(month) <= self.through and journal.account in names:
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
        sign = 1 if kind in OWED else -1
        already = sign * posted
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
            lines=two_lines(kind, name, account.currency, sign * (due.amount - already)),
            run=self.run,
            details={
                **due.details,
                "due": money.text(due.amount),
                "posted_before": money.text(already),
            },
        )

    def _reason(self, kind: str, name: str, posted: Decimal) -> str:
        if not posted:
            return "short calls" if kind in SHORT_CALLS else kind
        if name in self.changed:
            return "terms, plans or servers changed"
        if kind == "channels":
            return "late calls held channels"
        if kind in SHORT_CALLS:
            return "the answered calls changed"
        return "what was spent in the month changed"
