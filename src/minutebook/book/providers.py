"""`book.providers`: whom calls are bought from, and what is earned between them and the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.book.clock import now, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from minutebook.accounts.provider_standings import ProviderStanding
    from minutebook.accounts.removing import Removal
    from minutebook.statements.routes import Routing
    from minutebook.statements.switch_tables import SwitchTables


class Providers(Part):
    """The providers of a book. In `book.ledger` and `book.statements` a provider's account is `provider:NAME`."""

    def list(self) -> Rows[ProviderStanding]:
        """Every provider and what we owe it, by name."""
        from minutebook.accounts.provider_standings import provider_standings

        return Rows(provider_standings(self._book.database))

    def show(self, provider: str, at: date | None = None) -> ProviderStanding:
        """A provider and what we owe it, now or at the end of a UTC day."""
        from minutebook.accounts.provider_standings import provider_standings

        return provider_standings(self._book.database, provider, at)[0]

    def remove(self, provider: str, reason: str) -> Removal:
        """Take a provider back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "provider", provider, reason, user()
        )

    def route(
        self,
        number: str,
        seconds: Sequence[str] = ("60",),
        *,
        at: datetime | None = None,
        account: str | None = None,
        card: str | None = None,
        currency: str | None = None,
        caller: str | None = None,
    ) -> Routing:
        """The providers by whom a number can be sent, in order of what a call of each duration costs together.

        By the buy cards in force at `at` (None: now). `account`, by its plan of that day, or `card` says what a call
        is sold for. In `currency` (None: the book's), by the rates of exchange of the day. `caller` is
        the caller's number, by which cards with jurisdictions price.
        """
        from minutebook.fit.assurance import durations
        from minutebook.statements.routes import routing
        from minutebook.statements.sold_by import sale_of

        book, when = self._book, now() if at is None else at
        carrier, lengths = book.carrier(), durations(seconds)
        wanted = money.currency(currency or book.settings.currency)
        sale = sale_of(carrier, account, card, when)
        return routing(carrier, book.card_store, number, lengths, when, wanted, sale, caller)

    def switch_tables(
        self,
        switch: str,
        seconds: Sequence[str] = ("60",),
        *,
        at: datetime | None = None,
        account: str | None = None,
        card: str | None = None,
        currency: str | None = None,
        callers: Sequence[str] = (),
    ) -> SwitchTables:
        """What a switch loads to send each number by the cheapest provider, then by the next: tables by name, in `files`.

        `switch` is "kamailio-lcr", "kamailio-drouting" or "asterisk". Those providers count that have a gateway; with
        `account` or `card`, what is not sold by it, and who costs more than it brings, is left out. Cards whose prices go by
        the caller need `callers`: "dearest", or classes whose prices are to be taken, as "inter"; of each card the first that
        it has. Otherwise as `route`.
        """
        from minutebook.fit.assurance import durations
        from minutebook.statements.least_cost import LeastCostTerms
        from minutebook.statements.sold_by import sale_of
        from minutebook.statements.switch_tables import switch_format, switch_tables

        book, when = self._book, now() if at is None else at
        carrier, kind = book.carrier(), switch_format(switch)
        terms = LeastCostTerms(
            seconds=durations(seconds),
            at=when,
            currency=money.currency(currency or book.settings.currency),
            sale=sale_of(carrier, account, card, when),
            is_instant_said=at is not None,
            callers=callers,
        )
        return switch_tables(carrier, book.card_store, terms, kind)
