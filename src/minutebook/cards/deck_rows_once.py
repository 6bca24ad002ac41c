"""The rows of a deck, each prefix once an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def distinct_rows(
    frame: pl.DataFrame,
    schema: Mapping[str, pl.DataType],
    file: str,
    beside: Callable[[int, int], str],
) -> pl.DataFrame:
    """Rows of `schema` and `line`, sorted, each once; a prefix that has two contents at one instant is an error that
    names both lines, and what is `beside` them.
    """
    key = ["prefix", *(["begins"] if "begins" in schema else [])]
    distinct = frame.unique(subset=list(schema), keep="first", maintain_order=True)
    twice = distinct.filter(
        pl.struct(key).is_duplicated() if len(key) > 1 else pl.col("prefix").is_duplicated()
    )
    if twice.height:
        first = twice.row(0, named=True)
        again = (pl.col(name).eq_missing(pl.lit(first[name], schema[name])) for name in key)
        other = twice.filter(*again)["line"][1]
        raise InputError(
            f"prefix {first['prefix']} has another price than on line {first['line']}{beside(first['line'], other)}; keep"
            " one of them",
            file=file,
            line=other,
        )
    return distinct.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(*key)
