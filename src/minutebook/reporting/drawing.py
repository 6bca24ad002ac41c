"""How the pictures of a report are drawn: colours, names, legends, ticks, and the SVG text."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
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
COLOURS = (BLUE, ORANGE, "#4f9d69", "#8e5ea2", "#b59a2d", "#4aa8bd")
"""Told apart with ease; what comes after them is `OTHERS`."""
OTHERS = "#c9cdd3"
TICKS = 8
_SIZE = (6.4, 3.4)  # inches: fits a phone when scaled down, and paper as it is
_LEGEND_ROW = 0.22  # inches
_LEGEND_LINE = 74
"""Characters that fit beside each other below a picture."""
_HANDLE = 7
"""Characters that the sign before a name takes."""
_NAME = 22
"""Characters of a name in a picture; tables have it whole."""
_FEW_DAYS = 8
_YEAR = 366
_BAR = 0.6
"""Days beside the first and the last."""


def empty() -> Figure:
    """A picture's space, without axes."""
    return Figure(figsize=_SIZE, layout="constrained")


def patches(names: Sequence[str]) -> list[tuple[Any, str]]:
    """A legend of the first names; the others are one."""
    entries = [
        (patch(colour), shortened(name)) for name, colour in zip(names, COLOURS, strict=False)
    ]
    if (more := len(names) - len(COLOURS)) > 0:
        entries.append((patch(OTHERS), counted(more, "other")))
    return entries


def patch(colour: str) -> Any:
    """A colour's sign in a legend."""
    return Patch(color=colour)


def shortened(name: str, most: int = _NAME) -> str:
    """A name as a picture has room for it: long ones keep both ends."""
    tail = most // 3
    return name if len(name) <= most else f"{name[: most - tail - 1]}…{name[-tail:]}"


def colour(n: int) -> str:
    """The colour of the n-th of what is drawn, from 0."""
    return COLOURS[n] if n < len(COLOURS) else OTHERS


def legend(figure: Figure, entries: Sequence[tuple[Any, str]]) -> None:
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


def whole_ticks(axis: Any) -> None:
    """Ticks on whole numbers alone."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axis.set_major_locator(MaxNLocator(nbins=TICKS, integer=True))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def figure(y: str | None, x: str | None) -> tuple[Figure, Any]:
    """A picture of one pair of axes, with their names."""
    picture = empty()
    axes = picture.subplots()
    if y:
        axes.set_ylabel(y)
    if x:
        axes.set_xlabel(x)
    return picture, axes


def day_ticks(axes: Any, days: Sequence[date]) -> None:
    """Ticks on days: each of a few, else as many as there is room for."""
    from matplotlib.dates import AutoDateLocator, DateFormatter, date2num

    if len(days) <= _FEW_DAYS:
        axes.set_xticks(days, [f"{day:%d %b}" for day in days])
        return
    begin, end = (float(date2num(day)) for day in (days[0], days[-1]))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    axes.set_xlim(begin - _BAR, end + _BAR)
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=TICKS))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    pattern = "%d %b" if len(days) <= _YEAR else "%b %Y"
    axes.xaxis.set_major_formatter(DateFormatter(pattern))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types


def svg(figure: Figure, title: str) -> str:
    """A picture as SVG text."""
    out = io.StringIO()
    with warnings.catch_warnings():
        # A name in a script that the layout's font lacks: the reader's browser draws the text.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": title})
    text = out.getvalue()
    return text[text.index("<svg") :]
