"""Sale cards that are built in a book: new drafts from the revisions of their parents that are in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.building.build import built_deck
from minutebook.cards.building.changes import price_changes
from minutebook.cards.building.explain import PriceMaking, price_making
from minutebook.cards.building.parent import Parent
from minutebook.cards.recipe import BuiltFrom
from minutebook.cards.revision import Revision, no_revision
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.declarations.checks import check_card
from minutebook.errors import InputError
from minutebook.intake.carried_minutes import carried_minutes
from minutebook.intake.deck_notice import held_until, notice_at, short_notice_error
from minutebook.intake.rate_cards import check_bounds
from minutebook.lake.number_tables import lookups_of
from minutebook.ledger import card_revisions, declarations
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown
from minutebook.plans.fx import exchange_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from minutebook.cards.recipe import Recipe
    from minutebook.cards.revision import Card
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class BuiltCard(Shown):
    """A card that was built: its new revision, and what that changes."""

    card: Card
    """The card, with its new revision where it was kept."""
    revision: Revision
    """The revision; under a dry run the one that would be."""
    added: bool
    """False: the latest revision is this one already, or it was a dry run."""
    against: Revision | None
    """The revision that the changes are from: the one in force, else the latest; None: there was none."""
    changes: pl.DataFrame
    """Every prefix of either, as `cards.building.changes.price_changes` has them."""
    short_notice: tuple[ShortNotice, ...] = ()
    """What of it holds sooner than is agreed for the card, where it is taken live."""


def build_card(
    database: Database,
    store: CardStore,
    lake: Lake,
    name: str,
    *,
    live_at: datetime | None,
    now: datetime,
    by: str,
    keep: bool,
    strict: bool = False,
) -> BuiltCard:
    """Build a card by its recipe from the revisions of its parents that are in force at `live_at` (None: now).

    A draft, or live from `live_at`. `InputError`, and nothing is done: no recipe, a parent that is not there, has
    no revision in force, another currency or is built from this card. A card that is so already is left.
    """
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        card = card_of(carrier.cards, name)
        number = card_revisions.last_number(connection, name) + 1
        built = _built(carrier, store, lake, card, number, live_at, now, write=keep)
        if built.short_notice and strict:
            raise short_notice_error(card, built.short_notice, now, "live_at", "--live")
        if not keep or not built.added:
            return built
        card_revisions.add(connection, built.card.currency, built.revision, by, "card build")
        return _with_card(built, declarations.load(connection))


def build_stale(
    database: Database, store: CardStore, lake: Lake, *, now: datetime, by: str, keep: bool
) -> list[BuiltCard]:
    """New drafts of all cards that are stale, by name; all of them, or none (docs/rules/building.md, "Stale")."""
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        found = [
            _built(
                carrier, store, lake, card, card_revisions.last_number(connection, card.name) + 1, None, now, write=keep
            )
            for card in stale_cards(carrier, lake, now)
        ]  # fmt: skip
        if not keep:
            return found
        for built in found:
            card_revisions.add(
                connection, built.card.currency, built.revision, by, "card build --stale"
            )
        after = declarations.load(connection)
        return [_with_card(built, after) for built in found]


def stale_cards(carrier: Carrier, lake: Lake, at: datetime) -> Iterator[Card]:
    """The cards that were built from other revisions than those of their parents in force, or by another recipe."""
    for card in carrier.cards.values():
        recipe = card.declared and card.declared.build
        last = last_built(card)
        if recipe and last is not None and last.built != _made_of(carrier, lake, card, recipe, at):
            yield card


def last_built(card: Card) -> Revision | None:
    """A card's latest revision that was built."""
    return next((one for one in reversed(card.revisions) if one.built is not None), None)


def recipe_of(card: Card) -> Recipe:
    """How a card is built; `InputError` where it is not."""
    recipe = card.declared and card.declared.build
    if not recipe:
        raise InputError(
            f"card {card.name!r} has no recipe; declare build = {{ from = […] }} in [card.{card.name}]"
        )
    return recipe


def parents_of(store: CardStore, cards: Mapping[str, Card], built: BuiltFrom) -> list[Parent]:
    """The parents that a card is built from, with their rows."""
    found = []
    for name, number in built.revisions.items():
        revision = cards[name].numbered(number)
        rate = built.fx.get(name, Fraction(1))
        found.append(Parent(name, number, store.read(revision.sha256), revision.terms, rate))
    return found


def _made_of(carrier: Carrier, lake: Lake, card: Card, recipe: Recipe, at: datetime) -> BuiltFrom:
    """The parents' revisions in force, with the rates of exchange of the UTC day
    (docs/rules/building.md, "Parents in another currency"), and the minutes as weights.
    """
    if recipe.minutes is not None:
        minutes = carried_minutes(carrier, lake, recipe.parents, *recipe.minutes)
        recipe = replace(
            recipe, weights={name: Decimal(weight) for name, weight in minutes.items()}
        )
    revisions, day = _in_force(carrier, recipe, at), at.astimezone(UTC).date()
    rates = {}
    for name in revisions:
        own = carrier.cards[name].currency
        if own == card.currency:
            continue
        rate = exchange_rate(carrier.fx, own, card.currency, day)
        if rate is None:
            raise InputError(
                f"card {card.name!r} in {card.currency} is built from {name!r} in {own}, and there is no rate of {day};"
                f' declare one: [fx] {own}_{card.currency} = [ {{ from = {day}, rate = "…" }} ]'
            )
        rates[name] = rate
    return BuiltFrom(revisions, recipe, rates)


def _in_force(carrier: Carrier, recipe: Recipe, at: datetime) -> dict[str, int]:
    """The numbers of the parents' revisions in force; `InputError` where one has none."""
    found = {}
    for name in recipe.parents:
        card = card_of(carrier.cards, name)
        if not card.revisions:
            raise no_revision(card)
        revision = card.in_force(at)
        if revision is None:
            raise InputError.advised(
                f"card {name!r} has no revision in force at {instant_text(at)}",
                "take one live first, or take it out of from",
                shell=f"take one live: minutebook card live {name} REV --at AT, or take it out of from",
            )
        found[name] = revision.number
    return found


def _built(
    carrier: Carrier,
    store: CardStore,
    lake: Lake,
    card: Card,
    number: int,
    live_at: datetime | None,
    now: datetime,
    *,
    write: bool,
) -> BuiltCard:
    recipe, at = recipe_of(card), live_at or now
    assert card.declared is not None
    check_card(carrier, card.declared)
    made_of = _made_of(carrier, lake, card, recipe, at)
    try:
        deck = built_deck(parents_of(store, carrier.cards, made_of), made_of.recipe)
    except InputError as error:
        raise error.at(what=f"card {card.name!r}: ") from None
    check_bounds(carrier, card.name, deck.terms, deck.rows)
    sha256 = store.write(deck.rows) if write else ""
    told = ", ".join(f"{name} {of}" for name, of in made_of.revisions.items())
    revision = Revision(
        card.name, number, live_at, sha256, deck.rows.height, f"built from {told}", deck.terms, now, built=made_of
    )  # fmt: skip
    latest = card.revisions[-1] if card.revisions else None
    against = card.in_force(at) or latest
    before = deck.rows.clear() if against is None else store.read(against.sha256)
    changes = price_changes(before, deck.rows)
    same = latest is not None and (latest.sha256, latest.terms, latest.built) == (
        revision.sha256, revision.terms, revision.built
    )  # fmt: skip
    if same and live_at is None and latest is not None:
        return BuiltCard(card, latest, added=False, against=against, changes=changes)
    short: list[ShortNotice] = []
    if live_at is not None:
        until = held_until(card, store, live_at)
        short = notice_at(card, until, (deck.rows, deck.terms), live_at, now)
    return BuiltCard(
        card, revision, added=write, against=against, changes=changes, short_notice=tuple(short)
    )


def _with_card(built: BuiltCard, carrier: Carrier) -> BuiltCard:
    card = carrier.cards[built.card.name]
    return replace(built, card=card)


@dataclass(frozen=True, slots=True, repr=False)
class PriceOrigin(Shown):
    """Why a built card charges what it charges for a number."""

    card: Card
    revision: Revision
    """The revision that charges it."""
    number: str
    """The number, or the prefix, that is asked for."""
    prefix: str | None
    """The longest prefix of the card that begins it; None: none does."""
    making: PriceMaking
    """How the price was made."""
    routing_number: str | None = None
    """By which it is priced, where the number was ported and the card goes by these; None: by itself."""


def price_origin(
    database: Database,
    store: CardStore,
    name: str,
    number: str,
    *,
    number_of: int | None,
    now: datetime,
) -> PriceOrigin:
    """Where the price of a number comes from: in a card's revision `number_of`; None: the one in force, else the last.

    It is computed anew from the parents' revisions that the card was built from, by the recipe of then.
    """
    digits = "".join(number.split()).removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(f"{number!r} is no number or prefix; write its digits, as in 441481")
    with database.snapshot() as connection:
        cards = declarations.load(connection).cards
    card = card_of(cards, name)
    if number_of is not None:
        revision = card.numbered(number_of)
    else:
        found = card.in_force(now) or last_built(card)
        if found is None:
            recipe_of(card)
            raise no_revision(card)
        revision = found
    if revision.built is None:
        raise InputError(
            f"revision {revision.number} of card {name!r} was imported from {revision.file}: its prices are the deck's"
        )
    parents = parents_of(store, cards, revision.built)
    numbering = lookups_of(store, revision.terms.bands).numbering
    routing = None if numbering is None else numbering.route_of(digits)
    making = price_making(parents, revision.built.recipe, routing or digits)
    begins = pl.lit(routing or digits).str.starts_with(pl.col("prefix"))
    prefix = store.read(revision.sha256).filter(begins)["prefix"].max()
    known = prefix if isinstance(prefix, str) else None
    return PriceOrigin(card, revision, digits, known, making, routing)
