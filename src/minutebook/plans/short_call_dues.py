"""What an account owes for short calls (docs/rules/surcharges.md, "A day or a month").

Pure: holdings and counts of calls go in, what is due comes out, with the figures behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minutebook.days import month_end
from minutebook.plans.recurring import Due
from minutebook.plans.short_calls import AnsweredCalls, ChargedPer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from minutebook.plans.holdings import Holdings
    from minutebook.plans.short_calls import ShortCalls


@dataclass(frozen=True, slots=True)
class ShortCallPeriod:
    """Days whose answered calls are counted together, under the terms of the last of them."""

    plan: str
    terms: ShortCalls
    first: date
    last: date
    answered: AnsweredCalls


def short_call_dues(
    holdings: Holdings, answered: Mapping[date, AnsweredCalls], first: date, last: date
) -> Iterator[Due]:
    """What is due for short calls on the days from `first` to `last`, 0 too; days without calls left out.

    `answered` are the account's calls by day, of all days from the first of the month of `first` on. By
    the month it is due on the last of the month's days on the plan.
    """
    if not holdings.has_short_calls:
        return
    months: dict[date, list[date]] = {}
    for day in sorted(answered):
        months.setdefault(day.replace(day=1), []).append(day)
    for month, days in months.items():
        if first <= month_end(month) and month <= last:
            for period in _periods(holdings, answered, month, days):
                if first <= period.last <= last:
                    amount = period.terms.due(period.answered)
                    yield Due(period.last, amount, _details(period))


def period_of(
    holdings: Holdings, answered: Mapping[date, AnsweredCalls], day: date
) -> ShortCallPeriod | None:
    """The period that a day lies in, with its answered calls; None where short calls cost no more on it.

    `answered` as for `short_call_dues`, of the day's month.
    """
    held, month = holdings.on(day), day.replace(day=1)
    if held is None or (terms := held.plan.short_calls) is None:
        return None
    own = [other for other in answered if other >= month and other <= month_end(day)]
    if terms.per is ChargedPer.DAY:
        calls = answered.get(day, AnsweredCalls())
        return ShortCallPeriod(held.plan.name, terms, day, day, calls)
    found = _periods(holdings, answered, month, sorted(own))
    return next(p for p in found if p.plan == held.plan.name and p.first <= day <= p.last)


def _periods(
    holdings: Holdings, answered: Mapping[date, AnsweredCalls], month: date, days: list[date]
) -> Iterator[ShortCallPeriod]:
    """The periods of a month; `days` are those of it that have calls."""
    by_plan: dict[str, ShortCallPeriod] = {}
    for begin, end, held in holdings.stretches(month, month_end(month)):
        terms, plan = held.plan.short_calls, held.plan.name
        own = [day for day in days if begin <= day <= end]
        if terms is None:
            continue
        if terms.per is ChargedPer.DAY:
            yield from (ShortCallPeriod(plan, terms, day, day, answered[day]) for day in own)
            continue
        before = by_plan.get(plan, ShortCallPeriod(plan, terms, begin, end, AnsweredCalls()))
        calls = sum((answered[day] for day in own), before.answered)
        by_plan[plan] = ShortCallPeriod(plan, terms, before.first, end, calls)
    yield from by_plan.values()


def _details(period: ShortCallPeriod) -> dict[str, Any]:
    return {
        "plan": period.plan,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "answered": period.answered.calls,
        "short": period.answered.short,
        **period.terms.to_body(),
    }
