"""The price of each class that a deck's row says, where it names but parts of it
(docs/rules/classes.md, "The price that holds"; docs/rules/origins.md, "Prices by the caller's prefix").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.callers import Callers
from minutebook.cards.classes import parts_of
from minutebook.cards.combined import Combined, said_names
from minutebook.errors import InputError

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass

BAND_PRICE: Final = pl.Struct({"band": pl.String, "rate": pl.Int64, "connect_fee": pl.Int64})
"""In units of 1e-10, the rate a minute; null: the row's own."""
_AMOUNTS: Final = ("rate", "connect_fee")
_APART: Final = "\n"


def in_every_class(rows: pl.DataFrame, classes: PriceClasses, file: str) -> pl.DataFrame:
    """The rows (of `decks`, with `line`), each with a price of every class that something of what it says holds for.

    A rate and a fee each come from what names most of the class. `InputError` where two of them name as much, and differ.
    """
    rows = rows.with_row_index("__row")
    said = rows.select("__row", "rates").drop_nulls().explode("rates").unnest("rates")
    if isinstance(classes, Combined):
        said = said.filter(pl.any_horizontal(pl.col(_AMOUNTS).is_not_null()))
    parts = parts_of(classes)
    every = _holding(said, parts)
    found = every.group_by("__row", "place").agg(pl.col("name").first())
    for amount in _AMOUNTS:
        there = said[amount].is_not_null()
        told = every if there.all() else _holding(said.filter(there), parts)
        value = pl.col(amount)
        of_each = told.group_by("__row", "place").agg(
            value.min(), unlike=value.min() != value.max()
        )
        _refuse_unlike(
            told.join(of_each.filter("unlike"), on=["__row", "place"], how="semi"),
            amount,
            rows,
            file,
        )
        found = found.join(of_each.drop("unlike"), on=["__row", "place"], how="left")
    whole = pl.struct(pl.col("name").alias("band"), *_AMOUNTS).cast(BAND_PRICE)
    lists = found.sort("__row", "place").group_by("__row", maintain_order=True).agg(rates=whole)
    rows = (
        rows.drop("rates")
        .join(lists, on="__row", how="left", maintain_order="left")
        .select(rows.columns)
    )
    return rows.drop("__row")


def _holding(said: pl.DataFrame, parts: tuple[PriceClass, ...]) -> pl.DataFrame:
    """Of what rows say (`__row`, `band`, amounts) that which holds in each class: with its `place` and `name`.

    What rows name is of few kinds, and so is told but once for each of them.
    """
    kinds = said.group_by("__row").agg(kind=pl.col("band").sort().str.join(_APART))
    links = [
        (kind, place, name, band)
        for kind in kinds["kind"].unique().to_list()
        for place, (name, bands) in enumerate(_held(kind, parts).items())
        for band in bands
    ]
    schema = {"kind": pl.String, "place": pl.UInt32, "name": pl.String, "band": pl.String}
    link = pl.DataFrame(links, schema=schema, orient="row")
    return said.join(kinds, on="__row").join(link, on=["kind", "band"])


def _held(kind: str, parts: tuple[PriceClass, ...]) -> dict[str, list[str]]:
    """For each class by its name that of what is named which holds: what names more of the class holds against what
    names less of it.
    """
    said = said_names(parts)
    named = {band: said[band] for band in kind.split(_APART)}
    found = {}
    for name, whole in said.items():
        if None in whole:
            break
        ranks = {
            band: rank
            for band, one in named.items()
            if (rank := _rank(one, whole, parts)) is not None
        }
        found[name] = [
            band
            for band, rank in ranks.items()
            if not any(_outranks(other, rank) for other in ranks.values())
        ]
    return found


def _rank(
    said: tuple[str | None, ...], whole: tuple[str | None, ...], parts: tuple[PriceClass, ...]
) -> tuple[int, ...] | None:
    """How much of a class is named of each part: nothing, a beginning of the caller's prefix, all; None: another class."""
    found = []
    for one, wanted, part in zip(said, whole, parts, strict=True):
        if one is None or wanted is None:
            found.append(0)
        elif one == wanted or (isinstance(part, Callers) and wanted.startswith(one)):
            found.append(1 + len(one))
        else:
            return None
    return tuple(found)


def _outranks(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def _refuse_unlike(unlike: pl.DataFrame, amount: str, rows: pl.DataFrame, file: str) -> None:
    """`InputError` for the first open row of which amounts hold in one class, and differ."""
    if unlike.is_empty():
        return
    shut = rows.filter(pl.col("status") != "open").select("__row")
    order = ("__row", "place", "band")
    told = unlike.join(shut, on="__row", how="anti").sort(order)
    first = told.head(1)
    other = told.join(first.select("__row", "place"), on=["__row", "place"], how="semi")
    other = other.filter(pl.col(amount) != first[amount].first()) if first.height else other
    if other.height:
        (row,) = rows.join(first, on="__row", how="semi").select("prefix", "line").rows()
        what = "rate" if amount == "rate" else "connect fee"
        raise InputError(
            f"prefix {row[0]} has one {what} for {first['band'][0]!r} and another for {other['band'][0]!r}, and both are of"
            f" {first['name'][0]!r}; give that a price too",
            file=file,
            line=row[1],
        )
