"""A book: the folder that holds one carrier's data, opened.

The library's face, in parts: `access`, `users`, `sessions`, `accounts`, `plans` and `sources` (`declarations`), `cards`, `calls`,
`corrections`, `runs`, `jobs`, `statements`, `fit`, `disputes`, `providers`, `numbering` and `ledger`, a module each. What they give are typed objects
or Polars frames; the work itself is done by the modules that they call.

The way through it: `opening` holds the book's stores, `clock` the hour and the user, `given` makes
sure of what they are handed, `part` is what the parts have alike, `priced_calls` a part of `calls`; `make_book` makes one, `keeping` has its backups; `before` keeps the names from
before there were parts.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from minutebook import settings
from minutebook.book import given
from minutebook.book.access import Access
from minutebook.book.accounts import Accounts
from minutebook.book.before import Before
from minutebook.book.calls import Calls
from minutebook.book.cards import Cards
from minutebook.book.clock import now, user
from minutebook.book.corrections import Corrections
from minutebook.book.declarations import Plans, Sources
from minutebook.book.disputes import Disputes
from minutebook.book.fit import Fit
from minutebook.book.jobs import Jobs
from minutebook.book.ledger import Ledger
from minutebook.book.numbering import NumberTables
from minutebook.book.opening import OpenBook
from minutebook.book.providers import Providers
from minutebook.book.runs import Runs
from minutebook.book.sessions import Sessions
from minutebook.book.statements import Statements
from minutebook.book.users import Users
from minutebook.book.webhooks import Webhooks
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from minutebook.backups.manifest import Backup
    from minutebook.billing.bill import Progress
    from minutebook.book.given import PathLike
    from minutebook.declarations.change import Applied
    from minutebook.declarations.declared import Declared
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.fit.capacity import Capacity
    from minutebook.fit.review import Review
    from minutebook.ledger.homes import Adopted
    from minutebook.statements.earnings import Earnings


class Book(OpenBook, Before):
    """One carrier's calls, prices and ledger. Threads may share it; it is closed once, for all."""

    def __init__(self, chosen: settings.Settings, wait_s: int | None = None) -> None:
        super().__init__(chosen, wait_s)
        self.access = Access(self)
        self.users = Users(self)
        self.sessions = Sessions(self)
        self.accounts = Accounts(self)
        self.plans = Plans(self)
        self.sources = Sources(self)
        self.cards = Cards(self)
        self.calls = Calls(self)
        self.corrections = Corrections(self)
        self.runs = Runs(self, self.calls)
        self.jobs = Jobs(self)
        self.statements = Statements(self)
        self.fit = Fit(self)
        self.disputes = Disputes(self)
        self.providers = Providers(self)
        self.numbering = NumberTables(self)
        self.ledger = Ledger(self)
        self.webhooks = Webhooks(self)

    def __repr__(self) -> str:
        return f"<the book {self.path}>"

    @given.checked
    def apply(
        self,
        files: PathLike | Iterable[PathLike],
        force: str | None = None,
        *,
        dry_run: bool = False,
        reason: str | None = None,
    ) -> Applied:
        """Declare what apply files say, all of them or nothing; gives what was added, changed, left.

        Its `overlaps` are the match tables that compete for calls with those of these accounts.

        `reason` is kept with each change; None: the files' names. `force`: why servers are deployed without the means for their minimum; kept. A dry run
        gives, or refuses, the same and changes nothing.
        """
        from minutebook.accounts.apply import apply

        return apply(
            self.database,
            given.files(files, "files"),
            user(),
            force,
            reason=reason,
            keep=not dry_run,
            cards=self.card_store,
        )

    def declared(self) -> Declared:
        """Everything declared as one apply file, which makes an empty book alike."""
        from minutebook.declarations.declared import declared

        return declared(self.carrier())

    def backup(self, folder: PathLike, *, progress: Progress | None = None) -> Backup:
        """Copy ledger, lake and settings together into a new folder, while imports and runs go on.

        `minutebook.restore` makes a book of it. `progress` is told of what is done ("tables",
        "bytes"), how many, and of how many. Where it fails, nothing is left; after a kill a restore
        refuses what was made. `InputError` where the folder has something in it.
        """
        from minutebook.book.keeping import backup_of

        return backup_of(self, given.path(folder, "folder"), progress)

    def adopt(self) -> Adopted:
        """Tell a folder that was copied or moved that it is the book now, and writes to its database.

        The folder that wrote there before is refused from then on. A book whose database and lake
        lie in its own folder needs none of it.
        """
        from minutebook.book.keeping import adopted

        return adopted(self)

    def report(self, found: Review | Capacity | Reconciliation | Earnings) -> str:
        """What was found as one page of HTML that needs no network."""
        from minutebook.disputes.reconciliation import Reconciliation
        from minutebook.fit.capacity import Capacity
        from minutebook.fit.review import Review
        from minutebook.show.capacity.report import capacity_report
        from minutebook.show.margin_report import margin_report
        from minutebook.show.reconciliation.report import reconciliation_report
        from minutebook.show.review.report import review_report
        from minutebook.statements.earnings import Earnings

        match found:
            case Capacity():
                return capacity_report(found, now())
            case Earnings():
                return margin_report(found, now())
            case Reconciliation():
                return reconciliation_report(found, now())
            case Review():
                return review_report(found, now())
            case _:
                raise InputError(
                    f"found is of {type(found).__name__}; pass a Review, a Capacity, a Reconciliation or Earnings"
                )

    @given.checked
    def customer_report(self, found: Review) -> str:
        """A review as one page of HTML for the customer: what was used and what it costs on the present plan,
        in amounts that can be paid; no other plan, no advice, no other account.
        """
        from minutebook.show.review.customer import customer_page

        return customer_page(found, now())


@given.checked
def make(
    folder: Path,
    currency: str,
    database: str | None,
    database_owner: str | None,
    tell: Callable[[str], None] = lambda step: None,
) -> Book:
    """Make a book in `folder`, whole or not at all; see `minutebook.init`."""
    from minutebook.book.make_book import make_book

    return make_book(folder, currency, database, database_owner, tell)


@contextmanager
def opened(path: Path | None, wait_s: int | None = None) -> Iterator[Book]:
    """The book found from `path`, closed at the end."""
    with Book(settings.read(settings.find(path)), wait_s) as book:
        yield book


__all__ = ["Book", "make", "opened"]
