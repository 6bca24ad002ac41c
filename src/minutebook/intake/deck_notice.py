"""Which rows of a deck hold sooner than is agreed for its card (docs/rules/decks.md, "Notice")."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from minutebook.cards.revision import ALWAYS
from minutebook.cards.short_notice import first_day_agreed, notice_zone, short_notices
from minutebook.days import instant_text
from minutebook.errors import InputError
from minutebook.words import counted, some_of

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from minutebook.cards.revision import Card
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.cards.tariff import Terms
    from minutebook.intake.deck_parts import DeckOrder, DeckPart
    from minutebook.lake.card_store import CardStore

_TOLD = 5
"""Of each change so many prefixes are named in a sentence."""


def deck_notice(
    parts: list[DeckPart], known: Card | None, store: CardStore, order: DeckOrder
) -> tuple[ShortNotice, ...]:
    """What of a deck's revisions comes later than is agreed; `InputError` for any of it where the order is strict."""
    if known is None or known.declared is None or known.declared.notice is None:
        return ()
    notice, zone = known.declared.notice, notice_zone(known.declared.bands)
    found: list[ShortNotice] = []
    for n, part in enumerate(parts):
        if part.at is None or part.at == ALWAYS:
            continue
        before = _before(known, store, part.at, parts[n - 1] if n else None)
        if before is not None:
            rows, terms = before
            differ = replace(terms, bands=None) != replace(part.terms, bands=None)
            found += short_notices(
                notice, rows, part.rows, part.at, order.now, zone, terms_differ=differ
            )
    if found and order.strict:
        day = instant_text(first_day_agreed(found, order.now, zone)).removesuffix("T00:00:00Z")
        raise InputError.advised(
            f"it comes later than is agreed for card {known.name!r}: {'; '.join(map(notice_words, found))}",
            f"pass live_at {day} or later, or leave strict out",
            shell=f"say --live {day} or later, or leave --strict out",
            file=order.file,
        )
    return tuple(found)


def notice_words(short: ShortNotice) -> str:
    """What comes too late, and by how much."""
    given = counted(abs(short.given_days), "day")
    when = f"{given} after the deck came" if short.given_days >= 0 else f"{given} before it came"
    what = {"rise": "rising", "fall": "falling", "new": "new", "closed": "closed"}[short.kind]
    return f"{what} from {instant_text(short.at)}, {when}, where {short.owed_days} are agreed: {some_of(short.prefixes, _TOLD)}"


def _before(
    known: Card, store: CardStore, at: datetime, previous: DeckPart | None
) -> tuple[pl.DataFrame, Terms] | None:
    """The rows and terms that hold until an instant: of the revision that began last, the deck's own among them."""
    until = at - timedelta(microseconds=1)
    held = known.in_force(until)
    begun = max((start for start, _ in known.timeline() if start <= until), default=ALWAYS)
    if previous is not None and previous.at is not None and (held is None or previous.at >= begun):
        return previous.rows, previous.terms
    return None if held is None else (store.read(held.sha256), held.terms)
