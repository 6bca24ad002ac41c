"""What an account owes besides its calls: channels by the day, minimums by the month.

Pure: holdings and sums go in, what is due comes out, with the arithmetic behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.days import ONE_DAY, days_of_month, month_end
from minutebook.plans.holdings import DayPeaks
from minutebook.plans.minimum import (
    MinimumStretch,
    MinimumTerms,
    Required,
    free_and_charged,
    required,
    shortfall,
)
from minutebook.plans.per_channel import burst, day_charge, part_of_month
from minutebook.plans.plan import terms_to_body
from minutebook.traffic.percentile import INTERVALS, rank_from_top

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from minutebook.plans.holdings import Held, Holdings, Percentile
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for a day, positive, or below 0 a credit; `details` is the arithmetic."""

    day: date
    amount: Decimal
    details: dict[str, Any] = field(default_factory=dict)


def channel_dues(holdings: Holdings, first: date, last: date) -> Iterator[Due]:
    """What the days from `first` to `last` owe for channels; those that owe nothing left out
    (docs/rules/channels.md, "Channels by the day").
    """
    if not any(held.plan.channels for held in holdings.held):
        return
    day = max(first, holdings.first)
    last = holdings.until(last)
    while day <= last:
        now = holdings.on(day)
        before = holdings.on(day - ONE_DAY) if day.day > 1 else None
        details: dict[str, Any] = {}
        amount = day_charge(
            day, None if now is None else now.bought, None if before is None else before.bought
        )
        if day == holdings.account.closed and now is not None and day != month_end(day):
            unused = day_charge(day + ONE_DAY, None, now.bought)  # paid ahead
            amount += unused
            if unused:
                details["closing"] = {"back": money.text(-unused)}
        if now is not None and now.bursts:
            peak = holdings.peaks.get(day, DayPeaks()).peak
            more, details["burst"] = _burst(now, peak)
            amount += more
        if now is not None and now.by_percentile:
            found = holdings.percentiles(day.replace(day=1))[now.plan.name]
            if found.last == day:
                more, details["percentile"] = _percentile(found)
                amount += more
        if amount:
            yield Due(day, amount, _channel_details(day, now, before) | details)
        day += ONE_DAY


def required_of(holdings: Holdings, month: date) -> Required:
    """What the servers require of the month that begins on `month`
    (docs/rules/minimum.md, "What servers require").
    """
    stretches = [
        MinimumStretch(
            begin,
            end,
            MinimumTerms(
                held.plan.minimum_per_server,
                held.plan.prorate,
                holdings.free_servers(held, month),
                held.plan.rounding,
            ),
        )
        for begin, end, held in holdings.stretches(month, month_end(month))
    ]
    return required(stretches, holdings.servers)


def minimum_due(holdings: Holdings, month: date, spent: Decimal) -> Due:
    """What is short of a month's minimum, due on the account's last day in the month
    (docs/rules/minimum.md, "What counts as spent").
    """
    needed = required_of(holdings, month)
    last = holdings.until(month_end(month))
    held = holdings.on(last)
    details = {
        "plan": held and held.plan.name,
        "required": money.text(needed.amount),
        "spent": money.text(spent),
        "servers": [
            {
                "server": server.server,
                "days": server.days,
                "free_days": server.free_days,
                "owed": str(server.owed),
                "parts": [
                    [money.text(price, 0), days] for price, days in sorted(server.parts.items())
                ],
                "whole": None if server.whole is None else money.text(server.whole, 0),
            }
            for server in needed.servers
        ],
    }
    return Due(last, shortfall(needed.amount, spent), details)


def deployment_needs(holdings: Holdings, day: date) -> tuple[Decimal, list[str], Held | None]:
    """What must be available to deploy a server on a day: a full month's minimum of all that pay
    (docs/rules/minimum.md, "Means to deploy").

    Also the servers that pay, and what holds on the day.
    """
    terms = holdings.on(day)
    if terms is None:
        return Decimal(0), [], None
    _, paying = free_and_charged(holdings.servers, day, terms.free_servers)
    return terms.plan.minimum_per_server * len(paying), paying, terms


def _burst(held: Held, peak: int) -> tuple[Decimal, dict[str, Any]]:
    prices = held.plan.channels
    assert prices is not None
    amount = burst(prices, held.channels, peak, held.plan.rounding)
    return amount, {
        "peak": peak,
        "channels": held.channels,
        "price": money.text(prices.burst_price),
        "amount": money.text(amount),
    }


def _percentile(found: Percentile) -> tuple[Decimal, dict[str, Any]]:
    prices = found.plan.channels
    assert prices is not None
    month_price = prices.month_price(found.channels)
    amount = part_of_month(month_price, found.plan.rounding, found.last, found.days)
    total = found.days * INTERVALS
    return amount, {
        **_price_details(found.plan, found.channels),
        "days": found.days,
        "intervals": total,
        "above": rank_from_top(total) - 1,
        "amount": money.text(amount),
    }


def _channel_details(day: date, now: Held | None, before: Held | None) -> dict[str, Any]:
    details: dict[str, Any] = {"month_days": days_of_month(day)}
    for key, held in (("now", now), ("before", before)):
        if held is not None and held.bought is not None:
            assert held.plan.channels is not None
            owed = money.text(day_charge(day, held.bought, None))
            details[key] = _price_details(held.plan, held.channels) | {
                "charge": str(held.plan.channels.charge),
                "owed": owed,
            }
    if now is not None:
        details["plan"] = now.plan.name
    return details


def _price_details(plan: Plan, channels: int) -> dict[str, Any]:
    prices = plan.channels
    assert prices is not None
    return {
        "plan": plan.name,
        "channels": channels,
        "parts": [[count, money.text(tier.price, 0)] for count, tier in prices.parts(channels)],
        "month_price": money.text(prices.month_price(channels)),
        "rounding": terms_to_body(plan.terms)["rounding"],
    }
