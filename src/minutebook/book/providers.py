"""`book.providers`: whom calls are bought from, and what is earned between them and the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from datetime import date

    from minutebook.accounts.provider_standings import ProviderStanding
    from minutebook.accounts.removing import Removal


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
