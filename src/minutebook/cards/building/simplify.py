"""Rows that change no price are taken out; that none does is proved on every prefix, not assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.building.class_prices import each_class, of_class
from minutebook.cards.building.surface import term_columns
from minutebook.cards.building.tree import handed_down
from minutebook.cards.prefixes import PrefixIndex

if TYPE_CHECKING:
    from collections.abc import Sequence


def simplified(surface: pl.DataFrame, names: Sequence[str] = ()) -> pl.DataFrame:
    """The rows of a surface that a deck needs, so that each number is charged as the surface says
    (docs/rules/building.md, "Simplify").

    What is left out (status null) has no row; below one that has, it becomes a blocked row, as a deck has no
    other way to say that there is no price. `names`: the classes that are kept; in each of them it is charged so.
    """
    terms = term_columns(names)
    charged = ["status", *(of_class("rate", name) for name in each_class(names)), *terms]
    is_open = pl.col("status") == "open"
    surface = surface.with_columns(
        pl.when(is_open).then(name).otherwise(None).alias(name) for name in terms
    )
    surface = _holes_blocked(surface)
    outside = pl.DataFrame([{}], schema=surface.schema)  # what holds above all: no price
    theirs = pl.concat([surface, outside]).select(charged)[surface["above"]]
    theirs = theirs.rename(lambda name: f"__above {name}")
    differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"__above {c}")) for c in charged)
    rows = surface.hstack(theirs).filter(differs).select(surface.columns)
    _prove(surface, rows, charged)
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


def _prove(surface: pl.DataFrame, rows: pl.DataFrame, charged: Sequence[str]) -> None:
    """Each prefix of the surface finds its own price in the rows; so every number does, as the longest
    prefix of the surface that begins it decides which row it finds.
    """
    index = PrefixIndex.build(rows["prefix"])
    at = index.matched(surface.select("prefix").lazy(), "prefix", "at").select("at").collect()["at"]
    outside = pl.DataFrame([{}], schema=rows.schema)
    found = pl.concat([rows, outside]).select(charged)[at]
    for name in charged:
        wrong = surface["prefix"].filter(found[name].ne_missing(surface[name]))
        if len(wrong):
            raise AssertionError(f"{name} of {wrong[0]} was changed by simplifying")
