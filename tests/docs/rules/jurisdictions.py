"""Checks of prices by jurisdiction."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.tables import each

from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.number_key import number_key
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.lookups import LookUps
from minutebook.rating.numbering import Numbering, PortedNumbers
from minutebook.rating.single import price_one
from minutebook.rating.steps import JurisdictionHolds
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def numbering_of(row: Row) -> Numbering:
    """The tables that the page gives; ported numbers where the row's card goes by them."""
    states = pl.DataFrame(
        {
            "office": [one["NPA-NXX"] for one in row.given["states"]],
            "state": [one["State"] for one in row.given["states"]],
        }
    )
    ported = pl.DataFrame(
        {
            "number": ["1" + one["Number"] for one in row.given["ported"]],
            "lrn": ["1" + one["LRN"] for one in row.given["ported"]],
        }
    )
    by_lrn = row["Card by LRN"] == "yes"
    keys, route_keys = ported.select(
        number_key(pl.col("number")), number_key(pl.col("lrn"))
    ).get_columns()
    places = pl.int_range(ported.height, dtype=pl.UInt16, eager=True)
    routed = PortedNumbers(keys.sort(), places, ported["lrn"], route_keys)
    return Numbering.of(states, routed if by_lrn else None)


def jurisdiction(row: Row) -> dict[str, str]:
    """Which price holds."""
    prices = [
        {"band": name, "rate": n + 1, "connect_fee": None}
        for n, name in enumerate(Jurisdictions.names)
    ]
    cells = dict.fromkeys(DECK_SCHEMA) | {"prefix": "1", "status": "open", "rates": prices}
    table = RateTable.of_card(
        pl.DataFrame([cells], schema=DECK_SCHEMA),
        plan=Terms(),
        card=Terms(bands=Jurisdictions()),
        tally=Tally.CALL,
        lookups=LookUps(numbering_of(row)),
    )
    priced = price_one(row["Called"], Decimal(60), table, caller=row["Caller"] or None)
    (held,) = [step for step in priced.explanation if isinstance(step, JurisdictionHolds)]
    return {"Jurisdiction": held.jurisdiction}


CHECKS = {"jurisdiction": each(jurisdiction)}
