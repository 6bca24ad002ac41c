"""Parquet as columns of text: types are written out exactly, so that they read as CSV would."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from minutebook.calls.parsing.files import reading
from minutebook.calls.parsing.headers import shown
from minutebook.calls.parsing.table import Table
from minutebook.errors import InputError
from minutebook.words import not_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 131_072
"""Rows of a table."""
_EXACT_FLOAT = 2.0**53


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    with reading(path):
        try:
            with pq.ParquetFile(path) as file:
                yield file
        except InputError:
            raise
        except (pa.ArrowException, ValueError, TypeError, NotImplementedError) as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(
                f"is Parquet that cannot be read: {shown([why])}", file=str(path)
            ) from None


def names(path: Path) -> list[str]:
    """The names of the columns; `InputError` where the file is no whole Parquet file."""
    with _opened(path) as file:
        found = list(file.schema_arrow.names)
    repeated = {name for name in found if found.count(name) > 1}
    if repeated:
        raise InputError(f"names the column {shown([min(repeated)])} twice", file=str(path))
    return found


def tables(path: Path) -> Iterator[Table]:
    """The rows, `lines` being their numbers from 1."""
    first = 1
    with _opened(path) as file:
        for batch in file.iter_batches(ROWS):
            columns = [texts(column) for column in batch.columns]
            frame = pl.DataFrame(
                [pl.Series(name, c) for name, c in zip(batch.schema.names, columns, strict=True)],
                schema_overrides=dict.fromkeys(batch.schema.names, pl.String),
            )
            end = first + batch.num_rows
            yield Table(frame, pl.int_range(first, end, dtype=pl.Int64, eager=True))
            first = end


def texts(column: pa.Array) -> pa.Array:
    """A column as text: times in UTC with `Z`, or without offset where they have no zone."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _times(column)
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.array([_decoded(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_nested(kind):
        values = column.to_pylist()
        written = [None if v is None else json.dumps(v, default=str) for v in values]
        return pa.array(written, pa.string())
    return pc.cast(column, pa.string())


def _times(column: pa.Array) -> pa.Array:
    micros = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    local = pc.cast(pc.cast(micros, pa.int64()), pa.timestamp("us"))  # a zone's times are UTC
    written = pc.cast(local, pa.string())
    return written if column.type.tz is None else pc.binary_join_element_wise(written, "Z", "")


def _floats(column: pa.Array) -> pa.Array:
    """Whole floats as integers: a tool wrote integers with gaps so; others as they are."""
    values = column.to_pylist()
    written = [
        None if v is None else str(int(v)) if abs(v) < _EXACT_FLOAT and v == int(v) else repr(v)
        for v in values
    ]
    return pa.array(written, pa.string())


def _decoded(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return not_utf8(value)
