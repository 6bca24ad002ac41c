"""What a card's prices may differ by beside the prefix: times of the week, jurisdictions, origins, or prefixes of callers; one of them or several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from minutebook.cards.bands import Bands, bands_body, bands_from_body
from minutebook.cards.callers import Callers, callers_body, callers_from_body
from minutebook.cards.combined import Combined, PriceClass
from minutebook.cards.jurisdictions import (
    Jurisdictions,
    jurisdictions_body,
    jurisdictions_from_body,
)
from minutebook.cards.origins import Origins, origins_body, origins_from_body
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PriceClasses: TypeAlias = PriceClass | Combined
"""Each has `names`: those of the classes of calls, in the order of their places."""

_Kind = TypeVar("_Kind", Bands, Jurisdictions, Origins, Callers)


def parts_of(classes: PriceClasses | None) -> tuple[PriceClass, ...]:
    """The things that prices differ by, each alone."""
    if classes is None:
        return ()
    return classes.parts if isinstance(classes, Combined) else (classes,)


def part_of(classes: PriceClasses | None, kind: type[_Kind]) -> _Kind | None:
    """The one of a kind among them; None where there is none."""
    return next((part for part in parts_of(classes) if isinstance(part, kind)), None)


def of_parts(parts: Iterable[PriceClass]) -> PriceClasses | None:
    """The inverse of `parts_of`."""
    found = tuple(parts)
    return Combined(found) if len(found) > 1 else next(iter(found), None)


def stride_of(classes: PriceClasses, part: PriceClass) -> int:
    """How far apart in the names two neighbours of a part stand."""
    return classes.stride(part) if isinstance(classes, Combined) else 1


def classes_body(classes: PriceClasses | None) -> dict[str, Any]:
    """What prices differ by, as a body says it: for each thing its key, and its own body."""
    return {key: body for part in parts_of(classes) for key, body in _body(part).items()}


def _body(part: PriceClass) -> dict[str, Any]:
    match part:
        case Bands():
            return {"bands": bands_body(part)}
        case Jurisdictions():
            return {"jurisdictions": jurisdictions_body(part)}
        case Origins():
            return {"origins": origins_body(part)}
        case Callers():
            return {"callers": callers_body(part)}


def classes_from_body(body: Mapping[str, Any]) -> PriceClasses | None:
    """The inverse of `classes_body`; other keys are passed over."""
    parts: list[PriceClass] = []
    if "bands" in body:
        parts.append(bands_from_body(body["bands"]))
    if "jurisdictions" in body:
        parts.append(jurisdictions_from_body(body["jurisdictions"]))
    if "origins" in body:
        parts.append(origins_from_body(body["origins"]))
    if "callers" in body:
        parts.append(callers_from_body(body["callers"]))
    return of_parts(parts)


def differing(classes: PriceClasses) -> str:
    """What prices differ by, in words."""
    words = {
        Bands: "the time of the week",
        Jurisdictions: "jurisdiction",
        Origins: "origin",
        Callers: "the caller's prefix",
    }
    return some_of([words[type(part)] for part in parts_of(classes)], len(words))


def by_caller(classes: PriceClasses | None) -> PriceClasses | None:
    """What prices differ by that hangs on who calls."""
    return of_parts(part for part in parts_of(classes) if not isinstance(part, Bands))


def is_by_caller(classes: PriceClasses | None) -> bool:
    """Whether prices differ by who calls."""
    return by_caller(classes) is not None


def without_tables(classes: PriceClasses | None) -> PriceClasses | None:
    """What prices differ by, as it is declared: without the tables of numbers that a revision goes by."""
    return of_parts(map(_untabled, parts_of(classes)))


def _untabled(part: PriceClass) -> PriceClass:
    match part:
        case Bands():
            return replace(part, calendar="")
        case Jurisdictions():
            return replace(part, states="", ported="")
        case Origins():
            return replace(part, countries="")
        case Callers():
            return part
