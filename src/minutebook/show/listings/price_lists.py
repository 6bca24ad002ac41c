"""A price list as tables: its prices, and what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.cards.price_list import PriceList

TERMS: Final = [Column("term", "Term"), Column("is", "Is")]
_TEXTS = ("country", "name", "prefix", "status", "increment", "steps", "at", "change", "increment_before", "increment_after", "also")  # fmt: skip
_DROPS = {
    "increment_before": 1,
    "increment_after": 2,
    "connect_fee": 3,
    "increment": 4,
    "country": 5,
}


def price_list_columns(headings: Mapping[str, str]) -> list[Column]:
    """The columns of a price list, of their headings."""
    return [
        Column(key, heading, number=key not in _TEXTS, drop=_DROPS.get(key, 0))
        for key, heading in headings.items()
    ]


def price_table(found: PriceList) -> Sheet:
    """The prices as a table for programs: a rate is a number or nothing, and `status` says which destinations are not offered."""
    from minutebook.show.price_lists import price_headings, price_list_rows

    rows = [
        row | {"status": line.status, "rate": None if line.status == "blocked" else row["rate"]}
        for row, line in zip(price_list_rows(found), found.lines, strict=True)
    ]
    headings = price_headings(found)
    place = {key: headings.pop(key) for key in ("country", "name", "prefix")}
    return Sheet(price_list_columns({**place, "status": "Status", **headings}), rows)


def price_list_sheets(found: PriceList) -> list[Sheet]:
    """The prices; and what changes, where something does."""
    from minutebook.show.price_lists import (
        price_headings,
        price_list_rows,
        price_notes,
        price_turn_rows,
        turn_headings,
    )

    unit = "" if found.classes is None else f", in {found.currency} a minute"
    prices = Sheet(
        price_list_columns(price_headings(found)),
        price_list_rows(found),
        title=f"{found.card} revision {found.revision}{unit}",
        notes=price_notes(found),
    )
    if not found.turns:
        return [prices]
    turns = price_list_columns(turn_headings(found))
    return [prices, Sheet(turns, price_turn_rows(found), title="Changes")]
