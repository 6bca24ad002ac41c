"""Prefixes as a tree: which other prefix stands above each, and what it hands down."""

from __future__ import annotations

import polars as pl

from minutebook.cards.prefixes import PrefixIndex


def above(prefixes: pl.Series) -> pl.Series:
    """Where the longest other prefix stands that begins each (UInt32); how many there are, where none does."""
    shorter = prefixes.str.head(-1).alias("shorter").to_frame().lazy()
    found = PrefixIndex.build(prefixes).matched(shorter, "shorter", "at")
    return found.select("at").collect().to_series()


def handed_down(own: pl.Series, places: pl.Series, outside: int) -> pl.Series:
    """What each prefix has of its own, or else what the nearest above it has; `outside` where none has any.

    `places` as `above` gives them. Depth by depth: there are as many as prefixes within prefixes.
    """
    ends = pl.Series([outside], dtype=own.dtype)
    while own.null_count():
        own = own.zip_with(own.is_not_null(), pl.concat([own, ends])[places])
    return own
