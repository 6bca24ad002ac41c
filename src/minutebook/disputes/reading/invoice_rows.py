"""The rows of an invoice's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import headers
from minutebook.calls.parsing.delimited import plain_texts
from minutebook.calls.parsing.last_line import Lines, row_or_header_taken
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.calls.parsing.table import Table


def invoice_rows(path: Path) -> tuple[pl.DataFrame, int | None]:
    """The rows of text, blank ones left out; and the line of a last one that has no end and was not read.

    `InputError` where the lines do not fit their header.
    """
    lines = Lines(path, Source("invoice"), row_or_header_taken)
    found, rest = headers.header(b"".join(lines))
    left = next(lines.left(), None)
    if not rest.strip():
        return pl.DataFrame(schema=dict.fromkeys(found.names, pl.String)), _line(left)
    try:
        rows = pl.read_csv(
            rest,
            has_header=False,
            new_columns=found.names,
            separator=found.dialect.delimiter,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        named = f"{len(found.names)} columns"
        raise InputError(
            f"its lines do not fit its header, which names {named}", file=str(path)
        ) from None
    missing = [name for name in found.names if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    rows = plain_texts(rows.with_columns(pl.all().str.strip_chars()))
    rows = rows.filter(pl.any_horizontal(pl.all().fill_null("") != ""))
    return rows, _line(left)


def _line(left: Table | None) -> int | None:
    return None if left is None or left.unended is None else left.unended.line
