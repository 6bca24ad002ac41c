"""Data files of calls as frames: of the lake, and of an import that has staged them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_SCHEMA = {name: dtype for name, dtype in CALL_SCHEMA.items() if name != "day"}
"""What stands in a data file; the day stands in its folder's name."""
FILE_STATISTICS = ["account", "source", "call_id", "setup_at", "ended_at", "caller_head"]
"""Columns whose least and greatest value the log keeps for every file."""
ROW_GROUP_ROWS = 65_536


def scanned(
    paths: list[str], place: str | None = None, more: Mapping[str, pl.DataType] | None = None
) -> pl.LazyFrame:
    """Files of the lake, with `more` columns that these have, and the place of each row as `place`."""
    return pl.scan_parquet(
        paths,
        schema={**FILE_SCHEMA, **(more or {})},
        hive_partitioning=True,
        hive_schema={"day": pl.Date},
        glob=False,
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=place,
    )


def staged_scan(paths: list[str], place: str | None = None) -> pl.LazyFrame:
    """Files of calls that an import has staged, of one day or of several, and the place of each row among all
    of them as `place`.
    """
    return pl.scan_parquet(
        paths,
        schema=FILE_SCHEMA,
        hive_partitioning=False,
        glob=False,
        extra_columns="ignore",
        row_index_name=place,
    )
