"""Numbers as E.164 digits, from however a switch wrote them (docs/rules/numbers.md, "Digits of a number").

`+44…`, `0044…`, `44…` and the same behind a technical prefix all become `44…`. What is not a
number after all that (a name, `*60`, `s`) is kept as it was recorded; nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from minutebook.calls.source import Source

_ADDRESS = r"(?i)^\s*<?\s*(?:(?:sips?|tel):)?([^@;>]*?)\s*(?:[@;>].*)?$"
_PUNCTUATION = r"[\s\-.()]"
_NATIONAL_PREFIX = (
    r"([0-9])[\s\-.]*\(\s*0\s*\)"  # the nought that +44 (0)20 7946 0124 is dialled without
)
_POINT_NOUGHT = r"^(\s*\+?[0-9]{5,})[.,]0+\s*$"  # what a tool leaves that took numbers for amounts
ROUNDED = (
    r"^\s*[+-]?(?:[0-9](?:[.,][0-9]+)?[eE]\+|[0-9][.,][0-9]+[eE])"  # Java writes no plus
    r"[0-9]{1,3}\s*$"
)
"""A number whose digits a spreadsheet has lost, as 4.42E+11: it is none (`check`)."""


def normalised(number: pl.Expr, source: Source) -> pl.Expr:
    """The numbers of a column, as digits where they are numbers (String; null stays null).

    In this order: `.0` or `,000` at the end of plain digits goes, and `(0)` after a digit; spaces, `-`, `.`, brackets, a `sip:` or `tel:` scheme and what follows `@` go;
    then a technical prefix of the source, the longest first, with or without `#`; then `+` or
    the source's international prefix; else, where the source has a country, a national prefix
    becomes the country. Only what is all digits by then is changed.
    """
    return number.map_batches(
        lambda values: normalised_series(values, source),
        return_dtype=pl.String,
        is_elementwise=True,
    )


def normalised_series(values: pl.Series, source: Source) -> pl.Series:
    """As `normalised`, for values in hand. Numbers that are digits already cost next to nothing."""
    written = values.cast(pl.String)
    plain = written.str.contains(r"^[0-9]*$")
    if plain.all():
        return _international(written, source).alias(values.name)
    odd = pl.DataFrame({"at": (~plain).fill_null(value=False).arg_true()})
    taken = written.gather(odd["at"])
    phone = taken.str.replace(_POINT_NOUGHT, "$1").str.replace(_NATIONAL_PREFIX, "$1")
    digits = phone.str.extract(_ADDRESS, 1).fill_null("").str.replace_all(_PUNCTUATION, "")
    cleaned = _international(digits, source)
    settled = pl.select(
        pl.when(pl.lit(cleaned).str.contains(r"^[0-9]+$")).then(cleaned).otherwise(taken)
    ).to_series()
    return _international(written, source).scatter(odd["at"], settled).alias(values.name)


def _international(numbers: pl.Series, source: Source) -> pl.Series:
    """Numbers without technical prefix, `+` and international prefix; national ones completed."""
    number = pl.col("number")
    frame = pl.DataFrame({"number": numbers})
    prefixes = sorted(filter(None, source.tech_prefixes), key=len, reverse=True)
    if prefixes:
        frame = frame.with_columns(_without_tech_prefix(number, prefixes))
    forms: list[pl.Expr] = [_without(number, "+")]
    if source.international_prefix:
        forms.append(_without(number, source.international_prefix))
    if source.country:
        forms.append(pl.lit(source.country) + _without(number, source.national_prefix))
    found = frame.select(number, pl.coalesce(*forms, number).alias("found"))
    return found.select(
        pl.when(pl.col("found") != "").then("found").otherwise("number")
    ).to_series()


def _without(number: pl.Expr, prefix: str) -> pl.Expr:
    """What follows a prefix; null where a number does not begin with it."""
    return pl.when(number.str.starts_with(prefix)).then(number.str.slice(len(prefix)))


def _without_tech_prefix(number: pl.Expr, prefixes: list[str]) -> pl.Expr:
    """The numbers behind the longest prefix that they begin with; a bare prefix stays."""
    written = [form for prefix in prefixes for form in (prefix + "#", prefix)]
    rest = pl.coalesce(*(_without(number, form) for form in written), number)
    return pl.when(rest != "").then(rest).otherwise(number).alias("number")
