"""Ported numbers are read from whatever spelling, each once, in order."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from minutebook.cards.number_key import number_key
from minutebook.errors import InputError
from minutebook.intake import ported_numbers as module
from minutebook.intake.ported_numbers import ported_numbers

FILE = Path("ported.csv")


def rows(*pairs: tuple[str, str]) -> pl.LazyFrame:
    """As they come from a file."""
    numbers, lrns = zip(*pairs, strict=True) if pairs else ((), ())
    return pl.LazyFrame(
        {"line": range(2, len(pairs) + 2), "number": numbers, "lrn": lrns},
        schema={"line": pl.UInt32, "number": pl.String, "lrn": pl.String},
    )


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_numbers_come_once_in_order_with_their_routing_numbers(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs, and the 1 before ten digits, are no part of a number; what is said twice is said once."""
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    said = rows(
        ("9195550100", "+1 646-555-0000"),
        ("(201) 200.0100", "2125550000"),
        ("+12012000100", "12125550000"),
        ("12012000101", "6465550000"),
        ("2012000100", "2125550000"),
    )
    keys, places, routes = ported_numbers(said, FILE)
    known = pl.Series(["12012000100", "12012000101", "19195550100"])
    assert keys.to_list() == pl.select(number_key(pl.lit(known))).to_series().to_list()
    assert routes.to_list() == [12125550000, 16465550000]
    assert (places.to_list(), places.dtype) == ([0, 1, 1], pl.UInt16)
    twice = rows(
        ("2012000100", "2125550000"), ("2012000101", "6465550000"), ("12012000100", "6465550000")
    )
    with pytest.raises(InputError, match="2125550000 and 6465550000"):
        ported_numbers(twice, FILE)


@pytest.mark.parametrize(
    "wrong",
    ["", "201200010", "20120001000", "22012000100", "1012000100", "2011000100", "442079460100", "2O12000100", "+-"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["number", "lrn"])
def test_what_is_no_number_is_refused_with_its_line(wrong: str, field: str) -> None:
    """As a number, and as a routing number."""
    good = "2012000100"
    pair = (wrong, good) if field == "number" else (good, wrong)
    with pytest.raises(InputError, match=rf"^ported\.csv:3: {field} ") as refused:
        ported_numbers(rows((good, good), pair), FILE)
    assert repr(wrong) in str(refused.value)


def test_no_rows_are_no_numbers() -> None:
    """A table may be empty."""
    keys, places, routes = ported_numbers(rows(), FILE)
    assert (len(keys), len(places), len(routes)) == (0, 0, 0)
