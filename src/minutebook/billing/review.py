"""Whether an account's plan fits its traffic: the same traffic under every plan (contract: `review`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from minutebook.billing.as_if import KINDS, AsIf, Charges, Usage
from minutebook.billing.capacity import held_by_day, traffic_of
from minutebook.billing.peaks import day_peaks
from minutebook.days import ONE_DAY, month_end
from minutebook.declarations.merge import SWITCH_DAYS
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, tallies
from minutebook.plans.holdings import Holdings
from minutebook.plans.minimum import free_and_charged
from minutebook.plans.per_channel import Over
from minutebook.review.replay import loss_curve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.billing.capacity import Traffic
    from minutebook.calls.lake import Lake
    from minutebook.card_store import CardStore
    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.model import Account
    from minutebook.ledger.database import Database
    from minutebook.plans.plan import Plan
    from minutebook.review.replay import LossCurve, Lost

SMALL_LOSS = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class PlanCost:
    """The period under one plan. `channels` are those bought, or charged by the percentile.

    `lost` is what so many channels would have refused, were they a limit. `sure` says what the
    figure rests on. With `unpriced_calls` the plan has no price for, the cost is not the whole one.
    """

    plan: str
    model: str
    channels: int | None
    servers: int
    charges: Charges
    lost: Lost
    sure: str
    present: bool = False
    unpriced_calls: int = 0

    @property
    def cost(self) -> Decimal:
        return self.charges.total

    def per_minute(self, minutes: Fraction) -> Fraction | None:
        """The cost of a minute used; None without minutes."""
        return Fraction(self.cost) / minutes if minutes else None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From so many minutes a month, which keep so much of the channels busy, channels cost less."""

    by_minute: str
    by_channel: str
    channels: int
    minutes_a_month: Fraction
    utilisation: Fraction


@dataclass(frozen=True, slots=True)
class Review:
    """An account's period under every plan. `paid` is what is billed of it, `current` what is due.

    `foreign` are plans in another currency, which are left out. `switch_from` is the first day on
    which its model may change; `ends_month` whether the period holds the end of a month, with its
    minimum.
    """

    account: Account
    traffic: Traffic
    growth: Fraction
    plan: str
    paid: Charges
    current: PlanCost
    plans: tuple[PlanCost, ...]
    foreign: tuple[str, ...]
    break_even: BreakEven | None
    billed_through: date | None
    switch_from: date
    ends_month: bool
    fitting: Fitting

    @property
    def minutes(self) -> Fraction:
        """Minutes used in the period, with the growth that is asked for."""
        return Fraction(self.traffic.duration_ms, 60_000) * (1 + self.growth)

    @property
    def recommended(self) -> PlanCost:
        """The cheapest that prices every call and loses none for want of a channel; of equals the
        present one."""
        return self._cheapest(Fraction(0))

    @property
    def at_small_loss(self) -> PlanCost:
        """The cheapest that loses at most 1 %."""
        return self._cheapest(SMALL_LOSS)

    @property
    def saves(self) -> Decimal:
        """What the recommended plan costs less than the present one; 0 if it is that."""
        return max(Decimal(0), self.current.cost - self.recommended.cost)

    def _cheapest(self, loss: Fraction) -> PlanCost:
        refused = min(row.lost.calls for row in self.plans)
        whole = [row for row in self.plans if not row.unpriced_calls] or self.plans
        fitting = [
            row
            for row in whole
            if row.lost.calls - refused <= loss * self.traffic.attempts * (1 + self.growth)
        ]
        return min(
            fitting, key=lambda row: (row.cost, row.lost.calls, not row.present, row.channels or 0)
        )


def review(
    database: Database,
    lake: Lake,
    cards: CardStore,
    name: str,
    first: date,
    last: date,
    today: date,
    considered: Mapping[str, Plan],
    growth: Fraction = Fraction(0),
    cps_limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Review:
    """The period of an account under the book's plans and those `considered`; `InputError` without calls.

    `progress` is told of (plans tried, plans to try).
    """
    with database.transaction() as connection:
        connection.execute("set transaction isolation level repeatable read")
        carrier = declarations.load(connection)
        account = carrier.account_named(name)
        paid = {
            kind: -balances.charged_between(connection, [kind], first, last).get(name, Decimal(0))
            for kind in KINDS
        }
        through = tallies.billed_through(connection)
    term = account.term_on(last)
    if term is None:
        raise InputError(f"{name} has no plan on {last}; choose days on which it has one")
    carrier = replace(carrier, plans=carrier.plans | {n: (plan,) for n, plan in considered.items()})
    snapshot, month = lake.snapshot(), first.replace(day=1)
    traffic = traffic_of(lake, snapshot, name, first, last, growth)
    of_month = traffic
    if month < first:
        of_month = traffic_of(lake, snapshot, name, month, last, growth)
    held = day_peaks(held_by_day(of_month.held, month, last))
    peaks = {day: peak for (_, day), peak in held.items()}
    as_if = AsIf(lake, cards, snapshot, carrier, account, first, last, peaks, growth)
    fitting = Fitting(as_if, loss_curve(traffic.held, cps_limit))
    current = fitting.current()
    steady = not any(first < term.from_day <= last for term in account.terms)
    rows = [current] if steady else []
    currencies = {n: revisions[0].currency for n, revisions in sorted(carrier.plans.items())}
    mine = [n for n, currency in currencies.items() if currency == account.currency]
    for n, plan in enumerate(mine):
        if progress is not None:
            progress(n, len(mine))
        known = {(row.plan, row.channels) for row in rows}
        rows += [row for row in fitting.rows(plan) if (row.plan, row.channels) not in known]
    if progress is not None:
        progress(len(mine), len(mine))
    rows.sort(key=lambda row: (row.cost, not row.present))
    return Review(
        account=account,
        traffic=traffic,
        growth=growth,
        plan=term.plan,
        paid=Charges(**paid),
        current=current,
        plans=tuple(rows),
        foreign=tuple(n for n in currencies if n not in mine),
        break_even=_break_even(rows, traffic, growth),
        billed_through=through,
        switch_from=_switch_from(carrier, account, today),
        ends_month=month_end(first) <= last,
        fitting=fitting,
    )


@dataclass(slots=True)
class Fitting:
    """Tries plans on the period, each at the size that fits."""

    as_if: AsIf
    curve: LossCurve
    _earlier: Usage | None = None

    def current(self) -> PlanCost:
        """The account as it is declared; calls over channels bought are lost only where they block."""
        account = self.as_if.account
        term = account.term_on(self.as_if.last)
        assert term is not None
        plan = self.as_if.carrier.plan_on(term.plan, self.as_if.last)
        assert plan is not None
        usage, prices = self.as_if.usage(account), plan.channels
        if prices is None:
            row = self._row(plan, None, usage, self.curve.peak, account)
        elif not prices.buys:
            row = self._row(plan, None, usage, self.curve.peak, account)
            row = replace(row, channels=self._percentile(account))
        else:
            bought = term.channels or 0
            enough = bought if prices.over is Over.BLOCK else self.curve.peak
            row = self._row(plan, bought, usage, enough, account)
        return replace(row, present=True, sure=self._billed)

    def at(self, name: str, channels: int) -> PlanCost:
        """The period on a plan by the channel, with so many bought; what is over them is lost."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        assert plan is not None
        return self._row(plan, channels, self.earlier, channels)

    def buys(self, name: str) -> bool:
        """Whether an account buys channels under a plan."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        return plan is not None and plan.channels is not None and plan.channels.buys

    def rows(self, name: str) -> list[PlanCost]:
        """The period on a plan: at no loss, and at the small one where that takes fewer channels."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        assert plan is not None
        prices, peak = plan.channels, self.curve.peak
        if prices is None:
            return [self._row(plan, None, self.as_if.usage(self.as_if.on(name, None)), peak)]
        if not prices.buys:
            row = self._row(plan, None, self.earlier, peak)
            return [replace(row, channels=self._percentile(self.as_if.on(name, None)))]
        if prices.over is Over.BURST:
            sizes = {0, *(day.peak for day in self.as_if.peaks.values())}
            return [self._cheapest(plan, self._with_edges(plan, sizes), peak)]
        found = []
        for size in dict.fromkeys([self.curve.fewest(0), self.curve.fewest(SMALL_LOSS)]):
            sizes = {n for n in self._with_edges(plan, {size}) if n >= size}
            found.append(self._cheapest(plan, sizes, None))
        return found

    @property
    def earlier(self) -> Usage:
        """What the calls of the month's days before the period cost, under the account's terms."""
        if self._earlier is None:
            self._earlier = Usage({})
            if self.as_if.begin < self.as_if.first:
                self._earlier = self.as_if.usage(self.as_if.account).before(self.as_if.first)
        return self._earlier

    @property
    def _billed(self) -> str:
        return "scaled by the growth" if self.as_if.growth else "exact: as billed"

    def _cheapest(self, plan: Plan, sizes: set[int], enough: int | None) -> PlanCost:
        """The plan at the cheapest of some sizes, of equals the smallest."""
        rows = (
            self._row(plan, n, self.earlier, n if enough is None else enough) for n in sorted(sizes)
        )
        return min(rows, key=lambda row: row.cost)

    def _row(
        self,
        plan: Plan,
        channels: int | None,
        usage: Usage,
        enough: int,
        account: Account | None = None,
    ) -> PlanCost:
        on_plan = account or self.as_if.on(plan.name, channels)
        sized = plan.channels is not None and plan.channels.buys
        return PlanCost(
            plan.name,
            plan.model,
            channels,
            self._servers(on_plan),
            self.as_if.charges(on_plan, usage),
            self.curve.at(enough),
            "sized by replay of the calls" if sized else self._billed,
            unpriced_calls=usage.unpriced_calls,
        )

    def _with_edges(self, plan: Plan, sizes: set[int]) -> set[int]:
        """The sizes, and the first of each tier: more channels may cost less."""
        assert plan.channels is not None
        edges = {lower.channels + 1 for lower, _ in pairwise(plan.channels.tiers)}
        return sizes | edges | {tier.channels for tier in plan.channels.tiers[:-1]}

    def _percentile(self, account: Account) -> int | None:
        held = Holdings.declared(self.as_if.carrier, account, []).with_peaks(self.as_if.peaks)
        found = held.percentiles(self.as_if.last.replace(day=1))
        on = held.on(self.as_if.last)
        return found[on.plan.name].channels if on is not None and on.plan.name in found else None

    def _servers(self, account: Account) -> int:
        own = [s for s in self.as_if.carrier.servers.values() if s.account == account.name]
        return len(free_and_charged(own, self.as_if.last, 0)[1])


def _break_even(rows: list[PlanCost], traffic: Traffic, growth: Fraction) -> BreakEven | None:
    """Between the cheapest plan by the minute and the cheapest by the channel that loses nothing."""
    minutes = Fraction(traffic.duration_ms, 60_000) * (1 + growth)
    by_minute = [row for row in rows if row.model == "per_minute" and row.charges.usage]
    least = min(row.lost.calls for row in rows)
    by_channel = [
        row
        for row in rows
        if row.model == "per_channel" and row.channels and row.lost.calls == least
    ]
    if not by_minute or not by_channel or not minutes:
        return None
    minute = min(by_minute, key=lambda row: row.cost)
    channel = min(by_channel, key=lambda row: row.cost)
    assert channel.channels is not None
    days = (traffic.last - traffic.first).days + 1
    even = Fraction(channel.cost) / (Fraction(minute.charges.usage) / minutes)
    utilisation = even / (channel.channels * days * 24 * 60)
    return BreakEven(minute.plan, channel.plan, channel.channels, even / days * 30, utilisation)


def _switch_from(carrier: Carrier, account: Account, today: date) -> date:
    """The first day, from tomorrow, on which the model may change."""
    changes = [
        after.from_day
        for before, after in pairwise(account.terms)
        if carrier.plans[before.plan][0].model != carrier.plans[after.plan][0].model
    ]
    return max([today + ONE_DAY, *(day + timedelta(days=SWITCH_DAYS) for day in changes[-1:])])
