"""A number's first digits as one integer, by which prefixes and tables of numbers find it.

A number's key is its first 15 digits as an integer of base 11, in which 0 stands for "no digit" and 1 to 10 for the
digits 0 to 9, pushed to the left; so its first digits are a division away, and a short number's missing ones are told
from dialled zeros. Its head is the first 8 of them, and whether there are 11. Neither depends on any prefix: the lake keeps the
key of the number that was called, and the head of the caller (docs/decisions/0009, 0021).
"""

from __future__ import annotations

from typing import Final

import polars as pl

WIDTH: Final = 15  # digits of a key
BASE: Final = 11
NO_NUMBER: Final = BASE**WIDTH  # greater than every key
HEAD_DIGITS: Final = 8
WHOLE_DIGITS: Final = 11
"""Of a whole North American number: 1, and ten."""
NO_HEAD: Final = BASE**HEAD_DIGITS
"""The head of what is no number."""
WHOLE_HEAD: Final = NO_HEAD + 1
"""How much greater the head of a whole number is."""
_BELOW_HEAD: Final = BASE ** (WIDTH - HEAD_DIGITS)
_BELOW_WHOLE: Final = BASE ** (WIDTH - WHOLE_DIGITS)
_WHOLE: Final = pl.zeros(BASE * _BELOW_WHOLE, dtype=pl.Int32, eager=True).scatter(
    [digit * _BELOW_WHOLE for digit in range(1, BASE)], WHOLE_HEAD
)
"""By the digits of a key from the last one of a whole number on: WHOLE_HEAD where it is there, and none after it."""
_DIGITS: Final = "^[0-9]+$"  # \d would take other scripts' digits
_TENS: Final = pl.Series([10 ** (WIDTH - n) for n in range(WIDTH + 1)], dtype=pl.UInt64)
"""By a number's length: what its digits are multiplied by, to lie at the left."""
_FILLED_UP: Final = pl.Series(
    [sum(BASE**k for k in range(WIDTH - n)) for n in range(WIDTH + 1)], dtype=pl.Int64
)
"""By a number's length: what the zeros that fill it up would add to its key."""
_FILLED_UP_HEAD: Final = _FILLED_UP // _BELOW_HEAD
_OF_THREE: Final = pl.Series(
    [(n // 100 + 1) * BASE**2 + (n // 10 % 10 + 1) * BASE + n % 10 + 1 for n in range(1000)],
    dtype=pl.Int64,
)
"""By three digits: their key."""


def number_key(number: pl.Expr) -> pl.Expr:
    """The key (Int64, never null) of a number (String), for `PrefixIndex.matched`."""
    return number.map_batches(_keys, return_dtype=pl.Int64, is_elementwise=True)


def number_head(number: pl.Expr) -> pl.Expr:
    """The head (Int32, never null) of a number (String): its first `HEAD_DIGITS` digits, as in its key, and WHOLE_HEAD
    more where it has `WHOLE_DIGITS` of them; NO_HEAD of what is no number.
    """
    return number.map_batches(_heads, return_dtype=pl.Int32, is_elementwise=True)


def head_digits(head: pl.Expr) -> pl.Expr:
    """The first `HEAD_DIGITS` digits (UInt32), as in a key, of a number by its head; NO_HEAD of what is no number."""
    found = head.cast(pl.UInt32, wrap_numerical=True)
    return pl.min_horizontal(
        found, found - pl.lit(WHOLE_HEAD, pl.UInt32)
    )  # below 0 it wraps around


def head_of_key(key: pl.Expr) -> pl.Expr:
    """The head (Int32) of a number by its key (Int64)."""
    after = (key % (BASE * _BELOW_WHOLE)).cast(pl.UInt32, wrap_numerical=True)
    return (key // _BELOW_HEAD).cast(pl.Int32) + pl.lit(_WHOLE).gather(after)


def with_keys(calls: pl.DataFrame) -> pl.DataFrame:
    """Calls with `called_key` and `caller_head`, what rating finds prices by, from their numbers as they are now."""
    return calls.with_columns(
        called_key=number_key(pl.col("called")), caller_head=number_head(pl.col("caller"))
    )


def _keys(numbers: pl.Series) -> pl.Series:
    parts = _aligned(numbers)
    key = sum(
        (
            pl.lit(_OF_THREE).gather(pl.col("aligned") // 1000**k % 1000) * BASE ** (3 * k)
            for k in range(WIDTH // 3)
        ),
        start=-pl.lit(_FILLED_UP).gather("length"),
    )
    return parts.select(pl.when("known").then(key).otherwise(NO_NUMBER)).collect().to_series()


def _heads(numbers: pl.Series) -> pl.Series:
    digits = (pl.col("aligned") // 10 ** (WIDTH - HEAD_DIGITS)).cast(pl.UInt32, wrap_numerical=True)
    parts = _aligned(numbers).with_columns(digits=digits)
    high, middle = (pl.lit(_OF_THREE).gather(pl.col("digits") // 10**k % 1000) for k in (5, 2))
    last = (
        pl.lit(_OF_THREE).gather(pl.col("digits") % 100) - BASE**2
    )  # two of three: a zero is before them
    head = high * BASE**5 + middle * BASE**2 + last - pl.lit(_FILLED_UP_HEAD).gather("length")
    whole = (pl.col("length") == WHOLE_DIGITS).cast(pl.Int64) * WHOLE_HEAD
    known = pl.when("known").then(head + whole).otherwise(NO_HEAD)
    return parts.select(known.cast(pl.Int32)).collect().to_series()


def _aligned(numbers: pl.Series) -> pl.LazyFrame:
    """The `length` of numbers, of `WIDTH` digits at most, their first digits `aligned` at the left (UInt64), and whether
    each is `known` to be a number.
    """
    lengths = numbers.str.len_bytes()
    if isinstance(longest := lengths.max(), int) and longest > WIDTH:
        is_number = numbers.str.contains(_DIGITS)
        numbers, lengths = numbers.str.slice(0, WIDTH), lengths.clip(upper_bound=WIDTH)
    else:  # what is no integer has none; but +44 is one
        is_number = ~numbers.str.starts_with("+")
    values = numbers.cast(pl.UInt64, strict=False)
    parts = pl.DataFrame({"length": lengths, "value": values, "is_number": is_number}).lazy()
    return parts.with_columns(
        aligned=pl.col("value") * pl.lit(_TENS).gather("length"),
        known=pl.col("is_number") & pl.col("value").is_not_null(),
    )
