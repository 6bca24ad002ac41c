"""A book: the folder that holds one carrier's data, opened.

The library's face, in parts: `accounts`, `plans` and `sources` (`declarations`), `cards`, `calls`,
`runs`, `statements`, `fit`, `disputes` and `ledger`, a module each. What they give are typed objects
or Polars frames; the work itself is done by the modules that they call.

The way through it: `opening` holds the book's stores, `clock` the hour and the user, `given` makes
sure of what they are handed, `part` is what the parts have alike; `before` keeps the names from
before there were parts.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from minutebook import money, settings
from minutebook.book import given
from minutebook.book.accounts import Accounts
from minutebook.book.before import Before
from minutebook.book.calls import Calls
from minutebook.book.cards import Cards
from minutebook.book.clock import now, user
from minutebook.book.declarations import Plans, Sources
from minutebook.book.disputes import Disputes
from minutebook.book.fit import Fit
from minutebook.book.ledger import Ledger
from minutebook.book.opening import OpenBook
from minutebook.book.runs import Runs
from minutebook.book.statements import Statements
from minutebook.errors import InputError, MinutebookError
from minutebook.ledger import memos
from minutebook.ledger.locks import RUN
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from minutebook.book.given import PathLike
    from minutebook.declarations.change import Change
    from minutebook.declarations.declared import Declared
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.fit.capacity import Capacity
    from minutebook.fit.review import Review


class Book(OpenBook, Before):
    """One carrier's calls, prices and ledger. Threads may share it; it is closed once, for all."""

    def __init__(self, chosen: settings.Settings) -> None:
        super().__init__(chosen)
        self.accounts = Accounts(self)
        self.plans = Plans(self)
        self.sources = Sources(self)
        self.cards = Cards(self)
        self.calls = Calls(self)
        self.runs = Runs(self, self.calls)
        self.statements = Statements(self)
        self.fit = Fit(self)
        self.disputes = Disputes(self)
        self.ledger = Ledger(self)

    def __repr__(self) -> str:
        return f"<the book {self.path}>"

    @given.checked
    def apply(
        self,
        files: PathLike | Iterable[PathLike],
        force: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Rows[Change]:
        """Declare what apply files say, all of them or nothing; gives what was added, changed, left.

        `force`: why servers are deployed without the means for their minimum; kept. A dry run
        gives, or refuses, the same and changes nothing.
        """
        from minutebook.accounts.apply import apply

        return Rows(
            apply(self.database, given.files(files, "files"), user(), force, keep=not dry_run)
        )

    def declared(self) -> Declared:
        """Everything declared as one apply file, which makes an empty book alike."""
        from minutebook.declarations.declared import declared

        return declared(self.carrier())

    def report(self, found: Review | Capacity | Reconciliation) -> str:
        """What was found as one page of HTML that needs no network."""
        from minutebook.disputes.reconciliation import Reconciliation
        from minutebook.fit.capacity import Capacity
        from minutebook.fit.review import Review
        from minutebook.show.capacity.report import capacity_report
        from minutebook.show.reconciliation.report import reconciliation_report
        from minutebook.show.review.report import review_report

        match found:
            case Capacity():
                return capacity_report(found, now())
            case Reconciliation():
                return reconciliation_report(found, now())
            case Review():
                return review_report(found, now())
            case _:
                raise InputError(
                    f"found is of {type(found).__name__}; pass a Review, a Capacity or a Reconciliation"
                )


@given.checked
def make(
    folder: Path,
    currency: str,
    database: str | None,
    database_owner: str | None,
    tell: Callable[[str], None] = lambda step: None,
) -> Book:
    """Make a book in `folder`; where that fails, what was made of it is taken away again.

    Its `book.toml` comes last, so that a book is whole or not there, also after a kill. `tell` is
    told each step as it begins.
    """
    folder = folder.absolute()
    if (folder / settings.FILE).exists():
        raise InputError.advised(
            f"{folder} is a book already",
            f"open it with minutebook.open({str(folder)!r})",
            shell=f"use it with --book {folder}",
        )
    code = money.currency(currency)
    book = Book(settings.Settings(folder, code, None, database, database_owner))
    book.settings.check_lake()
    with _whole_or_nothing(book, folder):
        tell("making the folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}") from None
        if database is None:
            tell("making the database, which takes some seconds")
            book.database.address()
        tell("making its tables")
        with book.database.transaction(lock=RUN) as connection:
            name = memos.name_book(connection, str(uuid.uuid4()))
        if name is None:
            raise InputError.advised(
                "the database holds another book's ledger already",
                "pass an empty one as database",
                shell="name an empty one with --database",
            )
        tell(f"writing {settings.FILE}")
        settings.write(folder, currency, database, database_owner, name)
    book.close()
    return Book(settings.read(folder))


@contextmanager
def _whole_or_nothing(book: Book, folder: Path) -> Iterator[None]:
    """Folders and files that were not there before go again where the making fails."""
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    kept = _inside(folder)
    try:
        yield
    except BaseException:
        if (folder / settings.FILE).exists():
            raise  # another process made it meanwhile, or it was whole already
        with suppress(MinutebookError):
            book.stop()
        for made in new[-1:] or _inside(folder) - kept:
            if made.is_dir():
                shutil.rmtree(made, ignore_errors=True)
            else:
                made.unlink(missing_ok=True)
        raise


def _inside(folder: Path) -> set[Path]:
    """What is in a folder; nothing where that cannot be seen."""
    try:
        return set(folder.iterdir())
    except OSError:
        return set()


@contextmanager
def opened(path: Path | None) -> Iterator[Book]:
    """The book found from `path`, closed at the end."""
    with Book(settings.read(settings.find(path))) as book:
        yield book


__all__ = ["Book", "make", "opened"]
