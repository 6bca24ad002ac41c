"""Reviews and capacities as reports: what is shown, in which words."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.review_words import minimum_words, review_json, words
from minutebook.plans.holdings import DayPeaks, Holdings
from minutebook.reporting import pictures
from minutebook.reporting.page import Part, page
from minutebook.review.capacity import erlangs_by_hour
from minutebook.review.erlang import blocking
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from minutebook.billing.capacity import Capacity, Traffic
    from minutebook.billing.review import Review
    from minutebook.review.replay import LossCurve

_SIZES = 30
_SERVERS = 12
"""Of the servers that owe most, so many are told apart in the picture."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def review_report(found: Review, now: datetime) -> str:
    """The page of a review."""
    traffic, as_if = found.traffic, found.fitting.as_if
    account = found.account
    held = Holdings.declared(as_if.carrier, account, [])
    bought = {
        day: held.channels_on(day)
        for n in range((traffic.last - traffic.first).days + 1)
        for day in [traffic.first + timedelta(days=n)]
    }
    curve = found.fitting.curve
    erlangs = _busiest(traffic)
    parts = [
        _plans(found),
        _costs(found),
        _over_time(bought, as_if.peaks),
        _week(traffic),
        _loss(curve, erlangs),
        _minimum(found),
    ]
    title = f"{account.title}: {traffic.first} to {traffic.last}"
    return page(title, words(found), parts, _foot(now, account.name, found.growth))


def capacity_report(found: Capacity, now: datetime) -> str:
    """The page of a capacity."""
    traffic = found.traffic
    days = {
        traffic.first + timedelta(days=n): None
        for n in range((traffic.last - traffic.first).days + 1)
    }
    need = found.demand
    said = [
        f"{found.channels:,} channels on"
        f" {counted(found.servers, 'server')} carry this traffic and lose at most"
        f" {float(need.blocking):.1%} of it: {need.channels_replay:,} by replay of the recorded"
        f" attempts, {need.channels_erlang_b:,} by Erlang B for the busy hour.",
        f"{need.curve.peak:,} channels would have lost nothing.",
    ]
    if traffic.days_without_calls:
        gaps = ", ".join(day.isoformat() for day in traffic.days_without_calls)
        said.append(f"Not a single call on {gaps}: all this rests on the other days.")
    questions = Part(
        "Capacity, in answers",
        "What a provider asks before it gives capacity.",
        "",
        ("Question", "Answer"),
        found.questionnaire,
    )
    parts = [
        questions,
        _over_time(days, found.days),
        _week(traffic),
        _loss(need.curve, need.erlangs),
    ]
    title = f"Capacity of {found.account}: {traffic.first} to {traffic.last}"
    return page(title, said, parts, _foot(now, found.account, found.assumptions.growth))


def _plans(found: Review) -> Part:
    value = review_json(found)
    rows = [
        (
            row["plan"],
            "" if row["channels"] is None else f"{row['channels']:,}",
            row["cost"],
            row["usage"],
            row["channels_cost"],
            row["minimum"],
            row["cost_per_minute"] or "",
            f"{row['lost_calls']:,}",
            row["sure"],
        )
        for row in value["plans"]
    ]
    headings = (
        "Plan", "Channels", f"Cost ({value['currency']})", "Minutes", "Channels cost", "Minimum",
        "A minute", "Lost calls", "How sure",
    )  # fmt: skip
    sentence = "The same calls under every plan, the cheapest first."
    return Part("What each plan would cost", sentence, "", headings, rows)


def _costs(found: Review) -> Part:
    fitting = found.fitting
    names = list(dict.fromkeys(row.plan for row in found.plans))
    peak = fitting.curve.peak
    top = max([peak, *(row.channels or 0 for row in found.plans)]) * 6 // 5 + 1
    sizes = sorted({*range(0, top + 1, max(1, top // _SIZES)), peak})
    by_channel = {
        name: [(n, fitting.at(name, n)) for n in sizes] for name in names if fitting.buys(name)
    }
    levels = {row.plan: row for row in found.plans if not fitting.buys(row.plan)}
    currency = found.account.currency
    picture = pictures.cost_by_channels(
        {name: [(n, float(row.cost)) for n, row in rows] for name, rows in by_channel.items()},
        {name: float(row.cost) for name, row in levels.items()},
        currency,
        peak,
    )
    rows = [
        (f"{n:,}", *(money.text(rows[k][1].cost) for rows in by_channel.values()))
        for k, n in enumerate(sizes)
    ]
    even = found.break_even
    sentence = f"{peak:,} channels lose nothing; to the left of that, calls are refused." + (
        ""
        if even is None
        else f" Plan {even.by_channel} costs less than plan {even.by_minute} from"
        f" {float(even.minutes_a_month):,.0f} minutes in 30 days."
    )
    return Part(
        "Cost against the number of channels",
        sentence,
        picture,
        ("Channels", *(f"Plan {name} ({currency})" for name in by_channel)),
        rows,
    )


def _over_time(bought: Mapping[date, int | None], peaks: Mapping[date, DayPeaks]) -> Part:
    days = [(day, n, peaks.get(day, DayPeaks()).peak) for day, n in bought.items()]
    over = sum(peak > n for _, n, peak in days if n is not None)
    highest = max(days, key=lambda row: row[2])
    sentence = f"The most at once were {highest[2]:,}, on {highest[0]}."
    if any(n is not None for _, n, _ in days):
        sentence += f" On {over:,} of {len(days):,} days more were held than bought."
    rows = [(day.isoformat(), "" if n is None else f"{n:,}", f"{peak:,}") for day, n, peak in days]
    picture = pictures.channels_over_time(days)
    return Part("Channels over time", sentence, picture, ("Day (UTC)", "Bought", "Peak"), rows)


def _week(traffic: Traffic) -> Part:
    sums = [[0.0] * 24 for _ in range(7)]
    counts = [0] * 7
    for n in range((traffic.last - traffic.first).days + 1):
        counts[(traffic.first + timedelta(days=n)).weekday()] += 1
    for hour, erlangs in erlangs_by_hour(traffic.held).iter_rows():
        if traffic.begin <= hour < traffic.end:
            sums[hour.weekday()][hour.hour] += erlangs
    means = [
        [cell / count if count else 0.0 for cell in row]
        for row, count in zip(sums, counts, strict=True)
    ]
    day, hour = max(
        ((d, h) for d in range(7) for h in range(24)), key=lambda at: means[at[0]][at[1]]
    )
    sentence = (
        f"Busiest on {_DAYS[day]}s from {hour}:00 to {hour + 1}:00 UTC, with"
        f" {means[day][hour]:,.2f} erlangs in the mean."
    )
    rows = [(_DAYS[d], *(f"{cell:.1f}" for cell in means[d])) for d in range(7)]
    headings = ("Erlangs", *(str(h) for h in range(24)))
    return Part("The week, hour by hour", sentence, pictures.heat_map(means), headings, rows)


def _loss(curve: LossCurve, erlangs: float) -> Part:
    step = max(1, curve.peak // _SIZES)
    sizes = sorted({*range(0, curve.peak + 1, step), curve.peak})
    replay = [(n, curve.at(n)) for n in sizes]
    formula = [(n, blocking(erlangs, n)) for n in sizes]
    picture = pictures.loss_by_channels([(n, lost.loss) for n, lost in replay], formula)
    rows = [
        (
            f"{n:,}",
            f"{lost.calls:,}",
            f"{lost.talk_ms / 60_000:,.1f}",
            f"{lost.loss:.3%}",
            f"{share:.3%}",
        )
        for (n, lost), (_, share) in zip(replay, formula, strict=True)
    ]
    sentence = (
        "By replay of the recorded attempts, over all days; by Erlang B for the busiest hour alone,"
        " as if calls came at random."
    )
    headings = ("Channels", "Lost calls", "Lost minutes", "Lost", "Erlang B")
    return Part("What fewer channels lose", sentence, picture, headings, rows)


def _minimum(found: Review) -> Part:
    currency = found.account.currency
    rows = [
        (
            f"{standing.month:%Y-%m}",
            server.server,
            f"{server.days:,}",
            f"{server.free_days:,}",
            f"{float(server.owed):,.4f}",
            f"{server.calls:,}",
            f"{server.duration_ms / 60_000:,.1f}",
        )
        for standing in found.months
        for server in standing.servers
    ]
    owed: dict[str, float] = defaultdict(float)
    for standing in found.months:
        for server in standing.servers:
            owed[server.server] += float(server.owed)
    spent = sum(float(standing.spent) for standing in found.months)
    dearest = sorted(owed.items(), key=lambda item: -item[1])
    if others := dearest[_SERVERS:]:
        dearest[_SERVERS:] = [(f"{len(others):,} others", sum(owes for _, owes in others))]
    picture = pictures.minimum_by_server(dearest, spent, currency) if any(owed.values()) else ""
    headings = (
        "Month", "Server", "Days that owe", "Free days", f"Owes ({currency})", "Calls", "Minutes",
    )  # fmt: skip
    sentence = " ".join(minimum_words(found)) or "None of its servers owes a minimum."
    return Part("The minimum, by server", sentence, picture, headings, rows)


def _busiest(traffic: Traffic) -> float:
    hours = erlangs_by_hour(traffic.held)
    inside = [e for hour, e in hours.iter_rows() if traffic.begin <= hour < traffic.end]
    return max(inside, default=0.0)


def _foot(now: datetime, account: str, growth: object) -> str:
    more = f", with {float(growth):.0%} more traffic" if growth else ""  # type: ignore[arg-type]
    return f"Account {account}{more}. All days and hours are UTC. Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
