"""`book.cards`, what is made of cards by hand: files, edits, ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import now, user
from minutebook.book.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from minutebook.billing.card_change import CardChange
    from minutebook.cards.price_list import PriceList
    from minutebook.cards.revision import Card, Interval, Revision
    from minutebook.intake.card_edits import EditedCard
    from minutebook.show.deck_export import DeckFile


class CardDecks(Part):
    """What is made of a book's cards: decks to send, drafts by hand, and ways back."""

    def brought_by(self) -> dict[tuple[str, int], str]:
        """Who brought each revision, by its card's name and its number."""
        from minutebook.ledger import card_revisions

        with self._book.database.snapshot() as connection:
            return card_revisions.brought_by(connection)

    def export(
        self,
        card: str,
        kind: str = "csv",
        *,
        at: datetime | None = None,
        revision: int | None = None,
        dates: bool = False,
    ) -> DeckFile:
        """A card's prices as the file of a deck, which imports to the same prices; `kind`: "csv", "xlsx" or "json".

        Of the revision in force at `at` (None: now), or of one by its number. `dates`: of all that are in force at
        `at` or later (None: ever), as one deck whose rows say from when and until when they hold.
        """
        from minutebook.errors import InputError
        from minutebook.intake.rate_cards import card_named
        from minutebook.show.deck_export import dated_deck_file, deck_file

        book = self._book
        if dates and revision is not None:
            raise InputError.advised(
                "a revision by its number has no dates",
                "pass dates or revision, one of them",
                shell="say --dates or --revision, one of them",
            )
        with book.database.transaction() as connection:
            known = card_named(connection, card)
        if not dates:
            found = revision_at(known, now() if at is None else at, revision)
            return deck_file(known, found, book.card_store.read(found.sha256), kind)
        parts = [
            (part, book.card_store.read(part.revision.sha256))
            for part in intervals_from(known, at)
            if part.revision is not None
        ]
        return dated_deck_file(known, parts, kind)

    def edit(
        self,
        card: str,
        *,
        rates: Mapping[str, str] | None = None,
        block: Sequence[str] = (),
        remove: Sequence[str] = (),
        revision: int | None = None,
        dry_run: bool = False,
    ) -> EditedCard:
        """A draft made from a revision by hand: `rates` a minute by prefix, as texts, prefixes to block, rows to remove.

        From a revision by its number; None: from the one in force, else the last. `dry_run` keeps nothing.
        """
        from minutebook.cards.editing import CardEdit
        from minutebook.intake.card_edits import edit_card

        book, edit = self._book, CardEdit.of(rates or {}, block, remove)
        return edit_card(
            book.database, book.card_store, card, edit, from_=revision, now=now(), by=user(), keep=not dry_run
        )  # fmt: skip

    def roll_back(
        self,
        card: str,
        revision: int,
        at: datetime | None = None,
        *,
        reason: str | None = None,
        force: bool = False,
        dry_run: bool = False,
        strict: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> CardChange:
        """A new revision with the rows and the terms of an earlier one: a draft, or live from `at`.

        Over billed days it needs a reason, or `force`; `dry_run` shows what would change; `strict` refuses what comes
        later than the card's notice. `progress` is told of calls (priced, to price).
        """
        from minutebook.billing.card_change import CardOrder, roll_back

        book, then = self._book, now()
        order = CardOrder(
            card, revision, then if at is None else at, True, reason, force, dry_run, strict
        )
        return roll_back(
            book.database, book.lake, book.card_store, order, draft=at is None, now=then, by=user(), progress=progress
        )  # fmt: skip

    def price_list(self, card: str, at: datetime | None = None) -> PriceList:
        """A card as a price list for a customer: the prices in force at an instant (None: now), by country and
        destination, what the revision changed when it came in force, and what those to come change.
        """
        from minutebook.cards.price_list import PriceList, price_lines, price_turns
        from minutebook.intake.rate_cards import card_named
        from minutebook.show.deck_rows import deck_rows

        book, when = self._book, now() if at is None else at
        with book.database.transaction() as connection:
            known = card_named(connection, card)
        held = revision_at(known, when, None)
        parts = known.intervals()
        n = next(n for n, part in enumerate(parts) if part.end is None or part.end > when)
        parts = parts[max(n - 1, 0) :]
        rows = []
        for part in parts:
            of = part.revision
            frame = None if of is None else book.card_store.read(of.sha256)
            said = [] if of is None or frame is None else deck_rows(frame, of.terms, known.currency)
            rows.append({row["prefix"]: row for row in said})
        turns = [
            turn
            for before, after, part in zip(rows, rows[1:], parts[1:], strict=False)
            for turn in price_turns(before, after, part.start)
        ]
        now_in_force = parts[min(n, 1)]
        return PriceList(
            card, held.number, known.currency, when, now_in_force.start, tuple(price_lines(rows[min(n, 1)])), tuple(turns),
            held.terms.bands,
        )  # fmt: skip


def revision_at(card: Card, at: datetime, number: int | None) -> Revision:
    """A card's revision by its number; None: the one in force at an instant. `InputError` where there is none."""
    from minutebook.cards.revision import no_revision
    from minutebook.days import instant_text
    from minutebook.errors import InputError

    if not card.revisions:
        raise no_revision(card)
    found = card.in_force(at) if number is None else card.numbered(number)
    if found is None:
        raise InputError.advised(
            f"card {card.name!r} has no revision in force at {instant_text(at)}",
            "pass another instant, or a revision's number",
            shell="see: minutebook card list",
        )
    return found


def intervals_from(card: Card, at: datetime | None) -> list[Interval]:
    """The intervals of a card that have not ended at an instant, in order; `InputError` where there is none."""
    found = [
        part
        for part in card.intervals()
        if part.revision is not None and (at is None or part.end is None or part.end > at)
    ]
    if not found:
        revision_at(card, now() if at is None else at, None)
    return found
