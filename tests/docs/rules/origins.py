"""Checks of prices by origin."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.tables import each

from minutebook.cards.callers import Callers
from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.decks import DECK_SCHEMA, read_deck
from minutebook.cards.origins import Origins
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.countries import Countries
from minutebook.rating.lookups import LookUps
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
        lookups=LookUps(countries=countries()),
    )
    priced = price_one(row["Called"], Decimal(60), table, caller=row["Caller"] or None)
    (held,) = [step for step in priced.explanation if isinstance(step, OriginHolds)]
    assert priced.rate == Decimal(origins.names.index(held.origin) + 1).scaleb(-10)
    return {"Origin": held.origin}


def by_caller(row: Row) -> dict[str, str]:
    """Which row's price holds for a caller, as a deck says it."""
    rows = row.given["rows"]
    callers = Callers(tuple(sorted({one["Caller prefix"] for one in rows} - {""})))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deck.csv"
        names = ("Prefix", "Caller prefix", "Rate", "Connect fee")
        lines = [",".join(names), *(",".join(one[name] for name in names) for one in rows)]
        file.write_text("\n".join(lines))
        deck = read_deck(file, bands=callers)
    table = RateTable.of_card(deck.frame, plan=Terms(), card=deck.terms, tally=Tally.CALL)
    priced = price_one(row["Called"], Decimal(60), table, caller=row["Caller"] or None)
    return {"Prefix": str(priced.prefix), "Cost of a minute": plain(priced.cost)}


CHECKS = {"origin": each(origin), "by_caller": each(by_caller)}
