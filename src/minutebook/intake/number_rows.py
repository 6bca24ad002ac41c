"""Rows of tables of numbers: made of their files, or refused with the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

NO_DIGITS: Final = r"[\s().+-]"
"""What stands between the digits of a number, and says nothing."""
LINE: Final = "line"
"""The column of the rows' lines."""


def csv_rows(frame: pl.LazyFrame, path: Path) -> pl.DataFrame:
    """The rows; `InputError` where the file is no CSV with as many cells in every row as its header has."""
    try:
        return frame.collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise InputError(
            "is no CSV file with as many cells in every row as its header has; mend its rows",
            file=path.name,
        ) from error


def refuse_row(rows: pl.DataFrame, wrong: pl.Expr, field: str, path: Path, why: str) -> None:
    """`InputError` with the line of the first row that is wrong, where one is."""
    first = rows.filter(wrong).head(1)
    if first.height:
        cell, line = first[field][0], first[LINE][0]
        raise InputError(f"{field} {cell!r} {why}; mend the row", file=path.name, line=line)
