"""A carrier with two customers and two providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, declare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

PROVIDERS = """
[provider.vox]
name = "Vox Carrier"
currency = "USD"
card = "vox"
credit_limit = "10.00"
match = [ { trunk = "vox-1" }, { trunk = "vox-2" } ]

[source.minutebook]
tech_prefixes = ["9901"]

[provider.tele]
currency = "USD"
card = "tele"
match = [ { tech_prefix = "9901#" }, { server = "fra-1" } ]
"""
VOX = "Code,Destination,Rate\n44,United Kingdom,0.004\n447,United Kingdom Mobile,0.02\n"
TELE = "Code,Destination,Rate,Increment\n44,UK,0.006,60/60\n1,USA,0.001,1/1\n"


def make_carrier(book: Book, folder: Path) -> Book:
    """Its cards are there, and nothing is billed."""
    for name, deck in (("vox", VOX), ("tele", TELE)):
        file = folder / f"{name}.csv"
        file.write_text(deck)
        book.cards.import_deck(name, file)
    return declare(book, folder, CARRIER + PROVIDERS)


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(make_carrier)
