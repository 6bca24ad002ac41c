"""What a card's prices may differ by beside the prefix: times of the week, jurisdictions, origins, or prefixes of callers. A card has one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from minutebook.cards.bands import Bands, bands_body, bands_from_body
from minutebook.cards.callers import Callers, callers_body, callers_from_body
from minutebook.cards.jurisdictions import (
    Jurisdictions,
    jurisdictions_body,
    jurisdictions_from_body,
)
from minutebook.cards.origins import Origins, origins_body, origins_from_body

if TYPE_CHECKING:
    from collections.abc import Mapping

PriceClasses: TypeAlias = Bands | Jurisdictions | Origins | Callers
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
        case Origins():
            return {"origins": origins_body(classes)}
        case Callers():
            return {"callers": callers_body(classes)}


def classes_from_body(body: Mapping[str, Any]) -> PriceClasses | None:
    """The inverse of `classes_body`; other keys are passed over."""
    if "bands" in body:
        return bands_from_body(body["bands"])
    if "jurisdictions" in body:
        return jurisdictions_from_body(body["jurisdictions"])
    if "origins" in body:
        return origins_from_body(body["origins"])
    if "callers" in body:
        return callers_from_body(body["callers"])
    return None


def differing(classes: PriceClasses) -> str:
    """What prices differ by, in words."""
    match classes:
        case Bands():
            return "the time of the week"
        case Jurisdictions():
            return "jurisdiction"
        case Origins():
            return "origin"
        case Callers():
            return "the caller's prefix"


def is_by_caller(classes: PriceClasses | None) -> bool:
    """Whether prices differ by who calls."""
    return classes is not None and not isinstance(classes, Bands)


def without_tables(classes: PriceClasses | None) -> PriceClasses | None:
    """What prices differ by, as it is declared: without the tables of numbers that a revision goes by."""
    match classes:
        case Bands():
            return replace(classes, calendar="")
        case Jurisdictions():
            return replace(classes, states="", ported="")
        case Origins():
            return replace(classes, countries="")
    return classes
