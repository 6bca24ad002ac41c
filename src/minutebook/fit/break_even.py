"""From how many minutes on a plan by the channel costs less than one by the minute
(docs/rules/capacity.md, "Break-even").
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from minutebook.fit.as_if import Charges
    from minutebook.fit.fitting import Fitting, PlanCost

_MONTH_DAYS = 30
_NEAR = Fraction(1, 100_000)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From so many minutes in 30 days, which keep so much of the channels busy, channels cost less."""

    by_minute: str
    by_channel: str
    channels: int
    minutes_a_month: Fraction
    utilisation: Fraction


def break_evens(
    fitting: Fitting, rows: Sequence[PlanCost], minutes: Fraction
) -> tuple[BreakEven, ...]:
    """Of every plan by the channel, at its size, against the cheapest by the minute.

    `minutes` are those used in the period, and grow or shrink alike on all its days; the minimum of
    the servers counts on both sides. A plan by the minute that charges nothing is never beaten; bursts,
    percentiles and short calls cost with the traffic, so they have none; nor has a size that so many minutes do not fit in.
    """
    by_minute = [row for row in rows if row.model == "per_minute"]
    if not by_minute or not minutes:
        return ()
    as_if = fitting.as_if
    cheapest = min(by_minute, key=lambda row: (row.unpriced_calls > 0, row.cost))
    if not cheapest.charges.usage:
        return ()
    account = as_if.account if cheapest.present else as_if.on(cheapest.plan, None)
    usage = fitting.usage(None if cheapest.present else cheapest.plan)

    def charged(share: Fraction) -> Charges:
        return as_if.charges(account, usage.scaled(share, as_if.first))

    days = (as_if.last - max(as_if.first, as_if.account.terms[0].from_day)).days + 1
    found = []
    for row in rows:
        if row.channels and row.comparable and fitting.costs_the_same(row.plan):
            even = minutes * _share_that_costs(row.cost, cheapest.charges.usage, charged)
            utilisation = even / (row.channels * days * 24 * 60)
            a_month = even / days * _MONTH_DAYS
            if utilisation <= 1:
                found.append(BreakEven(cheapest.plan, row.plan, row.channels, a_month, utilisation))
    return tuple(found)


def _share_that_costs(
    cost: Decimal, usage: Decimal, charged: Callable[[Fraction], Charges]
) -> Fraction:
    """The most of the traffic that costs no more by the minute; 0 where none costs more already."""
    share = Fraction(cost) / Fraction(usage)
    besides = charged(share)
    if not besides.minimum and not besides.short_calls:
        return share
    if charged(Fraction(0)).total > cost:
        return Fraction(0)
    low, high = (
        Fraction(0),
        share,
    )  # with what is charged besides, so much costs more than `usage` of it
    while high - low > _NEAR * share:
        middle = (low + high) / 2
        low, high = (low, middle) if charged(middle).total > cost else (middle, high)
    return high
