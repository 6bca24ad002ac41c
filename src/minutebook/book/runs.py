"""`book.runs`: bill, close a month, prove the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import now, today, user
from minutebook.book.part import Part
from minutebook.days import last_day_ahead
from minutebook.errors import InputError
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from minutebook.billing.bill import Progress
    from minutebook.billing.close_month import BeforeClosing, MonthStanding
    from minutebook.billing.run_result import RunResult
    from minutebook.billing.set_aside import AccountAside
    from minutebook.billing.verify import Check
    from minutebook.book.calls import Calls
    from minutebook.book.opening import OpenBook
    from minutebook.ledger.months import ClosedMonth
    from minutebook.ledger.parked import ParkedCharge
    from minutebook.ledger.proofs import Proof
    from minutebook.statements.run_charges import RunCharge


class Runs(Part):
    """The runs of a book."""

    def __init__(self, book: OpenBook, calls: Calls) -> None:
        super().__init__(book)
        self._calls = calls

    def bill(
        self, through: date, *, ahead: bool = False, progress: Progress | None = None
    ) -> RunResult:
        """Price, charge and post everything due up to the UTC day `through`.

        A day after the end of the month after next is refused, unless `ahead`
        (docs/rules/runs.md, "Days to come").

        `progress` is told of what is done ("calls", "accounts", "postings"), how many, and of how many.

        Records in quarantine are tried again first, where declarations changed since the last time.
        """
        from minutebook.accounts.attention import tell_near_floor
        from minutebook.billing.bill import bill
        from minutebook.ledger.locks import RUN
        from minutebook.ledger.runs import last_posted

        limit = last_day_ahead(today())
        if through > limit and not ahead:
            raise InputError.advised(
                f"through {through} is far ahead: channels and minimums would be charged for days to"
                f" come; the last day that is billed without asking is {limit}",
                "pass an earlier day, or ahead=True",
                shell="say an earlier day, or --force",
            )
        waiting = self._calls.retry_where_declared_anew()
        database = self._book.database
        with database.transaction(lock=RUN) as connection:
            before = last_posted(connection)
            result = bill(
                database,
                self._book.lake,
                self._book.card_store,
                through,
                by=user(),
                today=today(),
                quarantined=waiting,
                bounds=self._book.settings.bounds,
                progress=progress,
            )
            if before is None or result.run != before[0]:
                tell_near_floor(database, result.run, result.through, today())
        return result

    def parked(self) -> Rows[ParkedCharge]:
        """What the last run left parked, beyond the bounds of what its accounts are used to."""
        from minutebook.ledger.parked import parked_now

        with self._book.database.transaction() as connection:
            return Rows(parked_now(connection))

    def let_pass(self, accounts: Sequence[str] | None, reason: str) -> Rows[ParkedCharge]:
        """Let what is parked of these accounts, or of all (None), be posted by the next run; gives it."""
        from minutebook.billing.let_pass import let_pass

        return Rows(let_pass(self._book.database, accounts, reason, user()))

    def hold_back(self, accounts: Sequence[str] | None, reason: str) -> Rows[ParkedCharge]:
        """Take back, before a run posts it, that what is parked of these accounts, or of all (None), may pass."""
        from minutebook.billing.let_pass import hold_back

        return Rows(hold_back(self._book.database, accounts, reason, user()))

    def charges(self, result: RunResult) -> Rows[RunCharge]:
        """Who was charged what by a run that `bill` gave; nothing where it posted nothing."""
        from minutebook.statements.run_charges import run_charges

        return Rows(run_charges(self._book.database, result.run) if result.postings else [])

    def nothing_posted(self) -> bool:
        """Whether the ledger is empty, so that `verify` has nothing to prove."""
        from minutebook.ledger import journal

        with self._book.database.transaction() as connection:
            return not journal.any_posted(connection)

    def close_month(self, month: date, reason: str) -> date:
        """Close the month of a UTC day; gives the first open day. In the same words again it does nothing."""
        from minutebook.billing.close_month import close_month

        return close_month(self._book.database, month.replace(day=1), reason, today(), user())

    def months(self) -> Rows[MonthStanding]:
        """Every month from the first with a posting to this one, the last first: closed or open, billed or not."""
        from minutebook.billing.close_month import month_standings

        return Rows(month_standings(self._book.database, today()))

    def before_closing(self, month: date) -> BeforeClosing:
        """What a person should look at before the month of a UTC day is closed."""
        from minutebook.billing.close_month import before_closing

        return before_closing(
            self._book.database, month.replace(day=1), today(), self.waiting_records()
        )

    def reopen_month(self, month: date, reason: str) -> bool:
        """Open the last closed month again, while nothing leans on it; False where it was, in the same words."""
        from minutebook.billing.close_month import reopen_month

        return reopen_month(self._book.database, month.replace(day=1), reason, user())

    def closed_month(self, month: date) -> ClosedMonth | None:
        """The closing of the month of a UTC day; None where it was not closed by itself."""
        from minutebook.ledger.months import closed_month

        with self._book.database.transaction() as connection:
            return closed_month(connection, month.replace(day=1))

    def verify(
        self,
        *,
        progress: Callable[[int, int], None] | None = None,
        kept: tuple[int, str] | None = None,
    ) -> Rows[Check]:
        """Prove the book; each check with the differences that it found. That it was done, and what came of it, is kept.

        `kept` is the number and the hash of a link of the chain, as `chain` gave them once.
        """
        from minutebook.billing.verify import verify
        from minutebook.ledger.proofs import keep_proof

        book, begun_at = self._book, now()
        checks = verify(book.database, book.lake, book.quarantined, book.card_store, progress, kept)
        if (
            not book.database.only_reads and not book.database.unclaimed
        ):  # who only reads keeps nothing
            failing = [check.name for check in checks if check.differences]
            with book.database.transaction() as connection:
                keep_proof(connection, begun_at, user(), failing)
        return Rows(checks)

    def last_proof(self) -> Proof | None:
        """The last time that the book was proved, by whatever way, and what came of it; None: it never was."""
        from minutebook.ledger.proofs import last_proof

        with self._book.database.transaction() as connection:
            return last_proof(connection)

    def waiting_records(self) -> int:
        """How many records wait in quarantine, of whatever days."""
        return self._book.quarantined.count()

    def billed_through(self) -> date | None:
        """The last UTC day that is billed; None: none is."""
        from minutebook.ledger import runs

        with self._book.database.transaction() as connection:
            return runs.billed_through(connection)

    def set_aside(self) -> Rows[AccountAside]:
        """The accounts that the last run did not bill, as something fails for them."""
        from minutebook.billing.set_aside import set_aside_now

        with self._book.database.transaction() as connection:
            return Rows(set_aside_now(connection))

    def chain(self) -> tuple[int, str]:
        """The number and the hash of the last link of the chain; 0 and "" in a new book."""
        from minutebook.ledger.chain import last_link

        with self._book.database.transaction() as connection:
            return last_link(connection)
