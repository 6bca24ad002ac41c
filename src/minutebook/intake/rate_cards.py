"""Rate cards in a book: a deck taken in as a revision, and taken live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.cards.revision import ALWAYS, Card, Revision
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.ledger import card_revisions, declarations
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.cards.decks import Deck
    from minutebook.cards.tariff import Terms
    from minutebook.lake.card_store import CardStore
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class Taken(Shown):
    """What became of a deck: its revision, and whether that is new."""

    revision: Revision
    """The revision that holds the deck."""
    currency: str
    """The card's currency."""
    added: bool
    """False: the card has the same deck already, in that revision."""


def add_revision(
    database: Database,
    store: CardStore,
    card: str,
    deck: Deck,
    *,
    file: str,
    terms: Terms,
    currency: str | None,
    default_currency: str,
    live_at: datetime | None,
    now: datetime,
    by: str,
) -> Taken:
    """Take a deck in as the card's next revision.

    The first revision holds from always unless `live_at` says otherwise; a later one without it
    is a draft. A deck that is the latest revision already is left as it is.
    """
    sha256 = store.write(deck.frame)
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        known = carrier.cards.get(card)
        agreed = _currency(known, currency, default_currency)
        if deck.currency not in (None, agreed):
            raise InputError.advised(
                f"its prices are in {deck.currency}, the card in {agreed}",
                "pass currency",
                shell="say --currency",
                file=file,
                line=1,
            )
        for revisions in carrier.plans.values():
            for plan in revisions:
                if plan.card == card and plan.currency != agreed:
                    raise InputError(
                        f"plan {plan.name!r} uses card {card!r} in {plan.currency}, not {agreed}; they must agree"
                    )
        revisions_ = known.revisions if known else ()
        if revisions_:
            last = revisions_[-1]
            if (last.sha256, last.terms) == (sha256, terms) and live_at in (None, last.live_at):
                return Taken(last, agreed, added=False)
        if live_at is None and not revisions_:
            live_at = ALWAYS
        revision = Revision(
            card, len(revisions_) + 1, live_at, sha256, deck.frame.height, file, terms, now
        )
        card_revisions.add(connection, agreed, revision, by)
        return Taken(revision, agreed, added=True)


def take_live(database: Database, card: str, number: int, at: datetime, by: str) -> Revision:
    """Take a revision live from an instant; days billed since are corrected by the next run."""
    with database.transaction(lock=RUN) as connection:
        revision = card_named(connection, card).numbered(number)
        card_revisions.set_live(connection, card, number, revision.live_at, at, by)
        return card_named(connection, card).numbered(number)


def card_named(connection: Connection, name: str) -> Card:
    """A card; `InputError` naming the known ones where there is none of the name."""
    return card_of({card.name: card for card in card_revisions.load(connection)}, name)


def _currency(known: Card | None, given: str | None, default: str) -> str:
    if known is not None and given is not None and given != known.currency:
        raise InputError(
            f"card {known.name!r} is in {known.currency}, not {given}; make another card"
        )
    return known.currency if known else money.currency(given or default)
