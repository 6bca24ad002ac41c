"""Whether an account's plan fits its traffic: the same traffic under every plan
(docs/rules/capacity.md, "Does the plan fit").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from minutebook.accounts.minimum_standing import MinimumStanding, minimum_standing
from minutebook.billing.peaks import day_peaks
from minutebook.billing.set_aside import set_aside_now
from minutebook.days import ONE_DAY, month_end, months_ending
from minutebook.declarations.checks import SWITCH_DAYS
from minutebook.errors import InputError
from minutebook.fit.as_if import KINDS, AsIf, Charges
from minutebook.fit.break_even import BreakEven, break_evens
from minutebook.fit.capacity import held_by_day, traffic_of
from minutebook.fit.earned import earned_by
from minutebook.fit.fitting import SMALL_LOSS, Fitting, PlanCost
from minutebook.ledger import balances, declarations, runs
from minutebook.notebook import Shown
from minutebook.traffic.replay import loss_curve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date, datetime

    from minutebook.billing.set_aside import AccountAside
    from minutebook.declarations.carrier import Carrier
    from minutebook.fit.capacity import Traffic
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.plans.plan import Plan
    from minutebook.plans.terms import Account
    from minutebook.statements.margin import Margin


@dataclass(frozen=True, slots=True, repr=False)
class Review(Shown):
    """An account's period under every plan. `paid` is what is billed of it, `current` what is due.

    `break_evens` are those of `plans` by the channel; `months` is where the minimums stand, of every
    month that the period touches. `foreign` are plans in another currency, which are left out.
    `switch_from` is the first day on which its model may change; `ends_month` whether the period
    holds the end of a month, with its minimum.
    """

    account: Account
    traffic: Traffic
    """The calls of the period, counted, with the growth that is asked for."""
    growth: Fraction
    plan: str
    paid: Charges
    """What is billed of the period, by the kind of charge; positive."""
    current: PlanCost
    plans: tuple[PlanCost, ...]
    foreign: tuple[str, ...]
    """Names of plans in another currency, which are left out."""
    break_evens: tuple[BreakEven, ...]
    """For each plan by the channel, the minutes from which it is cheaper than one by the minute."""
    months: tuple[MinimumStanding, ...]
    billed_through: date | None
    """The last UTC day billed; None before the first run."""
    switch_from: date
    ends_month: bool
    """Whether the period holds the end of a month, with its minimum."""
    fitting: Fitting
    """Tries other plans on the same period."""
    set_aside: AccountAside | None = None
    """Why nothing of it is posted, where runs set it aside or park it."""
    earned: Margin | None = None
    """What its calls earn, by destination; None where no provider is declared, or it was not asked for."""

    @property
    def minutes(self) -> Fraction:
        """Minutes used in the period, with the growth that is asked for."""
        return self.traffic.minutes(self.growth)

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
    def break_even(self) -> BreakEven | None:
        """Of the cheapest plan by the channel that loses nothing; None without two models."""
        least = min(row.lost.calls for row in self.plans)
        for row in self.plans:
            even = self.break_even_of(row)
            if even is not None and row.lost.calls == least:
                return even
        return None

    def break_even_of(self, row: PlanCost) -> BreakEven | None:
        """Of one of the plans by the channel, against the cheapest by the minute."""
        found = (
            e for e in self.break_evens if (e.by_channel, e.channels) == (row.plan, row.channels)
        )
        return next(found, None)

    @property
    def bought(self) -> int | None:
        """The channels bought on the last day; None where the plan has none."""
        term = self.account.term_on(self.traffic.last)
        return None if term is None else term.channels

    @property
    def days_over(self) -> int:
        """Days of the period on which more channels were held than were bought."""
        as_if = self.fitting.as_if
        bought = as_if.carrier.holdings_of(self.account, [])
        over = [
            day
            for day, peaks in as_if.peaks.items()
            if self.traffic.first <= day <= self.traffic.last
            and (channels := bought.channels_on(day)) is not None
            and peaks.peak > channels
        ]
        return len(over)

    @property
    def saves(self) -> Decimal:
        """What the recommended plan costs less than the present one; 0 if it is that."""
        return max(Decimal(0), self.current.cost - self.recommended.cost)

    def _cheapest(self, loss: Fraction) -> PlanCost:
        refused = min(row.lost.calls for row in self.plans)
        whole = [row for row in self.plans if row.comparable] or self.plans
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
    now: datetime,
    considered: Mapping[str, Plan],
    growth: Fraction = Fraction(0),
    cps_limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    earned: bool = True,
    plans: Collection[str] | None = None,
) -> Review:
    """The period of an account under the book's plans and those `considered`; `InputError` without calls.

    `plans`: those that are tried, beside its own; None: all. `progress` is told of (plans tried, plans to try).
    """
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        account = carrier.account_named(name)
        charged = balances.charged_by_kind(connection, KINDS, first, last, name)
        paid = {kind: -amount for kind, amount in charged.items()}
        through = runs.billed_through(connection)
        aside = {one.account: one for one in set_aside_now(connection)}
    if account.closed is not None and first <= account.closed < last:
        last = account.closed
    term = account.term_on(last)
    if term is None:
        raise InputError(f"{name} has no plan on {last}; choose days on which it has one")
    carrier = replace(carrier, plans=carrier.plans | _beside(carrier, considered))
    known_days = account.terms[0].from_day, min(account.closed or last, now.date() - ONE_DAY)
    snapshot, month = lake.snapshot(), first.replace(day=1)
    traffic = traffic_of(lake, snapshot, name, first, last, growth, known_days)
    of_month = traffic
    if month < first:
        of_month = traffic_of(lake, snapshot, name, month, last, growth)
    held = day_peaks(held_by_day(of_month.held, month, last))
    peaks = {day: peak for (_, day), peak in held.items()}
    as_if = AsIf(lake, cards, snapshot, carrier, account, first, last, peaks, growth)
    fitting = Fitting(as_if, loss_curve(traffic.held, cps_limit))
    current = fitting.current()
    currencies = {n: revisions[0].currency for n, revisions in sorted(carrier.plans.items())}
    own = {one.plan for one in account.terms}
    mine = [
        n
        for n, currency in currencies.items()
        if currency == account.currency and (plans is None or n in own.union(plans))
    ]
    rows = _tried(fitting, mine, current, progress)
    months = tuple(
        minimum_standing(database, name, m, now) for m in months_ending(month, month_end(last))
    )
    return Review(
        account=account,
        traffic=traffic,
        growth=growth,
        plan=term.plan,
        paid=Charges(**paid),
        current=current,
        plans=tuple(rows),
        foreign=tuple(n for n, one in currencies.items() if one != account.currency),
        break_evens=break_evens(fitting, rows, traffic.minutes(growth)),
        months=months,
        billed_through=through,
        switch_from=_switch_from(carrier, account, now.date()),
        ends_month=month_end(first) <= last or last == account.closed,
        fitting=fitting,
        set_aside=aside.get(name),
        earned=earned_by(database, lake, cards, account, first, last)
        if earned and carrier.providers
        else None,
    )


def _tried(
    fitting: Fitting,
    plans: list[str],
    current: PlanCost,
    progress: Callable[[int, int], None] | None,
) -> list[PlanCost]:
    """The period on each of the plans, the cheapest first; and as it is, if on one plan throughout."""
    as_if = fitting.as_if
    steady = not any(as_if.first < term.from_day <= as_if.last for term in as_if.account.terms)
    rows = [current] if steady else []
    for n, plan in enumerate(plans):
        if progress is not None:
            progress(n, len(plans))
        known = {(row.plan, row.channels) for row in rows}
        rows += [row for row in fitting.rows(plan) if (row.plan, row.channels) not in known]
    if progress is not None:
        progress(len(plans), len(plans))
    return sorted(rows, key=lambda row: (row.cost, not row.present))


def _beside(carrier: Carrier, considered: Mapping[str, Plan]) -> dict[str, tuple[Plan, ...]]:
    """Plans that are considered; one with the name of a declared plan stands beside that."""
    found: dict[str, tuple[Plan, ...]] = {}
    for name, plan in considered.items():
        other = f"{name} (considered)" if name in carrier.plans else name
        found[other] = (replace(plan, name=other),)
    return found


def _switch_from(carrier: Carrier, account: Account, today: date) -> date:
    """The first day, from tomorrow, on which the model may change."""
    changes = [
        after.from_day
        for before, after in pairwise(account.terms)
        if carrier.plans[before.plan][0].model != carrier.plans[after.plan][0].model
    ]
    return max([today + ONE_DAY, *(day + timedelta(days=SWITCH_DAYS) for day in changes[-1:])])
