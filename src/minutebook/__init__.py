"""Minutebook: the billing engine for voice carriers.

import minutebook

book = minutebook.open("carrier")
book.calls.import_files("cdr.csv")
book.runs.bill(through=date(2026, 10, 31))
book.statements.statement("acme", date(2026, 10, 1), date(2026, 10, 31))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import facts
from minutebook._exports import RESULTS_AT
from minutebook.errors import (
    DatabaseError,
    InputError,
    LedgerError,
    MinutebookError,
    MinutebookWarning,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from minutebook.access.key import AccessKey
    from minutebook.access.second_factor import NewSecondFactor
    from minutebook.access.session import Session, SignedIn, SignInRefused
    from minutebook.access.user import User
    from minutebook.accounts.account_prices import AccountPrices
    from minutebook.accounts.account_standing import AccountStanding, Event
    from minutebook.accounts.attention import Attention
    from minutebook.accounts.credit_standings import Standing
    from minutebook.accounts.listed_accounts import ListedAccount
    from minutebook.accounts.minimum_standing import MinimumStanding, ServerStanding
    from minutebook.accounts.provider_standings import ProviderStanding
    from minutebook.accounts.removing import Removal
    from minutebook.accounts.servers import ListedServer
    from minutebook.backups.manifest import Backup, Restored
    from minutebook.billing.card_change import CardChange
    from minutebook.billing.card_effect import AccountChange
    from minutebook.billing.close_month import BeforeClosing, MonthStanding
    from minutebook.billing.deck_preview import CallsPreview, DeckPreview, RevisionPreview
    from minutebook.billing.run_result import RunResult
    from minutebook.billing.set_aside import AccountAside
    from minutebook.billing.verify import Check
    from minutebook.book import Book
    from minutebook.calls.source import Source
    from minutebook.cards.deck_profile import DeckProfile
    from minutebook.cards.number_table import NumberTable
    from minutebook.cards.price_list import PriceLine, PriceList, PriceTurn
    from minutebook.cards.revision import Card, Interval, Revision
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.cards.tariff import Increment, Terms
    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import AccountEffect, Corrected
    from minutebook.corrections.trying_again import AgainEffect, AgainPreview
    from minutebook.declarations.change import Applied, Change
    from minutebook.declarations.declared import Declared
    from minutebook.declarations.declared_schedule import DeclaredSchedule
    from minutebook.declarations.standing import PlanStanding, SourceStanding
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.fit.assurance import CardAssurance
    from minutebook.fit.assured_calls import CallAssurance
    from minutebook.fit.capacity import Assumptions, Capacity
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review
    from minutebook.fit.reviews import AccountFit, EveryFit
    from minutebook.fit.simulate import Simulated
    from minutebook.intake.built_cards import BuiltCard, PriceOrigin
    from minutebook.intake.card_edits import EditedCard
    from minutebook.intake.each import EachResult, RefusedFile
    from minutebook.intake.import_preview import ColumnRead, ImportPreview
    from minutebook.intake.intake import ImportResult
    from minutebook.intake.number_tables import TakenNumbers
    from minutebook.intake.rate_cards import Taken
    from minutebook.jobs.due import ScheduleStanding
    from minutebook.ledger.corrections import Correction
    from minutebook.ledger.deeds import Deed
    from minutebook.ledger.homes import Adopted
    from minutebook.ledger.jobs import Job, JobCounts
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.months import ClosedMonth
    from minutebook.ledger.parked import ParkedCharge, Pass
    from minutebook.ledger.proofs import Proof
    from minutebook.ledger.statuses import Status, StatusChange
    from minutebook.ledger.webhooks import Delivery, Webhook
    from minutebook.notebook import Rows
    from minutebook.plans.provider import Provider
    from minutebook.show.deck_export import DeckFile
    from minutebook.statements.audit import Audited
    from minutebook.statements.channel_use import ChannelUse, DayUse
    from minutebook.statements.earnings import Earnings
    from minutebook.statements.explain_call import CallExplanation, PricedSide
    from minutebook.statements.explain_charge import ChargeExplanation
    from minutebook.statements.margin import Margin, MarginLine
    from minutebook.statements.month_quote import MonthQuote
    from minutebook.statements.quote import Quote
    from minutebook.statements.routes import NotRouted, Route, RoutedCall, Routing
    from minutebook.statements.run_charges import RunCharge
    from minutebook.statements.statement import MonthTotal, Statement, StatementDay
    from minutebook.statements.switch_tables import SwitchTables
    from minutebook.statements.totals import Total, Totals
    from minutebook.statements.trial_balance import TrialBalance, TrialLine, TrialSum

__version__ = "0.1.0"

__all__ = [
    "AccessKey",
    "AccountAside",
    "AccountChange",
    "AccountEffect",
    "AccountFit",
    "AccountPrices",
    "AccountStanding",
    "Adopted",
    "AgainEffect",
    "AgainPreview",
    "Applied",
    "Assumptions",
    "Attention",
    "Audited",
    "Backup",
    "BeforeClosing",
    "Book",
    "BuiltCard",
    "CallAssurance",
    "CallExplanation",
    "CallsPreview",
    "Capacity",
    "Card",
    "CardAssurance",
    "CardChange",
    "Change",
    "ChannelUse",
    "ChargeExplanation",
    "Check",
    "ClosedMonth",
    "ColumnRead",
    "Corrected",
    "Correction",
    "DatabaseError",
    "DayUse",
    "DeckFile",
    "DeckPreview",
    "DeckProfile",
    "Declared",
    "DeclaredSchedule",
    "Deed",
    "Delivery",
    "EachResult",
    "Earnings",
    "EditedCard",
    "Event",
    "EveryFit",
    "Import",
    "ImportPreview",
    "ImportResult",
    "Increment",
    "InputError",
    "Interval",
    "Job",
    "JobCounts",
    "Journal",
    "LedgerError",
    "ListedAccount",
    "ListedServer",
    "Margin",
    "MarginLine",
    "MinimumStanding",
    "MinutebookError",
    "MinutebookWarning",
    "MonthQuote",
    "MonthStanding",
    "MonthTotal",
    "NewSecondFactor",
    "NotRouted",
    "NumberTable",
    "ParkedCharge",
    "Pass",
    "PlanCost",
    "PlanStanding",
    "PriceLine",
    "PriceList",
    "PriceOrigin",
    "PriceTurn",
    "PricedSide",
    "Proof",
    "Provider",
    "ProviderStanding",
    "Quote",
    "Reconciliation",
    "RefusedFile",
    "Removal",
    "Restored",
    "Review",
    "Revision",
    "RevisionPreview",
    "Route",
    "RoutedCall",
    "Routing",
    "Rows",
    "RunCharge",
    "RunResult",
    "ScheduleStanding",
    "ServerStanding",
    "Session",
    "ShortNotice",
    "SignInRefused",
    "SignedIn",
    "Simulated",
    "Source",
    "SourceStanding",
    "Standing",
    "Statement",
    "StatementDay",
    "Status",
    "StatusChange",
    "SwitchTables",
    "Taken",
    "TakenNumbers",
    "Terms",
    "Total",
    "Totals",
    "TrialBalance",
    "TrialLine",
    "TrialSum",
    "User",
    "Webhook",
    "__version__",
    "init",
    "open",
    "restore",
]


def _sentence(fact: facts.Fact) -> str:
    """A fact in the words that every door prints."""
    from minutebook.show.sentences.facts import sentence

    return sentence(fact)


facts.said_by(_sentence)


def __getattr__(name: str) -> object:
    """A class of results."""
    for module, names in RESULTS_AT.items():
        if name in names:
            from importlib import import_module

            found: object = getattr(import_module(f"minutebook.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def open(path: str | os.PathLike[str] | None = None, *, wait_s: int | None = None) -> Book:
    """The book in a folder; without one `$MINUTEBOOK`, or the nearest upward that holds book.toml.

    `wait_s`: how many seconds to wait for who does what only one may do at a time; None: until then.
    Raises `InputError` where there is no book.
    """
    from minutebook import settings
    from minutebook.book import Book, given

    folder = None if path is None else given.path(path, "path")
    return Book(settings.read(settings.find(folder)), wait_s)


def init(
    path: str | os.PathLike[str],
    *,
    currency: str = "USD",
    database: str | None = None,
    database_owner: str | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> Book:
    """Make a book in a folder, with its database; `InputError` where there is one already.

    `tell` is told each step, in words, as it begins.
    """
    from minutebook.book import given, make

    return make(given.path(path, "path"), currency, database, database_owner, tell)


def restore(
    backup: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    database: str | None = None,
    database_owner: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Restored:
    """Make a book in a new folder of what `Book.backup` made, and prove it by its `verify`.

    Its database is an embedded one, or the one named, which must be empty; that of the book that
    was copied is never touched. `progress` is told of what is done ("bytes", "tables", "calls"),
    how many, and of how many. Where it fails, nothing is left. `InputError` where the folder holds
    a book already, or the backup is not whole.
    """
    from minutebook.book import given
    from minutebook.book.keeping import restored_book

    return restored_book(
        given.path(backup, "backup"), given.path(path, "path"), database, database_owner, progress
    )
