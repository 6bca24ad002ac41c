"""The 95th percentile by nearest rank of five-minute peaks
(docs/rules/channels.md, "The percentile of a month").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, overload

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

INTERVALS: Final = 288
"""Five-minute intervals of a day."""

_PERCENT: Final = 95


@overload
def rank_from_top(total: int) -> int: ...
@overload
def rank_from_top(total: pl.Expr) -> pl.Expr: ...
def rank_from_top(total: int | pl.Expr) -> int | pl.Expr:
    """The place of the percentile among `total` values, the highest being the first.

    Of n sorted values it is the ⌈0.95·n⌉-th, so ⌊0.05·n⌋ stand above it.
    """
    return total * (100 - _PERCENT) // 100 + 1


def percentile_of(counts: Mapping[int, int], total: int) -> int:
    """The percentile of `total` values: so many (`counts`) of each that is above 0, the rest zeros."""
    left = rank_from_top(total)
    for value in sorted(counts, reverse=True):
        left -= counts[value]
        if left <= 0:
            return value
    return 0
