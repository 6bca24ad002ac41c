"""Where the price of a built card comes from, and where selling by a card loses, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.listings.price_classes import PRICE_CLASS, with_class_column
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.declarations.assured_calls import CallAssuranceView
    from minutebook.show.declarations.price_origins import CardAssuranceView, PriceOriginView

PARENT_PRICES = [
    Column("card", "Card"),
    Column("revision", "Revision", number=True),
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    PRICE_CLASS,
    Column("rate", "Rate (a minute)", number=True),
]
LOSING_PRICES = [
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    PRICE_CLASS,
    Column("against", "Bought by"),
    Column("seconds", "Seconds", number=True),
    Column("sale", "Sold for", money=True),
    Column("cost", "Costs", money=True),
    Column("loss", "Loss", money=True),
]
LOSING_CALLS = [
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    PRICE_CLASS,
    Column("against", "Bought by"),
    Column("calls", "Calls", number=True),
    Column("seconds", "Seconds", number=True, drop=2),
    Column("sale", "Sold for", money=True),
    Column("cost", "Cost", money=True),
    Column("loss", "Loss", money=True),
]


def parents_sheet(view: PriceOriginView) -> Sheet:
    """What the parents of a card charge for a number, and what is made of it."""
    from minutebook.show.declarations.price_origins import origin_notes, parent_rows

    rows = parent_rows(view)
    return Sheet(with_class_column(PARENT_PRICES, rows), rows, notes=origin_notes(view))


def losing_sheet(view: CardAssuranceView | CallAssuranceView) -> Sheet:
    """All that loses, on paper or of calls that were made."""
    from minutebook.show.declarations.price_origins import CardAssuranceView
    from minutebook.show.serialise import as_json

    columns = LOSING_PRICES if isinstance(view, CardAssuranceView) else LOSING_CALLS
    rows = [as_json(one) for one in view.losing]
    return Sheet(with_class_column(columns, rows), rows)
