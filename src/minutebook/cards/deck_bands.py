"""Prices of a deck's rows by the card's bands, or by whatever its prices differ by (docs/rules/bands.md, "Prices of a band";
docs/rules/classes.md, "The price that holds").

A deck has a column for each band, named by it, or a column that names the band of each row; or both, and then the two name it
together. A band of which a row says nothing has the row's own price.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands, plain_name
from minutebook.cards.callers import Callers
from minutebook.cards.classes import part_of, parts_of
from minutebook.cards.combined import Combined, PriceClass, may_say, said_names, said_words
from minutebook.cards.deck_cells import cell_amounts, refuse
from minutebook.cards.deck_classes import BAND_PRICE, in_every_class
from minutebook.cards.deck_words import BY_CALLER
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.deck_headings import Heading
    from minutebook.cards.deck_search import Search

BAND_OF_ROW: Final = "band"
"""The field of a column that names the band of each row; of a card with several things that prices differ by, the one of its bands."""
_PARTS: Final = {
    "rate": ("", "rate", "price", "cost", "tariff"),
    "connect_fee": ("connectfee", "connectionfee", "connect", "connection", "setupfee"),
}
_NAMING: Final[dict[type[PriceClass], tuple[str, tuple[str, ...]]]] = {
    Jurisdictions: ("jurisdiction", ("jurisdiction",)),
    Origins: ("origin", ("origin",)),
    Bands: (
        BAND_OF_ROW,
        ("band", "timeband", "timeslot", "slot", "timeperiod", "ratebytime", "time"),
    ),
    Callers: ("caller_prefix", tuple(sorted(BY_CALLER))),
}
"""The fields of columns that name something of each row, and their usual headings."""


def naming_fields(classes: PriceClasses | None) -> tuple[str, ...]:
    """The fields of the columns that name the class of each row, or a part of it."""
    if not isinstance(classes, Combined):
        return () if classes is None else (BAND_OF_ROW,)
    return tuple(_NAMING[type(part)][0] for part in classes.parts)


def band_fields(classes: PriceClasses | None) -> list[str]:
    """The fields that a card with bands has besides: `band`, `rate peak`, `connect_fee peak`, …"""
    said = said_names(parts_of(classes))
    return [*naming_fields(classes), *(f"{part} {name}" for part in _PARTS for name in said)]


def recognise_bands(search: Search, classes: PriceClasses | None) -> None:
    """The columns that are named by the card's bands, or name one for each row."""
    usual = {_NAMING[type(part)][0]: _NAMING[type(part)][1] for part in parts_of(classes)}
    if classes is not None and not isinstance(classes, Combined):
        others = (words for kind, (_, words) in _NAMING.items() if kind is not Callers)
        named = chain(*others, usual.get("caller_prefix", ()))
        usual = {BAND_OF_ROW: tuple(named)}
    for field, words in usual.items():
        search.find(field, words)
    there = {name for heading in search.headings for name in (heading.name, heading.plain)}
    said = said_names(parts_of(classes))
    for part, beside in _PARTS.items():
        for name, one in said.items():
            words = said_words(one, beside) if any(may_say(text, one) for text in there) else ()
            if not there.isdisjoint(words):
                search.find(f"{part} {name}", words)


def band_rates(
    table: pl.DataFrame,
    classes: PriceClasses | None,
    file: str,
    headings: Mapping[str, Heading],
) -> pl.Series:
    """The prices in bands (List of BAND_PRICE) that a row's columns say; null where they say none."""
    anything = pl.lit(value=True)
    amounts = {}
    there = {name.partition(" ")[2] for name in table.columns if name.split(" ", 1)[0] in _PARTS}
    bands = [band for band in said_names(parts_of(classes)) if band in there]
    for field in (f"{part} {band}" for band in bands for part in _PARTS):
        if field in table.columns:
            amounts[field] = cell_amounts(table, field, file, anything, headings.get(field))
        else:
            amounts[field] = pl.lit(None, pl.Int64)
    if not amounts:
        return pl.Series([None], dtype=pl.List(BAND_PRICE)).new_from_index(0, table.height)
    told = table.select(expr.alias(field) for field, expr in amounts.items())  # each but once
    priced = []
    for band in bands:
        prices = [pl.col(f"{part} {band}").alias(part) for part in _PARTS]
        said = pl.any_horizontal(price.is_not_null() for price in prices)
        priced.append(pl.when(said).then(pl.struct(pl.lit(band).alias("band"), *prices)))
    found = told.select(pl.concat_list(priced).list.drop_nulls().cast(pl.List(BAND_PRICE)))
    return found.select(pl.when(pl.first().list.len() > 0).then(pl.first())).to_series()


def named_bands(
    table: pl.DataFrame, classes: PriceClasses | None, headings: Mapping[str, Heading], file: str
) -> pl.Series:
    """What the columns that name the band of a row say of each, by its name; "" where they say nothing.

    `InputError` for a cell that names none, and where two columns name two of a kind.
    """
    found = pl.repeat("", table.height, eager=True)
    fields = [field for field in naming_fields(classes) if field in headings]
    if not fields:
        return found
    parts = parts_of(classes)
    said = said_names(parts)
    known = {word: name for name, one in said.items() for word in said_words(one)}
    none = f"is none of {', '.join(name for part in parts for name in part.names)}"
    if isinstance(classes, Combined):
        none += ", nor one of each"
    if part_of(classes, Callers) is not None:
        none += "; add it to the card's callers"
    for field in fields:
        plain = pl.col(field).map_elements(plain_name, return_dtype=pl.String)
        refuse(table, ~plain.is_in(["", *known]), field, file, none)
        named = table.select(plain.replace(known)).to_series()
        found = _both(found, named, classes, file, table["line"])
    return found


def _both(
    one: pl.Series, other: pl.Series, classes: PriceClasses | None, file: str, lines: pl.Series
) -> pl.Series:
    """What two names say together; `InputError` with the line where they say two of a kind."""
    said = {"": (), **said_names(parts_of(classes))}
    by_parts = {one: name for name, one in said.items()}
    pairs = pl.DataFrame({"one": one, "other": other, "line": lines})
    found: list[tuple[str, str, str | None]] = []
    for first, second in pairs.select("one", "other").unique().iter_rows():
        both = _merged(said[first], said[second])
        found.append((first, second, None if both is None else by_parts[both]))
    together = pl.DataFrame(found, schema=["one", "other", "both"], orient="row")
    together = together.cast(pl.String)
    pairs = pairs.join(together, on=["one", "other"], how="left", maintain_order="left")
    wrong = pairs.filter(pl.col("both").is_null()).head(1)
    if wrong.height:
        first, second, line = wrong.select("one", "other", "line").row(0)
        raise InputError(
            f"the row is of {first!r}, and says {second!r} too; keep one of them",
            file=file,
            line=line,
        )
    return pairs["both"]


def _merged(
    one: tuple[str | None, ...], other: tuple[str | None, ...]
) -> tuple[str | None, ...] | None:
    """Of each part what either says; None where they say two of one."""
    if not one or not other:
        return one or other
    pairs = list(zip(one, other, strict=True))
    return None if any(a and b and a != b for a, b in pairs) else tuple(a or b for a, b in pairs)


def whole_rows(rows: pl.DataFrame, classes: PriceClasses | None, file: str) -> pl.DataFrame:
    """The rows (of `decks`, with `line` and `band`), one a prefix and time; `InputError` where bands lack a price.

    Rows of one prefix that name different bands become one; whatever they say beside prices is one.
    """
    if classes is None:
        return rows.drop(BAND_OF_ROW)
    if (rows[BAND_OF_ROW] != "").any():
        rows = _joined(_of_named(rows, classes, file), file)
    rows = rows.drop(BAND_OF_ROW)
    if part_of(classes, Callers) is not None or isinstance(classes, Combined):
        rows = in_every_class(rows, classes, file)
    _refuse_lacking(rows, classes.names, file)
    both = rows.filter(pl.col("rates").is_not_null() & pl.col("steps").is_not_null()).head(1)
    if both.height:
        raise InputError(
            f"prefix {both['prefix'][0]} has steps beside prices of bands; keep one of them",
            file=file,
            line=both["line"][0],
        )
    return rows


def _refuse_lacking(rows: pl.DataFrame, bands: Sequence[str], file: str) -> None:
    """`InputError` for the first band in which an open row has no price, and none of its own."""
    own = pl.col("rate").is_not_null() | pl.col("steps").is_not_null()
    priced = pl.col("rates").list.eval(pl.element().struct.field("rate").count()).list.first()
    wanting = rows.filter(~own & (pl.col("status") == "open"))
    wanting = wanting.filter(priced.fill_null(0) < len(bands))
    for band in bands if wanting.height else ():
        here = pl.element().filter(pl.element().struct.field("band") == band)
        rate = pl.col("rates").list.eval(here.struct.field("rate")).list.first()
        lacking = wanting.filter(rate.is_null()).head(1)
        if lacking.height:
            row = lacking.row(0, named=True)
            raise InputError(
                f"prefix {row['prefix']} has no price in {band!r}; give it one, or the row a rate",
                file=file,
                line=row["line"],
            )


def _of_named(rows: pl.DataFrame, classes: PriceClasses, file: str) -> pl.DataFrame:
    """The rows with their own price, where they name a band, among `rates`, whose bands are what the row and the
    column name together.
    """
    rows = rows.with_row_index("__row")
    named = pl.col(BAND_OF_ROW) != ""
    told = rows.filter(named & pl.col("rates").is_not_null())
    if told.height:
        each = told.select("__row", "line", BAND_OF_ROW, "rates").explode("rates")
        of_columns = each["rates"].struct.field("band")
        both = _both(each[BAND_OF_ROW], of_columns, classes, file, each["line"])
        each = each.with_columns(pl.col("rates").struct.with_fields(both.alias("band")))
        lists = each.group_by("__row", maintain_order=True).agg(pl.col("rates"))
        rows = rows.update(lists, on="__row")
    own = pl.struct(pl.col(BAND_OF_ROW).alias("band"), "rate", "connect_fee").cast(BAND_PRICE)
    silent = pl.col("rate").is_null() & pl.col("connect_fee").is_null()
    says = named & ~(silent & pl.col("rates").is_not_null())
    mine = pl.when(says).then(pl.concat_list(own)).otherwise(pl.lit([], pl.List(BAND_PRICE)))
    whole = mine.list.concat(pl.col("rates").fill_null([]))
    return rows.drop("__row").with_columns(rates=whole)


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
    joined = rows.group_by(key, maintain_order=True).agg(
        pl.col("name", "line", *alike).first(),
        pl.col("rate", "connect_fee").filter(own).first(),
        pl.col("rates").list.explode(keep_nulls=False, empty_as_null=False),
        **{BAND_OF_ROW: pl.lit("")},
    )
    bands = pl.element().struct.field("band")
    again = pl.col("rates").list.eval(bands.filter(bands.is_duplicated())).list.first()
    twice = joined.with_columns(again=again).filter(pl.col("again").is_not_null()).head(1)
    if twice.height:
        raise InputError(
            f"prefix {twice['prefix'][0]} has two prices of {twice['again'][0]!r}; mend its rows",
            file=file,
            line=twice["line"][0],
        )
    return joined.with_columns(
        rates=pl.when(pl.col("rates").list.len() > 0).then(pl.col("rates"))
    ).select(rows.columns)
