"""The columns of Asterisk's records, by the shapes that its backends write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.columns import option, plain
from minutebook.calls.parsing.delimited import RowsOfWidth
from minutebook.calls.parsing.layouts import unnamed
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.calls.parsing.table import Broken
    from minutebook.calls.source import Source

DISPOSITIONS = (
    "ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL", "UNKNOWN"
)  # fmt: skip
_BASE = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp",
    "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
_NEW = ("peeraccount", "linkedid", "sequence")
_STANDARD = {
    16: _BASE,
    17: (*_BASE, "?"),
    18: (*_BASE, "uniqueid", "userfield"),
    19: (*_BASE, *_NEW),
    20: (*_BASE, "?", *_NEW),
    21: (*_BASE, "uniqueid", "userfield", *_NEW),
}
_CUSTOM = ("clid", *_BASE[1:4], *_BASE[5:], "accountcode", "uniqueid", "userfield", "sequence")
_TABLE = ("calldate", "clid", *_BASE[1:4], *_BASE[5:9], *_BASE[12:], "accountcode", "uniqueid",
          "userfield")  # fmt: skip
_TIME = r"^\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[ T][0-9]{1,2}:[0-9]{2}"


def is_header(names: list[str]) -> bool:
    """Whether these are the names of columns of a report."""
    found = {plain(name) for name in names}
    return "disposition" in found and bool(found & {"calldate", "start"})


def is_row(fields: list[str]) -> bool:
    """Whether one of the layouts has its disposition where these fields have one."""
    places = [layout.index("disposition") for layout in (_BASE, _CUSTOM, _TABLE)]
    return any(len(fields) > at and fields[at] in DISPOSITIONS for at in places)


def by_shape(
    rows: RowsOfWidth, source: Source, path: Path, broken: list[Broken]
) -> list[RowsOfWidth]:
    """The rows of one width, each under the names that its own shape asks for."""
    left = pl.repeat(True, rows.frame.height, eager=True)
    found = []
    for layout, fits in _shapes(rows.width):
        mask = rows.frame.select(fits.fill_null(value=False)).to_series() & left
        left = left & ~mask
        if mask.any():
            part = RowsOfWidth(rows.frame.filter(mask), rows.lines.filter(mask))
            found.append(part.named(_names(layout, rows.width, source, path, part.lines[0])))
    other = RowsOfWidth(rows.frame.filter(left), rows.lines.filter(left))
    broken += unnamed(other, ",", f"has {rows.width} columns, none where it should be")
    return found


def _shapes(width: int) -> list[tuple[tuple[str, ...], pl.Expr]]:
    """Layouts that a row of this width may have, and how to tell: by its disposition, else, so
    that a word that is not known finds its reason, by where its first time stands."""
    layouts: list[tuple[str, ...]] = [_TABLE]
    if width in (len(_CUSTOM) - 1, len(_CUSTOM)):
        layouts.append(_CUSTOM)
    if width in _STANDARD:
        layouts.append(_BASE)
    by_word = [
        (layout, pl.col(str(layout.index("disposition"))).is_in(DISPOSITIONS)) for layout in layouts
    ]
    by_time = [
        (layout, pl.col(str(layout.index(_first_time(layout)))).str.contains(_TIME))
        for layout in layouts
    ]
    return by_word + by_time


def _first_time(layout: tuple[str, ...]) -> str:
    return "calldate" if layout is _TABLE else "start"


def _names(layout: tuple[str, ...], width: int, source: Source, path: Path, line: int) -> list[str]:
    if layout is not _BASE:
        names = [*layout[:width], *(f"column_{i + 1}" for i in range(len(layout), width))]
        return names
    names = list(_STANDARD[width])
    if "?" in names:
        column = option(source, "column_17", ("uniqueid", "userfield", None), None)
        if column is None:
            raise InputError(
                f"has {width} columns: the 17th is the uniqueid or the userfield; say "
                'options = { column_17 = "uniqueid" } or "userfield" in the source',
                file=str(path),
                line=line,
            )
        names[names.index("?")] = str(column)
    return names
