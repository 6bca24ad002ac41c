"""Rows without a header: their names, given or by shape, and tables made of several layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.table import Broken, Table
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from minutebook.calls.parsing.delimited import RowsOfWidth
    from minutebook.calls.source import Source


def given_fields(source: Source, required: tuple[str, ...]) -> tuple[str, ...] | None:
    """`options.fields`: the names of a custom layout's columns, in order; None where not said.

    `InputError`: it is no list of different names, or lacks one that is required.
    """
    fields = source.options.get("fields")
    if fields is None:
        return None
    where = f"source {source.name}: options.fields"
    if not isinstance(fields, list | tuple) or not all(isinstance(f, str) for f in fields):
        raise InputError(f"{where} is a list of names")
    if len(set(fields)) < len(fields) or not fields:
        raise InputError(f"{where} names a column twice, or none at all")
    missing = [name for name in required if name not in fields]
    if missing:
        raise InputError(f"{where} lacks {', '.join(missing)}")
    return tuple(fields)


def assembled(parts: list[RowsOfWidth], broken: list[Broken]) -> Table:
    """One table, in the file's order, of rows under different names."""
    broken = sorted(broken, key=lambda found: found.line)
    if not parts:
        return Table(pl.DataFrame(), pl.Series([], dtype=pl.Int64), broken)
    if len(parts) == 1:
        return Table(parts[0].frame, parts[0].lines, broken)
    together = pl.concat(
        [part.frame.with_columns(part.lines.alias("\0line")) for part in parts], how="diagonal"
    ).sort("\0line", maintain_order=True)
    return Table(together.drop("\0line"), together["\0line"].alias(""), broken)


def unnamed(rows: RowsOfWidth, delimiter: str, detail: str) -> list[Broken]:
    """Rows that fit no layout as the lines that they were; `detail` says why."""
    return [
        Broken(line, delimiter.join(value or "" for value in values), detail)
        for values, line in zip(rows.frame.iter_rows(), rows.lines, strict=True)
    ]


def with_some_rows(
    tables: Iterable[Table], switch: str, path: Path, advice: str = ""
) -> Iterator[Table]:
    """The tables of a file, as they come; `InputError` where its lines begin and none is a row.

    `advice` follows what is wrong with the first line.
    """
    found_any = False
    for table in tables:
        found_any = found_any or table.frame.height > 0
        if not found_any and table.broken:
            first = table.broken[0]
            raise InputError(
                f"no line is a record of {switch}: the first {first.detail}{advice}",
                file=str(path),
                line=first.line,
            )
        yield table
