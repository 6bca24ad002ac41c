"""What an account holds along the calendar: its plan, its channels, its servers.

Pure: as declared now, and with the channels that its calls held, where a plan charges by them.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY, month_end, months_ending
from minutebook.plans.per_channel import Bought, Over
from minutebook.plans.plan import revision_on
from minutebook.plans.short_calls import ChargedPer
from minutebook.traffic.percentile import INTERVALS, percentile_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from minutebook.plans.plan import Plan
    from minutebook.plans.terms import Account, Server


@dataclass(frozen=True, slots=True)
class DayPeaks:
    """The most channels held on a UTC day, and in its five-minute intervals.

    `intervals` are (peak, how many intervals have it), those above 0; the rest of the day's are 0.
    """

    peak: int = 0
    intervals: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """From `first` on an account is under a plan's revision, with so many channels bought."""

    first: date
    plan: Plan
    channels: int

    @property
    def by_percentile(self) -> bool:
        """Whether the month's 95th percentile is charged, and nothing bought."""
        return self.plan.channels is not None and not self.plan.channels.buys

    @property
    def by_peaks(self) -> bool:
        """Whether what is due depends on the channels held."""
        return self.plan.channels is not None and self.plan.channels.by_peaks

    @property
    def bursts(self) -> bool:
        """Whether channels above those bought are charged by the day."""
        prices = self.plan.channels
        return prices is not None and prices.over is Over.BURST and not self.by_percentile

    @property
    def channels_bought(self) -> int | None:
        """Its channels; None under a per-minute plan, and by the percentile."""
        return None if self.plan.channels is None or self.by_percentile else self.channels

    @property
    def bought(self) -> Bought | None:
        """What its channels cost; None where none are bought."""
        prices = self.plan.channels
        if prices is None or self.by_percentile:
            return None
        return Bought(prices.month_price(self.channels), self.plan.rounding, prices.charge)

    @property
    def free_servers(self) -> int:
        """The servers that come with the channels declared."""
        return 0 if self.plan.channels is None else self.plan.channels.free_servers(self.channels)


@dataclass(frozen=True, slots=True)
class Percentile:
    """A month under a plan that charges its 95th percentile
    (docs/rules/channels.md, "The percentile of a month").

    `days` of the account were on the plan, the last of them `last`, under the revision `plan`.
    """

    plan: Plan
    days: int
    last: date
    channels: int


@dataclass(frozen=True)
class Holdings:
    """An account's plans, channels and servers along the calendar.

    `held` are in order, each until the next, the last until the account is closed. `peaks` are
    needed where `by_peaks`; a day that is not there held nothing.
    """

    account: Account
    servers: list[Server]
    held: list[Held]
    peaks: Mapping[date, DayPeaks] = field(default_factory=dict)

    @classmethod
    def declared(
        cls, plans: Mapping[str, tuple[Plan, ...]], account: Account, servers: list[Server]
    ) -> Holdings:
        """As they are declared now; `plans` by name, revisions sorted by day."""
        return cls(account, servers, list(_held(plans, account)))

    def with_peaks(self, peaks: Mapping[date, DayPeaks]) -> Holdings:
        """The same, with the channels that were held."""
        return replace(self, peaks=peaks)

    @property
    def first(self) -> date:
        """The day of the first term."""
        return self.held[0].first

    @property
    def recurs(self) -> bool:
        """Whether the account may ever owe for channels, servers or short calls."""
        return self.recurs_by_month or self.has_short_calls

    @property
    def recurs_by_month(self) -> bool:
        """Whether the account may ever owe for channels or servers."""
        has_minimum = any(held.plan.minimum_per_server for held in self.held)
        return any(held.plan.channels for held in self.held) or (has_minimum and bool(self.servers))

    @property
    def has_short_calls(self) -> bool:
        """Whether short calls may be charged for, on some of the days."""
        return any(held.plan.short_calls is not None for held in self.held)

    @property
    def has_short_calls_by_month(self) -> bool:
        """Whether a month's calls may be counted together, on some of the days."""
        asked = (held.plan.short_calls for held in self.held)
        return any(short is not None and short.per is ChargedPer.MONTH for short in asked)

    @property
    def by_peaks(self) -> bool:
        """Whether what is due depends on the channels held, on some of the days."""
        return any(held.by_peaks for held in self.held)

    @cached_property
    def fingerprint(self) -> str:
        """Of all that its recurring charges depend on, calls excepted."""
        held = [[h.first.isoformat(), h.plan.name, h.channels, h.plan.to_body()] for h in self.held]
        servers = [[s.name, str(s.deployed), str(s.retired)] for s in self.servers]
        closed = [] if self.account.closed is None else [self.account.closed.isoformat()]
        spelled = json.dumps([held, servers, *closed], sort_keys=True)
        return hashlib.sha256(spelled.encode()).hexdigest()[:32]

    def on(self, day: date) -> Held | None:
        """What holds on a day; None before the first term and once the account is closed."""
        if self.account.closed is not None and day > self.account.closed:
            return None
        at = bisect.bisect_right(self._firsts, day)
        return self.held[at - 1] if at else None

    def channels_on(self, day: date) -> int | None:
        """The channels bought on a day; None where none are."""
        held = self.on(day)
        return None if held is None else held.channels_bought

    def until(self, day: date) -> date:
        """The day, or the account's last one before it."""
        closed = self.account.closed
        return day if closed is None else min(day, closed)

    def months_ending(self, first: date, through: date) -> Iterator[date]:
        """The months that end from `first` to `through`, up to that in which the account closes."""
        closed = self.account.closed
        return months_ending(first, through if closed is None else min(through, month_end(closed)))

    def stretches(self, first: date, last: date) -> Iterator[tuple[date, date, Held]]:
        """What holds from `first` to `last`, in order: (first day, last day, held)."""
        last = self.until(last)
        for n, held in enumerate(self.held):
            end = self._firsts[n + 1] - ONE_DAY if n + 1 < len(self.held) else last
            begin, end = max(held.first, first), min(end, last)
            if begin <= end:
                yield begin, end, held

    def percentiles(self, month: date) -> Mapping[str, Percentile]:
        """Of the month that begins on `month`, by plan; of `peaks`, days without one held nothing."""
        if month not in self._percentiles:
            self._percentiles[month] = self._percentiles_of(month)
        return self._percentiles[month]

    def free_servers(self, held: Held, month: date) -> int:
        """The servers that are free on the month's days on which `held` holds."""
        if not held.by_percentile or held.plan.channels is None:
            return held.free_servers
        found = self.percentiles(month)[held.plan.name]
        return held.plan.channels.free_servers(found.channels)

    def going_on(self, month: date, known: date | None) -> Holdings:
        """As if the month's days after `known` had the peaks of those up to it, over and over."""
        if not self.by_peaks or known is None:
            return self
        first, last = max(self.first, month), month_end(month)
        pattern = [self.peaks.get(day, DayPeaks()) for day in _days(first, min(known, last))]
        if not pattern:
            return self
        days = {
            day: pattern[n % len(pattern)]
            for n, day in enumerate(_days(first, last))
            if day > known
        }
        return self.with_peaks({**self.peaks, **days})

    @cached_property
    def _firsts(self) -> list[date]:
        return [held.first for held in self.held]

    @cached_property
    def _percentiles(self) -> dict[date, Mapping[str, Percentile]]:
        return {}

    def _percentiles_of(self, month: date) -> Mapping[str, Percentile]:
        days: Counter[str] = Counter()
        counts: dict[str, Counter[int]] = {}
        final: dict[str, tuple[date, Plan]] = {}
        for begin, end, held in self.stretches(month, month_end(month)):
            if held.by_percentile:
                name = held.plan.name
                days[name] += (end - begin).days + 1
                final[name] = end, held.plan
                seen = counts.setdefault(name, Counter())
                for day in _days(begin, end):
                    for peak, count in self.peaks.get(day, DayPeaks()).intervals:
                        seen[peak] += count
        return {
            name: Percentile(
                plan, days[name], last, percentile_of(counts[name], days[name] * INTERVALS)
            )
            for name, (last, plan) in final.items()
        }


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _held(plans: Mapping[str, tuple[Plan, ...]], account: Account) -> Iterator[Held]:
    """An account's terms, cut where their plan has a new revision."""
    for n, term in enumerate(account.terms):
        end = account.terms[n + 1].from_day if n + 1 < len(account.terms) else None
        revised = [
            plan.from_day
            for plan in plans[term.plan]
            if plan.from_day is not None
            and term.from_day < plan.from_day
            and (end is None or plan.from_day < end)
        ]
        for first in [term.from_day, *revised]:
            plan = revision_on(plans[term.plan], first)
            assert plan is not None
            yield Held(first, plan, term.channels or 0)
