"""What prices of a row differ by: which band, which jurisdiction a call has, and how that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.prefixes import number_key
from minutebook.rating.band_times import band_at
from minutebook.rating.table import BAND

if TYPE_CHECKING:
    from minutebook.rating.table import RateTable

CLASS_COLUMNS: Final = {"band": Bands, "jurisdiction": Jurisdictions}
"""The columns of described calls that say it."""
ROUTED: Final = "__routed_key"
"""The key by which a call is priced where a card goes by numbering."""


def with_routed(calls: pl.LazyFrame, table: RateTable, key: str | None) -> pl.LazyFrame:
    """The calls with ROUTED, from the column `key` of their called numbers' keys (None: there is none)."""
    assert table.numbering is not None
    known = number_key(pl.col("called")) if key is None else pl.col(key)
    return calls.with_columns(table.numbering.routed(known).alias(ROUTED))


def answered(frame: pl.LazyFrame) -> pl.Expr:
    """The instants by which bands go."""
    there = frame.collect_schema().names()
    return pl.coalesce(name for name in ("answered_at", "setup_at") if name in there)


def class_of(frame: pl.LazyFrame, table: RateTable) -> pl.Expr:
    """The place (UInt32) of the band or the jurisdiction of calls, among the names of what prices differ by."""
    if table.times is not None:
        return band_at(table.times, answered(frame))
    assert table.numbering is not None
    return table.numbering.jurisdiction(pl.col("caller"), pl.col(ROUTED))


def classes_held(table: RateTable) -> list[pl.Expr]:
    """CLASS_COLUMNS of rated calls: names, each null of calls that are not answered, not priced, or differ in no such way."""
    held = pl.lit(None, dtype=pl.String)
    if table.bands is not None:
        name = pl.lit(pl.Series(table.bands.names)).gather(BAND)
        held = pl.when(pl.col("priced") & pl.col("duration_ms").is_not_null()).then(name)
    return [
        held.alias(name)
        if isinstance(table.bands, kind)
        else pl.lit(None, dtype=pl.String).alias(name)
        for name, kind in CLASS_COLUMNS.items()
    ]
