"""The revisions that a deck makes: all rows of a full one; a partial one's over those of the revision that it changes
(docs/rules/decks.md, "Partial decks").
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.cards.classes import without_tables
from minutebook.cards.deck_dates import not_begun
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.cards.deck_profile import DeckProfile
    from minutebook.cards.decks import Deck
    from minutebook.cards.revision import Card, Revision
    from minutebook.cards.tariff import Terms
    from minutebook.lake.card_store import CardStore

_SAID_BY_ROWS = {
    "increment": ("minimum_s", "pulse_s"),
    "connect_fee": ("connect_fee",),
    "grace_ms": ("grace_ms",),
    "free_ms": ("free_ms",),
    "rounding": ("rounding_method", "rounding_precision"),
    "minimum_cost": ("minimum_cost",),
    "maximum_cost": ("maximum_cost",),
}
"""Terms that a row or its card may say, each with its columns in a deck."""


@dataclass(frozen=True, slots=True)
class DeckOrder:
    """What is asked of a deck: to be a card's next revision, or revisions where its rows have dates that differ.

    `terms`: what the card says of itself; what these and the deck do not say is as in the revision before.
    `currency` None: the card's own, of a new one `default_currency`. `live_at` None: a first revision holds
    from always, a later one is a draft, unless the deck has dates.
    """

    card: str
    deck: Deck
    file: str
    """The deck's name."""
    terms: Terms
    currency: str | None
    default_currency: str
    live_at: datetime | None
    now: datetime
    partial: bool = False
    """The deck has changes of some rows; the others stay."""
    profile: DeckProfile | None = None
    """How the deck was read, to be kept with it; its currency is the card's."""
    strict: bool = False
    """What comes later than is agreed refuses the deck."""


@dataclass(frozen=True, slots=True)
class DeckPart:
    """A revision to be: from when (None: a draft), all of its rows, its terms, and the revision that it stands over."""

    at: datetime | None
    rows: pl.DataFrame
    terms: Terms
    base: Revision | None


def full_parts(
    deck: Deck, known: Card | None, store: CardStore, order: DeckOrder, terms: Terms
) -> list[DeckPart]:
    """The revisions of a deck that is all that the card has from then on.

    A prefix whose first row has not begun keeps the one that it had: a deck with a price from
    next month takes nothing from this one (docs/rules/cards.md, "Dates of a deck").
    """
    before = known is not None and known.revisions
    if not deck.is_dated:
        at = order.live_at if order.live_at or before else ALWAYS
        return [DeckPart(at, deck.rows, terms, _replaced(known, at, order))]
    parts = _schedule(deck, known, order)
    if not parts:
        raise InputError("no row of the deck holds from then on", file=order.file)
    first = parts[0][0]
    held = (
        None if not known else known.in_force(first - timedelta(microseconds=1)) if before else None
    )
    rows = deck.rows.clear() if held is None else store.read(held.sha256)
    found = []
    for at, frame in parts:
        kept = rows.select(list(DECK_SCHEMA)).join(
            not_begun(deck.rows, at), on="prefix", how="semi"
        )
        whole = pl.concat([frame, kept]).sort("prefix") if held is not None else frame
        found.append(DeckPart(at, whole, terms, _replaced(known, at, order)))
    return found


def partial_parts(
    deck: Deck, known: Card | None, store: CardStore, order: DeckOrder
) -> list[DeckPart]:
    """The revisions of a deck that changes the rows which it names, each over the one in force at its instant."""
    if known is None or not known.revisions:
        raise InputError.advised(
            f"card {order.card!r} has no prices yet that a partial deck could change",
            "leave partial out: its first deck has all of them",
            shell="leave --partial out: its first deck has all of them",
            file=order.file,
        )
    parts: list[tuple[datetime | None, pl.DataFrame]] = [(order.live_at, deck.rows)]
    if deck.is_dated:
        parts = [*_schedule(deck, known, order)] or [(order.live_at, deck.rows.clear())]
    found = []
    for at, frame in parts:
        base = known.in_force(at or order.now)
        if base is None:
            raise InputError(
                f"card {known.name!r} has no revision in force {instant_text(at) if at else 'now'} that a partial deck"
                " could change; import a deck with all prices, or take a revision live first",
                file=order.file,
            )
        terms = order.terms.over(deck.terms).over(base.terms)
        if without_tables(base.terms.bands) == terms.bands:
            terms = replace(terms, bands=base.terms.bands)
        other = [
            f.name for f in fields(terms) if getattr(terms, f.name) != getattr(base.terms, f.name)
        ]
        if other:
            raise InputError(
                f"a partial deck changes rows alone, and this one says another {' and '.join(other)} for all rows of the"
                " card; say it in the deck's rows, or import a deck with all prices",
                file=order.file,
            )
        named = deck.rows.select("prefix")
        if deck.is_dated and at is not None:
            named = named.join(not_begun(deck.rows, at), on="prefix", how="anti")
        stays = store.read(base.sha256).join(named, on="prefix", how="anti")
        changed = frame.filter(pl.col("status") != "removed")
        whole = pl.concat([one.select(list(DECK_SCHEMA)) for one in (stays, changed)]).sort(
            "prefix"
        )
        found.append(DeckPart(at, whole, terms, base))
    return found


def check_one_base(parts: list[DeckPart], known: Card | None, file: str) -> None:
    """`InputError` where a partial deck without an instant might change one revision or another."""
    base = parts[0].base
    if parts[0].at is not None or known is None or base is None:
        return
    latest = next(one for one in reversed(known.revisions) if not one.withdrawn)
    if latest.number != base.number:
        raise InputError.advised(
            f"card {known.name!r} has revision {base.number} in force and revision {latest.number} besides: which one a"
            " partial deck changes is open",
            "pass live_at: it changes the one in force then",
            shell="say --live AT: it changes the one in force then",
            file=file,
        )


def said_of_parts(
    parts: list[DeckPart], known: Card | None, store: CardStore, order: DeckOrder
) -> dict[str, Any]:
    """What is to be told of them, as fields of `Taken`."""
    bases = tuple(part.base for part in parts if part.base is not None)
    said: dict[str, Any] = {
        "partial": order.partial, "made_from": tuple(dict.fromkeys(base.number for base in bases))
    }  # fmt: skip
    if not bases:
        return said
    was = store.read(bases[-1].sha256)
    said["gone"] = was.select("prefix").join(parts[-1].rows, on="prefix", how="anti").height
    said["silent"] = _silent(was, parts[-1])
    if order.partial and known is not None:
        removed = order.deck.rows.filter(pl.col("status") == "removed").select("prefix")
        there = pl.concat([store.read(base.sha256).select("prefix") for base in bases])
        said["absent"] = tuple(removed.join(there, on="prefix", how="anti")["prefix"])
        first, own = parts[0].at, {part.at for part in parts}
        said["not_in"] = tuple(
            one
            for one in known.intervals()
            if first is not None and one.start > first and one.revision and one.start not in own
        )
    return said


def _silent(was: pl.DataFrame, part: DeckPart) -> tuple[str, ...]:
    """The terms that rows said before, and that neither a row nor the card says now."""
    return tuple(
        term
        for term, columns in _SAID_BY_ROWS.items()
        if getattr(part.terms, term) is None
        and _says(was, columns)
        and not _says(part.rows, columns)
    )


def _says(rows: pl.DataFrame, columns: tuple[str, ...]) -> bool:
    return any(rows[column].null_count() < rows.height for column in columns)


def _replaced(known: Card | None, at: datetime | None, order: DeckOrder) -> Revision | None:
    """The revision that a full deck stands over: that in force then, else the latest that is not withdrawn."""
    if known is None:
        return None
    there = (one for one in reversed(known.revisions) if not one.withdrawn)
    return known.in_force(at or order.now) or next(there, None)


def _schedule(
    deck: Deck, known: Card | None, order: DeckOrder
) -> list[tuple[datetime, pl.DataFrame]]:
    """When which rows of a dated deck hold; `InputError` where they hold from always beside others."""
    try:
        parts = deck.schedule(order.live_at)
    except InputError as error:
        raise error.at(order.file) from None
    if known is not None and known.revisions and parts and parts[0][0] == ALWAYS:
        raise InputError.advised(
            f"some of its rows have no beginning, and card {known.name!r} has prices already",
            "pass live_at: they hold from then",
            shell="say --live AT: they hold from then",
            file=order.file,
        )
    return parts
