"""The columns in which a card's prices are shown, and as CSV imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.deck_rows import bands_priced, deck_rows
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from minutebook.cards.tariff import Terms

_CSV_ALONE = (
    "steps", "minimum", "free_call_up_to", "free_seconds", "rounding", "precision", "attempt_fee",
    "duration_rounding", "pulse_anchor", "minimum_cost", "maximum_cost", "currency",
)  # fmt: skip
"""What CSV has besides, so that it can be imported and prices alike."""


def price_columns(currency: str = "", bands: Iterable[str] = ()) -> list[Column]:
    """The columns of a card's prices; `bands`: those that rows have prices of."""
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("rate", f"Rate ({currency} a minute)", number=True),
        Column("connect_fee", "Connect fee", number=True, drop=2),
        Column("increment", "Increment (s)", drop=3),
        Column("status", "Status", drop=1),
        *(Column(key, key.replace("_", " ").capitalize(), shown=False) for key in _CSV_ALONE),
        *(
            Column(f"{part} {band}", f"{word} {band}", number=True, shown=part == "rate", drop=4)
            for band in bands
            for part, word in (("rate", "Rate"), ("connect_fee", "Connect fee"))
        ),
    ]


def deck_sheet(frame: pl.DataFrame, terms: Terms, currency: str) -> Sheet:
    """A revision's rows, as `book.cards.prices` gives them, as a deck that imports to the same prices."""
    return Sheet(
        price_columns(currency, bands_priced(frame, terms)), deck_rows(frame, terms, currency)
    )
