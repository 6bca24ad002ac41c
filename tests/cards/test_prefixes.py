"""The longest prefix wins, whatever the number looks like."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import longest_prefix

from minutebook.cards.number_key import NO_HEAD, number_head, number_key
from minutebook.cards.prefixes import PrefixIndex
from minutebook.errors import InputError

NO_NUMBERS = [
    "",
    "+",
    "+44",
    "+0",
    "-44",
    "-0",
    " 44",
    "44 ",
    "4a",
    "44\n",
    "٤٤",
    "４４",
    "4_4",
    "1e3",
    "44 20",
    "44.0",
    "anonymous",
    "44207946095812345a",
]
digits = st.text("0123456789")
few_digits = st.text("01", max_size=45)


def found_by_text(index: PrefixIndex, numbers: list[str | None]) -> list[int | None]:
    frame = pl.LazyFrame({"number": pl.Series(numbers, dtype=pl.String)})
    longest = frame.select(index.longest(pl.col("number")))
    return longest.collect(engine="streaming").to_series().to_list()


def found_by_key(index: PrefixIndex, numbers: list[str | None]) -> list[int | None]:
    frame = pl.LazyFrame({"number": pl.Series(numbers, dtype=pl.String)})
    frame = frame.with_columns(key=number_key(pl.col("number")))
    found = index.matched(frame, "number", "position", key="key").collect(engine="streaming")
    return [None if at == index.count else at for at in found["position"].to_list()]


def found_by_head(index: PrefixIndex, numbers: list[str | None]) -> list[int | None]:
    frame = pl.LazyFrame({"number": pl.Series(numbers, dtype=pl.String)})
    frame = frame.select(head=number_head(pl.col("number")))
    found = index.matched_by_head(frame, "head", "position").collect(engine="streaming")
    return [None if at == index.count else at for at in found["position"].to_list()]


def assert_found(prefixes: list[str], numbers: list[str | None]) -> None:
    """Text and key both find what trying every prefix finds, and so does the head where no prefix is longer."""
    index = PrefixIndex.build(prefixes)
    expected = [longest_prefix(prefixes, number) for number in numbers]
    assert found_by_text(index, numbers) == expected
    assert found_by_key(index, numbers) == expected
    assert index.by_head is all(len(prefix) <= 8 for prefix in prefixes)
    if index.by_head:
        assert found_by_head(index, numbers) == expected


@settings(max_examples=50)
@given(st.lists(st.text("012", max_size=9), unique=True, min_size=1), st.lists(st.text("012")))
def test_the_first_digits_find_what_the_number_does(
    prefixes: list[str], numbers: list[str]
) -> None:
    """Whatever is short, long, or no number at all."""
    short = [prefix for prefix in prefixes if len(prefix) <= 8] or [""]
    assert_found(short, [*numbers, *NO_NUMBERS, None])
    assert_found(prefixes, [*numbers, *NO_NUMBERS, None])


@given(st.lists(digits | st.sampled_from(NO_NUMBERS) | st.text("019", min_size=10, max_size=12)))
def test_a_head_tells_a_whole_number(numbers: list[str]) -> None:
    """Eleven digits, no more and no fewer; what is no number has no head below the last."""
    head = number_head(pl.col("number"))
    heads = pl.DataFrame({"number": numbers}, schema={"number": pl.String}).select(head).to_series()
    assert heads.dtype == pl.Int32
    for number, found in zip(numbers, heads, strict=True):
        known = number.isascii() and number.isdigit()
        assert (found == NO_HEAD) is not known
        assert (found > NO_HEAD) is (known and len(number) == 11)


def test_the_longest_prefix_wins() -> None:
    """Not the first, not the cheapest."""
    index = PrefixIndex.build(["44", "447", "4477", "1"])
    numbers: list[str | None] = [
        "442012345678",
        "447012345678",
        "447712345678",
        "12125550100",
        "33123456789",
    ]
    assert found_by_text(index, numbers) == [0, 1, 2, 3, None]


def test_a_number_shorter_than_a_prefix_has_the_shorter_prefixs_price() -> None:
    """44 is not 4400: zeros are never dialled by filling up."""
    assert_found(
        ["44", "4400", "44000000", "440000000000"],
        ["44", "440", "4400", "44000", "4400000", "1", ""],
    )


def test_what_is_no_number_has_no_prefix() -> None:
    """Signs, spaces, letters, other scripts' digits; also where one prefix begins everything."""
    for prefixes in (["44", "4"], ["", "4"], ["0", "00"], ["0044", ""]):
        assert_found(prefixes, [*NO_NUMBERS, None])


def test_the_empty_prefix_begins_every_number() -> None:
    """A catch-all, for numbers alone."""
    assert_found(["", "44"], ["1", "44", "0", "0" * 30, "+1"])


@pytest.mark.parametrize("length", [1, 7, 8, 9, 14, 15, 16, 17, 19, 20, 23, 39, 40])
def test_prefixes_of_any_length_are_found(length: int) -> None:
    """Up to 40 digits, in numbers that are shorter, as long, and longer."""
    prefix = "4420" * 10
    prefixes = [prefix[:length], "44", "442"]
    prefixes = list(dict.fromkeys(prefixes))
    others = [prefix[: length - 1] + "9" * n for n in range(3)]
    assert_found(prefixes, [prefix[:n] for n in range(1, 41)] + [prefix + "123456"] + others)


def test_no_prefixes_match_nothing() -> None:
    """An empty card prices no call."""
    assert_found([], ["44", "", "+44", None])


def test_prefixes_that_cannot_be_are_refused() -> None:
    """By name, so that the card can be mended."""
    for wrong in (["44", "4a"], ["44", "+1"], ["1" * 41], ["44", None]):
        with pytest.raises(InputError, match="not a string of up to 40 digits"):
            PrefixIndex.build(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="'44' is there more than once"):
        PrefixIndex.build(["44", "1", "44"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(few_digits, digits).filter(lambda p: len(p) <= 40), max_size=30, unique=True
    ),
    st.lists(st.one_of(few_digits, digits, st.sampled_from(NO_NUMBERS), st.none()), max_size=40),
)
def test_any_prefixes_and_numbers(prefixes: list[str], numbers: list[str | None]) -> None:
    """The search equals trying every prefix; numbers that continue a prefix are tried as well."""
    assert_found(
        prefixes, numbers + [prefix + "01" for prefix in prefixes] + [p[:-1] for p in prefixes]
    )


def test_a_deck_of_the_fields_size() -> None:
    """100,000 prefixes of 1 to 20 digits: as looking up every beginning of the number."""
    chance = random.Random(1)

    def number(shortest: int, longest: int) -> str:
        return "".join(chance.choices("0123456789", k=chance.randint(shortest, longest)))

    prefixes = list({number(1, chance.choice([5, 8, 12, 20])) for _ in range(120_000)})[:100_000]
    numbers: list[str | None] = [number(1, 25) for _ in range(10_000)]
    numbers += [prefix + number(0, 8) for prefix in prefixes[:10_000]]
    position = {prefix: at for at, prefix in enumerate(prefixes)}
    expected = []
    for dialled in numbers:
        assert dialled is not None
        beginnings = (dialled[:n] for n in range(min(len(dialled), 40), 0, -1))
        expected.append(next((position[b] for b in beginnings if b in position), None))
    index = PrefixIndex.build(pl.Series(prefixes))
    assert found_by_text(index, numbers) == expected
    assert found_by_key(index, numbers) == expected
