"""What a card charges in the tables of a switch, where nobody knows who calls (docs/rules/providers.md, "Switches")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.classes import by_caller, differing, part_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.errors import InputError
from minutebook.statements.quote import batch_in_force
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from minutebook.cards.classes import PriceClasses
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.plans.plan import Plan
    from minutebook.rating.table import RateTable

DEAREST: Final = "dearest"
"""Said of callers: of each card the price of the class of calls that costs most."""


@dataclass(frozen=True, slots=True)
class TakenClass:
    """Whose price of a card stands in the tables of a switch, where its prices go by the caller."""

    card: str
    """The card, or the plan that calls are sold by."""
    classes: tuple[str, ...]
    """The classes of calls that it has a price for and that count; of several the dearest."""
    by_routing_number: bool
    """Whether its prices are those of routing numbers, of ported numbers."""


@dataclass(frozen=True, slots=True)
class SwitchPrices:
    """The prices of a card at an instant."""

    prefixes: pl.Series
    """Those of its rows."""
    tables: tuple[Callable[[], RateTable], ...]
    """What makes one; or what makes one for each class of callers that counts."""
    is_by_time: bool = False
    """Whether they differ by the time of the week."""
    by: PriceClasses | None = None
    """What prices differ by that goes by the caller."""
    taken: TakenClass | None = None
    """Whose they are, where they do."""


def switch_prices(
    carrier: Carrier, cards: CardStore, plan: Plan, at: datetime, callers: Sequence[str]
) -> SwitchPrices | None:
    """The prices of a plan at an instant; None where its card has no revision in force.

    `callers`: DEAREST, or names of classes; of each card the first that it has. `InputError` where its prices go by
    the caller and that has none of it.
    """
    from minutebook.billing.tallying import rate_table
    from minutebook.lake.number_tables import lookups_of

    batch = batch_in_force(carrier, plan, at)
    if batch is None:
        return None
    revision = batch.revision
    if revision is None:
        table = rate_table(batch.plan, None, None)
        return SwitchPrices(table.deck["prefix"], (lambda: table,))
    deck = cards.read(revision.sha256)
    classes = revision.terms.bands
    by = by_caller(classes)
    if by is None or deck["rates"].null_count() == deck.height:
        table = rate_table(batch.plan, revision, deck, lookups_of(cards, classes))
        return SwitchPrices(deck["prefix"], (lambda: table,), table.times is not None)
    names = _classes_taken(plan.card or plan.name, by, callers)
    bands = part_of(classes, Bands)
    timed = replace(revision, terms=replace(revision.terms, bands=bands))
    lookups = lookups_of(cards, bands)
    tables = tuple(
        partial(
            lambda name: rate_table(batch.plan, timed, _of_class(deck, name, bands), lookups), name
        )
        for name in names
    )
    jurisdictions = part_of(classes, Jurisdictions)
    is_routed = jurisdictions is not None and jurisdictions.lrn
    taken = TakenClass(plan.card or plan.name, names, is_routed)
    return SwitchPrices(deck["prefix"], tables, bands is not None, by, taken)


def _classes_taken(card: str, classes: PriceClasses, callers: Sequence[str]) -> tuple[str, ...]:
    if not callers:
        raise InputError.advised(
            f"card {card!r} has prices by {differing(classes)}, and in the tables of a switch a call has no caller",
            'pass callers: "dearest", or whose prices are to be taken',
            shell=f"add --callers dearest, or whose prices are to be taken, as in --callers {classes.names[0]}",
        )
    for name in callers:
        if name == DEAREST:
            return classes.names
        if name in classes.names:
            return (name,)
    raise InputError.advised(
        f"card {card!r} has prices by {differing(classes)}, and none for {some_of(list(callers))}",
        f'add one of {some_of(classes.names)} to callers, or "dearest"',
        shell=f"add another --callers: dearest, or one of {some_of(classes.names)}",
    )


def _of_class(deck: pl.DataFrame, name: str, bands: Bands | None) -> pl.DataFrame:
    """The deck with the prices of one class of callers as the rows' own; or, with bands, as those of the bands."""
    if bands is not None:
        of_bands = {f"{band} {name}": band for band in bands.names}
        band = pl.field("band").replace_strict(of_bands, default=None, return_dtype=pl.String)
        named = pl.col("rates").list.eval(pl.element().struct.with_fields(band.alias("band")))
        mine = pl.element().filter(pl.element().struct.field("band").is_not_null())
        rates = named.list.eval(mine)
        return deck.with_columns(rates=pl.when(rates.list.len() > 0).then(rates))
    here = pl.element().filter(pl.element().struct.field("band") == name)
    said = {
        part: pl.col("rates").list.eval(here.struct.field(part)).list.first()
        for part in ("rate", "connect_fee")
    }
    return deck.with_columns(
        *(pl.coalesce(value, part).alias(part) for part, value in said.items()),
        rates=pl.lit(None, deck.schema["rates"]),
    )
