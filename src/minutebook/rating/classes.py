"""What prices of a row differ by: which band, which jurisdiction, origin or caller's prefix a call has, and how that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.callers import Callers
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.prefixes import number_key
from minutebook.rating.band_times import band_at
from minutebook.rating.countries import Countries, with_caller_prefix
from minutebook.rating.numbering import Numbering
from minutebook.rating.table import BAND

if TYPE_CHECKING:
    from minutebook.rating.table import RateTable

CLASS_COLUMNS: Final = {
    "band": Bands,
    "jurisdiction": Jurisdictions,
    "origin": Origins,
    "caller_prefix": Callers,
}
"""The columns of described calls that say it."""
ROUTED: Final = "__routed_key"
"""The key by which a call is priced where a card goes by numbering."""


def with_routed(
    calls: pl.LazyFrame, table: RateTable, key: str | None
) -> tuple[pl.LazyFrame, str | None]:
    """The calls, and the column of the keys that they are priced by; `key`: of their called numbers' (None: there is none).

    Where a card goes by numbering they have ROUTED.
    """
    if not isinstance(table.numbering, Numbering):
        return calls, key
    known = number_key(pl.col("called")) if key is None else pl.col(key)
    return calls.with_columns(table.numbering.routed(known).alias(ROUTED)), ROUTED


def answered(frame: pl.LazyFrame) -> pl.Expr:
    """The instants by which bands go."""
    there = frame.collect_schema().names()
    return pl.coalesce(name for name in ("answered_at", "setup_at") if name in there)


def with_class(frame: pl.LazyFrame, table: RateTable, key: str | None) -> pl.LazyFrame:
    """The calls with BAND (UInt32), where prices differ: the place of the band, the jurisdiction, the origin or the
    caller's prefix among the names.

    `key`: the column that `with_routed` gave.
    """
    match table.bands:
        case None:
            return frame
        case Bands():
            return frame.with_columns(band_at(table.bands, answered(frame)).alias(BAND))
        case Jurisdictions():
            assert isinstance(table.numbering, Numbering)
            place = table.numbering.jurisdiction(pl.col("caller"), pl.col(ROUTED))
            return frame.with_columns(place.alias(BAND))
        case Origins():
            assert isinstance(table.numbering, Countries)
            return table.numbering.with_origin(frame, table.bands, key, BAND)
        case Callers():
            return with_caller_prefix(frame, table.bands, BAND)


def class_name(table: RateTable) -> pl.Expr:
    """The name of the class of rated calls among those that prices differ by; null where they differ by none."""
    if table.bands is None:
        return pl.lit(None, dtype=pl.String)
    return pl.lit(pl.Series(table.bands.names)).gather(BAND)


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
