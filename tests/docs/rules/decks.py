"""Checks of what a deck changes: its preview, by prefix and by country."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.cards import deck
from tests.docs.rules.tables import each

from minutebook.cards.building.changes import price_changes
from minutebook.cards.countries import sole_countries

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def written(said: str) -> pl.DataFrame:
    """A deck of rows as `44 0.01, 441 blocked`, an increment after a stroke."""
    rows = []
    for prefix, price in (one.split() for one in said.split(", ")):
        rate, _, pulse = price.partition("/")
        blocked = rate == "blocked"
        cells = {"rate": "" if blocked else rate, "status": rate if blocked else ""}
        rows.append({"prefix": prefix, **cells, "increment": pulse and f"{pulse}/{pulse}"})
    return deck(rows)


def preview_change(row: Row) -> dict[str, str]:
    """What becomes of two prefixes."""
    found = price_changes(written(row["Before"]), written(row["After"]))
    told = dict(found.select("prefix", "change").iter_rows())
    return {prefix: told[prefix] for prefix in ("44", "441")}


def sole_country(row: Row) -> dict[str, str]:
    """The one country of a prefix."""
    return {"Country": sole_countries(pl.Series([row["Prefix"]]))[0] or "none"}


CHECKS = {"preview_change": each(preview_change), "sole_country": each(sole_country)}
