"""Numbers that stand in a file as text, taken exactly: durations and epochs, never by a float."""

from __future__ import annotations

import polars as pl

_DECIMAL = r"^\s*([+-]?)([0-9]{1,18})(?:\.([0-9]*))?\s*$"


def scaled(texts: pl.Series, decimals: int) -> pl.Series:
    """Decimal texts times 10^`decimals`, truncated toward zero, as Int64.

    `scaled(seconds, 3)` are milliseconds. Null where a text is no plain decimal number (an
    exponent, a comma, words) or has more than 18 digits in all.
    """
    if decimals == 0:
        whole = texts.cast(pl.Int64, strict=False)
        if whole.null_count() == texts.null_count():
            return whole
    parts = texts.str.extract_groups(_DECIMAL).struct.unnest()
    sign, digits, fraction = (parts.to_series(i) for i in range(3))
    fraction = fraction.fill_null("").str.head(decimals).str.pad_end(decimals, "0")
    value = (digits + fraction).cast(pl.Int64, strict=False)
    too_long = digits.str.strip_chars_start("0").str.len_bytes() > 18 - decimals
    return pl.select(
        pl.when(too_long).then(None).when(sign == "-").then(-value).otherwise(value)
    ).to_series()
