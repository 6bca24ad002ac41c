"""`book.statements`: what was charged, and why; what would be."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.book.clock import now, today
from minutebook.book.part import Part
from minutebook.errors import InputError
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from minutebook.accounts.minimum_standing import MinimumStanding
    from minutebook.statements.channel_use import ChannelUse
    from minutebook.statements.earnings import Earnings
    from minutebook.statements.explain_call import CallExplanation
    from minutebook.statements.explain_charge import ChargeExplanation
    from minutebook.statements.margin import Margin
    from minutebook.statements.month_quote import MonthQuote
    from minutebook.statements.quote import Quote
    from minutebook.statements.statement import Statement
    from minutebook.statements.totals import By, Totals


class Statements(Part):
    """What a book says of its accounts' charges."""

    def statement(
        self, account: str, first: date, last: date, as_of: datetime | None = None
    ) -> Statement:
        """An account's days, as they are known now, or were at an instant."""
        from minutebook.statements.statement import statement

        book = self._book
        return statement(book.database, lambda: book.lake, account, first, last, now(), as_of)

    def totals(
        self,
        first: date,
        last: date,
        by: By | Iterable[By] = "account",
        *,
        account: str | None = None,
    ) -> Totals:
        """Calls, charges and payments by account, day, week, month, destination or plan, or several of them.

        `account` alone counts, where it is said; it is declared.
        """
        from minutebook.statements.totals import totals

        book = self._book
        return totals(book.database, book.lake, book.card_store, first, last, by, account)

    def margin(
        self,
        first: date,
        last: date,
        by: str | Iterable[str] = "account",
        *,
        currency: str | None = None,
    ) -> Margin:
        """What is earned by account, provider, destination, day or card, or several of them, as billed so far.

        In `currency` (None: the book's), by the declared rates of exchange of each day.
        """
        from minutebook.statements.margin import margins

        book = self._book
        wanted = money.currency(currency or book.settings.currency)
        groups = [by] if isinstance(by, str) else list(by)
        return margins(book.database, book.lake, book.card_store, first, last, [groups], wanted)[0]

    def earnings(
        self,
        first: date,
        last: date,
        by: str | Iterable[str] = "account",
        *,
        currency: str | None = None,
    ) -> Earnings:
        """What is earned by provider, account, destination and day at once, and by `by` as `margin` does; `Book.report`
        makes a page of it. In `currency` (None: the book's).
        """
        from minutebook.statements.earnings import earnings

        book = self._book
        wanted = money.currency(currency or book.settings.currency)
        groups = [by] if isinstance(by, str) else list(by)
        return earnings(book.database, book.lake, book.card_store, first, last, groups, wanted)

    def explain_call(self, call_id: str) -> Rows[CallExplanation]:
        """The way of a call from its record to the ledger; several where legs or sources share the id."""
        from minutebook.statements.explain_call import explain_call

        book = self._book
        return Rows(
            explain_call(
                book.database, book.lake, book.quarantined, book.card_store, call_id, today()
            )
        )

    def explain_charge(self, journal_id: str) -> ChargeExplanation:
        """The way of a posting back to its calls, by its id or the id's beginning."""
        from minutebook.statements.explain_charge import explain_charge

        book = self._book
        return explain_charge(book.database, book.lake, book.card_store, journal_id)

    def price(
        self,
        called: str,
        seconds: Decimal | str | int,
        *,
        card: str | None = None,
        plan: str | None = None,
        at: datetime | None = None,
        caller: str | None = None,
    ) -> Quote:
        """What a call would cost by a card or a plan at an instant (None: now).

        `caller` says which jurisdiction a card that prices by it has.
        """
        from minutebook.statements.quote import by_card, by_plan

        if (card is None) == (plan is None):
            raise InputError("price by a card or by a plan, one of them")
        carrier = self._book.carrier()
        when = now() if at is None else at
        duration = money.parse_price(seconds, "seconds")
        if card is not None:
            return by_card(carrier, self._book.card_store, called, duration, card, when, caller)
        return by_plan(carrier, self._book.card_store, called, duration, str(plan), when, caller)

    def price_month(
        self, plan: str, channels: int, servers: int = 0, month: date | None = None
    ) -> MonthQuote:
        """What the month of a day (None: this one) of channels and servers would cost."""
        from minutebook.statements.month_quote import month_quote

        in_month = (month or today()).replace(day=1)
        return month_quote(self._book.carrier(), plan, channels, servers, in_month)

    def channels(
        self, account: str, first: date, last: date, *, by_server: bool = False
    ) -> ChannelUse:
        """How an account used its channels, day by day."""
        from minutebook.statements.channel_use import channel_use

        book = self._book
        return channel_use(book.database, book.lake, account, first, last, by_server=by_server)

    def channels_so_far(self, account: str, first: date, last: date, within_ms: int) -> ChannelUse:
        """As `channels`, of the days that are known, or can be worked out within so many milliseconds; one more in any case, so
        that asked again and again it comes to all of them.
        """
        from minutebook.statements.channel_use import channel_use

        book, end = self._book, monotonic() + within_ms / 1000
        return channel_use(
            book.database, book.lake, account, first, last, enough=lambda: monotonic() > end
        )

    def minimum(self, account: str, month: date | None = None) -> MinimumStanding:
        """Where an account's minimum of the month of a day (None: this one) stands."""
        from minutebook.accounts.minimum_standing import minimum_standing

        in_month = None if month is None else month.replace(day=1)
        return minimum_standing(self._book.database, account, in_month, now())
