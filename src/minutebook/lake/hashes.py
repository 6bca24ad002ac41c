"""Hashes of identities: to find, among many calls, the few that may be there twice.

Equal hashes prove nothing; different ones prove that the identities differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY
from minutebook.lake.twins import leg_apart_from_its_telling, tags_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RANGE_ROWS = 8_000_000
"""Hashes compared at a time."""
FIRST = pl.col("hash").ne_missing(pl.col("hash").shift())
"""In rows sorted by `hash`: whether the row is the first of its hash."""


def identity_hash() -> pl.Expr:
    """64 bits of a call's identity, alike within one process; equal hashes prove nothing."""
    parts = [pl.col(name).hash(seed) for seed, name in enumerate(IDENTITY, start=1)]
    return _mixed(parts).alias("hash")


def kin_hash() -> pl.Expr:
    """As `identity_hash`, but alike too for records that may tell one call in two ways (`twins`)."""
    parts = [
        pl.col("source").hash(1),
        pl.col("call_id").hash(3),
        leg_apart_from_its_telling().hash(4),
    ]
    return _mixed(parts).alias("hash")


def told_hash() -> pl.Expr:
    """As `kin_hash`, but for what the legs of Asterisk are told by, of which calls have many."""
    parts = [
        pl.col("source").hash(1),
        pl.col("call_id").hash(3),
        tags_apart().hash(4),
    ]
    return _mixed(parts).alias("hash")


def said_hash(names: Sequence[str]) -> pl.Expr:
    """64 bits of what these columns say."""
    return _mixed([pl.col(name).hash(seed) for seed, name in enumerate(names, start=1)])


def _mixed(parts: Sequence[pl.Expr]) -> pl.Expr:
    mixed = parts[0]
    for part in parts[1:]:
        mixed = mixed * pl.lit(0x9E3779B97F4A7C15, pl.UInt64) ^ part
    return mixed


def numbered(files: list[Path], first: int = 0) -> pl.LazyFrame:
    """Files of hashes, their rows numbered from `first` on: `number` (UInt32), `hash`."""
    return pl.scan_ipc(files, glob=False, hive_partitioning=False).with_row_index("number", first)


def repeated(frames: Sequence[pl.LazyFrame], rows: int) -> Iterator[pl.DataFrame]:
    """What occurs more than once in frames of `number` and `hash`, sorted by hash.

    A range of hashes at a time; never an empty frame. There are about `rows` rows.
    """
    ranges = max(1, -(-rows // RANGE_ROWS))
    width = -(-(2**64) // ranges)
    for k in range(ranges):
        low, high = (pl.lit(n, pl.UInt64) for n in (k * width, min((k + 1) * width, 2**64) - 1))
        in_range = pl.col("hash").is_between(low, high)
        found = pl.concat([f.filter(in_range).collect(engine="streaming") for f in frames])
        found = found.rechunk().sort("hash")
        again = (pl.col("hash") == pl.col("hash").shift(-1)).fill_null(value=False)
        twice = found.filter(~FIRST | again)
        if twice.height:
            yield twice
