"""How words and columns fit a width, counted in cells of a terminal.

A table that is too wide first folds its headings between words, then its texts, the widest first;
only then are columns left out, in the order that they state. A number or a date is never broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

GAP = 2
"""Cells between two columns of a table that has little room."""
_FOLDS_TO = 12
"""Cells that a column of text keeps, however many it shares the width with."""
_LINES = 4
"""Lines that a text is folded into, about, before columns are left out."""

_WORD = re.compile(r"\S*\d [A-Z]{3}\b\S*|\S+")
"""A word; an amount and its currency are one."""
_FIGURE = re.compile(r"[^\w]*[-+±]?\d[\d.,:/+%TZ -]*([A-Z]{3})?[^\w]*")
"""A word that is a number, an amount, a date or an instant."""

_SEAM = re.compile(r"(?<=[/@_])|(?<=[.:-])(?=\D)")
"""Where a word that is too wide is broken first: a path after its folders, a name after its dashes."""


@dataclass(frozen=True, slots=True)
class Need:
    """The cells that a column takes: at its full width, with its heading folded, with all folded.

    `drop` is its turn to be left out: 1 goes first; 0 stays until no other is left to go.
    """

    whole: int
    cells: int
    least: int
    drop: int = 0


def cells(text: str) -> int:
    """How many cells of a terminal a line takes."""
    return len(text) if text.isascii() and text.isprintable() else _measured(text)


@lru_cache(maxsize=4096)
def _measured(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def need(
    heading: str, values: Iterable[str], drop: int = 0, *, text: bool = True, folds: bool = True
) -> Need:
    """What a column of these values needs; of what is no text, every word stays whole."""
    lines = {line for value in values for line in value.split("\n")}
    whole = max(map(cells, lines), default=0)
    title = max(map(cells, heading.split()), default=0)
    words = {word for line in lines for word in _WORD.findall(line)}
    kept = (cells(word) for word in words if not text or _FIGURE.fullmatch(word))
    least = max(kept, default=0)
    if text:
        least = max(least, min(whole, _FOLDS_TO), -(-whole // _LINES))
    return Need(
        whole=max(whole, cells(heading)),
        cells=max(whole, title),
        least=max(least if folds else whole, title),
        drop=drop,
    )


def fitted(needs: Sequence[Need], room: int) -> tuple[list[int], list[int]]:
    """Which columns `room` cells have room for, and the width of each.

    The first column always stays; where it alone is too wide, it is as wide as the room.
    """
    kept = list(range(len(needs)))
    going = sorted(kept[1:], key=lambda n: (needs[n].drop or len(needs) + 1, -n))
    while True:
        left = room - GAP * (len(kept) - 1)
        widths = [needs[n].whole for n in kept]
        for floors in ([needs[n].cells for n in kept], [needs[n].least for n in kept]):
            if sum(floors) <= left:
                return kept, _shrunk(widths, floors, left)
            widths = floors
        if not going:
            return kept, [max(1, min(room, needs[n].least)) for n in kept]
        kept.remove(going.pop(0))


def _shrunk(widths: list[int], floors: list[int], room: int) -> list[int]:
    """The widths with the widest made narrower, none below its floor, until they fit."""
    widths = list(widths)
    while sum(widths) > room:
        _, widest = max((w, n) for n, w in enumerate(widths) if w > floors[n])
        widths[widest] -= 1
    return widths


def folded(text: str, width: int, hang: int = 0) -> list[str]:
    """The lines of a text, folded between words; those after the first are `hang` cells in.

    A word that is wider than a line is broken, for nothing may be wider than that.
    """
    if "\n" not in text and cells(text) <= width:
        return [text]
    lines: list[str] = []
    for part in text.split("\n"):
        if cells(part) <= width - (hang if lines else 0):
            lines.append(" " * (hang if lines else 0) + part)
            continue
        line = part[: len(part) - len(part.lstrip())]
        empty = True
        for word in _pieces(part, max(1, width - max(hang, len(line)))):
            joined = line + ("" if empty else " ") + word
            if not empty and cells(joined) > width:
                lines.append(line)
                joined = " " * hang + word
            line, empty = joined, False
        lines.append(line)
    return lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """The words of a text, those that are wider than `width` in pieces, at their seams if they can."""
    from rich.cells import chop_cells

    for word in _WORD.findall(text):
        if cells(word) <= width:
            yield word
            continue
        piece = ""
        for part in _SEAM.split(word):
            if piece and cells(piece + part) > width:
                yield piece
                piece = ""
            *whole, piece = chop_cells(piece + part, width)
            yield from whole
        yield piece
