"""Which rule of profit holds for a prefix: the most specific (docs/rules/building.md, "Profit")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.countries import country_codes
from minutebook.cards.prefixes import PrefixIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.cards.recipe import ProfitRule


def named_digits(rules: Sequence[ProfitRule]) -> dict[str, int]:
    """The prefixes that rules name, by themselves or in patterns, and the position of the rule of each.

    Of rules that name the same prefix the one holds whose pattern leaves fewer digits open.
    """
    found: dict[str, tuple[int, int]] = {}
    for place, rule in enumerate(rules):
        for digits, opened in rule.digits():
            if digits not in found or opened < found[digits][0]:
                found[digits] = opened, place
    return {digits: place for digits, (_, place) in found.items()}


def holding(rules: Sequence[ProfitRule], prefixes: pl.Series) -> pl.Series:
    """The position of the rule that holds for each prefix (UInt8); null: none does."""
    digits = named_digits(rules)
    general = next(
        (n for n, r in enumerate(rules) if not (r.prefixes or r.patterns or r.countries)), None
    )
    names = pl.Series("digits", list(digits), dtype=pl.String)
    frame = prefixes.alias("prefix").to_frame()
    found = PrefixIndex.build(names).matched(frame.lazy(), "prefix", "at").collect()
    places = pl.Series([*digits.values(), None], dtype=pl.UInt8)
    lengths = pl.concat([names.str.len_bytes().cast(pl.Int64), pl.Series([0])])
    found = found.with_columns(
        rule=pl.lit(places).gather("at"), length=pl.lit(lengths).gather("at")
    )
    if any(rule.countries for rule in rules):
        found = _by_country(rules, found)
    rule = found["rule"].cast(pl.UInt8)
    return rule if general is None else rule.fill_null(general)


def _by_country(rules: Sequence[ProfitRule], found: pl.DataFrame) -> pl.DataFrame:
    """A country's rule stands before one of a prefix that is not longer than its calling code."""
    places = {country: n for n, rule in enumerate(rules) for country in rule.countries}
    countries = country_codes(found["prefix"], places)
    of_country = pl.col("country").replace_strict(places, default=None, return_dtype=pl.UInt8)
    stands = pl.col("length") <= pl.col("code_digits")
    return found.with_columns(countries).with_columns(
        rule=pl.when(stands & of_country.is_not_null()).then(of_country).otherwise("rule")
    )
