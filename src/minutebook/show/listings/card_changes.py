"""What changes between revisions of a card, as tables: prefixes, and billed days of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.listings.deck_previews import CARD_TERMS
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.card_differences import CardDifferenceView

BILLED_CHANGES = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=1),
    Column("days", "Billed days", number=True, drop=2),
    Column("before", "Before", money=True),
    Column("after", "After", money=True),
    Column("difference", "More", money=True),
]


def difference_sheets(view: CardDifferenceView) -> list[Sheet]:
    """The prefixes that differ between two revisions, and what the card says of all rows, where that differs."""
    from minutebook.show.card_differences import difference_rows
    from minutebook.show.serialise import as_json

    sheets = [Sheet(difference_columns(view.before, view.after), difference_rows(view))]
    if view.terms:
        sheets.append(Sheet(CARD_TERMS, as_json(view.terms), title="What the card says"))
    return sheets


def difference_columns(before: int = 1, after: int = 2) -> list[Column]:
    """The columns of the prefixes that differ between two revisions."""
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("change", "Change", drop=1),
        Column("rate_before", f"Rate in {before} (a minute)", number=True),
        Column("rate_after", f"Rate in {after} (a minute)", number=True),
        Column("terms", "Else", drop=2),
    ]
