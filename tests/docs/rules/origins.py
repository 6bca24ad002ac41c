"""Checks of prices by origin."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.tables import each

from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.origins import Origins
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.countries import Countries
from minutebook.rating.single import price_one
from minutebook.rating.steps import OriginHolds
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


@cache
def countries() -> Countries:
    return Countries.of(country_prefixes())


def origin(row: Row) -> dict[str, str]:
    """Which price holds."""
    (group,) = row.given["group"]
    origins = Origins(tuple(group["Callers"].split()), tuple(group["Called"].split()))
    prices = [
        {"band": name, "rate": n + 1, "connect_fee": None} for n, name in enumerate(origins.names)
    ]
    cells = dict.fromkeys(DECK_SCHEMA) | {"prefix": "", "status": "open", "rates": prices}
    table = RateTable.of_card(
        pl.DataFrame([cells], schema=DECK_SCHEMA),
        plan=Terms(),
        card=Terms(bands=origins),
        tally=Tally.CALL,
        numbering=countries(),
    )
    priced = price_one(row["Called"], Decimal(60), table, caller=row["Caller"] or None)
    (held,) = [step for step in priced.explanation if isinstance(step, OriginHolds)]
    assert priced.rate == Decimal(origins.names.index(held.origin) + 1).scaleb(-10)
    return {"Origin": held.origin}


CHECKS = {"origin": each(origin)}
