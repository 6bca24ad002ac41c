"""Which countries numbers belong to, as a table of prefixes, made from a library that keeps the world's numbering
plans: `phonenumbers` (docs/rules/origins.md, "The country of a number").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.digit_pattern import DigitPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COUNTRIES_SCHEMA: Final[dict[str, pl.DataType]] = {"prefix": pl.String(), "country": pl.String()}
"""A table of countries: digits, and the two letters of the country of the numbers that they begin; the longest holds."""
_NO_COUNTRY: Final = "001"
_MOST_DIGITS: Final = 7
"""Digits after a code that several countries share, beyond which a number's country is not asked."""
_AREA_DIGITS: Final = {"1": 3}
"""The same, where the area alone tells it."""
_KINDS: Final = (
    "fixed_line", "mobile", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip


def country_prefixes() -> pl.DataFrame:
    """The table of countries (COUNTRIES_SCHEMA) by the plans that the library has now, in order of the prefixes."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    rows: list[tuple[str, str]] = []
    for code, countries in COUNTRY_CODE_TO_REGION_CODE.items():
        if countries[0] == _NO_COUNTRY:
            continue
        rows.append((str(code), countries[0]))
        if len(countries) > 1:
            rows += _below(str(code), countries)
    return pl.DataFrame(rows, schema=COUNTRIES_SCHEMA, orient="row").sort("prefix")


def _below(code: str, countries: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Longer prefixes under a code that countries share: those whose numbers are not of the first, its main one."""
    most = _AREA_DIGITS.get(code, _MOST_DIGITS)
    plans = [_plan(country) for country in countries]

    def split(digits: str, candidates: Sequence[int], above: int) -> Iterator[tuple[str, str]]:
        for digit in "0123456789":
            head = digits + digit
            left = [n for n in candidates if _begins(plans[n], head)]
            if not left:
                continue
            if len(left) > 1 and len(head) < most and not _first_alone(plans, left, head):
                yield from split(head, left, above)
            elif left[0] != above:
                yield code + head, plans[left[0]].country

    yield from split("", range(len(plans)), 0)


def _begins(plan: _Plan, head: str) -> bool:
    """Whether a country has numbers that begin so, of those after the code."""
    if plan.leading is not None:
        return plan.leading.opens(head)
    return any(pattern.begins(head) for pattern in plan.patterns)


def _first_alone(plans: Sequence[_Plan], candidates: Sequence[int], head: str) -> bool:
    """Whether the first has all numbers that begin so: the library goes by the first that a number suits."""
    first, *others = (plans[n] for n in candidates)
    lengths = {
        length
        for other in others
        for length in other.lengths
        if length >= len(head)
        and (other.leading or any(p.may_have(head, length) for p in other.patterns))
    }
    return all(any(p.covers(head, length) for p in first.patterns) for length in lengths)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a country's numbers look like; or how they begin, where the library goes by that."""

    country: str
    patterns: tuple[DigitPattern, ...]
    leading: DigitPattern | None
    lengths: tuple[int, ...]


def _plan(country: str) -> _Plan:
    from phonenumbers.phonemetadata import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None or metadata.general_desc is None:
        return _Plan(country, (), None, ())
    kinds = (getattr(metadata, kind, None) for kind in _KINDS)
    told = [kind.national_number_pattern for kind in kinds if kind is not None]
    leading = metadata.leading_digits
    return _Plan(
        country,
        tuple(DigitPattern.of(pattern) for pattern in told if pattern),
        DigitPattern.of(leading) if leading else None,
        tuple(metadata.general_desc.possible_length),
    )
