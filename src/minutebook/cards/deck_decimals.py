"""Whether the prices of a deck have a decimal point or a decimal comma
(docs/rules/cards.md, "Points and commas of a deck").
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.deck_cells import refuse
from minutebook.cards.deck_words import is_price
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMA = r"^[0-9]*,[0-9]+$"
_THOUSANDS = r"^[1-9][0-9]{0,2},[0-9]{3}$"
"""As 1,234, which may be either."""
_POINTS_OF_THOUSANDS = r"^[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+$"


_APOSTROPHES = "^[1-9][0-9]{0,2}(['\u2019][0-9]{3})+([.,][0-9]+)?$"


class DecimalMark(StrEnum):
    """What stands before the decimals of a price."""

    POINT = "point"
    COMMA = "comma"


def decimal_mark(word: str) -> DecimalMark:
    """What stands before decimals, by its word; `InputError` for another."""
    try:
        return DecimalMark(word)
    except ValueError:
        why = f"{word!r} is neither point nor comma"
        raise InputError(f"decimals {why}", shell=f"--decimals {why}") from None


def without_apostrophes(table: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """The table, its prices without the apostrophes of thousands, as 1'234.50 has one."""
    prices = [field for field in fields if is_price(field)]
    found = [field for field in prices if table[field].str.contains(_APOSTROPHES).any()]
    return table.with_columns(
        pl.when(pl.col(field).str.contains(_APOSTROPHES))
        .then(pl.col(field).str.replace_all("['\u2019]", ""))
        .otherwise(pl.col(field))
        for field in found
    )


def with_points(
    table: pl.DataFrame, fields: Sequence[str], given: DecimalMark | None, file: str
) -> pl.DataFrame:
    """The table, its prices with decimal points; all of them together tell which mark they have, else it is asked.

    A price that has a comma where the deck has points is left for its column to refuse.
    """
    prices = [field for field in fields if is_price(field)]
    if not prices or given is DecimalMark.POINT:
        return table
    cells = pl.concat([table[field].unique().alias("price") for field in prices])
    commas = cells.filter(cells.str.contains(",", literal=True))
    for field in prices:
        refuse(table, pl.col(field).str.contains(_POINTS_OF_THOUSANDS), field, file,
               "has points between its thousands; write it without them, as in 1234,50")  # fmt: skip
    pointed = cells.str.contains(r"^[0-9,]*\.[0-9,.]*$").any()
    if given is DecimalMark.COMMA and pointed:
        for field in prices:
            refuse(table, pl.col(field).str.contains(".", literal=True), field, file,
                   "has a point, where decimals are said to begin with a comma; write it without")  # fmt: skip
    if not len(commas) or not commas.str.contains(_COMMA).any():
        return table
    if given is None:
        if pointed:
            return table
        if commas.str.contains(_THOUSANDS).all():
            field = next(f for f in prices if table[f].str.contains(",", literal=True).any())
            _ask(table, field, file)
    return table.with_columns(
        pl.when(pl.col(field).str.contains(_COMMA))
        .then(pl.col(field).str.replace(",", ".", literal=True))
        .otherwise(pl.col(field))
        for field in prices
    )


def _ask(table: pl.DataFrame, field: str, file: str) -> None:
    first = table.filter(pl.col(field).str.contains(",", literal=True)).row(0, named=True)
    raise InputError.advised(
        f"{field} {first[field]!r} may have a comma before its decimals or its thousands",
        'pass decimals="comma" if it is the first, else write prices without commas',
        shell="say --decimals comma if it is the first, else write prices without commas",
        file=file,
        line=first["line"],
    )
