"""The pictures of a report, as SVG text that stands in the page itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

mpl.rcParams.update({
    "svg.fonttype": "none",  # text stays text: it can be searched, and read aloud
    "svg.hashsalt": "minutebook",  # the same picture, the same bytes
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
})  # fmt: skip

BLUE, ORANGE, GREY, RED = "#1f5f99", "#d9822b", "#8a8f98", "#b3372e"
_SIZE = (6.4, 3.4)  # inches: fits a phone when scaled down, and paper as it is
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
    axes.bar([day for day, _, _ in days], [peak for *_, peak in days], color=BLUE, label="peak")
    if any(bought is not None for _, bought, _ in days):
        bought = [float("nan") if b is None else b for _, b, _ in days]
        axes.step([d for d, *_ in days], bought, where="mid", color=ORANGE, lw=2, label="bought")
        axes.legend(frameon=False)
    _dates(axes, [day for day, *_ in days])
    return _svg(figure, "Each day's highest number of channels, and the number bought")


def heat_map(erlangs: Sequence[Sequence[float]]) -> str:
    """Mean erlangs by weekday (Monday first) and hour of the day, UTC."""
    figure, axes = _figure(None, "Hour (UTC)")
    image = axes.pcolormesh(erlangs, cmap="Blues", vmin=0, edgecolors="white", linewidth=0.5)
    axes.set_yticks([n + 0.5 for n in range(7)], _DAYS)
    axes.set_xticks(range(0, 25, 3))
    axes.invert_yaxis()
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, label="Erlangs")
    return _svg(figure, "Mean traffic by weekday and hour")


def loss_by_channels(
    curve: Sequence[tuple[int, float]], erlang_b: Sequence[tuple[int, float]]
) -> str:
    """The share lost against the number of channels, by replay and by Erlang B."""
    figure, axes = _figure("Lost (%)", "Channels")
    for points, colour, label in ((curve, BLUE, "replay"), (erlang_b, GREY, "Erlang B")):
        axes.plot(
            [n for n, _ in points], [100 * loss for _, loss in points], color=colour, label=label
        )
    axes.axhline(1, color=ORANGE, lw=1, ls="--", label="1 %")
    axes.legend(frameon=False)
    return _svg(figure, "Share of attempts lost against the number of channels")


def cost_by_channels(
    by_channel: dict[str, Sequence[tuple[int, float]]],
    others: dict[str, float],
    currency: str,
    needed: int,
) -> str:
    """What a period costs against the channels bought, with the plans that buy none as levels.

    Levels that are many times dearer than all else are left to the table.
    """
    figure, axes = _figure(f"Cost ({currency})", "Channels bought")
    for plan, points in by_channel.items():
        axes.plot([n for n, _ in points], [cost for _, cost in points], lw=2, label=plan)
    named: dict[float, list[str]] = {}
    for plan, cost in others.items():
        named.setdefault(cost, []).append(plan)
    dearest = max((cost for points in by_channel.values() for _, cost in points), default=0.0)
    shown = [cost for cost in named if cost <= _IN_SIGHT * max(dearest, min(named))]
    for cost in shown:
        axes.axhline(cost, ls="--", lw=1.5, color=GREY)
        label = ", ".join(named[cost])
        axes.annotate(label, (0.01, cost), xycoords=("axes fraction", "data"), va="bottom")
    axes.axvline(needed, color=RED, lw=1, ls=":", label="loses nothing")
    axes.set_ylim(0, 1.15 * max([dearest, *shown]) or 1)
    axes.legend(frameon=False)
    return _svg(figure, "Cost of the period against the number of channels bought")


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
    _dates(below, [day for day, *_ in days])
    return _svg(figure, "Ours less theirs, in money and in calls, day by day")


def _money(currency: str | None, what: str) -> str:
    return f"{what} ({currency})" if currency else what


def minimum_by_server(owed: Sequence[tuple[str, float]], spent: float, currency: str) -> str:
    """What each server owes of a month, on top of each other, against what was spent."""
    figure, axes = _figure(currency, None)
    below = 0.0
    for server, amount in owed:
        axes.bar(["required"], [amount], bottom=below, label=server)
        below += amount
    axes.bar(["spent"], [spent], color=GREY)
    if owed:
        axes.legend(frameon=False)
    return _svg(figure, "The month's minimum by server, and what was spent")


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
    figure.savefig(out, format="svg", metadata={"Date": None, "Title": title})
    text = out.getvalue()
    return text[text.index("<svg") :]
