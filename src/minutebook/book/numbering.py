"""`book.numbering`: what is known of North American numbers, for prices by jurisdiction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import now, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from minutebook.book.given import PathLike
    from minutebook.cards.number_table import NumberTable
    from minutebook.intake.number_tables import TakenNumbers


class NumberTables(Part):
    """The tables of numbers of a book."""

    def import_file(self, file: PathLike) -> TakenNumbers:
        """Take a table in: the states of offices (NPA-NXX), or the routing numbers of ported numbers.

        Cards that are imported from now on go by it; those that were before keep theirs.
        """
        from minutebook.intake.number_tables import import_numbers

        book = self._book
        return import_numbers(book.database, book.card_store, Path(file), now=now(), by=user())

    def list(self) -> Rows[NumberTable]:
        """Every table that was imported, in order of time."""
        from minutebook.ledger import number_tables

        with self._book.database.transaction() as connection:
            return Rows(number_tables.every(connection))
