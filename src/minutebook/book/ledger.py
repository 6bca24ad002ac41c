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
    from minutebook.ledger.deeds import Deed
    from minutebook.ledger.journal import Journal
    from minutebook.statements.audit import Audited
    from minutebook.statements.trial_balance import TrialBalance


class Ledger(Part):
    """The money of a book."""

    def pay(
        self,
        account: str,
        amount: Decimal | str,
        reference: str,
        at: datetime | None = None,
        *,
        force: bool = False,
    ) -> tuple[Journal, bool]:
        """Post a payment, once by its reference; gives it, and whether it is new.

        `force` takes a day that is still to come, or long before the account's first.
        """
        from minutebook.accounts.payments import pay

        paid = money.parse_amount(amount)
        return pay(self._book.database, account, paid, reference, at, now(), user(), force=force)

    def refund(
        self,
        account: str,
        amount: Decimal | str,
        reason: str,
        reference: str,
        at: datetime | None = None,
        *,
        force: bool = False,
    ) -> tuple[Journal, bool]:
        """Pay an amount back out of cash, once by its reference; gives it, and whether it is new.

        `force` as in `pay`, and pays back more than the account has.
        """
        from minutebook.accounts.payments import refund

        back, database = money.parse_amount(amount), self._book.database
        return refund(database, account, back, reason, reference, at, now(), user(), force=force)

    def reverse(
        self, reference: str, reason: str, account: str | None = None, at: datetime | None = None
    ) -> tuple[Journal, bool]:
        """Undo a payment or a refund, once; gives what undoes it, and whether it is new.

        `account` says whose, where several accounts have the reference.
        """
        from minutebook.accounts.reversals import reverse

        return reverse(self._book.database, reference, reason, account, at, now(), user())

    def adjust(
        self,
        account: str,
        amount: Decimal | str,
        reason: str,
        reference: str,
        on: date | None = None,
        *,
        force: bool = False,
    ) -> tuple[Journal, bool]:
        """Post a credit or a fee by hand, once by its reference; gives it, and whether it is new."""
        from minutebook.accounts.payments import adjust

        by_hand, database = money.parse_amount(amount), self._book.database
        return adjust(database, account, by_hand, reason, reference, on, now(), user(), force=force)

    def balances(self, account: str | None = None, at: date | None = None) -> Rows[Standing]:
        """What every account, or one, has to spend; with `at`, had at the end of that UTC day."""
        from minutebook.accounts.credit_standings import credit_standings

        return Rows(credit_standings(self._book.database, today(), account, at))

    def journal(
        self,
        first: date,
        last: date,
        *,
        account: str | None = None,
        kind: str | None = None,
        reference: str | None = None,
        by: str | None = None,
    ) -> pl.DataFrame:
        """Every entry that stands on a day from `first` to `last`, credits positive; of one account, of one
        kind, with a reference or undoing what has it, posted by somebody: what is said must all hold.
        """
        from minutebook.ledger.chosen import Chosen
        from minutebook.statements.entries import entries

        with self._book.database.snapshot() as connection:
            return entries(connection, Chosen(first, last, account, kind, reference, by))

    def postings(self, account: str, first: date, last: date) -> Rows[Journal]:
        """What was posted to an account on the UTC days from `first` to `last`, in order."""
        from minutebook.ledger.chosen import Chosen
        from minutebook.ledger.journal import chosen_journals
        from minutebook.statements.entries import check_chosen

        chosen = Chosen(first, last, account, None, None, None)
        with self._book.database.snapshot() as connection:
            check_chosen(connection, chosen)
            return Rows(chosen_journals(connection, chosen))

    def trial_balance(
        self,
        first: date,
        last: date,
        *,
        account: str | None = None,
        kind: str | None = None,
        reference: str | None = None,
        by: str | None = None,
    ) -> TrialBalance:
        """What each ledger account was debited and credited, by month, and what it has at its end; of the
        entries that `journal` gives.
        """
        from minutebook.ledger.chosen import Chosen
        from minutebook.statements.trial_balance import trial_balance

        with self._book.database.snapshot() as connection:
            return trial_balance(connection, Chosen(first, last, account, kind, reference, by))

    def history(self, kind: str, name: str) -> Rows[Deed]:
        """All that was declared of something, changed and taken back, in order; nothing where it never was.

        `kind`: `"account"`, `"plan"`, `"server"`, `"source"`, `"card"`, `"provider"`, `"schedule"`.
        """
        from minutebook.ledger.deeds import deeds_of

        with self._book.database.transaction() as connection:
            return Rows(deeds_of(connection, kind, name))

    def audit(
        self,
        account: str | None = None,
        first: date | None = None,
        last: date | None = None,
        by: str | None = None,
    ) -> Audited:
        """All that people did on the UTC days from `first` to `last`, in order: all of it, what bears on
        an account, what one person did. Imports are told where no account is asked for; `untold` says what of them
        the lake cannot tell."""
        from minutebook.corrections.imports import import_deeds
        from minutebook.statements.audit import audit

        imports, untold = ([], None) if account is not None else import_deeds(self._book.desk())
        return audit(self._book.database, account, first, last, by, imports, untold)
