"""The country of a prefix, by a library that keeps the world's numbering plans: `phonenumbers`.

Several countries share some calling codes: there a prefix is of the one country that its numbers belong to, and
of the code's main country where they belong to several (docs/rules/building.md, "Countries").
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST_CODE: Final = 3
_NO_COUNTRY: Final = "001"
_NANP_DIGITS: Final = 4
"""Of numbers of +1 the code and the area tell the country."""
_DIGITS_TOLD: Final = 7
"""Digits of a prefix beyond which none changes its country, where countries share a code."""
_ENDINGS: Final = (
    "0000000000",
    "1234567890",
    "2345678901",
    "5555555555",
    "7890123456",
    "9999999999",
)
"""Digits that a prefix is filled up with, to see whose numbers begin so."""


def country_codes(prefixes: pl.Series, wanted: Collection[str] = ()) -> list[pl.Series]:
    """`country`, the two letters of each prefix's country, null where it is of none; and `code_digits`, how
    many digits its calling code has, 0 where it has none.

    `wanted`: countries; those that share no code with one of them are not told from their code's main country.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    known = {str(code): countries for code, countries in COUNTRY_CODE_TO_REGION_CODE.items()}
    main = {code: None if of[0] == _NO_COUNTRY else of[0] for code, of in known.items()}
    shared = [
        code
        for code, countries in known.items()
        if len(countries) > 1 and (not wanted or not set(wanted).isdisjoint(countries))
    ]
    heads = [pl.col("prefix").str.slice(0, length) for length in range(1, _LONGEST_CODE + 1)]
    frame = pl.DataFrame({"prefix": prefixes}).with_columns(
        code=pl.coalesce(pl.when(head.is_in(list(known))).then(head) for head in heads)
    )
    digits = pl.when(pl.col("code") == "1").then(_NANP_DIGITS).otherwise(_DIGITS_TOLD)
    frame = frame.with_columns(
        pl.when(pl.col("code").is_in(shared))
        .then(pl.col("prefix").str.slice(0, digits))
        .alias("head"),
        pl.col("code").replace_strict(main, default=None, return_dtype=pl.String).alias("country"),
    )
    told = frame.select("head", "code").drop_nulls().unique()
    countries = [_of_shared(head, len(code)) for head, code in told.iter_rows()]
    told = told.select("head", own=pl.Series(countries, dtype=pl.String))
    found = frame.join(told, on="head", how="left", maintain_order="left").select(
        country=pl.coalesce("own", "country"),
        code_digits=pl.col("code").str.len_bytes().fill_null(0).cast(pl.Int64),
    )
    return found.get_columns()


SEVERAL: Final = "several"


def sole_countries(prefixes: pl.Series) -> pl.Series:
    """`country`: the two letters of the one country that all numbers of a prefix belong to, `SEVERAL` where more
    than one has such numbers, and null where none has (docs/rules/decks.md, "Countries of a preview").
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    country, code_digits = country_codes(prefixes)
    codes = [str(code) for code in COUNTRY_CODE_TO_REGION_CODE]
    frame = pl.DataFrame({"prefix": prefixes, "country": country, "code_digits": code_digits})
    begun = frame.filter(code_digits == 0)["prefix"].unique()
    several = {p for p in begun if any(code.startswith(p) for code in codes)}
    shared = {str(c): of for c, of in COUNTRY_CODE_TO_REGION_CODE.items() if len(of) > 1}
    head = pl.col("prefix").str.slice(0, _DIGITS_TOLD)
    for code, countries in shared.items():
        own = frame.filter(
            pl.col("prefix").str.starts_with(code), pl.col("code_digits") == len(code)
        )
        for digits, found in own.select(head, "country").unique().iter_rows():
            if any(
                other != found and example.startswith(digits)
                for other in countries
                for example in _examples(other)
            ):
                several.add(digits)
    told = pl.when(head.is_in(list(several))).then(pl.lit(SEVERAL)).otherwise("country")
    return frame.select(country=told)["country"]


@cache
def _examples(country: str) -> tuple[str, ...]:
    """Numbers of a country, one of each kind that it has."""
    from phonenumbers import PhoneNumberType, example_number_for_type, national_significant_number

    kinds = PhoneNumberType.values()
    numbers = (example_number_for_type(country, kind) for kind in kinds)
    return tuple(
        f"{n.country_code}{national_significant_number(n)}" for n in numbers if n is not None
    )


@cache
def _of_shared(digits: str, code_digits: int) -> str:
    """The country of a prefix below a code that several share: theirs, whose numbers alone begin so."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, region_code_for_number
    from phonenumbers.phonemetadata import PhoneMetadata

    code, national = int(digits[:code_digits]), digits[code_digits:]
    countries = COUNTRY_CODE_TO_REGION_CODE[code]
    lengths: set[int] = set()
    for country in countries:
        metadata = PhoneMetadata.metadata_for_region(country, None)
        if metadata is not None and metadata.general_desc is not None:
            lengths.update(metadata.general_desc.possible_length)
    found: set[str | None] = set()
    for length in lengths:
        if length < len(national):
            continue
        for ending in _ENDINGS:
            filled = national + (ending * 2)[: length - len(national)]
            number = PhoneNumber(code, int(filled), italian_leading_zero=filled.startswith("0"))
            found.add(region_code_for_number(number))
    known = [country for country in found if country is not None]
    return known[0] if len(known) == 1 else countries[0]


_UNNAMED: Final = {"AC": "Ascension Island", "TA": "Tristan da Cunha", "XK": "Kosovo"}
"""Countries of numbers for which the library has no name."""


@cache
def country_name(country: str | None) -> str | None:
    """The English name of a country by its two letters; None where there is none."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    if country is None:
        return None
    names = LOCALE_DATA.get(country, {})
    name = names.get("en", "")
    if name.startswith("*"):  # as in another language, which follows
        name = names.get(name[1:], "")
    return name or _UNNAMED.get(country, country)
