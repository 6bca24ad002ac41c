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

    Columns: `key` (of the numbers), `ours`, `theirs` (rows), `at`, `other` (their times, µs), `shift`
    (of the clocks, µs), `off` (µs between them after it, at most the tolerance), `apart_ms` (durations).
    """
    counted = close.with_columns(
        choices=pl.len().over("ours"),
        rivals=pl.len().over("theirs"),
    )
    alone = (pl.col("choices") == 1) & (pl.col("rivals") == 1)
    sure = counted.filter(alone).select(PAIR_SCHEMA.keys())
    # calls of ours that lie farther apart than this share no call of theirs
    apart = pl.col("at") - pl.col("at").shift() > 2 * tolerance_us
    other = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("key", "shift"))
    group = (apart | other).fill_null(value=True).cum_sum()
    unsure = counted.filter(~alone).sort("key", "shift", "at", "ours").with_columns(group=group)
    found = [pair for one in unsure.partition_by("group") for pair in _best(one)]
    best = pl.DataFrame(found, schema=PAIR_SCHEMA, orient="row")
    # where a clock changes a call may be in two groups
    return pl.concat([sure, best]).unique("theirs", keep="first", maintain_order=True)


def _best(group: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """The best pairs of calls of the same numbers.

    On a line the best pairs never cross: both sides are walked in the order of time, and of two
    calls the first of one side is the first of the other's, or is left out. Of theirs only those
    near a call of ours are looked at with it: a long run of calls takes no longer for its length.
    """
    theirs = group.sort("other", "theirs")["theirs"].unique(maintain_order=True).to_list()
    place = {row: n for n, row in enumerate(theirs, start=1)}
    near: dict[int, dict[int, tuple[int, int]]] = {}
    for o, t, off, apart in group.select("ours", "theirs", "off", "apart_ms").iter_rows():
        near.setdefault(o, {})[place[t]] = off, apart
    # ways[j]: (calls left out, distance, durations apart) with the first `begin + j` of theirs, and the pairs
    begin, ways = 0, [_Way((0, 0, 0), None)]
    for o, cost in near.items():
        first, last = min(cost), max(cost)
        ways += [ways[-1].without(n + 1) for n in range(last - begin - len(ways) + 1)]
        ways = ways[max(0, first - 1 - begin) :]
        begin = max(begin, first - 1)
        row = [ways[0].without(1)]
        for j in range(1, len(ways)):
            some = [ways[j].without(1), row[-1].without(1)]
            if begin + j in cost:
                some.append(ways[j - 1].pairing(o, theirs[begin + j - 1], cost[begin + j]))
            row.append(min(some, key=lambda way: way.cost))
        ways = row
    chain = ways[-1].pairs
    while chain is not None:
        yield chain.ours, chain.theirs
        chain = chain.before


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair, and those before it."""

    ours: int
    theirs: int
    before: _Pair | None


@dataclass(frozen=True, slots=True)
class _Way:
    """Pairs so far, the last first; and what they cost: calls left out, distance, durations apart."""

    cost: tuple[int, int, int]
    pairs: _Pair | None

    def without(self, calls: int) -> _Way:
        out, off, apart = self.cost
        return _Way((out + calls, off, apart), self.pairs)

    def pairing(self, ours: int, theirs: int, cost: tuple[int, int]) -> _Way:
        out, off, apart = self.cost
        return _Way((out, off + cost[0], apart + cost[1]), _Pair(ours, theirs, self.pairs))
