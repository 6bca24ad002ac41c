"""Price lists as files for customers: a page for a screen, a phone and A4, and a workbook."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from minutebook.cards.bands import Bands
from minutebook.cards.classes import part_of
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.reporting.listing import ListGroup, ListPart, listing_page
from minutebook.show.price_lists import (
    listed_when,
    price_headings,
    price_list_rows,
    price_notes,
    price_turn_rows,
    turn_headings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from minutebook.cards.price_list import PriceList

_NUMBERS: Final = ("connect_fee", "minimum_cost", "maximum_cost", "attempt_fee")


def price_list_page(found: PriceList) -> str:
    """The list as a page of HTML, for a screen, a phone and A4."""
    headings, rows = price_headings(found), price_list_rows(found)
    silent = any(None in (row["connect_fee"], row["increment"]) for row in rows)
    parts = [
        _part(
            "Changes",
            "From each date on; what is not named stays as it is." if found.turns else "No change is announced.",
            turn_headings(found), price_turn_rows(found), "at", lambda row: f"From {row['at']}",
        ),
        _part(
            "Prices",
            "Where an increment or a fee is not said, the agreement says it." if silent else "",
            headings, rows, "country", lambda row: str(row["country"]),
        ),
    ]  # fmt: skip
    times = "All other times" if part_of(found.classes, Bands) else "All times"
    foot = f"Card {found.card}, revision {found.revision}. {times} are UTC."
    return listing_page(_title(found), [_since(found), *price_notes(found)], parts, foot)


def price_list_workbook(found: PriceList) -> bytes:
    """The list as a workbook: a sheet of prices, and one of what changes."""
    from minutebook.reporting.xlsx import XlsxSheet, xlsx_bytes

    sheets = [
        XlsxSheet(
            name, list(headings.values()), [[row.get(key) for key in headings] for row in rows],
            _numbers(headings), [_title(found), _since(found), *price_notes(found)],
        )
        for name, headings, rows in (
            ("Prices", price_headings(found), price_list_rows(found)),
            ("Changes", turn_headings(found), price_turn_rows(found)),
        )
    ]  # fmt: skip
    return xlsx_bytes(sheets, found.at)


def _part(
    title: str,
    sentence: str,
    headings: Mapping[str, str],
    rows: Sequence[dict[str, Any]],
    by: str,
    of: Callable[[dict[str, Any]], str],
) -> ListPart:
    keys = [key for key in headings if key != by]
    groups = [
        ListGroup(name, [[row.get(key) or "" for key in keys] for row in group])
        for name, group in groupby(rows, of)
    ]
    return ListPart(title, sentence, [headings[key] for key in keys], groups, _numbers(keys))


def _numbers(keys: Iterable[str]) -> list[int]:
    return [
        n
        for n, key in enumerate(keys)
        if key.partition(" ")[0] in _NUMBERS or key.partition(" ")[0][:4] == "rate"
    ]


def _title(found: PriceList) -> str:
    return f"Price list {found.card}, {found.at:%Y-%m-%d}"


def _since(found: PriceList) -> str:
    held = "" if found.since == ALWAYS else f", in force since {listed_when(found.since)}"
    return f"Prices at {instant_text(found.at.replace(microsecond=0))}{held}, in {found.currency} a minute."
