"""A review's part on cost: what plans cost against the number of channels, at which sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.reporting import pictures
from minutebook.reporting.page import PagePart
from minutebook.words import counted

if TYPE_CHECKING:
    from decimal import Decimal

    from minutebook.fit.review import Review

_SIZES = 30


def cost_part(found: Review) -> PagePart:
    """The picture and the table of what plans cost against the number of channels."""
    currency, peak = found.account.currency, found.fitting.curve.peak
    by_channel, levels = _costs_by_channels(found), _levels(found)
    picture = pictures.cost_by_channels(
        {name: [(n, float(cost)) for n, cost in by.items()] for name, by in by_channel.items()},
        {
            name: [(n, float(by_channel[name][n])) for n in _sizes(found, name)]
            for name in by_channel
        },
        {name: float(cost) for name, cost in levels.items()},
        currency,
        peak,
        float(found.current.cost),
    )
    sizes = sorted({peak}.union(*by_channel.values()))
    rows = [
        (
            f"{n:,}",
            *(money.text(by[n]) if n in by else "" for by in by_channel.values()),
            *(money.text(cost) for cost in levels.values()),
        )
        for n in sizes
    ]
    headings = (
        "Channels",
        *(f"Plan {name} ({currency})" for name in by_channel),
        *(f"Plan {name}, which buys none ({currency})" for name in levels),
    )
    title = "Cost against the number of channels"
    return PagePart(title, _cost_words(found), picture, headings, rows)


def _cost_words(found: Review) -> str:
    peak, even = found.fitting.curve.peak, found.break_even
    said = ["Nothing held a channel."]
    if peak:
        said = [f"Fewer than {counted(peak, 'channel')} would not have carried all calls at once."]
    by_channel = {row.plan for row in found.plans if found.fitting.buys(row.plan)}
    if by_channel:
        said.append("Dots are the sizes of the table above.")
    if len(by_channel) > 1:
        said.append("A cell is empty where the size matters to another plan alone.")
    if even is not None and even.minutes_a_month:
        said.append(
            f"Plan {even.by_channel} costs less than plan {even.by_minute} from"
            f" {float(even.minutes_a_month):,.0f} minutes in 30 days."
        )
    return " ".join(said)


def _names(found: Review) -> list[str]:
    """The plans, the present one first, then by their cost."""
    rows = sorted(found.plans, key=lambda row: row.plan != found.plan)
    return list(dict.fromkeys(row.plan for row in rows))


def _levels(found: Review) -> dict[str, Decimal]:
    """What each plan costs that buys no channels."""
    cost = {row.plan: row.cost for row in found.plans}
    return {name: cost[name] for name in _names(found) if not found.fitting.buys(name)}


def _sizes(found: Review, name: str) -> list[int]:
    """The sizes of a plan that the review looks at."""
    return [row.channels or 0 for row in found.plans if row.plan == name]


def _costs_by_channels(found: Review) -> dict[str, dict[int, Decimal]]:
    """What each plan by the channel costs at a few sizes, at those of the review and by its edges."""
    fitting = found.fitting
    names = [name for name in _names(found) if fitting.buys(name)]
    peak = fitting.curve.peak
    top = max([peak, *(n for name in names for n in _sizes(found, name))]) * 6 // 5 + 1
    few = {*range(0, top + 1, max(1, top // _SIZES)), peak}
    return {
        name: {
            n: fitting.at(name, n).cost
            for n in sorted({*few, *_sizes(found, name), *_edges(found, name)})
            if n <= top
        }
        for name in names
    }


def _edges(found: Review, name: str) -> set[int]:
    """Both sides of each edge of a plan's tiers, where its price jumps."""
    as_if = found.fitting.as_if
    plan = as_if.carrier.plan_on(name, as_if.first)
    if plan is None or plan.channels is None:
        return set()
    return {tier.channels + n for tier in plan.channels.tiers[:-1] for n in (0, 1)}
