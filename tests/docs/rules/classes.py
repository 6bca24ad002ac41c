"""Checks of prices by more than one thing."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.rules.bands import instant
from tests.docs.rules.calls import plain
from tests.docs.rules.tables import each
from tests.properties.test_jurisdictions import numbering_of

from minutebook.cards.bands import Bands, BandTime, days_named
from minutebook.cards.combined import Combined
from minutebook.cards.decks import read_deck
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.lookups import LookUps
from minutebook.rating.single import price_one
from minutebook.rating.steps import BandHolds, JurisdictionHolds
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

_STATES = {"201200": "NJ", "212555": "NY", "646555": "NY"}
_PEAK = BandTime("peak", days_named(["mon-fri"]), 8 * 3600, 18 * 3600)
_CLASSES = Combined(
    (Bands("America/New_York", (_PEAK, BandTime("off")), split=True), Jurisdictions())
)


def by_class(row: Row) -> dict[str, str]:
    """Which price of a deck's row holds, and what a call costs."""
    names = ("Band", "Jurisdiction", "Rate", "Connect fee")
    lines = [",".join(("1", *(one[name] for name in names))) for one in row.given["prices"]]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deck.csv"
        file.write_text("\n".join([",".join(("Prefix", *names)), *lines]))
        deck = read_deck(file, bands=_CLASSES)
    table = RateTable.of_card(
        deck.frame,
        plan=Terms(),
        card=deck.terms,
        tally=Tally.CALL,
        lookups=LookUps(numbering_of(_STATES, {})),
    )
    seconds, at = Decimal(row["Duration (s)"]), instant(row["Answered at (UTC)"])
    priced = price_one(row["Called"], seconds, table, at, row["Caller"])
    (band,) = [step.band for step in priced.explanation if isinstance(step, BandHolds)]
    (state,) = [
        step.jurisdiction for step in priced.explanation if isinstance(step, JurisdictionHolds)
    ]
    assert priced.rate is not None
    return {
        "Class": f"{band} {state}",
        "Rate": plain(priced.rate),
        "Cost": plain(priced.cost),
    }


CHECKS = {"by_class": each(by_class)}
