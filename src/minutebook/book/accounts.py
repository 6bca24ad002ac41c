"""`book.accounts`: what each account is on, its servers, its status."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from minutebook.book.clock import now, today, tomorrow, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from minutebook.accounts.account_prices import AccountPrices
    from minutebook.accounts.account_standing import AccountStanding
    from minutebook.accounts.attention import Attention
    from minutebook.accounts.listed_accounts import ListedAccount
    from minutebook.accounts.removing import Removal
    from minutebook.accounts.servers import ListedServer
    from minutebook.ledger.statuses import StatusChange


class Accounts(Part):
    """The accounts of a book. Called, as in `book.accounts()`, it gives what `list` gives."""

    def __call__(self, month: date | None = None) -> Rows[ListedAccount]:
        """As `list`."""
        return self.list(month)

    def list(
        self, month: date | None = None, names: str | Iterable[str] | None = None
    ) -> Rows[ListedAccount]:
        """Every account (or those of `names` that there are) in the month of a day (None: this one): plan, servers,
        calls, minimum.
        """
        from minutebook.accounts.listed_accounts import listed_accounts

        in_month = (month or today()).replace(day=1)
        book, named = self._book, None if names is None else set(names)
        return Rows(listed_accounts(book.database, book.lake, in_month, today(), named))

    def attention(self) -> Attention:
        """What needs a person, by what is billed so far."""
        from minutebook.accounts.attention import attention

        return attention(self._book.database, today())

    def show(self, name: str, at: date | None = None) -> AccountStanding:
        """What an account is on a UTC day (None: today), and how it came to that."""
        from minutebook.accounts.account_standing import account_standing

        return account_standing(self._book.database, name, today(), at)

    def prices(self, name: str, at: datetime | None = None) -> AccountPrices:
        """What an account is charged at an instant (None: now): its plan's terms, and the price list of the plan's card."""
        from minutebook.accounts.account_prices import AccountPrices
        from minutebook.book.card_decks import CardDecks
        from minutebook.errors import InputError

        book, when = self._book, now() if at is None else at
        carrier = book.carrier()
        account = carrier.account_named(name)
        term = account.term_on(when.date())
        plan = None if term is None else carrier.plan_on(term.plan, when.date())
        found = None
        if plan is not None and plan.card is not None:
            with suppress(InputError):  # no price of it is in force
                found = CardDecks(book).price_list(plan.card, when)
        return AccountPrices(account, when, term, plan, found)

    def servers(self, account: str | None = None, at: date | None = None) -> Rows[ListedServer]:
        """Every server, or an account's, and what it owes in the month of a day (None: today)."""
        from minutebook.accounts.servers import servers_on

        return Rows(servers_on(self._book.database, at or today(), account))

    def deploy_server(
        self, name: str, account: str, on: date | None = None, force: str | None = None
    ) -> bool:
        """Deploy a server from a UTC day (None: today); `force`: why without the means for it.

        False: it was deployed so already, and nothing is changed.
        """
        from minutebook.accounts.servers import deploy

        return deploy(self._book.database, name, account, on, today(), user(), force)

    def retire_server(self, name: str, on: date | None = None) -> bool:
        """Retire a server; `on` (None: today) is its last UTC day. False: it was retired so already."""
        from minutebook.accounts.servers import retire

        return retire(self._book.database, name, on, today(), user())

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

        day = on or tomorrow()
        return switch(self._book.database, account, plan, channels, day, override, user())

    def set_channels(self, account: str, channels: int, on: date | None = None) -> bool:
        """Change the channels that an account buys from a UTC day (None: tomorrow); whether it did."""
        from minutebook.accounts.switching import set_channels

        day = on or tomorrow()
        return set_channels(self._book.database, account, channels, day, user())

    def suspend(self, account: str, reason: str) -> StatusChange:
        """Suspend an account by hand, until it is resumed by hand."""
        from minutebook.accounts.status import suspend

        return suspend(self._book.database, account, reason, now(), user())

    def resume(self, account: str, reason: str) -> StatusChange:
        """End an account's suspension by hand."""
        from minutebook.accounts.status import resume

        return resume(self._book.database, account, reason, now(), user())

    def close(self, account: str, reason: str, on: date | None = None) -> StatusChange:
        """Close an account; `on` (None: today) is its last UTC day. In the same words again it does nothing."""
        from minutebook.accounts.status import close

        return close(self._book.database, account, on, reason, today(), user())

    def reopen(self, account: str, reason: str) -> StatusChange:
        """Take the closing of an account back, while no posting and no closed month leans on it."""
        from minutebook.accounts.status import reopen

        return reopen(self._book.database, account, reason, today(), user())

    def remove(self, account: str, reason: str) -> Removal:
        """Take an account back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "account", account, reason, user()
        )

    def remove_server(self, server: str, reason: str) -> Removal:
        """Take a server back that was declared by mistake, while nothing leans on it."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "server", server, reason, user()
        )
