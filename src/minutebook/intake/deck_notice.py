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
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    import polars as pl

    from minutebook.cards.revision import Card
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.cards.tariff import Terms
    from minutebook.intake.deck_parts import DeckOrder, DeckPart
    from minutebook.lake.card_store import CardStore

_MOMENT = timedelta(microseconds=1)
_TOLD = 5
"""Of each change so many prefixes are named in a sentence."""


def deck_notice(
    parts: list[DeckPart], known: Card | None, store: CardStore, order: DeckOrder
) -> tuple[ShortNotice, ...]:
    """What of a deck's revisions comes later than is agreed; `InputError` for any of it where the order is strict."""
    if known is None:
        return ()
    found: list[ShortNotice] = []
    for n, part in enumerate(parts):
        if part.at is None or part.at == ALWAYS:
            continue
        before = held_until(known, store, part.at, parts[n - 1] if n else None)
        found += notice_at(known, before, (part.rows, part.terms), part.at, order.now)
    if found and order.strict:
        raise short_notice_error(known, found, order.now, "live_at", "--live", order.file)
    return tuple(found)


def change_notice(after: Card, store: CardStore, at: datetime, done: datetime) -> list[ShortNotice]:
    """What is in force from an instant on in a card that was changed, and was said later than is agreed."""
    if after.declared is None or after.declared.notice is None:
        return []
    held, holds = after.in_force(at - _MOMENT), after.in_force(at)
    if held is None or held == holds:
        return []
    rows = store.read(held.sha256)
    now = (rows.clear(), held.terms) if holds is None else (store.read(holds.sha256), holds.terms)
    return notice_at(after, (rows, held.terms), now, at, done)


def notice_at(
    known: Card,
    before: tuple[pl.DataFrame, Terms] | None,
    after: tuple[pl.DataFrame, Terms],
    at: datetime,
    came: datetime,
) -> list[ShortNotice]:
    """What of rows and terms that hold from an instant comes later than is agreed for the card, against those until then; `came`: when it was said."""
    notice = None if known.declared is None else known.declared.notice
    if notice is None or before is None:
        return []
    (rows, terms), (new_rows, new_terms) = before, after
    differ = replace(terms, bands=None) != replace(new_terms, bands=None)
    return short_notices(notice, rows, new_rows, at, came, _zone(known), terms_differ=differ)


def short_notice_error(
    known: Card,
    found: Sequence[ShortNotice],
    came: datetime,
    argument: str,
    option: str,
    file: str | None = None,
) -> InputError:
    """What comes later than is agreed, for who wants that refused; from which day on it would not, by an argument or option."""
    first = first_day_agreed(found, came, _zone(known))
    day = instant_text(first).removesuffix("T00:00:00Z")
    said = "; ".join(notice_words(short, of_deck=file is not None) for short in found)
    return InputError.advised(
        f"it comes later than is agreed for card {known.name!r}: {said}",
        f"pass {argument} {day} or later, or leave strict out",
        shell=f"say {option} {day} or later, or leave --strict out",
        file=file,
    )


def notice_words(short: ShortNotice, *, of_deck: bool = True) -> str:
    """What comes too late, and by how much: after a deck came, or after what is done today."""
    given = counted(abs(short.given_days), "day")
    late = short.given_days < 0
    if of_deck:
        when = f"{given} before it came" if late else f"{given} after the deck came"
    else:
        when = f"{given} before today" if late else f"{given} from today"
    what = {"rise": "rising", "fall": "falling", "new": "new", "closed": "closed"}[short.kind]
    return f"{what} from {instant_text(short.at)}, {when}, where {short.owed_days} are agreed: {some_of(short.prefixes, _TOLD)}"


def _zone(known: Card) -> tzinfo:
    """Whose days are counted: those of what is declared of the card, or of what it was built with."""
    return notice_zone(known.differs_by)


def held_until(
    known: Card, store: CardStore, at: datetime, previous: DeckPart | None = None
) -> tuple[pl.DataFrame, Terms] | None:
    """The rows and terms that hold until an instant: of the revision that began last, the deck's own among them."""
    until = at - _MOMENT
    held = known.in_force(until)
    begun = max((start for start, _ in known.timeline() if start <= until), default=ALWAYS)
    if previous is not None and previous.at is not None and (held is None or previous.at >= begun):
        return previous.rows, previous.terms
    return None if held is None else (store.read(held.sha256), held.terms)
