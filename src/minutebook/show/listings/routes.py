"""By whom a number is best sent, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.routes import RoutingView

ROUTES = [
    Column("provider", "Provider"),
    Column("card", "Buy card", drop=3),
    Column("revision", "Revision", number=True, drop=1),
    Column("prefix", "Prefix", drop=5),
    Column("destination", "Destination", drop=4),
    Column("price_class", "Price of", drop=9),
    Column("cost", "Cost", money=True),
    Column("own_cost", "Own cost", money=True, drop=7),
    Column("own_currency", "Own currency", drop=6),
    Column("sale", "Sale", money=True, drop=8),
    Column("margin", "Margin", money=True),
    Column("loses", "Loses at"),
]
_SALE: Final = ("sale", "margin", "loses")


def routes_sheet(view: RoutingView) -> Sheet:
    """The providers in order of cost, without columns that say nothing of any."""
    from minutebook.show.routes import seconds_words
    from minutebook.show.serialise import as_json

    own = {one.own_currency for one in view.routes} - {view.currency}
    differs = any(one.price_class for one in view.routes)
    left = {
        *(() if view.sold_by else _SALE),
        *(() if own else ("own_cost", "own_currency")),
        *(() if differs else ("price_class",)),
    }
    columns = [column for column in ROUTES if column.key not in left]
    rows = [{**as_json(one), "loses": seconds_words(one.loses)} for one in view.routes]
    return Sheet(columns, rows, title=view.title, notes=view.notes)
