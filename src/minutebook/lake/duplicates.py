"""Calls that a lake has twice, which imports leave out: for `verify`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY
from minutebook.lake import hashes
from minutebook.lake.comparing import READ_TO_COMPARE, twice_in_lake
from minutebook.lake.twins import told_by_channel
from minutebook.lake.unnamed_twins import unnamed_in_lake

if TYPE_CHECKING:
    from minutebook.lake.lake import Lake


def duplicate_identities(lake: Lake) -> pl.DataFrame:
    """Identities that several calls of the lake have, or whose call is there under another too, with
    their number `calls`.

    Reads the identity of every call; empty unless another program wrote to the lake, or a version
    that did not know yet that two records tell one call (docs/rules/identity.md, "One call told in
    two ways").
    """
    files = lake.snapshot().files
    calls, rows = lake.scan(files), sum(file.rows for file in files)
    key = hashes.told_hash()
    if calls.select(told_by_channel().any()).collect(engine="streaming").item():
        key = hashes.kin_hash()  # a leg may be told by its sequence too
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        calls.select(key).sink_ipc(keys)
        twice = hashes.repeated([hashes.numbered([keys])], rows)
        found = [frame["hash"].unique() for frame in twice]
    repeated = pl.concat([pl.Series("hash", dtype=pl.UInt64), *found])
    several = calls.filter(key.is_in(repeated.implode()))
    found_twice = twice_in_lake(several.select(READ_TO_COMPARE).collect(engine="streaming"))
    unnamed = unnamed_in_lake(calls, rows).with_columns(calls=pl.lit(2, pl.UInt32))
    both = pl.concat([found_twice, unnamed.select(found_twice.columns)], how="vertical_relaxed")
    return both.unique(IDENTITY, keep="first", maintain_order=True)
