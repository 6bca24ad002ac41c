"""`book.corrections`: calls corrected, imports taken back, match tables asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book import given
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from datetime import date

    from minutebook.book.given import PathLike
    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import Corrected, Desk
    from minutebook.ledger.corrections import Correction


class Corrections(Part):
    """The corrections of a book's calls. `dry_run` says what a correction would come to, and does nothing."""

    def __call__(self) -> Rows[Correction]:
        """Every correction, in order, those that were undone among them."""
        from minutebook.ledger import corrections

        with self._book.database.transaction() as connection:
            return Rows(corrections.everything(connection))

    def correct(
        self,
        call_id: str,
        reason: str,
        *,
        duration_ms: int | None = None,
        account: str | None = None,
        called: str | None = None,
        void: bool = False,
        source: str | None = None,
        server: str | None = None,
        leg: str | None = None,
        dry_run: bool = False,
    ) -> Corrected:
        """Correct a call: its length, its account, its number, or that it never was (`void`).

        `source`, `server` and `leg` tell it from others of the same id.
        """
        from minutebook.corrections.changing import CallChange
        from minutebook.corrections.choosing import Choice
        from minutebook.corrections.correct import correct

        choice = Choice(call_id, source, server, leg)
        change = CallChange(duration_ms, account, called, void)
        return correct(self._desk(), choice, change, reason, dry_run=dry_run)

    def correct_many(
        self,
        first: date,
        last: date,
        reason: str,
        *,
        of_account: str | None = None,
        source: str | None = None,
        server: str | None = None,
        account: str | None = None,
        cap_ms: int | None = None,
        void: bool = False,
        dry_run: bool = False,
    ) -> Corrected:
        """Correct the calls of some UTC days, of an account, source or server where these are named: give
        them to `account`, let none last longer than `cap_ms`, or make them void.
        """
        from minutebook.corrections.changing import CallChange
        from minutebook.corrections.choosing import Choice
        from minutebook.corrections.correct import correct

        choice = Choice(None, source, server, None, of_account, first, last)
        change = CallChange(account=account, cap_ms=cap_ms, void=void)
        return correct(self._desk(), choice, change, reason, dry_run=dry_run)

    def correct_by_file(
        self, file: PathLike, reason: str, *, name: str | None = None, dry_run: bool = False
    ) -> Corrected:
        """Correct the calls that a CSV file names, a call in a row; `name` is what to call the file."""
        from minutebook.corrections.correct import correct_by_file
        from minutebook.corrections.file import correction_rows

        path = given.path(file, "file")
        called = name or str(path)
        rows = correction_rows(path, called)
        return correct_by_file(self._desk(), called, rows, reason, dry_run=dry_run)

    def accept(self, record: str, reason: str, *, dry_run: bool = False) -> Corrected:
        """Take a conflict that waits in quarantine, by its id, in place of the call that came first."""
        from minutebook.corrections.accepting import accept

        return accept(self._desk(), record, reason, dry_run=dry_run)

    def undo(self, correction: int, reason: str, *, dry_run: bool = False) -> Corrected:
        """Take a correction back, or the taking back of an import, by its number."""
        from minutebook.corrections.taking_back import undo_correction

        return undo_correction(self._desk(), correction, reason, dry_run=dry_run)

    def rematch(self, first: date, last: date, reason: str, *, dry_run: bool = False) -> Corrected:
        """Give the calls of some UTC days to the accounts that match tables name now."""
        from minutebook.corrections.rematch import rematch

        return rematch(self._desk(), first, last, reason, dry_run=dry_run)

    def imports(self) -> Rows[Import]:
        """Every import that added calls, the first first."""
        from minutebook.corrections.imports import imports

        return Rows(imports(self._desk()))

    def undo_import(self, id: str, reason: str, *, dry_run: bool = False) -> Corrected:
        """Take an import back, by its id or the beginning of it: its files can come in anew."""
        from minutebook.corrections.taking_back import undo_import

        return undo_import(self._desk(), id, reason, dry_run=dry_run)

    def _desk(self) -> Desk:
        return self._book.desk()
