"""What a carrier declares: plans, accounts, servers, cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import now, tomorrow, user
from minutebook.book.opening import OpenBook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from minutebook.accounts.history import AccountStanding, ListedAccount
    from minutebook.accounts.servers import ListedServer
    from minutebook.book.rate_cards import Taken
    from minutebook.cards.revision import Card, Revision
    from minutebook.cards.tariff import Terms
    from minutebook.declarations.merge import Change
    from minutebook.ledger.statuses import StatusChange

    PathLike = str | Path


class Declaring(OpenBook):
    """Declare, switch, suspend and close; and see what is declared."""

    def apply(self, files: Sequence[PathLike], force: str | None = None) -> list[Change]:
        """Declare what apply files say, all of them or nothing; gives what was added, changed, left.

        `force`: why servers are deployed without the means for their minimum; kept.
        """
        from minutebook.accounts.apply import apply

        return apply(self.database, [Path(file) for file in files], user(), force)

    def deploy_server(
        self, name: str, account: str, on: date | None = None, force: str | None = None
    ) -> None:
        """Deploy a server from a UTC day (None: today); `force`: why without the means for it."""
        from minutebook.accounts.servers import deploy

        deploy(self.database, name, account, on or now().date(), user(), force)

    def retire_server(self, name: str, on: date | None = None) -> None:
        """Retire a server; `on` (None: today) is its last UTC day."""
        from minutebook.accounts.servers import retire

        retire(self.database, name, on or now().date(), user())

    def servers(self, account: str | None = None, at: date | None = None) -> list[ListedServer]:
        """Every server, or an account's, and what it owes in the month of a day (None: today)."""
        from minutebook.accounts.servers import servers_on

        return servers_on(self.database, at or now().date(), account)

    def switch(
        self,
        account: str,
        plan: str,
        channels: int | None = None,
        on: date | None = None,
        override: str | None = None,
    ) -> bool:
        """Put an account on a plan from a UTC day (None: tomorrow); whether it was on another.

        `override`: why the rule of 30 days is set aside; kept.
        """
        from minutebook.accounts.switching import switch

        return switch(self.database, account, plan, channels, on or tomorrow(), override, user())

    def set_channels(self, account: str, channels: int, on: date | None = None) -> bool:
        """Change the channels that an account buys from a UTC day (None: tomorrow); whether it did."""
        from minutebook.accounts.switching import set_channels

        return set_channels(self.database, account, channels, on or tomorrow(), user())

    def account(self, name: str, at: date | None = None) -> AccountStanding:
        """What an account is on a UTC day (None: today), and how it came to that."""
        from minutebook.accounts.history import account_standing

        return account_standing(self.database, name, now().date(), at)

    def accounts(self, month: date | None = None) -> list[ListedAccount]:
        """Every account in a month (its first day; None: this one): plan, servers, calls, minimum."""
        from minutebook.accounts.history import accounts_in

        today = now().date()
        return accounts_in(self.database, self.lake, (month or today).replace(day=1), today)

    def suspend(self, account: str, reason: str) -> StatusChange:
        """Suspend an account by hand, until it is resumed by hand."""
        from minutebook.accounts.status import suspend

        return suspend(self.database, account, reason, now(), user())

    def resume(self, account: str, reason: str) -> StatusChange:
        """End an account's suspension by hand."""
        from minutebook.accounts.status import resume

        return resume(self.database, account, reason, now(), user())

    def close_account(self, account: str, reason: str, on: date | None = None) -> StatusChange:
        """Close an account; `on` (None: today) is its last UTC day."""
        from minutebook.accounts.status import close

        return close(self.database, account, on or now().date(), reason, user())

    def import_card(
        self,
        card: str,
        file: PathLike,
        *,
        live_at: datetime | None = None,
        currency: str | None = None,
        columns: Mapping[str, str] | None = None,
        terms: Terms | None = None,
    ) -> tuple[Taken, list[str]]:
        """A new revision of a card from a deck; gives it, and the columns of the deck that were not read.

        `columns`: our name → the deck's; `terms`: what the card says of increments, fees and rounding.
        """
        from minutebook.book import rate_cards
        from minutebook.cards.decks import read_deck
        from minutebook.cards.tariff import Terms as NoTerms

        path = Path(file)
        deck = read_deck(path, dict(columns or {}))
        taken = rate_cards.add_revision(
            self.database,
            self.cards,
            card,
            deck,
            file=path.name,
            terms=terms or NoTerms(),
            currency=currency,
            default_currency=self.settings.currency,
            live_at=live_at,
            now=now(),
            by=user(),
        )
        return taken, list(deck.ignored_columns)

    def take_card_live(self, card: str, revision: int, at: datetime) -> Revision:
        """Take a revision live from an instant."""
        from minutebook.book import rate_cards

        return rate_cards.take_live(self.database, card, revision, at, user())

    def rate_card(self, card: str) -> Card:
        """A card and its revisions."""
        from minutebook.book import rate_cards

        with self.database.transaction() as connection:
            return rate_cards.card_named(connection, card)

    def card_prices(self, revision: Revision) -> pl.DataFrame:
        """A revision's rows (cards.decks.DECK_SCHEMA: rates and fees in units of 10⁻¹⁰)."""
        return self.cards.read(revision.sha256)

    def card_difference(self, card: str, before: int, after: int) -> pl.DataFrame:
        """The prefixes that differ between two revisions of a card."""
        from minutebook.book import rate_cards

        known = self.rate_card(card)
        decks = [
            self.card_prices(rate_cards.revision_of(known, number)) for number in (before, after)
        ]
        return rate_cards.difference(*decks)
