"""Calls of an id that comes more than once: a call tried again, or ids that begin anew. Pure."""

from __future__ import annotations

from typing import Final

import polars as pl

from minutebook.days import DAY_US
from minutebook.disputes.matching.aligning import PAIR_SCHEMA
from minutebook.disputes.matching.clocks import FARTHEST_US
from minutebook.disputes.matching.nearby import DIGITS

_MANY: Final = 50  # calls of one id; ids of more say nothing
_ROUNDS: Final = 20


def by_repeated_ids(ours: pl.DataFrame, theirs: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Pairs (PAIR_SCHEMA) of unpaired calls of one id and number, the nearest in time first.

    An answered call goes with an answered one before it goes with any other. `told` as of
    `clocks.shifts`.
    """
    key = ["call_id", "end"]
    end = pl.col("called").str.slice(-DIGITS)
    columns = ("n", "call_id", "at", "duration_ms")
    left, right = (
        side.filter(pl.col("call_id") != "").select(*columns, end=end) for side in (ours, theirs)
    )
    left, right = left.join(right, on=key, how="semi"), right.join(left, on=key, how="semi")
    few = pl.len().over(key) <= _MANY
    left = left.filter(few).with_columns(day=pl.col("at") // DAY_US)
    apart = pl.col("at_right") - pl.col("at") - pl.col("shift").fill_null(0)
    unlike = (pl.col("duration_ms") > 0) != (pl.col("duration_ms_right") > 0)
    possible = (
        left.join(told.select("day", "shift"), on="day", how="left")
        .join(right.filter(few), on=key)
        .filter(apart.abs() <= FARTHEST_US)
        .select(
            ours="n",
            theirs="n_right",
            cost=apart.abs() + pl.when(unlike).then(FARTHEST_US).otherwise(0),
        )
        .sort("cost", "ours", "theirs")
    )
    found = [pl.DataFrame(schema=PAIR_SCHEMA)]
    for _ in range(_ROUNDS):
        first = [pl.col(name).is_first_distinct() for name in PAIR_SCHEMA]
        best = possible.filter(first[0] & first[1]).select(PAIR_SCHEMA.keys())
        if best.is_empty():
            break
        found.append(best)
        for name in PAIR_SCHEMA:
            possible = possible.join(best.select(name), on=name, how="anti", maintain_order="left")
    return pl.concat(found)
