"""Rows that change no price are taken out; that none does is proved on every prefix, not assumed."""

from __future__ import annotations

import polars as pl

from minutebook.cards.building.surface import TERM_COLUMNS
from minutebook.cards.building.tree import handed_down
from minutebook.cards.prefixes import PrefixIndex

_CHARGED = ("status", "rate", *TERM_COLUMNS)


def simplified(surface: pl.DataFrame) -> pl.DataFrame:
    """The rows of a surface that a deck needs, so that each number is charged as the surface says
    (docs/rules/building.md, "Simplify").

    What is left out (status null) has no row; below one that has, it becomes a blocked row, as a deck has no
    other way to say that there is no price.
    """
    is_open = pl.col("status") == "open"
    surface = surface.with_columns(
        pl.when(is_open).then(name).otherwise(None).alias(name) for name in TERM_COLUMNS
    )
    surface = _holes_blocked(surface)
    outside = pl.DataFrame([{}], schema=surface.schema)  # what holds above all: no price
    theirs = pl.concat([surface, outside]).select(_CHARGED)[surface["above"]]
    theirs = theirs.rename(lambda name: f"{name}_above")
    differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_above")) for c in _CHARGED)
    rows = surface.hstack(theirs).filter(differs).select(surface.columns)
    _prove(surface, rows)
    return rows


def _holes_blocked(surface: pl.DataFrame) -> pl.DataFrame:
    """What has no price is blocked where a shorter prefix has a row, which would price it."""
    if surface["status"].null_count() == 0:
        return surface
    own = surface.select(
        pl.when(pl.col("status").is_not_null()).then(pl.lit(1, pl.UInt8))
    ).to_series()
    below = handed_down(own, surface["above"], 0) == 1
    return surface.with_columns(
        status=pl.when(pl.col("status").is_null() & pl.lit(below))
        .then(pl.lit("blocked"))
        .otherwise("status")
    )


def _prove(surface: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Each prefix of the surface finds its own price in the rows; so every number does, as the longest
    prefix of the surface that begins it decides which row it finds.
    """
    index = PrefixIndex.build(rows["prefix"])
    at = index.matched(surface.select("prefix").lazy(), "prefix", "at").select("at").collect()["at"]
    outside = pl.DataFrame([{}], schema=rows.schema)
    found = pl.concat([rows, outside]).select(_CHARGED)[at]
    for name in _CHARGED:
        wrong = surface["prefix"].filter(found[name].ne_missing(surface[name]))
        if len(wrong):
            raise AssertionError(f"{name} of {wrong[0]} was changed by simplifying")
