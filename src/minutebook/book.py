"""A book: the folder that holds one carrier's data, opened.

The library's face. Each method does what the command of its name does, and gives typed objects
or Polars frames; the work itself is done by the modules that it calls.
"""

from __future__ import annotations

import getpass
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Self

from minutebook import money, settings
from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.ledger.database import Database
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    import polars as pl

    from minutebook.billing.accounts import AccountStanding, ListedAccount
    from minutebook.billing.capacity import Assumptions, Capacity
    from minutebook.billing.channel_use import ChannelUse
    from minutebook.billing.explain import CallExplanation, ChargeExplanation
    from minutebook.billing.minimum_standing import MinimumStanding
    from minutebook.billing.month_quote import MonthQuote
    from minutebook.billing.quote import Quote
    from minutebook.billing.reconcile import Reconciliation
    from minutebook.billing.review import Review
    from minutebook.billing.run import Progress as RunProgress
    from minutebook.billing.run import RunResult
    from minutebook.billing.servers import ListedServer
    from minutebook.billing.simulate import Simulated
    from minutebook.billing.standing import Standing
    from minutebook.billing.statement import Statement
    from minutebook.billing.totals import Total
    from minutebook.billing.verify import Check
    from minutebook.calls.intake import ImportResult
    from minutebook.calls.intake import Progress as ImportProgress
    from minutebook.calls.lake import Lake
    from minutebook.calls.quarantine import Quarantine
    from minutebook.card_store import CardStore
    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.merge import Change
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.statuses import StatusChange
    from minutebook.rate_cards import Taken
    from minutebook.settings import Settings
    from minutebook.tariffs.cards import Card, Revision
    from minutebook.tariffs.tariff import Terms

    PathLike = str | Path
    Progress = Callable[[int, int], None]

_TRIED = "quarantine tried under declaration"


def make(folder: Path, currency: str, database: str | None, database_owner: str | None) -> Book:
    """Make a book in `folder`; its `book.toml` comes last, so a book is whole or not there."""
    folder = folder.absolute()
    if (folder / settings.FILE).exists():
        raise InputError(f"{folder} is a book already; use it with --book {folder}")
    if not (len(currency) == len("USD") and currency.isascii() and currency.isupper()):
        raise InputError(f"currency {currency!r} is not three capital letters, as in USD")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from None
    book = Book(settings.Settings(folder, currency, None, database, database_owner))
    with book.database.transaction(lock=RUN) as connection:
        name = declarations.name_book(connection, str(uuid.uuid4()))
    if name is None:
        raise InputError(
            "the database holds another book's ledger already; name an empty one with --database"
        )
    settings.write(folder, currency, database, database_owner, name)
    book.close()
    return Book(settings.read(folder))


class Book:
    """One carrier's calls, prices and ledger. Also a context manager: it closes its connection."""

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen
        self.path = chosen.folder
        self.database = Database(
            chosen.folder / "postgres", chosen.database, chosen.database_owner, chosen.book
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the database; an embedded server goes on."""
        self.database.close()

    def stop(self) -> None:
        """Stop the embedded server, if the book has one; the next command starts it again."""
        self.close()
        if self.settings.database is None:
            from minutebook.ledger.embedded import EmbeddedPostgres

            EmbeddedPostgres(self.path / "postgres").stop()

    @property
    def lake(self) -> Lake:
        """Where the calls are."""
        from minutebook.calls.lake import Lake

        return Lake(self.settings.lake_folder)

    @property
    def quarantined(self) -> Quarantine:
        """The records that could not be understood or placed."""
        from minutebook.calls.quarantine import Quarantine

        return Quarantine(self.settings.lake_folder)

    @property
    def cards(self) -> CardStore:
        """Where the prices of card revisions are."""
        from minutebook.card_store import CardStore

        return CardStore(self.settings.lake_folder / "cards")

    def carrier(self) -> Carrier:
        """Everything declared: plans, accounts, servers, sources, cards."""

        with self.database.transaction() as connection:
            return declarations.load(connection)

    # Declaring ------------------------------------------------------------------------------

    def apply(self, files: Sequence[PathLike], force: str | None = None) -> list[Change]:
        """Declare what apply files say, all of them or nothing; gives what was added, changed, left.

        `force`: why servers are deployed without the means for their minimum; kept.
        """
        from minutebook.declarations.apply import apply

        return apply(self.database, [Path(file) for file in files], _user(), force)

    def deploy_server(
        self, name: str, account: str, on: date | None = None, force: str | None = None
    ) -> None:
        """Deploy a server from a UTC day (None: today); `force`: why without the means for it."""
        from minutebook.billing.servers import deploy

        deploy(self.database, name, account, on or _now().date(), _user(), force)

    def retire_server(self, name: str, on: date | None = None) -> None:
        """Retire a server; `on` (None: today) is its last UTC day."""
        from minutebook.billing.servers import retire

        retire(self.database, name, on or _now().date(), _user())

    def servers(self, account: str | None = None, at: date | None = None) -> list[ListedServer]:
        """Every server, or an account's, and what it owes in the month of a day (None: today)."""
        from minutebook.billing.servers import servers_on

        return servers_on(self.database, at or _now().date(), account)

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
        from minutebook.billing.switching import switch

        return switch(self.database, account, plan, channels, on or tomorrow(), override, _user())

    def set_channels(self, account: str, channels: int, on: date | None = None) -> bool:
        """Change the channels that an account buys from a UTC day (None: tomorrow); whether it did."""
        from minutebook.billing.switching import set_channels

        return set_channels(self.database, account, channels, on or tomorrow(), _user())

    def account(self, name: str, at: date | None = None) -> AccountStanding:
        """What an account is on a UTC day (None: today), and how it came to that."""
        from minutebook.billing.accounts import account_standing

        return account_standing(self.database, name, _now().date(), at)

    def accounts(self, month: date | None = None) -> list[ListedAccount]:
        """Every account in a month (its first day; None: this one): plan, servers, calls, minimum."""
        from minutebook.billing.accounts import accounts_in

        today = _now().date()
        return accounts_in(self.database, self.lake, (month or today).replace(day=1), today)

    def suspend(self, account: str, reason: str) -> StatusChange:
        """Suspend an account by hand, until it is resumed by hand."""
        from minutebook.billing.status import suspend

        return suspend(self.database, account, reason, _now(), _user())

    def resume(self, account: str, reason: str) -> StatusChange:
        """End an account's suspension by hand."""
        from minutebook.billing.status import resume

        return resume(self.database, account, reason, _now(), _user())

    def close_account(self, account: str, reason: str, on: date | None = None) -> StatusChange:
        """Close an account; `on` (None: today) is its last UTC day."""
        from minutebook.billing.status import close

        return close(self.database, account, on or _now().date(), reason, _user())

    def import_card(
        self,
        card: str,
        file: PathLike,
        *,
        live_at: datetime | None = None,
        currency: str | None = None,
        columns: Mapping[str, str] | None = None,
        terms: Terms | None = None,
    ) -> tuple[Taken, list[str]]:
        """A new revision of a card from a deck; gives it, and the columns of the deck that were not read.

        `columns`: our name → the deck's; `terms`: what the card says of increments, fees and rounding.
        """
        from minutebook import rate_cards
        from minutebook.tariffs.decks import read_deck
        from minutebook.tariffs.tariff import Terms as NoTerms

        path = Path(file)
        deck = read_deck(path, dict(columns or {}))
        taken = rate_cards.add_revision(
            self.database,
            self.cards,
            card,
            deck,
            file=path.name,
            terms=terms or NoTerms(),
            currency=currency,
            default_currency=self.settings.currency,
            live_at=live_at,
            now=_now(),
            by=_user(),
        )
        return taken, list(deck.ignored_columns)

    def take_card_live(self, card: str, revision: int, at: datetime) -> Revision:
        """Take a revision live from an instant."""
        from minutebook import rate_cards

        return rate_cards.take_live(self.database, card, revision, at, _user())

    def rate_card(self, card: str) -> Card:
        """A card and its revisions."""
        from minutebook import rate_cards

        with self.database.transaction() as connection:
            return rate_cards.card_named(connection, card)

    def card_prices(self, revision: Revision) -> pl.DataFrame:
        """A revision's rows (tariffs.decks.DECK_SCHEMA: rates and fees in units of 10⁻¹⁰)."""
        return self.cards.read(revision.sha256)

    def card_difference(self, card: str, before: int, after: int) -> pl.DataFrame:
        """The prefixes that differ between two revisions of a card."""
        from minutebook import rate_cards

        known = self.rate_card(card)
        decks = [
            self.card_prices(rate_cards.revision_of(known, number)) for number in (before, after)
        ]
        return rate_cards.difference(*decks)

    # Calls ----------------------------------------------------------------------------------

    def import_calls(
        self,
        files: Sequence[PathLike],
        format: str = "auto",
        source: str | None = None,
        *,
        names: Sequence[str] | None = None,
        progress: ImportProgress | None = None,
    ) -> ImportResult:
        """Take files of call records in; gives what became of every record.

        `names`: what to call the files, where that is not their paths. `progress` is told of
        (bytes read, bytes in all, records read).
        """
        from minutebook.calls.intake import InputFile, import_files

        carrier = self.carrier()
        declared = None if source is None else carrier.sources.get(source)
        if source is not None and declared is None:
            known = ", ".join(sorted(carrier.sources)) or "none yet"
            raise InputError(
                f"source {source!r} is not declared (known: {known}); declare [source.{source}]"
            )
        return import_files(
            self.lake,
            self.quarantined,
            [
                InputFile(Path(file), name)
                for file, name in zip(files, names or map(str, files), strict=True)
            ],
            format=format,
            source=declared,
            sources=carrier.sources,
            directory=carrier.directory(),
            progress=progress,
        )

    def retry(self) -> ImportResult:
        """Try the quarantine again, as things are declared now."""
        from minutebook.calls.intake import retry

        with self.database.transaction() as connection:
            latest = declarations.latest(connection)
            carrier = declarations.load(connection)
        result = retry(
            self.lake, self.quarantined, sources=carrier.sources, directory=carrier.directory()
        )
        with self.database.transaction() as connection:
            declarations.remember(connection, _TRIED, str(latest))
        return result

    def calls(
        self, account: str | None, first: date, last: date, *, unpriced: bool = False
    ) -> pl.DataFrame:
        """The calls of an account (None: of all) with their prices (billing.rated_calls.RATED_SCHEMA)."""
        import polars as pl

        from minutebook.billing.rated_calls import on_days, rated_calls
        from minutebook.billing.schedule import Schedule
        from minutebook.billing.statement import days_between

        days_between(first, last)
        carrier = self.carrier()
        if account is not None:
            carrier.account_named(account)
        files = on_days(self.lake.snapshot().files, first, last)
        accounts = None if account is None else [account]
        calls = rated_calls(self.lake, self.cards, Schedule(carrier), files, accounts)
        return calls.filter(pl.col("status") != "priced").collect() if unpriced else calls.collect()

    def quarantine(self) -> pl.DataFrame:
        """The records that wait in quarantine, each with its reason."""
        return self.quarantined.open()

    # Money ----------------------------------------------------------------------------------

    def bill(self, through: date, *, progress: RunProgress | None = None) -> RunResult:
        """Price, charge and post everything due up to the UTC day `through`.

        `progress` is told of what is done ("calls", "accounts", "postings"), how many, and of how many.

        Records in quarantine are tried again first, where declarations changed since the last time.
        """
        from minutebook.billing.run import bill

        with self.database.transaction() as connection:
            tried = declarations.memo(connection, _TRIED)
            mended = tried != str(declarations.latest(connection))
        if mended and self.quarantined.count():
            self.retry()
        waiting = self.quarantined.count()
        return bill(
            self.database,
            self.lake,
            self.cards,
            through,
            by=_user(),
            today=_now().date(),
            quarantined=waiting,
            progress=progress,
        )

    def pay(
        self, account: str, amount: Decimal | str, reference: str, at: datetime | None = None
    ) -> tuple[Journal, bool]:
        """Post a payment, once by its reference; gives it, and whether it is new."""
        from minutebook.billing.payments import pay

        return pay(
            self.database, account, money.parse_amount(amount), reference, at, _now(), _user()
        )

    def adjust(
        self,
        account: str,
        amount: Decimal | str,
        reason: str,
        reference: str,
        on: date | None = None,
    ) -> tuple[Journal, bool]:
        """Post a credit or a fee by hand, once by its reference; gives it, and whether it is new."""
        from minutebook.billing.payments import adjust

        return adjust(
            self.database,
            account,
            money.parse_amount(amount),
            reason,
            reference,
            on,
            _now(),
            _user(),
        )

    def balances(self, account: str | None = None) -> list[Standing]:
        """What every account, or one, has to spend."""
        from minutebook.billing.standing import standings

        return standings(self.database, _now().date(), account)

    def statement(
        self, account: str, first: date, last: date, as_of: datetime | None = None
    ) -> Statement:
        """An account's days, as they are known now, or were at an instant."""
        from minutebook.billing.statement import statement

        return statement(self.database, self.lake, account, first, last, _now(), as_of)

    def channels(
        self, account: str, first: date, last: date, *, by_server: bool = False
    ) -> ChannelUse:
        """How an account used its channels, day by day."""
        from minutebook.billing.channel_use import channel_use

        return channel_use(self.database, self.lake, account, first, last, by_server=by_server)

    def capacity(
        self, account: str, first: date, last: date, asked: Assumptions | None = None
    ) -> Capacity:
        """How many channels and servers an account's traffic needs; `asked` None: 1 % may be lost."""
        from minutebook.billing.capacity import Assumptions, capacity

        return capacity(self.database, self.lake, account, first, last, asked or Assumptions())

    def review(
        self,
        account: str,
        first: date,
        last: date,
        *,
        against: PathLike | None = None,
        growth: Fraction = Fraction(0),
        cps_limit: int | None = None,
        progress: Progress | None = None,
    ) -> Review:
        """An account's period under every plan, and those of an apply file `against`; posts nothing."""
        from minutebook.billing.review import review
        from minutebook.declarations.document import plans_of

        considered = {} if against is None else plans_of(Path(against))
        return review(
            self.database,
            self.lake,
            self.cards,
            account,
            first,
            last,
            _now().date(),
            considered,
            growth,
            cps_limit,
            progress,
        )

    def simulate(
        self,
        first: date,
        last: date,
        *,
        plans: PathLike | None = None,
        cards: Mapping[str, int] | None = None,
        buy: str | None = None,
        by: str = "account",
    ) -> list[Simulated]:
        """A period's calls under the plans of an apply file and revisions of cards; posts nothing."""
        from minutebook.billing.simulate import Changes, simulate
        from minutebook.declarations.document import plans_of

        changed = {} if plans is None else plans_of(Path(plans))
        changes = Changes(changed, dict(cards or {}), buy)
        return simulate(self.database, self.lake, self.cards, first, last, changes, by)

    def report(self, found: Review | Capacity) -> str:
        """A review or a capacity as one page of HTML that needs no network."""
        from minutebook.billing.capacity import Capacity
        from minutebook.billing.reports import capacity_report, review_report

        if isinstance(found, Capacity):
            return capacity_report(found, _now())
        return review_report(self.database, found, _now())

    def reconcile(
        self,
        ours: str,
        theirs: str,
        first: date,
        last: date,
        *,
        account: str | None = None,
        format: str = "auto",
        source: str | None = None,
        tolerance_s: int = 5,
    ) -> Reconciliation:
        """Two sides' records of the same calls; a side is "lake", or the path of a file."""
        from minutebook.billing.reconcile import reconcile

        return reconcile(
            self.database,
            self.lake,
            self.cards,
            ours,
            theirs,
            first,
            last,
            account=account,
            format=format,
            source=source,
            tolerance_s=tolerance_s,
        )

    def minimum(self, account: str, month: date | None = None) -> MinimumStanding:
        """Where an account's minimum of a month (its first day; None: this one) stands."""
        from minutebook.billing.minimum_standing import minimum_standing

        return minimum_standing(self.database, account, month, _now())

    def totals(self, first: date, last: date, by: str = "account") -> list[Total]:
        """Calls, charges and payments by account, day, month, destination or plan."""
        from minutebook.billing.totals import totals

        return totals(self.database, self.lake, self.cards, first, last, by)

    def journal(self, first: date, last: date) -> pl.DataFrame:
        """Every entry that stands on a day from `first` to `last`, credits positive."""
        from minutebook.billing.entries import entries

        with self.database.transaction() as connection:
            return entries(connection, first, last)

    def close_month(self, month: date, reason: str) -> date:
        """Close the month that begins on `month`; gives the first open day."""
        from minutebook.billing.months import close

        return close(self.database, month, reason, _now().date(), _user())

    def explain_call(self, call_id: str) -> list[CallExplanation]:
        """The way of a call from its record to the ledger; several where legs or sources share the id."""
        from minutebook.billing.explain import explain_call

        return explain_call(self.database, self.lake, self.quarantined, self.cards, call_id)

    def explain_charge(self, journal_id: str) -> ChargeExplanation:
        """The way of a posting back to its calls, by its id or the id's beginning."""
        from minutebook.billing.explain import explain_charge

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
        from minutebook.billing.quote import by_card, by_plan

        if (card is None) == (plan is None):
            raise InputError("price by a card or by a plan, one of them")
        carrier, when = self.carrier(), at or _now()
        duration = money.parse_price(seconds, "seconds")
        if card is not None:
            return by_card(carrier, self.cards, called, duration, card, when)
        return by_plan(carrier, self.cards, called, duration, str(plan), when)

    def price_month(
        self, plan: str, channels: int, servers: int = 0, month: date | None = None
    ) -> MonthQuote:
        """What a month (None: this one; else its first day) of channels and servers would cost."""
        from minutebook.billing.month_quote import month_quote

        when = month or _now().date()
        return month_quote(self.carrier(), plan, channels, servers, when.replace(day=1))

    def verify(self, *, progress: Progress | None = None) -> list[Check]:
        """Prove the book; each check with the differences that it found."""
        from minutebook.billing.verify import verify

        return verify(self.database, self.lake, self.cards, progress)


def _now() -> datetime:
    return datetime.now(UTC)


def tomorrow() -> date:
    """The next UTC day."""
    return _now().date() + ONE_DAY


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


@contextmanager
def opened(path: Path | None) -> Iterator[Book]:
    """The book found from `path`, closed at the end."""
    with Book(settings.read(settings.find(path))) as book:
        yield book


__all__ = ["Book", "make", "opened", "tomorrow"]
