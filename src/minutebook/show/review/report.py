"""A review as a page: what is shown, in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.fit.capacity import bought_by_day
from minutebook.fit.fitting import SMALL_LOSS
from minutebook.reporting import pictures
from minutebook.reporting.page import PagePart, report_page
from minutebook.show.capacity.parts import foot, loss, over_time, week
from minutebook.show.margin_report import earned_part
from minutebook.show.review.cost import cost_part
from minutebook.show.review.model import PlanCostView
from minutebook.show.review.words import minimum_words, review_words
from minutebook.show.sentences.fits import SURENESS
from minutebook.show.serialise import as_json
from minutebook.traffic.demand import erlangs_by_hour

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from minutebook.fit.break_even import BreakEven
    from minutebook.fit.capacity import Traffic
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review


_OWED = money.Rounding(money.Method.HALF_EVEN, 4)


def review_report(found: Review, now: datetime) -> str:
    """The page of a review."""
    traffic, as_if = found.traffic, found.fitting.as_if
    account = found.account
    bought = bought_by_day(as_if.carrier, account, traffic.first, traffic.last)
    parts = [
        _plans(found),
        cost_part(found),
        over_time(bought, as_if.peaks),
        week(traffic),
        loss(found.fitting.curve, _busiest(traffic), SMALL_LOSS),
        _minimum(found),
    ]
    if found.earned is not None and len(found.earned):
        parts.append(earned_part(found.earned))
    title = f"{account.title}: {traffic.first} to {traffic.last}"
    return report_page(title, review_words(found), parts, foot(now, account.name, found.growth))


def _plans(found: Review) -> PagePart:
    headings = (
        "Plan", "Channels", "Servers", f"Cost ({found.account.currency})", "Minutes",
        "Channels cost", "Short calls", "Minimum", "A minute", "Lost calls", "Lost minutes", "Lost",
        "Unpriced calls", "Break-even, minutes in 30 days", "How sure",
    )  # fmt: skip
    sentence = (
        "The same calls under every plan, the cheapest first. From the break-even on, so many channels"
        " cost less than the cheapest plan by the minute."
    )
    rows = [
        _plan(row, as_json(PlanCostView.of(row, found)), found.break_even_of(row))
        for row in found.plans
    ]
    return PagePart("What each plan would cost", sentence, "", headings, rows)


def _plan(row: PlanCost, value: Mapping[str, Any], even: BreakEven | None) -> tuple[str, ...]:
    """A line of the plans; `value` is the row as JSON, with its money as text."""
    return (
        f"{row.plan} (present)" if row.present else row.plan,
        "" if row.channels is None else f"{row.channels:,}",
        f"{row.servers:,}",
        value["cost"],
        value["usage"],
        value["channels_cost"],
        value["short_calls"],
        value["minimum"],
        value["cost_per_minute"] or "",
        f"{row.lost.calls:,}",
        f"{row.lost.talk_ms / 60_000:,.1f}",
        f"{row.lost.loss:.3%}",
        f"{row.unpriced_calls:,}",
        "" if even is None else f"{float(even.minutes_a_month):,.0f}",
        SURENESS[row.sure],
    )


def _minimum(found: Review) -> PagePart:
    currency = found.account.currency
    rows = [
        (
            f"{standing.month:%Y-%m}",
            server.server,
            f"{server.days:,}",
            f"{server.free_days:,}",
            f"{_OWED.of(server.owed):,.4f}",
            f"{server.calls:,}",
            f"{server.duration_ms / 60_000:,.1f}",
        )
        for standing in found.months
        for server in standing.servers
    ]
    months = [
        (
            f"{standing.month:%b %Y}",
            {server.server: float(server.owed) for server in standing.servers if server.owed},
            float(standing.spent),
        )
        for standing in found.months
    ]
    picture = ""
    if any(owed for _, owed, _ in months):
        picture = pictures.minimum_by_month(months, found.account.currency)
    headings = (
        "Month", "Server", "Days charged", "Free days", f"Minimum due ({currency})", "Calls", "Minutes",
    )  # fmt: skip
    sentence = " ".join(minimum_words(found)) or "No minimum is due for any of its servers."
    return PagePart("The minimum, by server", sentence, picture, headings, rows)


def _busiest(traffic: Traffic) -> float:
    hours = erlangs_by_hour(traffic.held)
    inside = [e for hour, e in hours.iter_rows() if traffic.begin <= hour < traffic.end]
    return max(inside, default=0.0)
