"""What the grammar of apply files refuses is told in Minutebook's words, whatever is written."""

from __future__ import annotations

import copy
import re
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from minutebook.declarations import band_table, card_table, document, plan_table
from minutebook.declarations.document import Document, refusal

DAY = date(2026, 10, 1)
RIGHT: dict[str, Any] = {
    "plan": {
        "minutes": {"model": "per_minute", "currency": "USD", "rate": "1", "rounding": {}},
        "stepped": {
            "model": "per_minute",
            "currency": "USD",
            "steps": [{"from": 0, "rate": "1", "pulse": 1}],
        },
        "channels": {
            "model": "per_channel",
            "currency": "USD",
            "tiers": [{"channels": 1, "price": "1"}],
            "over": {},
        },
    },
    "account": {
        "acme": {"plan": "minutes", "from": DAY, "match": [{"trunk": "a"}]},
        "globex": {"terms": [{"plan": "minutes", "from": DAY}]},
    },
    "server": {"lon-1": {"account": "acme", "deployed": DAY}},
    "source": {"proxy": {"format": "kamailio"}},
    "card": {
        "sale": {
            "currency": "USD",
            "build": {
                "from": ["a", "b"],
                "combine": "min",
                "profit": [{"percent": "5"}],
                "terms": {"increment": "1/1"},
            },
        },
        "by-state": {"currency": "USD", "jurisdictions": {"lrn": True}},
        "banded": {
            "currency": "USD",
            "bands": {"zone": "UTC", "times": [{"band": "peak", "days": ["mon"]}, {"band": "off"}]},
        },
    },
}
TABLES = (
    (("plan", "minutes"), plan_table.PlanTable),
    (("plan", "minutes", "rounding"), plan_table.RoundingTable),
    (("plan", "stepped", "steps", 0), plan_table.StepTable),
    (("plan", "channels", "tiers", 0), plan_table.TierTable),
    (("plan", "channels", "over"), plan_table.OverTable),
    (("account", "acme"), document.AccountTable),
    (("account", "acme", "match", 0), document.MatchTable),
    (("account", "globex", "terms", 0), document.TermTable),
    (("server", "lon-1"), document.ServerTable),
    (("source", "proxy"), document.SourceTable),
    (("card", "sale"), card_table.CardTable),
    (("card", "banded", "bands"), band_table.BandsTable),
    (("card", "banded", "bands", "times", 0), band_table.BandTimeTable),
    (("card", "by-state", "jurisdictions"), card_table.JurisdictionsTable),
    (("card", "sale", "build"), card_table.RecipeTable),
    (("card", "sale", "build", "profit", 0), card_table.ProfitTable),
    (("card", "sale", "build", "terms"), card_table.BuiltTermsTable),
)
PLACES = [
    *((kind,) for kind in RIGHT),
    *((kind, name) for kind, tables in RIGHT.items() for name in tables),
    *(
        (*place, field.alias or key)
        for place, table in TABLES
        for key, field in table.model_fields.items()
    ),
]
WRITTEN = (
    5, -1, 10**30, 1.5, True, "", "5", "usd", "x" * 300, DAY, datetime(2026, 10, 1, 12), [], {}, [5], [[1]], {"a": 5},
)  # fmt: skip
_OTHERS = re.compile(r"nput should|alid |xtra inputs|function|datetime|pydantic|union")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_no_value_is_refused_in_words_of_another_program(place: tuple[str | int, ...]) -> None:
    """Nor does any end the program: a value is taken, or refused at its key or its table."""
    refused = 0
    for value in WRITTEN:
        said = copy.deepcopy(RIGHT)
        table: Any = said
        for part in place[:-1]:
            table = table[part]
        table[place[-1]] = value
        try:
            Document.model_validate(said)
        except ValidationError as error:
            words, location = refusal(error)
            refused += 1
            assert not _OTHERS.search(words), words
            assert location[: len(place) - 1] == place[: len(location)][: len(place) - 1], words
    assert refused > 0
