"""What an account would be charged under other terms, by the same code that bills; nothing is posted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.rated_calls import files_of_days
from minutebook.billing.recurring_charges import SPENT
from minutebook.billing.schedule import Schedule
from minutebook.billing.short_call_counts import answered_calls
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.days import month_end
from minutebook.plans.per_minute import due
from minutebook.plans.recurring import channel_dues, minimum_due
from minutebook.plans.short_call_dues import short_call_dues
from minutebook.plans.terms import Term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile, Snapshot
    from minutebook.plans.holdings import DayPeaks
    from minutebook.plans.short_calls import AnsweredCalls
    from minutebook.plans.terms import Account
    from minutebook.rating.sums import Key, Sums

KINDS = ("usage", "channels", "short_calls", "minimum")


@dataclass(frozen=True, slots=True)
class Charges:
    """What a period's days are charged, by kind; positive."""

    usage: Decimal
    channels: Decimal
    minimum: Decimal
    short_calls: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.usage + self.channels + self.short_calls + self.minimum


@dataclass(frozen=True, slots=True)
class Usage:
    """What the calls of each day cost, and how many have no price; where short calls cost more, those answered."""

    by_day: Mapping[date, Decimal]
    unpriced_calls: int = 0
    answered: Mapping[date, AnsweredCalls] = field(default_factory=dict)

    def before(self, day: date) -> Usage:
        """Of the days before one."""
        return Usage(
            {d: cost for d, cost in self.by_day.items() if d < day},
            answered={d: calls for d, calls in self.answered.items() if d < day},
        )

    def scaled(self, share: Fraction, since: date) -> Usage:
        """With so much of the cost of the days from `since` on, to the unit of money."""
        return Usage(
            {
                day: money.decimal_of_units(round(Fraction(cost) * money.UNITS * share))
                if day >= since
                else cost
                for day, cost in self.by_day.items()
            },
            answered={
                day: calls.times(share) if day >= since else calls
                for day, calls in self.answered.items()
            },
        )


def usage_dues(
    schedule: Schedule, sums: Mapping[Key, Sums], growth: Fraction = Fraction(0)
) -> dict[str, dict[date, Decimal]]:
    """What the tallies of each account and day make due, with so much more of each."""
    numerators: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for (day, account, _, _), found in sums.items():
        numerators[account][day] += found.numerator
    return {
        account: {
            day: due(plan, round(numerator * (1 + growth)))
            for day, numerator in by_day.items()
            if (plan := schedule.plan_of(account, day)) is not None
        }
        for account, by_day in numerators.items()
    }


@dataclass(frozen=True, slots=True)
class AsIf:
    """An account's period, to be charged under one plan after another.

    `carrier` holds the plans that may be asked for; `peaks` what the account held from the first day
    of the month of `first` to `last`. With `growth` there is so much more traffic of the same kind.
    """

    lake: Lake
    cards: CardStore
    snapshot: Snapshot
    carrier: Carrier
    account: Account
    first: date
    last: date
    peaks: Mapping[date, DayPeaks]
    growth: Fraction = Fraction(0)

    @property
    def begin(self) -> date:
        """The first day that counts toward a minimum of the period."""
        return self.first.replace(day=1)

    def on(self, plan: str, channels: int | None) -> Account:
        """The account, on a plan from the period's first day (or its own) on."""
        start = max(self.first, self.account.terms[0].from_day)
        before = [term for term in self.account.terms if term.from_day < start]
        return replace(self.account, terms=(*before, Term(start, plan, None, channels)))

    def without_bursts(self) -> AsIf:
        """The same, as if no more channels had been held than were bought."""
        return replace(self, peaks={})

    def usage(self, account: Account) -> Usage:
        """What calls cost under the account's terms, from the first day that counts; unpriced in the period."""
        carrier = replace(self.carrier, accounts={account.name: account})
        schedule = Schedule(carrier)
        by_day: dict[date, list[LakeFile]] = defaultdict(list)
        for file in files_of_days(self.snapshot.files, self.begin, self.last):
            by_day[file.day].append(file)
        parts = [
            DayFiles(day, files)
            for day, files in by_day.items()
            if (plan := schedule.plan_of(account.name, day)) is not None
            and (plan.channels is None or plan.short_calls is not None)
        ]
        sums = tally_parts(self.lake, self.cards, schedule, parts, only=account.name)
        unpriced = sum(
            found.unpriced_calls for (day, *_), found in sums.items() if day >= self.first
        )
        dues = usage_dues(schedule, sums, self.growth).get(account.name, {})
        holdings = carrier.holdings_of(account, [])
        answered = answered_calls({account.name: holdings}, sums)[account.name]
        more = 1 + self.growth
        return Usage(dues, unpriced, {day: calls.times(more) for day, calls in answered.items()})

    def charges(self, account: Account, usage: Usage) -> Charges:
        """What the period is charged under the account's terms, its calls costing `usage`."""
        servers = [s for s in self.carrier.servers.values() if s.account == account.name]
        held = self.carrier.holdings_of(account, servers).with_peaks(self.peaks)
        dues: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for day, amount in usage.by_day.items():
            dues[day, "usage"] += amount
        for channel_due in channel_dues(held, self.begin, self.last):
            dues[channel_due.day, "channels"] += channel_due.amount
        for fee in short_call_dues(held, usage.answered, self.begin, self.last):
            dues[fee.day, "short_calls"] += fee.amount
        closes = account.closed is not None and account.closed <= self.last
        through = month_end(self.last) if closes else self.last  # a closing ends its month
        for month in held.months_ending(max(self.begin, held.first), through):
            spent = sum(
                (
                    amount
                    for (day, kind), amount in dues.items()
                    if kind in SPENT and month <= day <= month_end(month)
                ),
                Decimal(0),
            )
            short = minimum_due(held, month, spent)
            dues[short.day, "minimum"] += short.amount
        totals = dict.fromkeys(KINDS, Decimal(0))
        for (day, kind), amount in dues.items():
            if self.first <= day <= self.last:
                totals[kind] += amount
        return Charges(**totals)
