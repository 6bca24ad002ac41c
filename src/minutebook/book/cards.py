"""`book.cards`: rate cards, their revisions and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.card_decks import CardDecks
from minutebook.book.card_imports import CardImports
from minutebook.book.clock import now, user
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    import polars as pl

    from minutebook.accounts.removing import Removal
    from minutebook.billing.card_change import CardChange
    from minutebook.cards.revision import Card, Revision
    from minutebook.fit.assurance import CardAssurance
    from minutebook.fit.assured_calls import CallAssurance
    from minutebook.intake.built_cards import BuiltCard, PriceOrigin


class Cards(CardDecks, CardImports):
    """The rate cards of a book."""

    def list(self) -> Rows[Card]:
        """Every card with its revisions, by name."""
        return Rows(self._book.carrier().cards.values())

    def show(self, card: str) -> Card:
        """A card and its revisions."""
        from minutebook.intake.rate_cards import card_named

        with self._book.database.transaction() as connection:
            return card_named(connection, card)

    def build(
        self,
        card: str,
        *,
        live_at: datetime | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> BuiltCard:
        """Build a sale card by its recipe, from the revisions of its parents that are in force.

        A draft; or live from `live_at`, and then from those in force at that instant. `dry_run` keeps nothing; `strict`
        refuses what comes later than the card's notice.
        """
        from minutebook.intake.built_cards import build_card

        book = self._book
        return build_card(
            book.database, book.card_store, book.lake, card, live_at=live_at, now=now(), by=user(), keep=not dry_run,
            strict=strict,
        )  # fmt: skip

    def build_stale(self, *, dry_run: bool = False) -> Rows[BuiltCard]:
        """New drafts of all cards that were built from other revisions than those now in force; all, or none."""
        from minutebook.intake.built_cards import build_stale

        book = self._book
        return Rows(
            build_stale(
                book.database, book.card_store, book.lake, now=now(), by=user(), keep=not dry_run
            )
        )

    def why(self, card: str, number: str, *, revision: int | None = None) -> PriceOrigin:
        """Where the price of a number, or of a prefix, comes from: which parents, which rule, which rounding.

        Of a revision by its number; None: of the one in force, else of the last that was built.
        """
        from minutebook.intake.built_cards import price_origin

        book = self._book
        return price_origin(
            book.database, book.card_store, card, number, number_of=revision, now=now()
        )

    def assure(
        self,
        card: str,
        against: str | Iterable[str],
        *,
        seconds: Sequence[str] = ("10", "30", "60", "300"),
        at: datetime | None = None,
        revision: int | None = None,
    ) -> CardAssurance:
        """Where selling by a card loses on paper, by prefix and duration, if calls are bought by each card of `against`.

        The revisions are those in force at `at` (None: now); `revision` is another one of the card that is sold by.
        """
        from minutebook.fit.assurance import assured, durations

        book, when = self._book, now() if at is None else at
        return assured(
            book.carrier(), book.card_store, card, list(against), durations(seconds), when, revision
        )

    def assure_calls(
        self,
        card: str,
        against: str | Iterable[str],
        first: date,
        last: date,
        *,
        at: datetime | None = None,
        revision: int | None = None,
    ) -> CallAssurance:
        """Where selling by a card loses on real calls: those answered from `first` to `last` (UTC days) of
        accounts that it charges, bought by each card of `against`. The revisions are those of `assure`.
        """
        from minutebook.fit.assured_calls import assured_on_calls

        book, when = self._book, now() if at is None else at
        return assured_on_calls(
            book.database,
            book.lake,
            book.card_store,
            card,
            list(against),
            first,
            last,
            when,
            revision,
        )

    def take_live(
        self,
        card: str,
        revision: int,
        at: datetime,
        *,
        reason: str | None = None,
        force: bool = False,
        dry_run: bool = False,
        strict: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> CardChange:
        """Take a revision live from an instant, until the next one begins; what was before stays.

        To go back over billed days, or to touch a closed month, a reason is needed, or `force`; `dry_run` shows
        what would change; `strict` refuses what comes later than the card's notice. `progress` is told of calls (priced, to price).
        """
        return self._change(card, revision, at, reason, force, dry_run, strict, progress, live=True)

    def withdraw(
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
        """Take a revision out of force from an instant on (None: now); the one before it is in force instead.

        Otherwise as `take_live`.
        """
        when = now() if at is None else at
        return self._change(
            card, revision, when, reason, force, dry_run, strict, progress, live=False
        )

    def _change(
        self,
        card: str,
        revision: int,
        at: datetime,
        reason: str | None,
        force: bool,
        dry_run: bool,
        strict: bool,
        progress: Callable[[int, int], None] | None,
        *,
        live: bool,
    ) -> CardChange:
        from minutebook.billing.card_change import CardOrder, change_card

        book = self._book
        order = CardOrder(card, revision, at, live, reason, force, dry_run, strict)
        return change_card(
            book.database, book.lake, book.card_store, order, user(), now(), progress
        )

    def prices(self, revision: Revision) -> pl.DataFrame:
        """A revision's rows, one a prefix, by prefix. Amounts are whole numbers of units of 10⁻¹⁰.

        `prefix` digits; `name` of the destination; `rate` a minute, in units, null where blocked or
        priced by steps; `connect_fee` in units; `minimum_s` and `pulse_s`, the increment in seconds;
        `rounding_method` and `rounding_precision`; `grace_ms`; `status`, "open" or "blocked";
        `minimum_cost` and `maximum_cost` of a call, in units;
        `steps`, each with `from_s`, `rate` in units and `pulse_s`. Null: the card or the plan says.
        20,000,000 units are 0.002: `minutebook.money.decimal_of_units(20_000_000)`.
        """
        return self._book.card_store.read(revision.sha256)

    def difference(self, card: str, before: int, after: int) -> pl.DataFrame:
        """The prefixes that differ between two revisions, a row each, by prefix.

        Columns: `prefix`; `name` of the destination; `change`, "added", "removed", "dearer", "cheaper"
        or "changed"; `rate_before` and `rate_after` a minute, in units of 10⁻¹⁰ as `prices` has them,
        null where there is no rate.
        """
        from minutebook.cards.difference import difference

        known = self.show(card)
        decks = [self.prices(known.numbered(number)) for number in (before, after)]
        return difference(*decks)

    def remove(self, card: str, reason: str) -> Removal:
        """Take a card back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "card", card, reason, user()
        )
