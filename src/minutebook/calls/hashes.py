"""Hashes of identities: to find, among many calls, the few that may be there twice.

Equal hashes prove nothing; different ones prove that the identities differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANGE_ROWS = 8_000_000
"""Hashes compared at a time."""
FIRST = pl.col("hash").ne_missing(pl.col("hash").shift())
"""In rows sorted by `hash`: whether the row is the first of its hash."""


def identity_hash() -> pl.Expr:
    """64 bits of a call's identity, alike within one process; equal hashes prove nothing."""
    parts = [pl.col(name).hash(seed) for seed, name in enumerate(IDENTITY, start=1)]
    mixed = parts[0]
    for part in parts[1:]:
        mixed = mixed * pl.lit(0x9E3779B97F4A7C15, pl.UInt64) ^ part
    return mixed.alias("hash")


def repeated(files: list[Path], rows: int) -> Iterator[pl.DataFrame]:
    """What occurs more than once in files of hashes, a range of hashes at a time, sorted by hash.

    `number` (UInt32) counts the rows of all files, of which there are `rows`, from 0. Never an
    empty frame.
    """
    ranges = max(1, -(-rows // RANGE_ROWS))
    width = -(-(2**64) // ranges)
    for k in range(ranges):
        low, high = (pl.lit(n, pl.UInt64) for n in (k * width, min((k + 1) * width, 2**64) - 1))
        found = (
            pl.scan_ipc(files, glob=False, hive_partitioning=False)
            .with_row_index("number")
            .filter(pl.col("hash").is_between(low, high))
            .collect(engine="streaming")
            .rechunk()
            .sort("hash")
        )
        again = (pl.col("hash") == pl.col("hash").shift(-1)).fill_null(value=False)
        twice = found.filter(~FIRST | again)
        if twice.height:
            yield twice
