"""Prices of a deck's rows by the card's bands (docs/rules/bands.md, "Prices of a band").

A deck has a column for each band, named by it, or a column that names the band of each row. A band of
which a row says nothing has the row's own price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import plain_name
from minutebook.cards.callers import Callers
from minutebook.cards.deck_cells import cell_amounts, refuse
from minutebook.cards.deck_words import BY_CALLER
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.deck_headings import Heading
    from minutebook.cards.deck_search import Search

BAND_PRICE = pl.Struct({"band": pl.String, "rate": pl.Int64, "connect_fee": pl.Int64})
"""In units of 1e-10, the rate a minute; null: the row's own."""
BAND_OF_ROW: Final = "band"
"""The field of a column that names the band of each row."""
_PARTS: Final = {
    "rate": ("", "rate", "price", "cost", "tariff"),
    "connect_fee": ("connectfee", "connectionfee", "connect", "connection", "setupfee"),
}
_USUAL: Final = {
    "inter": ("interstate", "interjurisdiction"),
    "intra": ("intrastate", "intrajurisdiction"),
    "indeterminate": ("indet", "ij", "indeterminant", "indeterminatejurisdiction"),
}
"""How decks call the jurisdictions besides."""
_NAMING: Final = (
    "jurisdiction",
    "origin",
    "band",
    "timeband",
    "timeslot",
    "slot",
    "timeperiod",
    "ratebytime",
    "time",
)


def band_fields(bands: Sequence[str]) -> list[str]:
    """The fields that a card with bands has besides: `band`, `rate peak`, `connect_fee peak`, …"""
    each = [f"{part} {band}" for part in _PARTS for band in bands]
    return [BAND_OF_ROW, *each] if bands else []


def recognise_bands(search: Search, bands: Sequence[str]) -> None:
    """The columns that are named by the card's bands, or name one for each row."""
    by_caller = sorted(BY_CALLER) if any(band.isdigit() for band in bands) else ()
    wanted = {BAND_OF_ROW: (*_NAMING, *by_caller)} | {
        f"{part} {band}": tuple(
            both
            for name in (plain_name(band), *_USUAL.get(band, ()))
            for word in words
            for both in (name + word, word + name)
        )
        for part, words in _PARTS.items()
        for band in bands
    }
    for field, usual in wanted.items() if bands else ():
        search.find(field, usual)


def band_rates(
    table: pl.DataFrame, bands: Sequence[str], file: str, headings: Mapping[str, Heading]
) -> pl.Expr:
    """The prices in bands (List of BAND_PRICE) that a row's columns say; null where they say none."""
    anything = pl.lit(value=True)
    priced = []
    for band in bands:
        rate, fee = (
            cell_amounts(table, f"{part} {band}", file, anything, headings.get(f"{part} {band}"))
            if f"{part} {band}" in table.columns
            else pl.lit(None, pl.Int64)
            for part in _PARTS
        )
        said = rate.is_not_null() | fee.is_not_null()
        whole = pl.struct(pl.lit(band).alias("band"), rate.alias("rate"), fee.alias("connect_fee"))
        priced.append(pl.when(said).then(whole))
    if not priced:
        return pl.lit(None, pl.List(BAND_PRICE))
    found = pl.concat_list(priced).list.drop_nulls().cast(pl.List(BAND_PRICE))
    return pl.when(found.list.len() > 0).then(found)


def whole_rows(rows: pl.DataFrame, classes: PriceClasses | None, file: str) -> pl.DataFrame:
    """The rows (of `decks`, with `line` and `band`), one a prefix and time; `InputError` where bands lack a price.

    Rows of one prefix that name different bands become one; whatever they say beside prices is one.
    """
    if classes is None:
        return rows.drop(BAND_OF_ROW)
    bands = classes.names
    named = pl.col(BAND_OF_ROW)
    known = {name: band for band in bands for name in (plain_name(band), *_USUAL.get(band, ()))}
    none = f"is none of {', '.join(bands)}"
    if isinstance(classes, Callers):
        none += "; add it to the card's callers"
    plain = named.map_elements(plain_name, return_dtype=pl.String)
    refuse(rows, ~plain.is_in(["", *known]), BAND_OF_ROW, file, none)
    if (rows[BAND_OF_ROW] != "").any():
        rows = _joined(rows.with_columns(plain.replace(known).alias(BAND_OF_ROW)), file)
    rows = rows.drop(BAND_OF_ROW)
    if isinstance(classes, Callers):
        rows = _handed_down(rows, classes)
    own = pl.col("rate").is_not_null() | pl.col("steps").is_not_null()
    for band in bands:
        here = pl.element().filter(pl.element().struct.field("band") == band)
        rate = pl.col("rates").list.eval(here.struct.field("rate")).list.first()
        lacking = rows.filter(rate.is_null() & ~own & (pl.col("status") == "open")).head(1)
        if lacking.height:
            row = lacking.row(0, named=True)
            raise InputError(
                f"prefix {row['prefix']} has no price in {band!r}; give it one, or the row a rate",
                file=file,
                line=row["line"],
            )
    both = rows.filter(pl.col("rates").is_not_null() & pl.col("steps").is_not_null()).head(1)
    if both.height:
        raise InputError(
            f"prefix {both['prefix'][0]} has steps beside prices of bands; keep one of them",
            file=file,
            line=both["line"][0],
        )
    return rows


def _handed_down(rows: pl.DataFrame, callers: Callers) -> pl.DataFrame:
    """The rows with a price for every prefix of callers whose shorter one has it
    (docs/rules/origins.md, "Prices by the caller's prefix").
    """
    shorter = callers.shorter()
    links = pl.DataFrame(
        [
            (place, name, link, depth)
            for place, name in enumerate(callers.names)
            for depth, link in enumerate((name, *shorter.get(name, ())))
        ],
        schema=["place", "name", "band", "depth"],
        orient="row",
    )
    rows = rows.with_row_index("__row")
    said = rows.select("__row", "rates").drop_nulls().explode("rates").unnest("rates")
    of_each = said.join(links, on="band").sort("__row", "place", "depth")
    told = of_each.group_by("__row", "place", maintain_order=True).agg(
        pl.col("name").first().alias("band"), pl.col("rate", "connect_fee").drop_nulls().first()
    )
    whole = pl.struct("band", "rate", "connect_fee").cast(BAND_PRICE)
    lists = told.group_by("__row", maintain_order=True).agg(rates=whole)
    found = rows.drop("rates").join(lists, on="__row", how="left", maintain_order="left")
    return found.select(name for name in rows.columns if name != "__row")


def _joined(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows of one prefix and time as one, with a price for each band that they name."""
    key = [name for name in ("prefix", "begins", "ends") if name in rows.columns]
    prices = ("rate", "connect_fee", "rates", BAND_OF_ROW)
    alike = [name for name in rows.columns if name not in (*key, *prices, "name", "line")]
    rows = rows.unique(
        [name for name in rows.columns if name != "line"], keep="first", maintain_order=True
    )
    for wrong, why in (
        (pl.struct(*key, BAND_OF_ROW).is_duplicated(), "has two prices"),
        (
            pl.struct(alike).n_unique().over(key) > 1,
            "differs from band to band in more than prices",
        ),
    ):
        first = rows.filter(wrong).sort("prefix", "line").head(2)
        if first.height:
            line = first["line"][-1]
            raise InputError(
                f"prefix {first['prefix'][0]} {why}; mend its rows", file=file, line=line
            )
    own = pl.col(BAND_OF_ROW) == ""
    priced = pl.struct(pl.col(BAND_OF_ROW).alias("band"), "rate", "connect_fee").filter(~own)
    joined = rows.group_by(key, maintain_order=True).agg(
        pl.col("name", "line", *alike).first(),
        pl.col("rate", "connect_fee").filter(own).first(),
        rates=priced.cast(BAND_PRICE),
        **{BAND_OF_ROW: pl.lit("")},
    )
    return joined.with_columns(
        rates=pl.when(pl.col("rates").list.len() > 0).then(pl.col("rates"))
    ).select(rows.columns)
