"""Reviews and capacities as reports: what is shown, in which words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from minutebook.fit.capacity import bought_by_day
from minutebook.fit.fitting import SMALL_LOSS
from minutebook.plans.holdings import DayPeaks
from minutebook.show.capacity.words import capacity_words, questionnaire
from minutebook.show.page import pictures
from minutebook.show.page.page import Part, page
from minutebook.show.review.cost import cost_part
from minutebook.show.review.words import minimum_words, review_json, words
from minutebook.traffic.demand import erlangs_by_hour
from minutebook.traffic.erlang import blocking, channels_for
from minutebook.words import counted, more_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

    from minutebook.fit.break_even import BreakEven
    from minutebook.fit.capacity import Capacity, Traffic
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review
    from minutebook.traffic.replay import LossCurve

_SIZES = 30
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def review_report(found: Review, now: datetime) -> str:
    """The page of a review."""
    traffic, as_if = found.traffic, found.fitting.as_if
    account = found.account
    bought = bought_by_day(as_if.carrier, account, traffic.first, traffic.last)
    parts = [
        _plans(found),
        cost_part(found),
        _over_time(bought, as_if.peaks),
        _week(traffic),
        _loss(found.fitting.curve, _busiest(traffic), SMALL_LOSS),
        _minimum(found),
    ]
    title = f"{account.title}: {traffic.first} to {traffic.last}"
    return page(title, words(found), parts, _foot(now, account.name, found.growth))


def capacity_report(found: Capacity, now: datetime) -> str:
    """The page of a capacity."""
    traffic = found.traffic
    questions = Part(
        "Capacity, in answers",
        "What a provider asks before it gives capacity.",
        "",
        ("Question", "Answer"),
        questionnaire(found),
    )
    parts = [
        questions,
        _over_time(found.bought, found.days),
        _week(traffic),
        _loss(found.demand.curve, found.demand.erlangs, found.demand.blocking, of_rest=True),
    ]
    title = f"Capacity of {found.account}: {traffic.first} to {traffic.last}"
    return page(
        title, capacity_words(found), parts, _foot(now, found.account, found.assumptions.growth)
    )


def _plans(found: Review) -> Part:
    headings = (
        "Plan", "Channels", "Servers", f"Cost ({found.account.currency})", "Minutes",
        "Channels cost", "Minimum", "A minute", "Lost calls", "Lost minutes", "Lost",
        "Unpriced calls", "Break-even, minutes in 30 days", "How sure",
    )  # fmt: skip
    sentence = (
        "The same calls under every plan, the cheapest first. From the break-even on, so many channels"
        " cost less than the cheapest plan by the minute."
    )
    rows = [
        _plan(row, value, found.break_even_of(row))
        for row, value in zip(found.plans, review_json(found)["plans"], strict=True)
    ]
    return Part("What each plan would cost", sentence, "", headings, rows)


def _plan(row: PlanCost, value: Mapping[str, Any], even: BreakEven | None) -> tuple[str, ...]:
    """A line of the plans; `value` is the row as JSON, with its money as text."""
    return (
        f"{row.plan} (present)" if row.present else row.plan,
        "" if row.channels is None else f"{row.channels:,}",
        f"{row.servers:,}",
        value["cost"],
        value["usage"],
        value["channels_cost"],
        value["minimum"],
        value["cost_per_minute"] or "",
        f"{row.lost.calls:,}",
        f"{row.lost.talk_ms / 60_000:,.1f}",
        f"{row.lost.loss:.3%}",
        f"{row.unpriced_calls:,}",
        "" if even is None else f"{float(even.minutes_a_month):,.0f}",
        row.sure,
    )


def _over_time(bought: Mapping[date, int | None], peaks: Mapping[date, DayPeaks]) -> Part:
    days = [(day, n, peaks.get(day, DayPeaks()).peak) for day, n in bought.items()]
    over = sum(peak > n for _, n, peak in days if n is not None)
    highest = max(days, key=lambda row: row[2])
    sentence = f"The most at once were {highest[2]:,}, on {highest[0]}."
    if not highest[2]:
        sentence = "Nothing held a channel."
    if any(n is not None for _, n, _ in days):
        sentence += f" On {over:,} of {counted(len(days), 'day')} more were held than bought."
    headings, rows = (
        ["Day (UTC)", "Peak"],
        [[day.isoformat(), f"{peak:,}"] for day, _, peak in days],
    )
    if any(n is not None for _, n, _ in days):
        headings.insert(1, "Bought")
        for row, (_, n, _) in zip(rows, days, strict=True):
            row.insert(1, "" if n is None else f"{n:,}")
    return Part("Channels over time", sentence, pictures.channels_over_time(days), headings, rows)


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
    sentence = "Nothing held a channel."
    if means[day][hour]:
        on, mean = f"{_DAYS[day]}s", f" in the mean of {counts[day]:,}"
        if counts[day] == 1:
            on, mean = f"{_DAYS[day]} {_first_on(day, traffic)}", ""
        sentence = (
            f"Busiest on {on} from {hour}:00 to {hour + 1}:00 UTC, with"
            f" {means[day][hour]:,.2f} erlangs{mean}."
        )
    rows = [(_DAYS[d], *(f"{cell:.1f}" for cell in means[d])) for d in range(7)]
    headings = ("Erlangs", *(str(h) for h in range(24)))
    return Part("The week, hour by hour", sentence, pictures.heat_map(means), headings, rows)


def _first_on(weekday: int, traffic: Traffic) -> date:
    """The first day of the period that is a weekday (Monday: 0)."""
    return traffic.first + timedelta(days=(weekday - traffic.first.weekday()) % 7)


def _loss(curve: LossCurve, erlangs: float, target: Fraction, *, of_rest: bool = False) -> Part:
    """`of_rest`: the erlangs and the target are of what a limit of attempts a second lets through."""
    by_formula = channels_for(erlangs, float(target))
    by_replay = curve.fewest_let_through(target) if of_rest else curve.fewest(target)
    refused = curve.at(curve.peak).loss if of_rest else 0.0
    top = max(curve.peak, by_formula) * 21 // 20 + 1
    few = range(0, top + 1, max(1, top // _SIZES))
    sizes = sorted({*few, curve.peak, by_replay, by_formula})
    replay = [(n, curve.at(n)) for n in sizes]
    formula = [(n, refused + (1 - refused) * blocking(erlangs, n)) for n in sizes]
    picture = ""
    if curve.peak:
        points = [(n, lost.loss) for n, lost in replay]
        level = refused + (1 - refused) * float(target)
        picture = pictures.loss_by_channels(
            points, formula, level, f"at most {percent_text(target)}{_rest(refused)}"
        )
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
    headings = ("Channels", "Lost calls", "Lost minutes", "Lost", "Erlang B")
    sentence = _loss_words(curve, by_replay, by_formula, target, of_rest=of_rest)
    return Part("What fewer channels lose", sentence, picture, headings, rows)


def _loss_words(
    curve: LossCurve, by_replay: int, by_formula: int, target: Fraction, *, of_rest: bool
) -> str:
    """The channels for a target by each method, and what each looks at."""
    if not curve.peak:
        return "Nothing held a channel, so no channel is needed."
    share, refused = percent_text(target), curve.refused[0] if of_rest else 0
    formula = (
        f"{counted(by_formula, 'channel')} by Erlang B, for the busiest hour alone, as if its calls"
        " came at random"
    )
    if not of_rest and curve.at(by_replay).loss > target:
        return (
            f"The limit of attempts a second alone refuses more than {share} of the recorded attempts,"
            f" with any number of channels; without it, {share} takes {formula}."
        )
    limit = (
        f"The limit of attempts a second refuses {refused:,} of {counted(curve.attempts, 'attempt')}"
        f" ({curve.at(curve.peak).loss:.1%}), with any number of channels: every loss here counts"
        " them. "
    )
    return (
        f"{limit if refused else ''}To lose at most {share}{_rest(refused)} takes"
        f" {counted(by_replay, 'channel')} by replay of the recorded attempts, over all days, and"
        f" {formula}."
    )


def _rest(refused: float) -> str:
    return " of the rest" if refused else ""


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
        "Month", "Server", "Days that owe", "Free days", f"Owes ({currency})", "Calls", "Minutes",
    )  # fmt: skip
    sentence = " ".join(minimum_words(found)) or "None of its servers owes a minimum."
    return Part("The minimum, by server", sentence, picture, headings, rows)


def _busiest(traffic: Traffic) -> float:
    hours = erlangs_by_hour(traffic.held)
    inside = [e for hour, e in hours.iter_rows() if traffic.begin <= hour < traffic.end]
    return max(inside, default=0.0)


def _foot(now: datetime, account: str, growth: Fraction) -> str:
    more = f", with {more_text(growth)} traffic" if growth else ""
    return f"Account {account}{more}. All days and hours are UTC. Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
