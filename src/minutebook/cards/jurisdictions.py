"""North American jurisdictions: whether a call stays in one state of the United States
(docs/rules/jurisdictions.md, "Prices by jurisdiction").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from minutebook.cards.deck_words import words

INTER: Final = 0
INTRA: Final = 1
INDETERMINATE: Final = 2
"""Places in `Jurisdictions.names`."""

STATES: Final = tuple(
    sorted(
        words(
            "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC"
            " ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
        )
    )
)
"""The states of the United States and the District of Columbia, by their two letters."""
OTHER_REGIONS: Final = words(
    "AB BC MB NB NL NS NT NU ON PE QC SK YT PR VI GU AS MP AG AI BB BM BS DM DO GD JM KN LC SX TC TT VC VG"
)
"""Regions that share the calling code 1, and are no states: Canadian provinces, territories and islands."""


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """A card's prices differ by jurisdiction. As declared it names no tables; a revision names those that it goes by."""

    lrn: bool = False
    """By the routing number of a called number that was ported."""
    states: str = ""
    """The SHA-256 of the table of states."""
    ported: str = ""
    """The SHA-256 of the table of ported numbers; empty without `lrn`."""
    names: ClassVar[tuple[str, ...]] = ("inter", "intra", "indeterminate")
    """The jurisdictions, as the rows name them."""


def jurisdictions_body(jurisdictions: Jurisdictions) -> dict[str, Any]:
    """Jurisdictions as JSON, in one spelling; tables that are not named are absent."""
    said = {"states": jurisdictions.states, "ported": jurisdictions.ported}
    return {"lrn": jurisdictions.lrn} | {key: value for key, value in said.items() if value}


def jurisdictions_from_body(body: dict[str, Any]) -> Jurisdictions:
    """The inverse of `jurisdictions_body`."""
    return Jurisdictions(body["lrn"], body.get("states", ""), body.get("ported", ""))
