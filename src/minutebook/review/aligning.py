"""Calls of the same numbers brought together one to one: the most calls, then the least distance in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIR_SCHEMA: Final = {"ours": pl.UInt32, "theirs": pl.UInt32}


def aligned(close: pl.DataFrame, tolerance_us: int) -> pl.DataFrame:
    """The best pairs (PAIR_SCHEMA) of those that could be.

    Columns: `key` (of the numbers), `ours`, `theirs` (rows), `at`, `other` (their times, µs), `off`
    (µs between them after the shift of the clocks, at most the tolerance), `apart_ms` (durations).
    """
    counted = close.with_columns(
        choices=pl.len().over("ours"),
        rivals=pl.len().over("theirs"),
    )
    alone = (pl.col("choices") == 1) & (pl.col("rivals") == 1)
    sure = counted.filter(alone).select(PAIR_SCHEMA.keys())
    unsure = counted.filter(~alone)
    # calls of ours that lie farther apart than this share no call of theirs
    apart = pl.col("at") - pl.col("at").shift() > 2 * tolerance_us
    group = (apart | (pl.col("key") != pl.col("key").shift())).fill_null(value=True).cum_sum()
    groups = unsure.sort("key", "at", "ours").with_columns(group=group)
    found = [pair for one in groups.partition_by("group") for pair in _best(one)]
    return pl.concat([sure, pl.DataFrame(found, schema=PAIR_SCHEMA, orient="row")])


def _best(group: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """The best pairs of calls of the same numbers.

    On a line the best pairs never cross: both sides are walked in the order of time, and of two
    calls the first of one side is the first of the other's, or is left out.
    """
    cost = {
        (o, t): (off, apart)
        for o, t, off, apart in group.select("ours", "theirs", "off", "apart_ms").iter_rows()
    }
    ours = group.sort("at", "ours")["ours"].unique(maintain_order=True).to_list()
    theirs = group.sort("other", "theirs")["theirs"].unique(maintain_order=True).to_list()
    # best[j]: (calls left out, distance, durations apart) of the calls so far, and the pairs
    best: list[_Way] = [((j, 0, 0), None) for j in range(len(theirs) + 1)]
    for o in ours:
        row: list[_Way] = [(_plus(best[0][0], (1, 0, 0)), best[0][1])]
        for j, t in enumerate(theirs, start=1):
            ways = [
                (_plus(best[j][0], (1, 0, 0)), best[j][1]),
                (_plus(row[j - 1][0], (1, 0, 0)), row[j - 1][1]),
            ]
            if (o, t) in cost:
                ways.append((_plus(best[j - 1][0], (0, *cost[o, t])), _Pair(o, t, best[j - 1][1])))
            row.append(min(ways, key=lambda way: way[0]))
        best = row
    chain = best[-1][1]
    while chain is not None:
        yield chain.ours, chain.theirs
        chain = chain.before


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair, and those before it."""

    ours: int
    theirs: int
    before: _Pair | None


_Cost = tuple[int, int, int]
_Way = tuple[_Cost, _Pair | None]


def _plus(a: _Cost, b: _Cost) -> _Cost:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]
