"""The names by which a book was used before it was made of parts. They stay; each names its part's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    import polars as pl

    from minutebook.accounts.history import AccountStanding
    from minutebook.accounts.minimum import MinimumStanding
    from minutebook.accounts.servers import ListedServer
    from minutebook.accounts.standing import Standing
    from minutebook.billing.run import Progress, RunResult
    from minutebook.billing.verify import Check
    from minutebook.book.accounts import Accounts
    from minutebook.book.calls import Calls
    from minutebook.book.cards import Cards
    from minutebook.book.disputes import Disputes
    from minutebook.book.fit import Fit
    from minutebook.book.given import PathLike
    from minutebook.book.ledger import Ledger
    from minutebook.book.runs import Runs
    from minutebook.book.statements import Statements
    from minutebook.cards.revision import Card, Revision
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.fit.capacity import Assumptions, Capacity
    from minutebook.fit.review import Review
    from minutebook.fit.simulate import Simulated
    from minutebook.intake.intake import ImportResult
    from minutebook.intake.rate_cards import Taken
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.statuses import StatusChange
    from minutebook.notebook import Rows
    from minutebook.statements.channel_use import ChannelUse
    from minutebook.statements.explain import CallExplanation, ChargeExplanation
    from minutebook.statements.month_quote import MonthQuote
    from minutebook.statements.quote import Quote
    from minutebook.statements.statement import Statement
    from minutebook.statements.totals import By, Total


class Before:
    """A book's earlier names. `accounts(…)` and `calls(…)` are kept by the parts themselves."""

    accounts: Accounts
    cards: Cards
    calls: Calls
    runs: Runs
    statements: Statements
    fit: Fit
    disputes: Disputes
    ledger: Ledger

    def account(self, name: str, at: date | None = None) -> AccountStanding:
        """`accounts.show`."""
        return self.accounts.show(name, at)

    def servers(self, account: str | None = None, at: date | None = None) -> Rows[ListedServer]:
        """`accounts.servers`."""
        return self.accounts.servers(account, at)

    def deploy_server(
        self, name: str, account: str, on: date | None = None, force: str | None = None
    ) -> None:
        """`accounts.deploy_server`."""
        self.accounts.deploy_server(name, account, on, force)

    def retire_server(self, name: str, on: date | None = None) -> None:
        """`accounts.retire_server`."""
        self.accounts.retire_server(name, on)

    def switch(
        self,
        account: str,
        plan: str,
        channels: int | None = None,
        on: date | None = None,
        override: str | None = None,
    ) -> bool:
        """`accounts.switch`."""
        return self.accounts.switch(account, plan, channels, on, override)

    def set_channels(self, account: str, channels: int, on: date | None = None) -> bool:
        """`accounts.set_channels`."""
        return self.accounts.set_channels(account, channels, on)

    def suspend(self, account: str, reason: str) -> StatusChange:
        """`accounts.suspend`."""
        return self.accounts.suspend(account, reason)

    def resume(self, account: str, reason: str) -> StatusChange:
        """`accounts.resume`."""
        return self.accounts.resume(account, reason)

    def close_account(self, account: str, reason: str, on: date | None = None) -> StatusChange:
        """`accounts.close`."""
        return self.accounts.close(account, reason, on)

    def import_card(self, card: str, file: PathLike, **said: Any) -> tuple[Taken, Rows[str]]:
        """`cards.import_deck`."""
        return self.cards.import_deck(card, file, **said)

    def take_card_live(self, card: str, revision: int, at: datetime) -> Revision:
        """`cards.take_live`."""
        return self.cards.take_live(card, revision, at)

    def rate_card(self, card: str) -> Card:
        """`cards.show`."""
        return self.cards.show(card)

    def card_prices(self, revision: Revision) -> pl.DataFrame:
        """`cards.prices`."""
        return self.cards.prices(revision)

    def card_difference(self, card: str, before: int, after: int) -> pl.DataFrame:
        """`cards.difference`."""
        return self.cards.difference(card, before, after)

    def import_calls(
        self,
        files: PathLike | Iterable[PathLike],
        format: str = "auto",
        source: str | None = None,
        **said: Any,
    ) -> ImportResult:
        """`calls.import_files`."""
        return self.calls.import_files(files, format, source, **said)

    def retry(self) -> ImportResult:
        """`calls.retry`."""
        return self.calls.retry()

    def quarantine(self) -> pl.DataFrame:
        """`calls.quarantine`."""
        return self.calls.quarantine()

    def bill(self, through: date, *, progress: Progress | None = None) -> RunResult:
        """`runs.bill`."""
        return self.runs.bill(through, progress=progress)

    def close_month(self, month: date, reason: str) -> date:
        """`runs.close_month`."""
        return self.runs.close_month(month, reason)

    def verify(self, **said: Any) -> Rows[Check]:
        """`runs.verify`."""
        return self.runs.verify(**said)

    def pay(
        self, account: str, amount: Decimal | str, reference: str, at: datetime | None = None
    ) -> tuple[Journal, bool]:
        """`ledger.pay`."""
        return self.ledger.pay(account, amount, reference, at)

    def adjust(
        self,
        account: str,
        amount: Decimal | str,
        reason: str,
        reference: str,
        on: date | None = None,
    ) -> tuple[Journal, bool]:
        """`ledger.adjust`."""
        return self.ledger.adjust(account, amount, reason, reference, on)

    def balances(self, account: str | None = None) -> Rows[Standing]:
        """`ledger.balances`."""
        return self.ledger.balances(account)

    def journal(self, first: date, last: date) -> pl.DataFrame:
        """`ledger.journal`."""
        return self.ledger.journal(first, last)

    def statement(
        self, account: str, first: date, last: date, as_of: datetime | None = None
    ) -> Statement:
        """`statements.statement`."""
        return self.statements.statement(account, first, last, as_of)

    def totals(self, first: date, last: date, by: By = "account") -> Rows[Total]:
        """`statements.totals`."""
        return self.statements.totals(first, last, by)

    def explain_call(self, call_id: str) -> Rows[CallExplanation]:
        """`statements.explain_call`."""
        return self.statements.explain_call(call_id)

    def explain_charge(self, journal_id: str) -> ChargeExplanation:
        """`statements.explain_charge`."""
        return self.statements.explain_charge(journal_id)

    def price(self, called: str, seconds: Decimal | str | int, **said: Any) -> Quote:
        """`statements.price`."""
        return self.statements.price(called, seconds, **said)

    def price_month(
        self, plan: str, channels: int, servers: int = 0, month: date | None = None
    ) -> MonthQuote:
        """`statements.price_month`."""
        return self.statements.price_month(plan, channels, servers, month)

    def channels(
        self, account: str, first: date, last: date, *, by_server: bool = False
    ) -> ChannelUse:
        """`statements.channels`."""
        return self.statements.channels(account, first, last, by_server=by_server)

    def minimum(self, account: str, month: date | None = None) -> MinimumStanding:
        """`statements.minimum`."""
        return self.statements.minimum(account, month)

    def review(self, account: str, first: date, last: date, **said: Any) -> Review:
        """`fit.review`."""
        return self.fit.review(account, first, last, **said)

    def capacity(
        self, account: str, first: date, last: date, asked: Assumptions | None = None
    ) -> Capacity:
        """`fit.capacity`."""
        return self.fit.capacity(account, first, last, asked)

    def simulate(self, first: date, last: date, **said: Any) -> Rows[Simulated]:
        """`fit.simulate`."""
        return self.fit.simulate(first, last, **said)

    def reconcile(
        self, ours: PathLike, theirs: PathLike, first: date, last: date, **said: Any
    ) -> Reconciliation:
        """`disputes.reconcile`."""
        return self.disputes.reconcile(ours, theirs, first, last, **said)
