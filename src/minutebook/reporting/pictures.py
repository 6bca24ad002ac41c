"""The pictures of a report: what each shows, as SVG text that stands in the page itself."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from minutebook.reporting import drawing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_SPENT = "#4b5057"
_BEHIND, _BEFORE = 1.5, 2
"""What is drawn over what."""
_LABEL = 60
_IN_SIGHT = 4
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def channels_over_time(days: Sequence[tuple[date, int | None, int]]) -> str:
    """Each day's peak against the channels bought: (day, bought, peak)."""
    figure, axes = drawing.figure("Channels", None)
    bars = axes.bar([day for day, _, _ in days], [peak for *_, peak in days], color=drawing.BLUE)
    entries = [(bars, "peak")]
    if any(bought is not None for _, bought, _ in days):
        noon = timedelta(hours=12)
        nights = [datetime.combine(day, time()) - noon for day, *_ in days]
        nights.append(nights[-1] + 2 * noon)
        bought = [math.nan if b is None else b for _, b, _ in days]
        steps = axes.stairs(bought, nights, baseline=None, color=drawing.ORANGE, lw=2)
        entries.append((steps, "bought"))
    most = max((n for _, bought, peak in days for n in (bought, peak) if n is not None), default=0)
    axes.set_ylim(0, 1.05 * max(1, most))
    drawing.whole_ticks(axes.yaxis)
    drawing.day_ticks(axes, [day for day, *_ in days])
    drawing.legend(figure, entries)
    return drawing.svg(figure, "Each day's highest number of channels, and the number bought")


def heat_map(erlangs: Sequence[Sequence[float]]) -> str:
    """Mean erlangs by weekday (Monday first) and hour of the day, UTC."""
    figure, axes = drawing.figure(None, "Hour (UTC)")
    most = max(max(row) for row in erlangs) or 1.0
    image = axes.pcolormesh(
        erlangs, cmap="Blues", vmin=0, vmax=most, edgecolors="white", linewidth=0.5
    )
    axes.set_yticks([n + 0.5 for n in range(7)], _DAYS)
    axes.set_xticks(range(0, 25, 3))
    axes.invert_yaxis()
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, label="Erlangs")
    return drawing.svg(figure, "Mean traffic by weekday and hour")


def loss_by_channels(
    curve: Sequence[tuple[int, float]],
    erlang_b: Sequence[tuple[int, float]],
    target: float,
    asked: str,
) -> str:
    """The share lost against the number of channels, by replay and by Erlang B; shares from 0 to 1.

    `asked` says what the `target` is.
    """
    figure, axes = drawing.figure("Lost (%)", "Channels")
    entries = []
    for points, colour, label in (
        (curve, drawing.BLUE, "replay"),
        (erlang_b, drawing.GREY, "Erlang B"),
    ):
        sizes, losses = [n for n, _ in points], [100 * loss for _, loss in points]
        entries.append((*axes.plot(sizes, losses, color=colour, lw=2), label))
    line = axes.axhline(100 * target, color=drawing.ORANGE, lw=1, ls="--")
    entries.append((line, asked))
    axes.set_xlim(0, max(1, *(n for n, _ in curve)))
    axes.set_ylim(0, 105 * max(0.01, target, *(loss for _, loss in (*curve, *erlang_b))))
    drawing.whole_ticks(axes.xaxis)
    drawing.legend(figure, entries)
    return drawing.svg(figure, "Share of attempts lost against the number of channels")


def cost_by_channels(
    by_channel: Mapping[str, Sequence[tuple[int, float]]],
    sized: Mapping[str, Sequence[tuple[int, float]]],
    others: Mapping[str, float],
    currency: str,
    needed: int,
    present: float,
) -> str:
    """What a period costs against the channels bought, with the plans that buy none as levels.

    `sized` are the sizes to mark. What is many times dearer than all below it, and than the present
    cost, is left to the table.
    Plans come as they matter: the first ones have colours of their own.
    """
    figure, axes = drawing.figure(f"Cost ({currency})", "Channels bought")
    tops = [max(cost for _, cost in points) for points in by_channel.values()]
    sight = max(_sight([*tops, *others.values()]), present)
    entries: list[tuple[Any, str]] = []
    for n, (plan, points) in enumerate(by_channel.items()):
        _plan_line(axes, points, sized.get(plan, ()), drawing.colour(n))
        above = " (above)" if tops[n] > sight else ""
        if n < len(drawing.COLOURS):
            entries.append(
                (Line2D([], [], color=drawing.colour(n), lw=2), drawing.shortened(plan) + above)
            )
    if (more := len(by_channel) - len(drawing.COLOURS)) > 0:
        entries.append(
            (Line2D([], [], color=drawing.OTHERS, lw=2), f"{more:,} more by the channel")
        )
    entries += _levels(axes, others, sight)
    line = axes.axvline(needed, color=drawing.RED, lw=1, ls=":")
    entries.append((line, f"{needed:,} at once, at most"))
    widest = max((n for points in by_channel.values() for n, _ in points), default=needed)
    axes.set_xlim(0, max(1, widest, needed) * 1.02)
    axes.set_ylim(0, 1.08 * sight)
    drawing.whole_ticks(axes.xaxis)
    drawing.legend(figure, entries)
    return drawing.svg(figure, "Cost of the period against the number of channels bought")


def _plan_line(
    axes: Any,
    points: Sequence[tuple[int, float]],
    marked: Sequence[tuple[int, float]],
    colour: str,
) -> None:
    """A plan's cost: steps where every number is there, else a line from one to the next."""
    every = len(points) > points[-1][0] - points[0][0]
    style = "steps-mid" if every else "default"
    sizes, costs = [n for n, _ in points], [cost for _, cost in points]
    depth = _BEHIND if colour == drawing.OTHERS else _BEFORE
    axes.plot(sizes, costs, color=colour, lw=2, drawstyle=style, zorder=depth)
    dots = [n for n, _ in marked], [cost for _, cost in marked]
    axes.plot(*dots, "o", color=colour, zorder=depth)


def _levels(axes: Any, others: Mapping[str, float], sight: float) -> list[tuple[Any, str]]:
    """Draws what plans cost that buy no channels; gives the legend of it, equal ones in one."""
    named: dict[float, list[str]] = {}
    for plan, cost in others.items():
        named.setdefault(cost, []).append(plan)
    shown = [(cost, plans) for cost, plans in named.items() if cost <= sight]
    entries: list[tuple[Any, str]] = []
    for n, (cost, plans) in enumerate(shown, start=1):
        line = axes.axhline(cost, ls="--", lw=1.5, color=drawing.colour(n))
        if n < len(drawing.COLOURS):
            names = drawing.shortened(", ".join(drawing.shortened(plan) for plan in plans), _LABEL)
            entries.append((line, f"{names}: {cost:,.2f}"))
    if more := sum(len(plans) for _, plans in shown[len(drawing.COLOURS) - 1 :]):
        entries.append(
            (Line2D([], [], ls="--", color=drawing.OTHERS), f"{more:,} more without channels")
        )
    if dearer := len(others) - sum(len(plans) for _, plans in shown):
        entries.append((Line2D([], [], ls=""), f"{dearer:,} far dearer: in the table"))
    return entries


def _sight(heights: Sequence[float]) -> float:
    """How high a picture reaches: to the highest that is not many times as high as the one below."""
    sight = 0.0
    for height in sorted(heights):
        if sight and height > _IN_SIGHT * sight:
            break
        sight = height
    return sight or 1.0


def money_by_class(classes: Sequence[tuple[str, float]], currency: str | None) -> str:
    """What each class of differences is worth: (class, ours less theirs)."""
    figure, axes = drawing.figure(None, _money(currency, "Ours less theirs"))
    names = [name for name, _ in reversed(classes)]
    amounts = [amount for _, amount in reversed(classes)]
    axes.barh(
        names, amounts, color=[drawing.RED if amount < 0 else drawing.BLUE for amount in amounts]
    )
    axes.axvline(0, color=drawing.GREY, lw=1)
    return drawing.svg(figure, "What each class of differences is worth")


def difference_by_day(days: Sequence[tuple[date, float, int]], currency: str | None) -> str:
    """Ours less theirs by day: (day, amount, calls)."""
    figure = drawing.empty()
    above, below = figure.subplots(2, 1, sharex=True)
    amounts, calls = [day[1] for day in days], [day[2] for day in days]
    for axes, values, what in (
        (above, amounts, _money(currency, "Amount")),
        (below, calls, "Calls"),
    ):
        colours = [drawing.RED if value < 0 else drawing.BLUE for value in values]
        axes.bar([day[0] for day in days], values, color=colours)
        axes.axhline(0, color=drawing.GREY, lw=1)
        axes.set_ylabel(what)
    drawing.whole_ticks(below.yaxis)
    drawing.day_ticks(below, [day for day, *_ in days])
    return drawing.svg(figure, "Ours less theirs, in money and in calls, day by day")


def _money(currency: str | None, what: str) -> str:
    return f"{what} ({currency})" if currency else what


def sale_and_cost(rows: Sequence[tuple[str, float, float]], currency: str) -> str:
    """What is sold and what it costs, a pair of bars each: (name, sale, cost), the first above."""
    figure, axes = drawing.figure(None, currency)
    places = range(len(rows), 0, -1)
    for shift, column, colour in ((0.2, 1, drawing.BLUE), (-0.2, 2, drawing.ORANGE)):
        axes.barh([n + shift for n in places], [row[column] for row in rows], 0.36, color=colour)
    axes.set_yticks(places, [drawing.shortened(name) for name, *_ in rows])
    axes.set_ylim(0.3, len(rows) + 0.7)
    axes.grid(visible=False, axis="y")
    drawing.legend(
        figure, [(drawing.patch(drawing.BLUE), "sale"), (drawing.patch(drawing.ORANGE), "cost")]
    )
    return drawing.svg(figure, "What is sold, and what it costs")


def margin_by_day(days: Sequence[tuple[date, float, float]], currency: str) -> str:
    """Sale and cost of each day, and what is left, below: (day, sale, cost)."""
    figure = drawing.empty()
    above, below = figure.subplots(2, 1, sharex=True)
    named = [day for day, *_ in days]
    for column, colour in ((1, drawing.BLUE), (2, drawing.ORANGE)):
        above.plot(named, [row[column] for row in days], color=colour, lw=2, marker="o", ms=3)
    above.set_ylim(bottom=min(0, *(amount for _, *both in days for amount in both)))
    left = [sale - cost for _, sale, cost in days]
    below.bar(named, left, color=[drawing.RED if one < 0 else drawing.BLUE for one in left])
    below.axhline(0, color=drawing.GREY, lw=1)
    above.set_ylabel(currency)
    below.set_ylabel(_money(currency, "Margin"))
    drawing.day_ticks(below, named)
    drawing.legend(
        figure, [(drawing.patch(drawing.BLUE), "sale"), (drawing.patch(drawing.ORANGE), "cost")]
    )
    return drawing.svg(figure, "Sale, cost and margin, day by day")


def minimum_by_month(
    months: Sequence[tuple[str, Mapping[str, float], float]], currency: str
) -> str:
    """What each server owes, on top of each other, beside what was spent: (month, owed, spent)."""
    figure, axes = drawing.figure(currency, None)
    total: dict[str, float] = {}
    for _, owed, _ in months:
        for server, amount in owed.items():
            total[server] = total.get(server, 0.0) + amount
    servers = sorted(total, key=lambda server: (-total[server], server))
    places = range(len(months))
    below = [0.0] * len(months)
    for n, server in enumerate(servers):
        amounts = [owed.get(server, 0.0) for _, owed, _ in months]
        axes.bar([x - 0.2 for x in places], amounts, 0.36, bottom=below, color=drawing.colour(n))
        below = [low + amount for low, amount in zip(below, amounts, strict=True)]
    axes.bar([x + 0.2 for x in places], [spent for *_, spent in months], 0.36, color=_SPENT)
    every = -(-len(months) // drawing.TICKS)
    axes.set_xticks(places[::every], [name for name, *_ in months[::every]])
    axes.set_xlim(-0.7, len(months) - 0.3)
    drawing.legend(figure, [*drawing.patches(servers), (drawing.patch(_SPENT), "spent")])
    return drawing.svg(figure, "Each month's minimum by server, and what was spent")
