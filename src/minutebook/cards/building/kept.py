"""Which classes of calls a built card keeps: those of its parents (docs/rules/building.md, "Classes that are kept")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.classes import (
    differing,
    of_parts,
    part_of,
    parts_of,
    stride_of,
    without_tables,
)
from minutebook.cards.combined import KINDS, Combined, check_combined
from minutebook.cards.deck_classes import BAND_PRICE
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.recipe import Collapse
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from minutebook.cards.building.parent import Parent
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass
    from minutebook.cards.recipe import Recipe


def kept_classes(parents: Sequence[Parent], recipe: Recipe) -> PriceClasses | None:
    """What the prices of a built card differ by: all that its parents' do; None: nothing, or it keeps none.

    `InputError` where two of them differ by the same thing, and each by its own.
    """
    if recipe.collapse is not Collapse.KEEP:
        return None
    having = {parent.card: classes for parent in parents if (classes := _classes_of(parent))}
    if (unlike := unlike_parts(having)) is not None:
        raise _unlike(*unlike)
    kept = together(having.values())
    if by_routing_number(kept):
        _check_as_dialled(parents)
    return check_combined(kept) if isinstance(kept, Combined) else kept


def by_routing_number(classes: PriceClasses | None) -> bool:
    """Whether a card prices a ported number by its routing number."""
    jurisdictions = part_of(classes, Jurisdictions)
    return jurisdictions is not None and jurisdictions.lrn


def together(several: Iterable[PriceClasses]) -> PriceClasses | None:
    """All that the prices of several cards differ by, which no two of them do each by its own; None: nothing."""
    found = {type(part): part for classes in reversed([*several]) for part in parts_of(classes)}
    return of_parts(found[kind] for kind in KINDS if kind in found)


def unlike_parts(
    cards: Mapping[str, PriceClasses],
) -> tuple[str, str, PriceClass, PriceClass] | None:
    """Two cards, by name, whose prices differ by the same kind of thing, and each by its own; None: there are none."""
    found: dict[type[PriceClass], tuple[str, PriceClass]] = {}
    for card, classes in cards.items():
        for part in parts_of(classes):
            first, known = found.setdefault(type(part), (card, part))
            if _plain(known) != _plain(part):
                return first, card, known, part
    return None


def own_names(kept: PriceClasses, own: PriceClasses) -> dict[str, str]:
    """Of each class that is kept the class of a card whose prices differ by some of the same things."""
    found = {}
    for place, name in enumerate(kept.names):
        of_kind = {
            type(part): part.names[place // stride_of(kept, part) % len(part.names)]
            for part in parts_of(kept)
        }
        places = (
            stride_of(own, part) * part.names.index(of_kind[type(part)]) for part in parts_of(own)
        )
        found[name] = own.names[sum(places)]
    return found


def in_kept(parent: Parent, kept: PriceClasses) -> Parent:
    """The parent with its rows' prices in the classes that are kept: in each that of its own class."""
    own = _classes_of(parent)
    if own is None or {*own.names} == {*kept.names}:
        return parent
    pairs = own_names(kept, own)
    links = pl.DataFrame({"name": list(pairs), "band": list(pairs.values())})
    rows = parent.rows.with_row_index("__row")
    said = rows.select("__row", "rates").drop_nulls().explode("rates").unnest("rates")
    price = pl.struct(pl.col("name").alias("band"), "rate", "connect_fee").cast(BAND_PRICE)
    lists = said.join(links, on="band").group_by("__row").agg(rates=price)
    rows = rows.drop("rates").join(lists, on="__row", how="left", maintain_order="left")
    return replace(
        parent, rows=rows.select(parent.rows.columns), terms=replace(parent.terms, bands=kept)
    )


def _classes_of(parent: Parent) -> PriceClasses | None:
    """What a parent's prices do differ by: a card may say it, and none of its rows have several prices."""
    classes, rates = parent.terms.bands, parent.rows["rates"]
    return None if rates.null_count() == len(rates) and not by_routing_number(classes) else classes


def _plain(part: PriceClass) -> PriceClass:
    """A thing that prices differ by, where the order in which its bands are declared says nothing."""
    return (
        replace(part, times=tuple(sorted(part.times, key=repr)))
        if isinstance(part, Bands)
        else part
    )


def _unlike(first: str, second: str, one: PriceClass, other: PriceClass) -> InputError:
    by = differing(one)
    if unlike_parts({first: _bare(one), second: _bare(other)}) is None:
        return InputError(
            f"the prices of cards {first!r} and {second!r} differ by {by}, by unlike tables; import their decks again, or build"
            " them again, so that both go by the newest"
        )
    return InputError(
        f"the prices of cards {first!r} and {second!r} differ by {by}, each by its own: declare the same of both, and import"
        f" their decks again, or say another collapse than {Collapse.KEEP}"
    )


def _bare(part: PriceClass) -> PriceClasses:
    return without_tables(part) or part


def _check_as_dialled(parents: Sequence[Parent]) -> None:
    """`InputError` where a card tells North American numbers apart as they are dialled, and another by where they were ported to."""
    routed = next(parent for parent in parents if by_routing_number(parent.terms.bands))
    for parent in parents:
        if by_routing_number(parent.terms.bands):
            continue
        by_country = part_of(_classes_of(parent), Origins) is not None
        told = parent.rows.filter(pl.col("prefix").str.contains("^1" if by_country else "^1."))
        if told.height:
            raise InputError(
                f"card {parent.card!r} prices {told['prefix'][0]} by the number that is dialled, and {routed.card!r} by its"
                f" routing number; if {parent.card!r} goes by it too, declare jurisdictions = {{ lrn = true }} of it and import"
                " its deck again, else take it out of from"
            )
