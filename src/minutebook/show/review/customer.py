"""A review as a page that is sent to the customer: what it used and what that costs, and nothing of what the
carrier weighs (docs/rules/capacity.md, "Pages for a customer").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.fit.capacity import bought_by_day
from minutebook.reporting.page import PagePart, report_page
from minutebook.show.capacity.parts import over_time, week
from minutebook.words import counted, stretches

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from fractions import Fraction

    from minutebook.fit.review import Review


def customer_page(found: Review, now: datetime) -> str:
    """The page of a review for the customer; its amounts are rounded to what can be paid."""
    traffic, account = found.traffic, found.account
    bought = bought_by_day(found.fitting.as_if.carrier, account, traffic.first, traffic.last)
    parts = [_costs(found), over_time(bought, found.fitting.as_if.peaks), week(traffic)]
    if any(standing.servers for standing in found.months):
        parts.append(_minimums(found))
    foot = (
        "All days and hours are UTC. Each amount is rounded by itself to the smallest that can be paid in"
        f" {account.currency}, halves up: lines may differ from their sum by so much. What is charged is exact,"
        f" and on the statement. Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
    )
    title = f"{account.title}: {traffic.first} to {traffic.last}"
    return report_page(title, _words(found), parts, foot)


def _words(found: Review) -> list[str]:
    """What was used and what it costs, a sentence or two a line."""
    traffic, currency = found.traffic, found.account.currency
    said = [
        f"{float(found.minutes):,.0f} minutes in {counted(traffic.attempts, 'call')} from {traffic.first}"
        f" to {traffic.last}."
    ]
    if found.billed_through is None or found.billed_through < traffic.last:
        said.append(
            f"Billed through {found.billed_through or 'no day yet'}: of these days"
            f" {_money(found.paid.total, found)} {currency} is billed so far."
        )
    if found.days_over:
        said.append(
            f"On {counted(found.days_over, 'day')} more channels were held than are bought, at most"
            f" {found.fitting.curve.peak:,}."
        )
    if unpriced := found.current.unpriced_calls:
        said.append(f"{counted(unpriced, 'call')} without a price yet, which the costs leave out.")
    if not found.ends_month:
        said.append("No month ends in these days, so no minimum is in the costs.")
    if traffic.days_without_calls:
        said.append(f"There are no calls on {stretches(traffic.days_without_calls)}.")
    return said


def _costs(found: Review) -> PagePart:
    charges, currency = found.current.charges, found.account.currency
    rows = [
        (what, _money(amount, found))
        for what, amount in (
            ("Minutes", charges.usage),
            ("Channels", charges.channels),
            ("Short calls", charges.short_calls),
            ("Shortfall of the servers' minimum", charges.minimum),
        )
        if amount
    ]
    rows.append(("Sum", _money(found.current.cost, found)))
    on = f"On plan {found.plan}"
    if found.bought is not None:
        on += f" with {counted(found.bought, 'channel')}"
    sentence = f"{on} on {found.traffic.last}. Payments, credits and fees are on the statement."
    return PagePart("What it costs", sentence, "", ("For", f"Cost ({currency})"), rows)


def _minimums(found: Review) -> PagePart:
    currency = found.account.currency
    rows = [
        (
            f"{standing.month:%Y-%m}",
            server.server,
            f"{server.days:,}",
            f"{server.free_days:,}",
            _money(server.owed, found),
            f"{server.calls:,}",
            f"{server.duration_ms / 60_000:,.1f}",
        )
        for standing in found.months
        for server in standing.servers
    ]
    said = [
        f"In {standing.month:%Y-%m} the minimum is {_money(standing.required, found)} {currency}, and"
        f" {_money(standing.spent, found)} {currency} is billed on calls and channels."
        for standing in found.months
        if standing.required
    ]
    headings = (
        "Month", "Server", "Days charged", "Free days", f"Minimum due ({currency})", "Calls", "Minutes",
    )  # fmt: skip
    sentence = " ".join(said) or "No minimum is due for any of the servers."
    return PagePart("The servers and their minimum", sentence, "", headings, rows)


def _money(amount: Decimal | Fraction, found: Review) -> str:
    """An amount as it can be paid, with the decimals of its currency."""
    return money.payable_text(amount, found.account.currency)
