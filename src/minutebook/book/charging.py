"""Money: runs, payments, balances, statements, the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.book.clock import now, user
from minutebook.book.recording import TRIED, Recording
from minutebook.errors import InputError
from minutebook.ledger import change_log, memos

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from decimal import Decimal

    import polars as pl

    from minutebook.accounts.standing import Standing
    from minutebook.billing.run import Progress as RunProgress
    from minutebook.billing.run import RunResult
    from minutebook.billing.verify import Check
    from minutebook.ledger.journal import Journal
    from minutebook.statements.explain import CallExplanation, ChargeExplanation
    from minutebook.statements.month_quote import MonthQuote
    from minutebook.statements.quote import Quote
    from minutebook.statements.statement import Statement
    from minutebook.statements.totals import Total

    Progress = Callable[[int, int], None]


class Charging(Recording):
    """Bill, pay and prove; and see what is owed."""

    def bill(self, through: date, *, progress: RunProgress | None = None) -> RunResult:
        """Price, charge and post everything due up to the UTC day `through`.

        `progress` is told of what is done ("calls", "accounts", "postings"), how many, and of how many.

        Records in quarantine are tried again first, where declarations changed since the last time.
        """
        from minutebook.billing.run import bill

        with self.database.transaction() as connection:
            tried = memos.memo(connection, TRIED)
            mended = tried != str(change_log.latest(connection))
        if mended and self.quarantined.count():
            self.retry()
        waiting = self.quarantined.count()
        return bill(
            self.database,
            self.lake,
            self.cards,
            through,
            by=user(),
            today=now().date(),
            quarantined=waiting,
            progress=progress,
        )

    def pay(
        self, account: str, amount: Decimal | str, reference: str, at: datetime | None = None
    ) -> tuple[Journal, bool]:
        """Post a payment, once by its reference; gives it, and whether it is new."""
        from minutebook.accounts.payments import pay

        return pay(self.database, account, money.parse_amount(amount), reference, at, now(), user())

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

        return adjust(
            self.database,
            account,
            money.parse_amount(amount),
            reason,
            reference,
            on,
            now(),
            user(),
        )

    def balances(self, account: str | None = None) -> list[Standing]:
        """What every account, or one, has to spend."""
        from minutebook.accounts.standing import standings

        return standings(self.database, now().date(), account)

    def statement(
        self, account: str, first: date, last: date, as_of: datetime | None = None
    ) -> Statement:
        """An account's days, as they are known now, or were at an instant."""
        from minutebook.statements.statement import statement

        return statement(self.database, lambda: self.lake, account, first, last, now(), as_of)

    def totals(self, first: date, last: date, by: str = "account") -> list[Total]:
        """Calls, charges and payments by account, day, month, destination or plan."""
        from minutebook.statements.totals import totals

        return totals(self.database, self.lake, self.cards, first, last, by)

    def journal(self, first: date, last: date) -> pl.DataFrame:
        """Every entry that stands on a day from `first` to `last`, credits positive."""
        from minutebook.statements.entries import entries

        with self.database.transaction() as connection:
            return entries(connection, first, last)

    def close_month(self, month: date, reason: str) -> date:
        """Close the month that begins on `month`; gives the first open day."""
        from minutebook.billing.months import close

        return close(self.database, month, reason, now().date(), user())

    def explain_call(self, call_id: str) -> list[CallExplanation]:
        """The way of a call from its record to the ledger; several where legs or sources share the id."""
        from minutebook.statements.explain import explain_call

        return explain_call(self.database, self.lake, self.quarantined, self.cards, call_id)

    def explain_charge(self, journal_id: str) -> ChargeExplanation:
        """The way of a posting back to its calls, by its id or the id's beginning."""
        from minutebook.statements.explain import explain_charge

        return explain_charge(self.database, self.lake, self.cards, journal_id)

    def price(
        self,
        called: str,
        seconds: Decimal | str | int,
        *,
        card: str | None = None,
        plan: str | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """What a call would cost by a card or a plan at an instant (None: now)."""
        from minutebook.statements.quote import by_card, by_plan

        if (card is None) == (plan is None):
            raise InputError("price by a card or by a plan, one of them")
        carrier, when = self.carrier(), at or now()
        duration = money.parse_price(seconds, "seconds")
        if card is not None:
            return by_card(carrier, self.cards, called, duration, card, when)
        return by_plan(carrier, self.cards, called, duration, str(plan), when)

    def price_month(
        self, plan: str, channels: int, servers: int = 0, month: date | None = None
    ) -> MonthQuote:
        """What a month (None: this one; else its first day) of channels and servers would cost."""
        from minutebook.statements.month_quote import month_quote

        when = month or now().date()
        return month_quote(self.carrier(), plan, channels, servers, when.replace(day=1))

    def verify(self, *, progress: Progress | None = None) -> list[Check]:
        """Prove the book; each check with the differences that it found."""
        from minutebook.billing.verify import verify

        return verify(self.database, self.lake, self.cards, progress)
