"""The origin of a call, from a table of countries, and the prefix of its caller
(docs/rules/origins.md, "The origin of a call" and "Prices by the caller's prefix").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.prefixes import PrefixIndex

if TYPE_CHECKING:
    from minutebook.cards.callers import Callers
    from minutebook.cards.origins import Origins

CALLER_HEAD: Final = "caller_head"
"""A column that calls in the lake have, `number_head` of `caller`: rating then reads no callers' numbers."""
_CALLER, _CALLED = "__caller_prefix", "__called_prefix"


@dataclass(frozen=True, slots=True)
class Countries:
    """Which countries numbers belong to, ready to look up."""

    index: PrefixIndex
    letters: pl.Series
    """Of each prefix its country, and at the end null, for a number of none (String)."""
    place: pl.Series
    """Of each prefix the place of its country among the different ones, from 1 on, and at the end 0 (UInt32)."""

    @classmethod
    def of(cls, table: pl.DataFrame) -> Countries:
        """From a table of COUNTRIES_SCHEMA."""
        letters = table["country"].extend_constant(None, 1)
        return cls(
            PrefixIndex.build(table["prefix"]), letters, letters.rank("dense").fill_null(0).cast(pl.UInt32)
        )  # fmt: skip

    def with_origin(
        self, calls: pl.LazyFrame, origins: Origins, key: str | None, into: str
    ) -> pl.LazyFrame:
        """The calls with a column `into` (UInt32): the places in `origins.names`, by `caller` and `called`.

        `key`: a column of the called numbers' keys; None: there is none.
        """
        frame = self.index.matched(calls, "called", _CALLED, key)
        frame = _with_caller(frame, self.index)
        known = (None, *self.letters.drop_nulls().unique().sort())
        ours, theirs = (pl.lit(self.place).gather(pl.col(name)) for name in (_CALLER, _CALLED))
        place = pl.lit(_places(origins, known)).gather(ours * len(known) + theirs)
        return frame.with_columns(place.alias(into)).drop(_CALLER, _CALLED)

    def country_of(self, number: str | None) -> str | None:
        """The two letters of a number's country; None where it is of none."""
        found: int | None = pl.select(self.index.longest(pl.lit(number or ""))).item()
        return None if found is None else str(self.letters[found])


@lru_cache(maxsize=8)
def _places(origins: Origins, known: tuple[str | None, ...]) -> pl.Series:
    """The places of the origins of calls from each country to each."""
    places = [origins.place(ours, theirs) for ours in known for theirs in known]
    return pl.Series(places, dtype=pl.UInt32)


def with_caller_prefix(calls: pl.LazyFrame, callers: Callers, into: str) -> pl.LazyFrame:
    """The calls with a column `into` (UInt32): the places in `callers.names`, by the longest prefix of `caller`."""
    index = _caller_index(callers)
    places = pl.Series([*range(1, index.count + 1), 0], dtype=pl.UInt32)
    frame = _with_caller(calls, index)
    return frame.with_columns(pl.lit(places).gather(pl.col(_CALLER)).alias(into)).drop(_CALLER)


def _with_caller(calls: pl.LazyFrame, index: PrefixIndex) -> pl.LazyFrame:
    """The calls with where the longest prefix of `caller` stands, found by its head where that is there and enough."""
    if index.by_head and CALLER_HEAD in calls.collect_schema():
        return index.matched_by_head(calls, CALLER_HEAD, _CALLER)
    return index.matched(calls, "caller", _CALLER)


@lru_cache(maxsize=8)
def _caller_index(callers: Callers) -> PrefixIndex:
    return PrefixIndex.build(callers.prefixes)
