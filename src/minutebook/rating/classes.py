"""What prices of a row differ by: which band, which jurisdiction, origin or caller's prefix a call has, and how that is told
(docs/rules/classes.md, "Prices by more than one thing").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.callers import Callers
from minutebook.cards.classes import part_of, parts_of, stride_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.number_key import head_of_key, number_head, number_key
from minutebook.cards.origins import Origins
from minutebook.rating.band_times import band_at
from minutebook.rating.countries import CALLER_HEAD, with_caller_prefix
from minutebook.rating.table import BAND

if TYPE_CHECKING:
    from minutebook.cards.combined import PriceClass
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
    numbering = table.lookups.numbering
    if numbering is None:
        return calls, key
    known = number_key(pl.col("called")) if key is None else pl.col(key)
    return calls.with_columns(numbering.routed(known).alias(ROUTED)), ROUTED


def answered(frame: pl.LazyFrame) -> pl.Expr:
    """The instants by which bands go."""
    there = frame.collect_schema().names()
    return pl.coalesce(name for name in ("answered_at", "setup_at") if name in there)


def with_class(frame: pl.LazyFrame, table: RateTable, key: str | None) -> pl.LazyFrame:
    """The calls with BAND (UInt32), where prices differ: the place of their class among the names.

    `key`: the column that `with_routed` gave.
    """
    parts = parts_of(table.bands)
    if len(parts) == 1:
        return _with_part(frame, parts[0], table, key, BAND)
    places = {f"{BAND} {n}": part for n, part in enumerate(parts)}
    for into, part in places.items():
        frame = _with_part(frame, part, table, key, into)
    if table.bands is None:
        return frame
    each = (pl.col(into) * stride_of(table.bands, part) for into, part in places.items())
    return frame.with_columns(pl.sum_horizontal(each).cast(pl.UInt32).alias(BAND)).drop(places)


def _with_part(
    frame: pl.LazyFrame, part: PriceClass, table: RateTable, key: str | None, into: str
) -> pl.LazyFrame:
    """The calls with the place `into` (UInt32) of the band, the jurisdiction, the origin or the caller's prefix among the names."""
    match part:
        case Bands():
            return frame.with_columns(band_at(part, answered(frame)).alias(into))
        case Jurisdictions():
            assert table.lookups.numbering is not None
            theirs = head_of_key(pl.col(ROUTED))
            place = table.lookups.numbering.jurisdiction(_caller_head(frame), theirs)
            return frame.with_columns(place.alias(into))
        case Origins():
            assert table.lookups.countries is not None
            return table.lookups.countries.with_origin(frame, part, key, into)
        case Callers():
            return with_caller_prefix(frame, part, into)


def _caller_head(frame: pl.LazyFrame) -> pl.Expr:
    if CALLER_HEAD in frame.collect_schema():
        return pl.col(CALLER_HEAD)
    return number_head(pl.col("caller"))


def class_name(table: RateTable) -> pl.Expr:
    """The name of the class of rated calls among those that prices differ by; null where they differ by none."""
    if table.bands is None:
        return pl.lit(None, dtype=pl.String)
    return pl.lit(pl.Series(table.bands.names)).gather(BAND)


def classes_held(table: RateTable) -> list[pl.Expr]:
    """CLASS_COLUMNS of rated calls: names, each null of calls that are not answered, not priced, or differ in no such way."""
    answered_priced = pl.col("priced") & pl.col("duration_ms").is_not_null()
    found = []
    for column, kind in CLASS_COLUMNS.items():
        held = pl.lit(None, dtype=pl.String)
        part = part_of(table.bands, kind)
        if part is not None and table.bands is not None:
            place = place_of(table, part, pl.col(BAND))
            held = pl.when(answered_priced).then(pl.lit(pl.Series(part.names)).gather(place))
        found.append(held.alias(column))
    return found


def place_of(table: RateTable, part: PriceClass, place: pl.Expr) -> pl.Expr:
    """The place of a class's name of one part among that part's, by its own among all."""
    if table.bands is None or table.bands is part:
        return place
    return place // stride_of(table.bands, part) % len(part.names)
