"""Parts of a page on traffic: channels over time, the week, what fewer channels lose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from minutebook.plans.holdings import DayPeaks
from minutebook.reporting import pictures
from minutebook.reporting.page import PagePart
from minutebook.traffic.demand import erlangs_by_hour
from minutebook.traffic.erlang import blocking, channels_for
from minutebook.words import counted, more_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

    from minutebook.fit.capacity import Traffic
    from minutebook.traffic.replay import LossCurve

_SIZES = 30
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def over_time(bought: Mapping[date, int | None], peaks: Mapping[date, DayPeaks]) -> PagePart:
    """The channels bought and the most held, by day; None: none are bought."""
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
    return PagePart(
        "Channels over time", sentence, pictures.channels_over_time(days), headings, rows
    )


def week(traffic: Traffic) -> PagePart:
    """The mean erlangs of each hour of the week, in UTC."""
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
    return PagePart("The week, hour by hour", sentence, pictures.heat_map(means), headings, rows)


def _first_on(weekday: int, traffic: Traffic) -> date:
    """The first day of the period that is a weekday (Monday: 0)."""
    return traffic.first + timedelta(days=(weekday - traffic.first.weekday()) % 7)


def loss(curve: LossCurve, erlangs: float, target: Fraction, *, of_rest: bool = False) -> PagePart:
    """What each number of channels would have lost, by replay and by Erlang B.

    `of_rest`: the erlangs and the target are of what a limit of attempts a second lets through.
    """
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
    return PagePart("What fewer channels lose", sentence, picture, headings, rows)


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


def foot(now: datetime, account: str, growth: Fraction) -> str:
    """What stands at the foot of a page on an account's traffic."""
    more = f", with {more_text(growth)} traffic" if growth else ""
    return f"Account {account}{more}. All days and hours are UTC. Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
