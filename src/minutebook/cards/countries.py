"""The country of a prefix, by a library that keeps the world's numbering plans: `phonenumbers`.

Several countries share some calling codes: there a prefix is of the one country that its numbers belong to, and
of the code's main country where they belong to several (docs/rules/building.md, "Countries").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    frame = pl.DataFrame({"prefix": prefixes, "country": country})
    codes = [str(code) for code in COUNTRY_CODE_TO_REGION_CODE]
    parts = {code[:length] for code in codes for length in range(1, len(code) + 1)}
    several = set(frame.filter(code_digits == 0, prefixes.is_in(list(parts)))["prefix"])
    head = pl.col("prefix").str.slice(0, _DIGITS_TOLD)
    for digits, found in frame.filter(code_digits > 0).select(head, "country").unique().iter_rows():
        if not _begun().get(digits, frozenset()) <= {found}:
            several.add(digits)
    told = pl.when(head.is_in(list(several))).then(pl.lit(SEVERAL)).otherwise("country")
    return frame.select(country=told)["country"]


@cache
def _begun() -> dict[str, frozenset[str]]:
    """By the first digits of a number: the countries, of those that share a code, that have numbers which begin so, as far as
    the library gives examples: one of each kind that a country has.
    """
    from phonenumbers import (
        COUNTRY_CODE_TO_REGION_CODE,
        PhoneNumberType,
        example_number_for_type,
        national_significant_number,
    )

    found: dict[str, set[str]] = {}
    for countries in COUNTRY_CODE_TO_REGION_CODE.values():
        for country in countries if len(countries) > 1 else ():
            for kind in PhoneNumberType.values():
                number = example_number_for_type(country, kind)
                if number is not None:
                    text = f"{number.country_code}{national_significant_number(number)}"
                    for length in range(1, _DIGITS_TOLD + 1):
                        found.setdefault(text[:length], set()).add(country)
    return {digits: frozenset(countries) for digits, countries in found.items()}


@cache
def _of_shared(digits: str, code_digits: int) -> str:
    """The country of a prefix below a code that several share: theirs, whose numbers alone begin so."""
    plans = numbering_plans(int(digits[:code_digits]))
    national, main = digits[code_digits:], plans[0].country
    found = ""
    for length in {length for plan in plans for length in plan.lengths}:
        if length < len(national):
            continue
        for ending in _ENDINGS:
            filled = national + (ending * 2)[: length - len(national)]
            number = ("0" if filled.startswith("0") else "") + str(int(filled))
            country = next((plan.country for plan in plans if plan.has(number)), found)
            if found and country != found:
                return main
            found = country
    return found or main


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """How to tell numbers of a country that shares its code, as `phonenumbers.region_code_for_number` does: that takes
    its patterns anew for each number, and a deck of a hundred thousand prefixes asks for a hundred thousand.
    """

    country: str
    lengths: tuple[int, ...]
    """How many digits its numbers have."""
    leading: re.Pattern[str] | None
    """How its numbers begin; None: they are told by their kinds."""
    kinds: tuple[tuple[tuple[int, ...], re.Pattern[str]], ...]
    """Of each kind: how many digits its numbers have, none: as `lengths`, and what they are. The first holds for all."""

    def has(self, number: str) -> bool:
        """Whether a national number is one of the country."""
        if self.leading is not None:
            return self.leading.match(number) is not None
        return _is_of(number, *self.kinds[0]) and any(
            _is_of(number, *kind) for kind in self.kinds[1:]
        )


def _is_of(number: str, lengths: tuple[int, ...], pattern: re.Pattern[str]) -> bool:
    return (not lengths or len(number) in lengths) and pattern.fullmatch(number) is not None


@cache
def numbering_plans(code: int) -> tuple[NumberingPlan, ...]:
    """The countries of a code, the main one first."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
    from phonenumbers.phonemetadata import PhoneMetadata

    found = []
    for country in COUNTRY_CODE_TO_REGION_CODE[code]:
        metadata = PhoneMetadata.metadata_for_region(country, None)
        if metadata is None or metadata.general_desc is None:
            continue
        kinds = [getattr(metadata, name) for name in _KINDS]
        found.append(
            NumberingPlan(
                country,
                tuple(metadata.general_desc.possible_length),
                None if metadata.leading_digits is None else re.compile(metadata.leading_digits),
                tuple(
                    (tuple(kind.possible_length), re.compile(kind.national_number_pattern))
                    for kind in kinds
                    if kind is not None and kind.national_number_pattern
                ),
            )
        )
    return tuple(found)


_KINDS: Final = (
    "general_desc", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
    "fixed_line", "mobile",
)  # fmt: skip
"""All numbers, and those of each kind, as the library names them."""
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
