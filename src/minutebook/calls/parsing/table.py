"""Rows of text as a file has them, and lines that are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no row of the format: cut, too few columns, not JSON.

    `line` is 1-based, `text` the line as it stands in the file (without its end), `detail` what
    is wrong with it in words.
    """

    line: int
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file, a batch at a time, in the file's order.

    `frame` has only String columns, named by the header or by the layout; an empty value is
    null. `lines` (Int64) gives the 1-based line at which each row begins (Parquet: the row).
    `pairs` is True where these rows are starts and ends of calls that `Reader.records` must see
    together, perhaps with rows of other files; never so unless the reader's own `pairs` is.
    `unended` is the file's last line, where it has no end and is left for later.
    """

    frame: pl.DataFrame
    lines: pl.Series
    broken: list[Broken] = field(default_factory=list)
    pairs: bool = False
    unended: Broken | None = None
