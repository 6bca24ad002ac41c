"""The price of each class that a deck's row says, where it names but parts of it
(docs/rules/classes.md, "The price that holds"; docs/rules/origins.md, "Prices by the caller's prefix").
"""

from __future__ import annotations

from functools import lru_cache
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
_CLASS: Final = ["__row", "place"]
"""What tells a row's class."""


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
    found = every.group_by(_CLASS).agg(pl.col("name").first())
    for amount in _AMOUNTS:
        there = said[amount].is_not_null()
        told = every if there.all() else _holding(said.filter(there), parts)
        value = pl.col(amount)
        of_each = told.group_by(_CLASS).agg(value.min(), unlike=value.min() != value.max())
        _refuse_unlike(
            told.join(of_each.filter("unlike"), on=_CLASS, how="semi"),
            amount,
            rows,
            file,
        )
        found = found.join(of_each.drop("unlike"), on=_CLASS, how="left")
    whole = pl.struct(pl.col("name").alias("band"), *_AMOUNTS).cast(BAND_PRICE)
    lists = found.sort("__row", "place").group_by("__row", maintain_order=True).agg(rates=whole)
    rows = (
        rows.drop("rates")
        .join(lists, on="__row", how="left", maintain_order="left")
        .select(rows.columns)
    )
    return rows.drop("__row")


def _holding(said: pl.DataFrame, parts: tuple[PriceClass, ...]) -> pl.DataFrame:
    """Of what rows say (`__row`, `band`, amounts) that which holds in each class, with its `place` and `name`: what names
    more of the class holds against what names less of it.
    """
    ranks, links = [f"__{n}" for n in range(len(parts))], _links(parts)
    each = said.join(links, on="band")
    if not each.select(_CLASS).is_duplicated().any():
        return each
    most = each.sort(pl.sum_horizontal(ranks), descending=True).unique(_CLASS, keep="first")
    theirs = most.select(*_CLASS, *ranks)
    more = pl.any_horizontal(pl.col(rank) > pl.col(f"{rank}_other") for rank in ranks)
    left = each.join(theirs, on=_CLASS, suffix="_other").filter(more).select(_CLASS).unique()
    if left.is_empty():  # one names all that the others name
        return most
    among = each.join(left, on=_CLASS, how="semi")
    pairs = among.join(among.select(*_CLASS, *ranks), on=_CLASS, suffix="_other")
    no_more = pl.all_horizontal(pl.col(rank) <= pl.col(f"{rank}_other") for rank in ranks)
    less = pl.any_horizontal(pl.col(rank) < pl.col(f"{rank}_other") for rank in ranks)
    outdone = pairs.filter(no_more & less).select(*_CLASS, "band").unique()
    kept = among.join(outdone, on=[*_CLASS, "band"], how="anti")
    return pl.concat([most.join(left, on=_CLASS, how="anti"), kept])


@lru_cache(maxsize=16)
def _links(parts: tuple[PriceClass, ...]) -> pl.DataFrame:
    """What deck rows may name (`band`), and the classes that it is of: `place`, `name`, and how much of it is named of each part."""
    said = said_names(parts)
    classes = [(name, whole) for name, whole in said.items() if None not in whole]
    found = [
        (band, place, name, *rank)
        for place, (name, whole) in enumerate(classes)
        for band, one in said.items()
        if (rank := _rank(one, whole, parts)) is not None
    ]
    schema = {"band": pl.String, "place": pl.UInt32, "name": pl.String}
    return pl.DataFrame(
        found, schema=schema | {f"__{n}": pl.Int32 for n in range(len(parts))}, orient="row"
    )


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


def _refuse_unlike(unlike: pl.DataFrame, amount: str, rows: pl.DataFrame, file: str) -> None:
    """`InputError` for the first open row of which amounts hold in one class, and differ."""
    if unlike.is_empty():
        return
    shut = rows.filter(pl.col("status") != "open").select("__row")
    order = ("__row", "place", "band")
    told = unlike.join(shut, on="__row", how="anti").sort(order)
    first = told.head(1)
    other = told.join(first.select("__row", "place"), on=_CLASS, how="semi")
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
