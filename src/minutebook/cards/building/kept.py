"""Which classes of calls a built card keeps: those of its parents (docs/rules/building.md, "Classes that are kept")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.classes import differing, part_of, parts_of, without_tables
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.recipe import Collapse
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.cards.building.parent import Parent
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass
    from minutebook.cards.recipe import Recipe


def kept_classes(parents: Sequence[Parent], recipe: Recipe) -> PriceClasses | None:
    """What the prices of a built card differ by; None: by nothing. `InputError` where its parents' differ by unlike things."""
    if recipe.collapse is not Collapse.KEEP:
        return None
    having = [(parent, classes) for parent in parents if (classes := _classes_of(parent))]
    if not having:
        return None
    first, kept = having[0]
    for parent, classes in having[1:]:
        if _plain(classes) != _plain(kept):
            raise _unlike(first, parent, kept, classes)
    if by_routing_number(kept):
        _check_as_dialled(first, parents)
    return kept


def by_routing_number(classes: PriceClasses | None) -> bool:
    """Whether a card prices a ported number by its routing number."""
    jurisdictions = part_of(classes, Jurisdictions)
    return jurisdictions is not None and jurisdictions.lrn


def same_classes(one: PriceClasses, other: PriceClasses) -> bool:
    """Whether prices differ by the same classes, whatever tables say which calls are of them."""
    bare = [without_tables(classes) for classes in (one, other)]
    return len({None if classes is None else _plain(classes) for classes in bare}) == 1


def _classes_of(parent: Parent) -> PriceClasses | None:
    """What a parent's prices do differ by: a card may say it, and none of its rows have several prices."""
    classes, rates = parent.terms.bands, parent.rows["rates"]
    return None if rates.null_count() == len(rates) and not by_routing_number(classes) else classes


def _plain(classes: PriceClasses) -> tuple[PriceClass, ...]:
    """What the classes are of, where the order in which they are declared says nothing."""
    return tuple(
        replace(part, times=tuple(sorted(part.times, key=repr)))
        if isinstance(part, Bands)
        else part
        for part in parts_of(classes)
    )


def _unlike(first: Parent, parent: Parent, kept: PriceClasses, classes: PriceClasses) -> InputError:
    by, other = differing(kept), differing(classes)
    if same_classes(kept, classes):
        return InputError(
            f"cards {first.card!r} and {parent.card!r} differ by {by}, by unlike tables; import their decks again, or build"
            " them again, so that both go by the newest"
        )
    what = (
        f"one by {by}, the other by {other}"
        if by != other
        else f"both by {by}, and each by its own"
    )
    return InputError(
        f"the prices of cards {first.card!r} and {parent.card!r} differ, {what}: declare the same of both, and import their"
        f" decks again, or say another collapse than {Collapse.KEEP}"
    )


def _check_as_dialled(routed: Parent, parents: Sequence[Parent]) -> None:
    """`InputError` where a card tells North American numbers apart as they are dialled, and another by where they were ported to."""
    for parent in parents:
        if by_routing_number(parent.terms.bands):
            continue
        told = parent.rows.filter(pl.col("prefix").str.contains("^1."))
        if told.height:
            raise InputError(
                f"card {parent.card!r} prices {told['prefix'][0]} by the number that is dialled, and {routed.card!r} by its"
                f" routing number; declare jurisdictions of both, or take {parent.card!r} out of from"
            )
