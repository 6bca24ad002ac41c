"""`book.cards`, its part that takes decks in, or looks at them first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import now, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from minutebook.billing.card_change import CardChange
    from minutebook.billing.deck_preview import DeckPreview
    from minutebook.book.given import PathLike
    from minutebook.cards.deck_profile import DeckProfile
    from minutebook.cards.deck_reading import DeckReading
    from minutebook.cards.revision import Card
    from minutebook.cards.tariff import Terms
    from minutebook.intake.deck_parts import DeckOrder
    from minutebook.intake.rate_cards import Taken


class CardImports(Part):
    """Decks that are taken into the cards of a book."""

    def import_deck(
        self,
        card: str,
        file: PathLike,
        *,
        live_at: datetime | None = None,
        currency: str | None = None,
        columns: Mapping[str, str] | None = None,
        terms: Terms | None = None,
        ignore: Sequence[str] = (),
        dates: str | None = None,
        decimals: str | None = None,
        inside: str | None = None,
        encoding: str | None = None,
        sheet: str | None = None,
        deck_card: str | None = None,
        partial: bool = False,
        profile: str | None = None,
        save_profile: str | None = None,
        strict: bool = False,
    ) -> tuple[Taken, Rows[str]]:
        """A new revision of a card from a deck; gives it, and the columns of the deck that were not read.

        `columns`: our name → the deck's; `terms`: what the card says of increments, fees and rounding,
        the rest as in the revision before; `ignore`: columns, and lines above the header, that are not to be read, though they bear
        on prices; `dates`: "dmy" or "mdy", for dates that may be either; `decimals`: "comma" or "point", for prices that may have either; `inside`: the file of a zip archive;
        `encoding`: of text that is neither UTF-8 nor Windows-1252, as "cp1251"; `sheet`: of a workbook;
        `deck_card`: of an interconnect rate card in JSON; `partial`: the deck has changes alone, and the other rows
        stay as they are in the revision in force at its instant; `profile`: what is not said is as in a profile, which the deck
        must suit; `save_profile`: the name by which it is kept how the deck was read; `strict`: what holds sooner than is agreed for the card (its `notice`) refuses the
        deck. What the file was read as
        is `Taken.source`.
        """
        from minutebook.cards.deck_files.table import DeckChoice
        from minutebook.cards.deck_reading import DeckReading
        from minutebook.intake.rate_cards import add_revision

        choice = DeckChoice(inside, encoding, sheet, deck_card)
        reading = DeckReading.said(columns, ignore, dates, decimals, choice)
        order = self._order(
            card, Path(file), reading, live_at, currency, terms,
            partial=partial, profile=profile, keep=save_profile, strict=strict,
        )  # fmt: skip
        taken = add_revision(self._book.database, self._book.card_store, order, user())
        return taken, Rows(order.deck.ignored_columns)

    def preview_deck(
        self,
        card: str,
        file: PathLike,
        *,
        days: int = 30,
        live_at: datetime | None = None,
        currency: str | None = None,
        columns: Mapping[str, str] | None = None,
        terms: Terms | None = None,
        ignore: Sequence[str] = (),
        dates: str | None = None,
        decimals: str | None = None,
        inside: str | None = None,
        encoding: str | None = None,
        sheet: str | None = None,
        deck_card: str | None = None,
        partial: bool = False,
        profile: str | None = None,
        strict: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> DeckPreview:
        """What `import_deck` of a deck would change: prices, terms, and the calls of the last `days` in money.

        Nothing is kept. The days end with the last one that has calls; 0: no calls are priced. `progress` is told
        of calls (priced, to price).
        """
        from minutebook.billing.deck_preview import preview_deck
        from minutebook.cards.deck_files.table import DeckChoice
        from minutebook.cards.deck_reading import DeckReading

        book, choice = self._book, DeckChoice(inside, encoding, sheet, deck_card)
        reading = DeckReading.said(columns, ignore, dates, decimals, choice)
        order = self._order(
            card, Path(file), reading, live_at, currency, terms,
            partial=partial, profile=profile, strict=strict,
        )  # fmt: skip
        return preview_deck(book.database, book.lake, book.card_store, order, days, progress)

    def calls_to_preview(self, days: int = 30) -> int:
        """How many calls `preview_deck` of so many days prices."""
        from minutebook.billing.deck_preview import calls_to_preview

        return calls_to_preview(self._book.lake, days)

    def _order(
        self,
        card: str,
        path: Path,
        reading: DeckReading,
        live_at: datetime | None,
        currency: str | None,
        terms: Terms | None,
        *,
        partial: bool,
        profile: str | None,
        strict: bool,
        keep: str | None = None,
    ) -> DeckOrder:
        from minutebook.cards.deck_profile import profile_named
        from minutebook.cards.tariff import Terms as NoTerms
        from minutebook.intake.deck_parts import DeckOrder

        known = self._book.carrier().cards.get(card)
        if profile is not None:
            found = profile_named({one.name: one for one in self.profiles()}, profile)
            reading = reading.by(found)
            currency = currency or found.currency_for(known)
        bands = None if known is None else known.differs_by
        said = [
            name
            for name in ("increment", "connect_fee", "attempt_fee")
            if getattr(terms, name, None) is not None
        ]
        deck = reading.read(
            path, bands, [*said, *(() if live_at is None else ("effective",))], partial=partial
        )
        kept = None if keep is None else reading.kept_as(keep, deck, card, path.name)
        default = self._book.settings.currency
        return DeckOrder(
            card, deck, path.name, terms or NoTerms(), currency, default, live_at, now(),
            partial, kept, strict,
        )  # fmt: skip

    def profiles(self) -> Rows[DeckProfile]:
        """How decks are read, by the names that `save_profile` of `import_deck` gave."""
        from minutebook.ledger import deck_profiles

        with self._book.database.snapshot() as connection:
            return Rows(deck_profiles.every_profile(connection).values())

    def remove_profile(self, profile: str, reason: str) -> DeckProfile:
        """Take a profile back, and why; cards and their revisions stay as they are. Gives what it was."""
        from minutebook.ledger import deck_profiles

        with self._book.database.transaction() as connection:
            return deck_profiles.remove_profile(connection, profile, user(), reason)

    def change_by_import(
        self,
        revision: int,
        before: Card,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> CardChange:
        """What a revision that `import_deck` took live changed of billed days; `before` is the card of then."""
        from minutebook.billing.card_change import change_by_import

        book = self._book
        return change_by_import(
            book.database, book.lake, book.card_store, before, revision, progress
        )
