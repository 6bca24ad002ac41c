"""Plans tried on a period, each at the size that fits it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from minutebook.days import month_end
from minutebook.fit.as_if import AsIf, Charges, Usage
from minutebook.fit.sureness import Sureness
from minutebook.notebook import Shown
from minutebook.plans.minimum import free_and_charged
from minutebook.plans.per_channel import Charge, Over
from minutebook.plans.short_calls import ChargedPer

if TYPE_CHECKING:
    from minutebook.plans.plan import Plan
    from minutebook.plans.terms import Account
    from minutebook.traffic.replay import LossCurve, Lost

SMALL_LOSS = Fraction(1, 100)
"""Of the attempts: what is no great matter (docs/rules/capacity.md, "Does the plan fit")."""


@dataclass(frozen=True, slots=True, repr=False)
class PlanCost(Shown):
    """The period under one plan. `channels` are those bought, or charged by the percentile.

    `lost` is what so many channels would have refused, were they a limit. `sure` says what the
    figure rests on. With `unpriced_calls` the plan has no price for, the cost is not the whole one; nor
    is it (`by_month`) of days that are no whole months, where the plan charges for the month.
    `free_servers` are of `servers`; `overage` is what bursts make of the charges.
    """

    plan: str
    model: str
    channels: int | None
    servers: int
    charges: Charges
    """What the period costs, by the kind of charge; positive."""
    lost: Lost
    """The calls and minutes that so many channels would have refused, were they a limit."""
    sure: Sureness
    present: bool = False
    unpriced_calls: int = 0
    by_month: bool = False
    """Whether the plan charges for whole months, and the period is not of such."""
    free_servers: int = 0
    overage: Decimal = Decimal(0)

    @property
    def comparable(self) -> bool:
        """Whether the cost is all of these days', and of no others."""
        return not self.unpriced_calls and not self.by_month

    @property
    def cost(self) -> Decimal:
        return self.charges.total

    def per_minute(self, minutes: Fraction) -> Fraction | None:
        """The cost of a minute used; None without minutes."""
        return Fraction(self.cost) / minutes if minutes else None


@dataclass(slots=True)
class Fitting:
    """Tries plans on the period, each at the size that fits."""

    as_if: AsIf
    curve: LossCurve
    _earlier: Usage | None = None
    _usages: dict[str | None, Usage] = field(default_factory=dict)

    def current(self) -> PlanCost:
        """The account as it is declared; calls over channels bought are lost only where they block."""
        account = self.as_if.account
        term = account.term_on(self.as_if.last)
        assert term is not None
        plan = self.as_if.carrier.plan_on(term.plan, self.as_if.last)
        assert plan is not None
        usage, prices = self.usage(None), plan.channels
        if prices is None:
            row = self._row(plan, None, usage, self.curve.peak, account)
        elif not prices.buys:
            row = self._row(plan, None, usage, self.curve.peak, account)
            row = replace(row, channels=self._percentile(account))
        else:
            bought = term.channels or 0
            enough = bought if prices.over is Over.BLOCK else self.curve.peak
            row = self._row(plan, bought, usage, enough, account)
        return replace(row, present=True)

    def at(self, name: str, channels: int) -> PlanCost:
        """The period on a plan by the channel, with so many bought; what is over them is lost."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        assert plan is not None
        return self._row(plan, channels, self._beside_channels(plan), channels)

    def buys(self, name: str) -> bool:
        """Whether an account buys channels under a plan."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        return plan is not None and plan.channels is not None and plan.channels.buys

    def costs_the_same(self, name: str) -> bool:
        """Whether what an account pays for channels bought is the same whatever the traffic."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        return (
            self.buys(name)
            and plan is not None
            and plan.channels is not None
            and (plan.channels.over is not Over.BURST)
            and plan.short_calls is None
        )

    def rows(self, name: str) -> list[PlanCost]:
        """The period on a plan: at no loss, and at the small one where that takes fewer channels."""
        plan = self.as_if.carrier.plan_on(name, self.as_if.first)
        assert plan is not None
        prices, peak = plan.channels, self.curve.peak
        if prices is None:
            return [self._row(plan, None, self.usage(name), peak)]
        if not prices.buys:
            row = self._row(plan, None, self._beside_channels(plan), peak)
            return [replace(row, channels=self._percentile(self.as_if.on(name, None)))]
        if prices.over is Over.BURST:
            sizes = {0, *(day.peak for day in self.as_if.peaks.values())}
            return [self._cheapest(plan, self._with_edges(plan, sizes), peak)]
        found = []
        for size in dict.fromkeys([self.curve.fewest(0), self.curve.fewest(SMALL_LOSS)]):
            sizes = {n for n in self._with_edges(plan, {size}) if n >= size}
            found.append(self._cheapest(plan, sizes, None))
        return list({row.channels: row for row in found}.values())

    def usage(self, name: str | None) -> Usage:
        """What the calls cost on a plan by the minute; None: under the account's own terms. Priced once."""
        if name not in self._usages:
            account = self.as_if.account if name is None else self.as_if.on(name, None)
            self._usages[name] = self.as_if.usage(account)
        return self._usages[name]

    @property
    def earlier(self) -> Usage:
        """What the calls of the month's days before the period cost, under the account's terms."""
        if self._earlier is None:
            self._earlier = Usage({})
            if self.as_if.begin < self.as_if.first:
                self._earlier = self.usage(None).before(self.as_if.first)
        return self._earlier

    def _beside_channels(self, plan: Plan) -> Usage:
        """The calls that bear on what a plan by the channel costs: also its own, where short ones cost more."""
        return self.earlier if plan.short_calls is None else self.usage(plan.name)

    def _sure(self, plan: Plan, usage: Usage) -> Sureness:
        if self._by_month(plan):
            return Sureness.CHARGED_BY_THE_MONTH
        if usage.unpriced_calls:
            return Sureness.WITHOUT_UNPRICED
        if plan.channels is not None and plan.channels.buys:
            return Sureness.SIZED
        return Sureness.SCALED if self.as_if.growth else Sureness.BILLED

    def _by_month(self, plan: Plan) -> bool:
        """Whether the plan charges for months that these days are a part of."""
        prices, first, last = plan.channels, self.as_if.first, self.as_if.last
        whole = first.day == 1 and last in (month_end(last), self.as_if.account.closed)
        by_channels = prices is not None and (not prices.buys or prices.charge is Charge.MONTHLY)
        short = plan.short_calls
        by_calls = short is not None and short.per is ChargedPer.MONTH
        return not whole and (by_channels or by_calls)

    def _cheapest(self, plan: Plan, sizes: set[int], enough: int | None) -> PlanCost:
        """The plan at the cheapest of some sizes, of equals the smallest."""
        rows = (
            self._row(plan, n, self._beside_channels(plan), n if enough is None else enough)
            for n in sorted(sizes)
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
        charges = self.as_if.charges(on_plan, usage)
        overage = Decimal(0)
        if plan.channels is not None and plan.channels.over is Over.BURST:
            overage = (
                charges.channels - self.as_if.without_bursts().charges(on_plan, usage).channels
            )
        servers, free = self._servers(on_plan, plan, channels)
        sure = self._sure(plan, usage)
        if account is not None and sure is Sureness.SIZED:
            sure = Sureness.BILLED
        return PlanCost(
            plan.name,
            plan.model,
            channels,
            servers,
            charges,
            self.curve.at(enough),
            sure,
            unpriced_calls=usage.unpriced_calls,
            by_month=self._by_month(plan),
            free_servers=free,
            overage=overage,
        )

    def _with_edges(self, plan: Plan, sizes: set[int]) -> set[int]:
        """The sizes, and the first of each tier: more channels may cost less."""
        assert plan.channels is not None
        edges = {lower.channels + 1 for lower, _ in pairwise(plan.channels.tiers)}
        return sizes | edges | {tier.channels for tier in plan.channels.tiers[:-1]}

    def _percentile(self, account: Account) -> int | None:
        held = self.as_if.carrier.holdings_of(account, []).with_peaks(self.as_if.peaks)
        found = held.percentiles(self.as_if.last.replace(day=1))
        on = held.on(self.as_if.last)
        return found[on.plan.name].channels if on is not None and on.plan.name in found else None

    def _servers(self, account: Account, plan: Plan, channels: int | None) -> tuple[int, int]:
        """The servers of the last day, and how many of them are free."""
        own = [s for s in self.as_if.carrier.servers.values() if s.account == account.name]
        free = plan.channels.free_servers(channels or 0) if plan.channels is not None else 0
        without, charged = free_and_charged(own, self.as_if.last, free)
        return len(without) + len(charged), len(without)
