"""The countries of numbers, held against the library whose plans they are made from."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneNumber,
    PhoneNumberType,
    example_number_for_type,
    national_significant_number,
    region_code_for_number,
)

from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.digit_pattern import DigitPattern

COUNTRY = dict(country_prefixes().iter_rows())
SHARED = [code for code, countries in COUNTRY_CODE_TO_REGION_CODE.items() if len(countries) > 1]
PARTS = st.sampled_from(["1", "[2-4]", r"\d", r"\d{2}", "7{1,2}", "(?:5[01]|6)", "(?:8|9\\d)?"])


def country_of(number: str) -> str | None:
    heads = (number[:digits] for digits in range(len(number), 0, -1))
    return next((COUNTRY[head] for head in heads if head in COUNTRY), None)


def test_every_kind_of_number_of_every_country_is_of_the_country_that_the_library_says() -> None:
    """Fixed, mobile, free, shared, premium, personal … wherever the library has an example."""
    asked = 0
    for countries in COUNTRY_CODE_TO_REGION_CODE.values():
        for country in countries:
            for kind in PhoneNumberType.values():
                number = example_number_for_type(country, kind) if country != "001" else None
                if number is None or len(str(number.national_number)) < 8:
                    continue
                digits = f"{number.country_code}{national_significant_number(number)}"
                assert country_of(digits) == region_code_for_number(number), digits
                asked += 1
    assert asked > 500


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SHARED), st.integers(10**9, 10**10 - 1), st.sampled_from([6, 7, 8, 9, 10]))
def test_where_countries_share_a_code_the_digits_after_it_tell(
    code: int, national: int, digits: int
) -> None:
    """Whatever the library knows to be somebody's number."""
    number = str(national)[:digits]
    known = region_code_for_number(PhoneNumber(code, int(number)))
    assert known is None or country_of(f"{code}{number}") == known


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=4), min_size=1, max_size=3),
    st.text("0123456789", max_size=4),
)
def test_what_begins_a_pattern_is_what_some_digits_complete(
    choices: list[list[str]], head: str
) -> None:
    """Tried with all that three more digits, or fewer, can be."""
    text = "|".join(map("".join, choices))
    pattern, whole = DigitPattern.of(text), re.compile(text)
    tails = [f"{n:0{k}}" if k else "" for k in range(4) for n in range(10**k)]
    done = {len(head) + len(tail) for tail in tails if whole.fullmatch(head + tail)}
    assert pattern.begins(head) or not done
    for tail_digits in range(4):
        length = len(head) + tail_digits
        tried = [whole.fullmatch(head + tail) for tail in tails if len(tail) == tail_digits]
        assert pattern.may_have(head, length) == any(tried)
        assert not pattern.covers(head, length) or all(tried)
