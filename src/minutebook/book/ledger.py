"""`book.ledger`: money posted by hand, balances, entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.book.clock import now, today, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    import polars as pl

    from minutebook.accounts.credit_standings import Standing
    from minutebook.ledger.journal import Journal


class Ledger(Part):
    """The money of a book."""

    def pay(
        self, account: str, amount: Decimal | str, reference: str, at: datetime | None = None
    ) -> tuple[Journal, bool]:
        """Post a payment, once by its reference; gives it, and whether it is new."""
        from minutebook.accounts.payments import pay

        paid = money.parse_amount(amount)
        return pay(self._book.database, account, paid, reference, at, now(), user())

    def adjust(
        self,
        account: str,
        amount: Decimal | str,
        reason: str,
        reference: str,
        on: date | None = None,
    ) -> tuple[Journal, bool]:
        """Post a credit or a fee by hand, once by its reference; gives it, and whether it is new."""
        from minutebook.accounts.payments import adjust

        by_hand = money.parse_amount(amount)
        return adjust(self._book.database, account, by_hand, reason, reference, on, now(), user())

    def balances(self, account: str | None = None) -> Rows[Standing]:
        """What every account, or one, has to spend."""
        from minutebook.accounts.credit_standings import credit_standings

        return Rows(credit_standings(self._book.database, today(), account))

    def journal(self, first: date, last: date) -> pl.DataFrame:
        """Every entry that stands on a day from `first` to `last`, credits positive."""
        from minutebook.statements.entries import entries

        with self._book.database.transaction() as connection:
            return entries(connection, first, last)
