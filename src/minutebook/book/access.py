"""`book.access`: who may ask the book over the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.access.key import AccessKey


class Access(Part):
    """The keys of programs that ask a book."""

    def list(self) -> Rows[AccessKey]:
        """Every key that was made, by name; those that were revoked among them."""
        from minutebook.accounts.access_keys import every_key

        return Rows(every_key(self._book.database))

    def add_key(
        self,
        name: str,
        role: str,
        account: str | None = None,
        may: Sequence[str] | None = None,
    ) -> tuple[AccessKey, str]:
        """Make a key; gives it, and its secret, which nothing tells again.

        `role`: "admin", "engineer", "finance", "read-only" or "customer"; a customer's is for one `account`. `may`: of its
        role's rights those that it has, as `["postings"]`; None: all.
        """
        from minutebook.accounts.access_keys import add_key

        return add_key(self._book.database, name, role, account, user(), may)

    def revoke_key(self, name: str, reason: str) -> AccessKey:
        """Revoke a key: from now on it opens nothing."""
        from minutebook.accounts.access_keys import revoke_key

        return revoke_key(self._book.database, name, reason, user())

    def opened_by(self, secret: str) -> AccessKey | None:
        """The key that a secret opens with; None: with none, or it was revoked."""
        from minutebook.accounts.access_keys import opened_by

        return opened_by(self._book.database, secret)
