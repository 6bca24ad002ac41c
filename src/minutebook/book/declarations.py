"""`book.plans` and `book.sources`: what is declared of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import today, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from datetime import date

    from minutebook.accounts.removing import Removal
    from minutebook.calls.source import Source
    from minutebook.declarations.standing import PlanStanding, SourceStanding


class Plans(Part):
    """The plans of a book."""

    def list(self, at: date | None = None) -> Rows[PlanStanding]:
        """Every plan on a UTC day (None: today), by name."""
        from minutebook.declarations.standing import plan_standings

        return Rows(plan_standings(self._book.carrier(), at or today()))

    def show(self, plan: str, at: date | None = None) -> PlanStanding:
        """A plan with all its revisions, replaced ones too, and the accounts on it on a UTC day (None: today)."""
        from minutebook.declarations.standing import plan_standing
        from minutebook.ledger import declarations

        with self._book.database.transaction() as connection:
            carrier = declarations.load(connection)
            replaced = declarations.replaced_revisions(connection, plan)
        return plan_standing(carrier, plan, at or today(), replaced)

    def remove(self, plan: str, reason: str) -> Removal:
        """Take a plan back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "plan", plan, reason, user()
        )


class Sources(Part):
    """The sources of a book's call records."""

    def list(self) -> Rows[Source]:
        """Every declared source, by name."""
        return Rows(source for _, source in sorted(self._book.carrier().sources.items()))

    def show(self, source: str) -> SourceStanding:
        """A source; or, by a format's name, what holds for its files without one."""
        from minutebook.calls.readers import listed
        from minutebook.declarations.standing import source_standing

        formats = [one.name for one in listed() if one.error is None]
        return source_standing(self._book.carrier(), source, formats)

    def remove(self, source: str, reason: str) -> Removal:
        """Take a source back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "source", source, reason, user()
        )
