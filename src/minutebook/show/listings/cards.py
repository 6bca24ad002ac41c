"""Cards as a table: a line each revision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.declarations.cards import ListedCardView

REVISION_COLUMNS = [
    Column("card", "Card"),
    Column("revision", "Revision", number=True),
    Column("currency", "Currency", drop=2),
    Column("prefixes", "Prefixes", number=True, drop=3),
    Column("standing", "Status", said={"archived": "replaced"}),
    Column("in_force", "In force (UTC)"),
    Column("live_at", "Live from (UTC)", shown=False),
    Column("file", "Deck", drop=1),
]
CARDS = [
    *REVISION_COLUMNS,
    Column("kind", "Kind", shown=False),
    Column("build", "Built", shown=False),
    Column("imported_at", "Brought (UTC)", shown=False),
    Column("imported_by", "By", shown=False),
]


def cards_sheet(views: Sequence[ListedCardView]) -> Sheet:
    """Every card's revisions, and when each is in force."""
    from minutebook.show.declarations.cards import listed_row

    rows = [listed_row(view) for view in views]
    said = {key for row in rows for key in ("kind", "build") if row[key]}
    columns = [replace(column, shown=column.shown or column.key in said) for column in CARDS]
    return Sheet(columns, rows)
