"""The rows that a record came from, as JSON text: what the quarantine keeps and tries again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.parsing.mapping import packed

if TYPE_CHECKING:
    from collections.abc import Iterable

BROKEN = "_line"
"""The key under which a line stands that is no row of its format."""


def raw_of(frame: pl.DataFrame, *rows: pl.Series) -> pl.Series:
    """A JSON list of row objects for each record: the rows of `frame` that each series names.

    Keys are in alphabetical order and nulls are left out, so that a row has one text whatever
    the frame that it was read in. A null names no row.
    """
    objects = [
        packed("object", [frame[name].gather(numbers) for name in sorted(frame.columns)])
        for numbers in rows
    ]
    texts = [
        pl.when(pl.lit(numbers).is_not_null()).then(pl.lit(text).fill_null("{}"))
        for numbers, text in zip(rows, objects, strict=True)
    ]
    listed = pl.concat_str(texts, separator=",", ignore_nulls=True)
    return pl.select(raw=pl.lit("[") + listed + "]").to_series()


def raw_of_line(text: str) -> str:
    """The JSON text of a broken line."""
    return json.dumps([{BROKEN: text}], ensure_ascii=False)


def rows_of(raw: Iterable[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The rows again, all columns String, and for each the position of its text in `raw`."""
    rows: list[dict[str, Any]] = []
    positions: list[int] = []
    for position, text in enumerate(raw):
        for row in json.loads(text):
            rows.append(row)
            positions.append(position)
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return frame, pl.Series(positions, dtype=pl.UInt32)
