"""Numbers, however a switch wrote them (docs/rules/numbers.md, "Digits of a number")."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.calls.numbers import normalised
from minutebook.calls.source import Source

BARE = Source("bare")
UK = Source("uk", country="44", tech_prefixes=("99", "9911"))
US = Source("us", country="1", international_prefix="011", national_prefix="1")


def norm(source: Source, *numbers: str | None) -> list[str | None]:
    frame = pl.DataFrame({"called": pl.Series(numbers, dtype=pl.String)})
    return frame.select(normalised(pl.col("called"), source))["called"].to_list()


@pytest.mark.parametrize(
    "written",
    [
        "442079460000",
        "+442079460000",
        "00442079460000",
        "+44 20 7946 0000",
        "+44-(20)-7946.0000",
        "sip:+442079460000@192.0.2.1:5060;user=phone",
        "SIPS:00442079460000@example.com",
        "tel:+442079460000",
        "<sip:442079460000@192.0.2.1>",
        "442079460000@192.0.2.1",
        "+44-(0)-20-7946-0000",
        "+44.(0).20.7946.0000",
        "442079460000.000",
        "442079460000,0",
    ],
)
def test_ways_to_write_a_number_are_one_number(written: str) -> None:
    """Plus, 00, spaces, brackets and addresses make no difference."""
    assert norm(BARE, written) == ["442079460000"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("02079460000", "442079460000"),  # national
        ("(020) 7946 0000", "442079460000"),
        ("9911442079460000", "442079460000"),  # technical prefix, the longest first
        ("9911#00442079460000", "442079460000"),
        ("9911+442079460000", "442079460000"),
        ("9902079460000", "442079460000"),
        ("442079460000", "442079460000"),  # neither + nor 00 nor 0: as it is
        ("2079460000", "2079460000"),  # not guessed to be national
        ("+9911234567", "9911234567"),  # behind a plus stands no technical prefix
        ("9911", "9911"),  # nothing stands behind it
    ],
)
def test_prefixes_of_the_source_are_taken_off(written: str, expected: str) -> None:
    """Technical, international and national prefixes, in that order."""
    assert norm(UK, written) == [expected]


def test_without_a_country_national_numbers_stay() -> None:
    """0 20 7946… could be anywhere."""
    assert norm(BARE, "02079460000") == ["02079460000"]


def test_other_plans_have_other_prefixes() -> None:
    """011 and 1, as in North America."""
    assert norm(US, "011442079460000", "12125550100", "+12125550100", "2125550100") == [
        "442079460000",
        "12125550100",
        "12125550100",
        "2125550100",
    ]


@pytest.mark.parametrize(
    "written", ["alice", "alice@example.com", "*60", "s", "h", "+", "+44x", "#31#44207", "12 b", ""]
)
def test_what_is_no_number_is_kept_as_recorded(written: str) -> None:
    """Names and feature codes are never made numbers."""
    assert norm(UK, written) == [written]


def test_no_number_stays_no_number() -> None:
    """Null among numbers of every kind."""
    assert norm(UK, None, "+4420", None, "020") == [None, "4420", None, "4420"]


@settings(deadline=None)
@given(st.lists(st.none() | st.text(alphabet="0123456789+*# -()sip:@.x", max_size=24), max_size=30))
def test_each_number_is_normalised_by_itself(numbers: list[str | None]) -> None:
    """Neighbours in a column change nothing, and twice is once for numbers."""
    together = norm(UK, *numbers)
    assert together == [norm(UK, number)[0] for number in numbers]
    for before, after in zip(numbers, together, strict=True):
        assert after == before or (after is not None and after.isdigit())
