"""Starts without their end, and ends without their start: are they of a call that is known?

A switch that writes the two apart puts them into different files. Once the call is in the lake,
either half alone, imported again, is nothing new.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY
from minutebook.lake.dedupe import window
from minutebook.lake.lake import as_files

if TYPE_CHECKING:
    from minutebook.lake.lake import Lake, Snapshot

REACH_DAYS = 7
"""A call's end may lie so many days after its answer."""
AFTERMATH = timedelta(minutes=1)
"""So long after its end a proxy may still see a BYE sent again."""
_TIMES = ("setup_at", "answered_at", "ended_at")


def of_known_calls(halves: pl.DataFrame, lake: Lake, snapshot: Snapshot) -> pl.Series:
    """True for the halves whose call is in the lake: of its identity, and within its time.

    `halves` has the columns of the identity, setup_at, answered_at and ended_at.
    """
    at = pl.coalesce("answered_at", "setup_at", "ended_at").dt.date()
    last_days = halves.select(at).to_series().drop_nulls().unique()
    if last_days.is_empty():  # of no half is any time known, so none can be said to be of a call
        return pl.repeat(value=False, n=halves.height, dtype=pl.Boolean, eager=True)
    days = {day - timedelta(n) for day in last_days for n in range(REACH_DAYS + 1)}
    files = as_files(window(snapshot, sorted(days), halves["source"].unique().to_list()))
    call_ids = halves["call_id"].drop_nulls().unique()
    known = (
        lake.scan(files)
        .filter(pl.col("call_id").is_in(call_ids.implode()))
        .select(*IDENTITY, *_TIMES)
        .collect(engine="streaming")
    )
    joined = halves.with_row_index("\0at").join(known, on=IDENTITY, suffix="_known")
    begun, over = pl.coalesce("setup_at_known", "answered_at_known"), pl.col("ended_at_known")
    agreeing = joined.filter(
        pl.col(name).is_null() | pl.col(name).is_between(begun, over + AFTERMATH) for name in _TIMES
    )
    return pl.int_range(halves.height, dtype=pl.UInt32, eager=True).is_in(
        agreeing["\0at"].implode()
    )
