"""The pictures of a report, as SVG text that stands in the page itself."""

from __future__ import annotations

import io
import math
import warnings
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

mpl.rcParams.update({
    "svg.fonttype": "none",  # text stays text: it can be searched, and read aloud
    "svg.hashsalt": "minutebook",  # the same picture, the same bytes
    "font.family": "sans-serif",
    "font.size": 11,
    "text.parse_math": False,  # a name may hold dollars
    "axes.formatter.limits": (-9, 12),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
})  # fmt: skip

BLUE, ORANGE, GREY, RED = "#1f5f99", "#d9822b", "#8a8f98", "#b3372e"
_COLOURS = (BLUE, ORANGE, "#4f9d69", "#8e5ea2", "#b59a2d", "#4aa8bd")
"""Told apart with ease; what comes after them is `_OTHERS`."""
_OTHERS, _SPENT = "#c9cdd3", "#4b5057"
_BEHIND, _BEFORE = 1.5, 2
"""What is drawn over what."""
_SIZE = (6.4, 3.4)  # inches: fits a phone when scaled down, and paper as it is
_LEGEND_ROW = 0.22  # inches
_LEGEND_LINE = 74
"""Characters that fit beside each other below a picture."""
_HANDLE = 7
"""Characters that the sign before a name takes."""
_NAME = 22
"""Characters of a name in a picture; tables have it whole."""
_LABEL = 60
_IN_SIGHT = 4
_FEW_DAYS = 8
_TICKS = 8
_YEAR = 366
_BAR = 0.6
"""Days beside the first and the last."""
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def channels_over_time(days: Sequence[tuple[date, int | None, int]]) -> str:
    """Each day's peak against the channels bought: (day, bought, peak)."""
    figure, axes = _figure("Channels", None)
    bars = axes.bar([day for day, _, _ in days], [peak for *_, peak in days], color=BLUE)
    entries = [(bars, "peak")]
    if any(bought is not None for _, bought, _ in days):
        noon = timedelta(hours=12)
        nights = [datetime.combine(day, time()) - noon for day, *_ in days]
        nights.append(nights[-1] + 2 * noon)
        bought = [math.nan if b is None else b for _, b, _ in days]
        steps = axes.stairs(bought, nights, baseline=None, color=ORANGE, lw=2)
        entries.append((steps, "bought"))
    most = max((n for _, bought, peak in days for n in (bought, peak) if n is not None), default=0)
    axes.set_ylim(0, 1.05 * max(1, most))
    _whole(axes.yaxis)
    _dates(axes, [day for day, *_ in days])
    _legend(figure, entries)
    return _svg(figure, "Each day's highest number of channels, and the number bought")


def heat_map(erlangs: Sequence[Sequence[float]]) -> str:
    """Mean erlangs by weekday (Monday first) and hour of the day, UTC."""
    figure, axes = _figure(None, "Hour (UTC)")
    most = max(max(row) for row in erlangs) or 1.0
    image = axes.pcolormesh(
        erlangs, cmap="Blues", vmin=0, vmax=most, edgecolors="white", linewidth=0.5
    )
    axes.set_yticks([n + 0.5 for n in range(7)], _DAYS)
    axes.set_xticks(range(0, 25, 3))
    axes.invert_yaxis()
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, label="Erlangs")
    return _svg(figure, "Mean traffic by weekday and hour")


def loss_by_channels(
    curve: Sequence[tuple[int, float]],
    erlang_b: Sequence[tuple[int, float]],
    target: float,
    asked: str,
) -> str:
    """The share lost against the number of channels, by replay and by Erlang B; shares from 0 to 1.

    `asked` says what the `target` is.
    """
    figure, axes = _figure("Lost (%)", "Channels")
    entries = []
    for points, colour, label in ((curve, BLUE, "replay"), (erlang_b, GREY, "Erlang B")):
        sizes, losses = [n for n, _ in points], [100 * loss for _, loss in points]
        entries.append((*axes.plot(sizes, losses, color=colour, lw=2), label))
    line = axes.axhline(100 * target, color=ORANGE, lw=1, ls="--")
    entries.append((line, asked))
    axes.set_xlim(0, max(1, *(n for n, _ in curve)))
    axes.set_ylim(0, 105 * max(0.01, target, *(loss for _, loss in (*curve, *erlang_b))))
    _whole(axes.xaxis)
    _legend(figure, entries)
    return _svg(figure, "Share of attempts lost against the number of channels")


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
    figure, axes = _figure(f"Cost ({currency})", "Channels bought")
    tops = [max(cost for _, cost in points) for points in by_channel.values()]
    sight = max(_sight([*tops, *others.values()]), present)
    entries: list[tuple[Any, str]] = []
    for n, (plan, points) in enumerate(by_channel.items()):
        _plan_line(axes, points, sized.get(plan, ()), _colour(n))
        above = " (above)" if tops[n] > sight else ""
        if n < len(_COLOURS):
            entries.append((Line2D([], [], color=_colour(n), lw=2), shortened(plan) + above))
    if (more := len(by_channel) - len(_COLOURS)) > 0:
        entries.append((Line2D([], [], color=_OTHERS, lw=2), f"{more:,} more by the channel"))
    entries += _levels(axes, others, sight)
    line = axes.axvline(needed, color=RED, lw=1, ls=":")
    entries.append((line, f"{needed:,} at once, at most"))
    widest = max((n for points in by_channel.values() for n, _ in points), default=needed)
    axes.set_xlim(0, max(1, widest, needed) * 1.02)
    axes.set_ylim(0, 1.08 * sight)
    _whole(axes.xaxis)
    _legend(figure, entries)
    return _svg(figure, "Cost of the period against the number of channels bought")


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
    depth = _BEHIND if colour == _OTHERS else _BEFORE
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
        line = axes.axhline(cost, ls="--", lw=1.5, color=_colour(n))
        if n < len(_COLOURS):
            names = shortened(", ".join(shortened(plan) for plan in plans), _LABEL)
            entries.append((line, f"{names}: {cost:,.2f}"))
    if more := sum(len(plans) for _, plans in shown[len(_COLOURS) - 1 :]):
        entries.append((Line2D([], [], ls="--", color=_OTHERS), f"{more:,} more without channels"))
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
    figure, axes = _figure(None, _money(currency, "Ours less theirs"))
    names = [name for name, _ in reversed(classes)]
    amounts = [amount for _, amount in reversed(classes)]
    axes.barh(names, amounts, color=[RED if amount < 0 else BLUE for amount in amounts])
    axes.axvline(0, color=GREY, lw=1)
    return _svg(figure, "What each class of differences is worth")


def difference_by_day(days: Sequence[tuple[date, float, int]], currency: str | None) -> str:
    """Ours less theirs by day: (day, amount, calls)."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    amounts, calls = [day[1] for day in days], [day[2] for day in days]
    for axes, values, what in (
        (above, amounts, _money(currency, "Amount")),
        (below, calls, "Calls"),
    ):
        colours = [RED if value < 0 else BLUE for value in values]
        axes.bar([day[0] for day in days], values, color=colours)
        axes.axhline(0, color=GREY, lw=1)
        axes.set_ylabel(what)
    _whole(below.yaxis)
    _dates(below, [day for day, *_ in days])
    return _svg(figure, "Ours less theirs, in money and in calls, day by day")


def _money(currency: str | None, what: str) -> str:
    return f"{what} ({currency})" if currency else what


def minimum_by_month(
    months: Sequence[tuple[str, Mapping[str, float], float]], currency: str
) -> str:
    """What each server owes, on top of each other, beside what was spent: (month, owed, spent)."""
    figure, axes = _figure(currency, None)
    total: dict[str, float] = {}
    for _, owed, _ in months:
        for server, amount in owed.items():
            total[server] = total.get(server, 0.0) + amount
    servers = sorted(total, key=lambda server: (-total[server], server))
    places = range(len(months))
    below = [0.0] * len(months)
    for n, server in enumerate(servers):
        amounts = [owed.get(server, 0.0) for _, owed, _ in months]
        axes.bar([x - 0.2 for x in places], amounts, 0.36, bottom=below, color=_colour(n))
        below = [low + amount for low, amount in zip(below, amounts, strict=True)]
    axes.bar([x + 0.2 for x in places], [spent for *_, spent in months], 0.36, color=_SPENT)
    every = -(-len(months) // _TICKS)
    axes.set_xticks(places[::every], [name for name, *_ in months[::every]])
    axes.set_xlim(-0.7, len(months) - 0.3)
    _legend(figure, [*_patches(servers), (_patch(_SPENT), "spent")])
    return _svg(figure, "Each month's minimum by server, and what was spent")


def _patches(names: Sequence[str]) -> list[tuple[Any, str]]:
    """A legend of the first names; the others are one."""
    entries = [
        (_patch(colour), shortened(name)) for name, colour in zip(names, _COLOURS, strict=False)
    ]
    if (more := len(names) - len(_COLOURS)) > 0:
        entries.append((_patch(_OTHERS), counted(more, "other")))
    return entries


def _patch(colour: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(color=colour)


def shortened(name: str, most: int = _NAME) -> str:
    """A name as a picture has room for it: long ones keep both ends."""
    tail = most // 3
    return name if len(name) <= most else f"{name[: most - tail - 1]}…{name[-tail:]}"


def _colour(n: int) -> str:
    return _COLOURS[n] if n < len(_COLOURS) else _OTHERS


def _legend(figure: Figure, entries: Sequence[tuple[Any, str]]) -> None:
    """Below the picture, which grows by it, so that it lies over nothing."""
    if not entries:
        return
    handles, labels = zip(*entries, strict=True)
    columns = max(1, min(len(labels), _LEGEND_LINE // (max(map(len, labels)) + _HANDLE)))
    width, height = _SIZE
    figure.set_size_inches(width, height + _LEGEND_ROW * -(-len(labels) // columns))
    figure.legend(
        handles, labels, loc="outside lower left", ncols=columns, frameon=False, fontsize=10
    )


def _whole(axis: Any) -> None:
    """Ticks on whole numbers alone."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axis.set_major_locator(MaxNLocator(nbins=_TICKS, integer=True))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _figure(y: str | None, x: str | None) -> tuple[Figure, Any]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    if y:
        axes.set_ylabel(y)
    if x:
        axes.set_xlabel(x)
    return figure, axes


def _dates(axes: Any, days: Sequence[date]) -> None:
    """Ticks on days: each of a few, else as many as there is room for."""
    from matplotlib.dates import AutoDateLocator, DateFormatter, date2num

    if len(days) <= _FEW_DAYS:
        axes.set_xticks(days, [f"{day:%d %b}" for day in days])
        return
    begin, end = (float(date2num(day)) for day in (days[0], days[-1]))  # type: ignore[no-untyped-call]
    axes.set_xlim(begin - _BAR, end + _BAR)
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=_TICKS))  # type: ignore[no-untyped-call]
    pattern = "%d %b" if len(days) <= _YEAR else "%b %Y"
    axes.xaxis.set_major_formatter(DateFormatter(pattern))  # type: ignore[no-untyped-call]


def _svg(figure: Figure, title: str) -> str:
    out = io.StringIO()
    with warnings.catch_warnings():
        # A name in a script that the layout's font lacks: the reader's browser draws the text.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": title})
    text = out.getvalue()
    return text[text.index("<svg") :]
