"""What a card's prices may differ by beside the prefix: times of the week, or jurisdictions. A card has one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from minutebook.cards.bands import Bands, bands_body, bands_from_body
from minutebook.cards.jurisdictions import (
    Jurisdictions,
    jurisdictions_body,
    jurisdictions_from_body,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PriceClasses: TypeAlias = Bands | Jurisdictions
"""Each has `names`: those of the classes of calls, in the order of their places."""


def classes_body(classes: PriceClasses | None) -> dict[str, Any]:
    """What prices differ by, as a body says it: its key, and its own body."""
    match classes:
        case None:
            return {}
        case Bands():
            return {"bands": bands_body(classes)}
        case Jurisdictions():
            return {"jurisdictions": jurisdictions_body(classes)}


def classes_from_body(body: Mapping[str, Any]) -> PriceClasses | None:
    """The inverse of `classes_body`; other keys are passed over."""
    if "bands" in body:
        return bands_from_body(body["bands"])
    if "jurisdictions" in body:
        return jurisdictions_from_body(body["jurisdictions"])
    return None
