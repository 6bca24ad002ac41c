"""Ported numbers of a file, of which there may be a hundred million (docs/rules/jurisdictions.md, "Ported numbers").

A number of ten digits and the place of its routing number among the few that there are stand in one integer of 64
bits: so they are sorted, and take eight bytes each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.number_key import number_key
from minutebook.errors import InputError
from minutebook.intake.number_rows import NO_DIGITS, csv_rows, refuse_row

if TYPE_CHECKING:
    from pathlib import Path

_COUNTRY: Final = 10**10
"""What the 1 before ten digits counts for."""
_FIRST: Final = 2 * 10**9
"""An area code does not begin with 0 or 1, and neither does an office."""
_OFFICE: Final = 10**6
_PLACES: Final = 2**30
_AT_ONCE: Final = 4_000_000


def ported_numbers(rows: pl.LazyFrame, path: Path) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The keys (Int64, rising) of the numbers of rows with `number` and `lrn`; the place of each one's routing number;
    and the routing numbers (Int64, eleven digits, rising).

    `InputError` with the line of the first row that is wrong, or where a number has two routing numbers.
    """
    lrns = csv_rows(rows.select(_ten_digits("lrn").unique()), path).to_series().sort()
    _refuse_others(rows, lrns, "lrn", path)
    number = _ten_digits("number")
    place = _ten_digits("lrn").map_batches(
        lambda part: lrns.search_sorted(part).cast(pl.UInt64),
        return_dtype=pl.UInt64,
        is_elementwise=True,
    )
    both = csv_rows(rows.select(both=number * _PLACES + place), path).to_series()
    _refuse_others(rows, both, "number", path)
    both = both.sort()
    keys, places = _unpacked(both, lrns, path)
    del both
    return pl.concat(keys), pl.concat(places), lrns.cast(pl.Int64) + _COUNTRY


def _ten_digits(field: str) -> pl.Expr:
    """Numbers as integers of ten digits (UInt64), null for what is none; a 1 before them and signs are no part."""
    return pl.col(field).map_batches(_read, return_dtype=pl.UInt64, is_elementwise=True)


def _read(cells: pl.Series) -> pl.Series:
    found = _plain(cells)
    signed = found.is_null().arg_true()
    if len(signed):
        cleaned = _plain(cells.gather(signed).str.replace_all(NO_DIGITS, ""))
        found = found.scatter(signed, cleaned)
    return found


def _plain(cells: pl.Series) -> pl.Series:
    cell = pl.DataFrame({"cell": cells}).with_columns(
        value=pl.col("cell").cast(pl.UInt64, strict=False), digits=pl.col("cell").str.len_bytes()
    )
    value, digits, number = pl.col("value"), pl.col("digits"), pl.col("number")
    with_country = (digits == 11) & (value >= _COUNTRY)  # noqa: PLR2004 - 1 and ten
    ten = pl.when(digits == 10).then(value).when(with_country).then(value - _COUNTRY)  # noqa: PLR2004
    known = (number >= _FIRST) & (number < _COUNTRY) & (number // _OFFICE % 10 >= 2)  # noqa: PLR2004
    return cell.select(number=ten).select(pl.when(known).then(number)).to_series()


def _refuse_others(rows: pl.LazyFrame, read: pl.Series, field: str, path: Path) -> None:
    if read.null_count():
        wrong = rows.filter(_ten_digits(field).is_null()).head(1)
        first = csv_rows(wrong, path)
        why = "is no North American number of ten digits, whose area code and office begin with 2 to 9"
        refuse_row(first, pl.lit(value=True), field, path, why)


def _unpacked(
    both: pl.Series, lrns: pl.Series, path: Path
) -> tuple[list[pl.Series], list[pl.Series]]:
    """Keys and places of sorted numbers, each number once, in parts."""
    narrow = pl.UInt16 if len(lrns) <= 2**16 else pl.UInt32
    keys, places = [pl.Series(dtype=pl.Int64)], [pl.Series(dtype=narrow)]
    last = 0
    for begin in range(0, len(both), _AT_ONCE):
        part = both.slice(begin, _AT_ONCE).alias("both").to_frame()
        part = part.with_columns(before=pl.col("both").shift(1, fill_value=last))
        last = part["both"][-1]
        part = part.filter(pl.col("both") != pl.col("before"))
        number, place = pl.col("both") // _PLACES, pl.col("both") % _PLACES
        twice = part.filter(number == pl.col("before") // _PLACES).head(1)
        if twice.height:
            one, other = (lrns[twice[name][0] % _PLACES] for name in ("before", "both"))
            raise InputError(
                f"a number has two routing numbers, {one} and {other}; keep one of them",
                file=path.name,
            )
        keys.append(part.select(number_key((number + _COUNTRY).cast(pl.String))).to_series())
        places.append(part.select(place.cast(narrow)).to_series())
    return keys, places
