"""`book.calls`: records taken in, set aside, priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book import given, imports_again, set_aside
from minutebook.book.clock import asked_from, now, user
from minutebook.book.priced_calls import PricedCalls
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    import polars as pl

    from minutebook.book.given import PathLike
    from minutebook.corrections.trying_again import AgainPreview, Instead
    from minutebook.intake.each import EachResult
    from minutebook.intake.import_preview import ImportPreview
    from minutebook.intake.intake import ImportResult, Progress
    from minutebook.lake.staging import Staging


TRIED = "quarantine tried under declaration"
"""The memo of the last declaration under which the quarantine was tried."""


class Calls(PricedCalls):
    """The calls of a book. Called, as in `book.calls("acme", first, last)`, it gives what `rated` gives."""

    def __call__(
        self, account: str | None, first: date, last: date, *, unpriced: bool = False
    ) -> pl.DataFrame:
        """As `rated`."""
        return self.rated(account, first, last, unpriced=unpriced)

    def import_files(
        self,
        files: PathLike | Iterable[PathLike],
        format: str = "auto",
        source: str | None = None,
        *,
        names: Sequence[str] | None = None,
        progress: Progress | None = None,
        complete: bool = False,
        other_calls: bool = False,
    ) -> ImportResult:
        """Take files of call records in; gives what became of every record.

        `other_calls`: what the lake has under another source, by id, instant and numbers, are other calls.
        `complete`: the files are finished, so that a last line without its end is a record too.
        `names`: what to call the files, where that is not their paths. `progress` is told of
        (bytes read, bytes in all, records read).
        """
        paths = given.files(files, "files")
        if names is not None and len(names) != len(paths):
            raise InputError(
                f"names are {len(names)}, files {len(paths)}; pass a name for each file"
            )
        named = list(zip(paths, names or map(str, paths), strict=True))
        return self._take_in(
            named, format, source, progress, complete=complete, other_calls=other_calls
        )

    def _take_in(
        self,
        files: Sequence[tuple[Path, str]],
        format: str,
        source: str | None,
        progress: Progress | None,
        *,
        complete: bool = False,
        other_calls: bool = False,
        look: Callable[[Staging], None] | None = None,
        instead: Instead | None = None,
    ) -> ImportResult:
        """Files, each with what to call it, into the lake; see `import_files`."""
        from minutebook.intake.intake import InputFile, TakenIn, import_files, tell_waiting
        from minutebook.ledger import lake_state

        self._book.database.check_writable()
        carrier = self._book.carrier()
        declared = None if source is None else carrier.source_named(source)
        lake, waiting = self._book.lake, self._book.quarantined
        result = import_files(
            lake,
            waiting,
            [InputFile(path, name) for path, name in files],
            format=format,
            source=declared,
            sources=carrier.sources,
            directory=carrier.directory(),
            progress=progress,
            complete=complete,
            taken_in=TakenIn(user(), now(), asked_from()),
            other_calls=other_calls,
            look=look,
            instead=instead,
        )
        with self._book.database.transaction() as connection:
            lake_state.remember_versions(connection, lake.least_version, waiting.least_version)
            tell_waiting(connection, [name for _, name in files], result)
        return result

    def preview_import(
        self,
        file: PathLike,
        format: str = "auto",
        source: str | None = None,
        *,
        name: str | None = None,
        most: int = 20,
        complete: bool = False,
    ) -> ImportPreview:
        """How the first `most` records of a file would be read, and what from each of its columns; nothing is taken in.

        `name`: what to call the file; the rest as `import_files`.
        """
        from minutebook.intake.import_preview import preview_import
        from minutebook.intake.reading import InputFile

        carrier = self._book.carrier()
        path = given.path(file, "file")
        return preview_import(
            InputFile(path, name or str(path)),
            format=format,
            source=None if source is None else carrier.source_named(source),
            sources=carrier.sources,
            directory=carrier.directory(),
            most=most,
            complete=complete,
        )

    def import_each(
        self,
        files: PathLike | Iterable[PathLike],
        format: str = "auto",
        source: str | None = None,
        *,
        complete: bool = False,
        done: PathLike | None = None,
        refused: PathLike | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> EachResult:
        """Take each file in by itself: what is wrong with one refuses that one alone.

        Files that were taken in are moved into the folder `done`, the refused into `refused` (None: they
        stay), but for those whose last line is yet to come. `progress` is told of (files tried, files in all).
        """
        from minutebook.intake.each import import_each

        return import_each(
            given.files(files, "files"),
            lambda file: self.import_files(file, format, source, complete=complete),
            done=None if done is None else given.path(done, "done"),
            refused=None if refused is None else given.path(refused, "refused"),
            progress=progress,
        )

    def import_again(
        self,
        id: str,
        reason: str,
        files: PathLike | Iterable[PathLike] | None = None,
        *,
        progress: Progress | None = None,
        other_calls: bool = False,
    ) -> ImportResult:
        """Take an import back and its files in anew, read as their sources are declared now.

        `files` are where they are now, if not where they were; `other_calls` as in `import_files`. Where they
        cannot be taken in, or hold none of its calls, the import stays as it was. Killed on the way and run again, it ends as if it had not been killed.
        """
        return imports_again.read_anew(
            self._book, self._take_in, id, reason, files, progress, other_calls=other_calls
        )

    def preview_import_again(
        self,
        id: str,
        files: PathLike | Iterable[PathLike] | None = None,
        *,
        progress: Progress | None = None,
        other_calls: bool = False,
    ) -> AgainPreview:
        """What `import_again`, and a run through the last billed day, would come to; nothing is kept."""
        return imports_again.preview(
            self._book, self._take_in, id, files, progress, other_calls=other_calls
        )

    def quarantine(
        self,
        reason: str | None = None,
        source: str | None = None,
        since: date | None = None,
        until: date | None = None,
        account: str | None = None,
    ) -> pl.DataFrame:
        """The records that wait in quarantine, each with its reason; of one reason or source, of those
        set aside from the UTC day `since` to `until`, or of those that would be an account's.
        """

        from minutebook.calls.schema import Reason
        from minutebook.words import did_you_mean

        known = [each.value for each in Reason]
        if reason is not None and reason not in known:
            near = did_you_mean(reason, known)
            raise InputError(f"{reason!r} is no reason{near}; they are {', '.join(known)}")
        waiting = self._book.quarantined.open(None if reason is None else Reason(reason), source)
        return set_aside.of_days(self._book, waiting, "first_seen", since, until, account)

    def discarded(
        self,
        source: str | None = None,
        since: date | None = None,
        until: date | None = None,
        account: str | None = None,
    ) -> pl.DataFrame:
        """The records that were discarded from quarantine, each with when, by whom and why; of one source, of
        those discarded from the UTC day `since` to `until`, or of those that would be an account's.
        """
        records = set_aside.discarded(self._book, source)
        return set_aside.of_days(self._book, records, "discarded_at", since, until, account)

    def with_accounts(self, waiting: pl.DataFrame) -> pl.DataFrame:
        """Records that `quarantine` gave with `account`: whose they would be, whatever they wait for; null
        where nobody's can be told.
        """
        return set_aside.records_with_accounts(self._book, waiting)

    def give_up(self, waiting: pl.DataFrame, reason: str) -> int:
        """Discard records that `quarantine` gave, for a reason that is kept; how many."""
        return set_aside.give_up(self._book, waiting["id"], reason)

    def discard(self, ids: str | Iterable[str], reason: str) -> int:
        """Give records in quarantine up, by id or its beginning, for a reason that is kept; how many."""
        return set_aside.discard(self._book, given.texts(ids, "ids"), reason)

    def restore(self, ids: str | Iterable[str], reason: str) -> int:
        """Let records that were discarded wait again, by id or its beginning; how many."""
        return set_aside.let_wait(self._book, given.texts(ids, "ids"), reason)

    def retry(self, waiting: pl.DataFrame | None = None) -> ImportResult:
        """Try the quarantine again, or of it what `quarantine` gave, as things are declared now."""
        from minutebook.intake.intake import TakenIn, retry
        from minutebook.ledger import change_log, declarations, lake_state, memos

        self._book.database.check_writable()
        lake, quarantined = self._book.lake, self._book.quarantined
        with self._book.database.transaction() as connection:
            latest = change_log.last_change(connection)
            carrier = declarations.load(connection)
        result = retry(
            lake,
            quarantined,
            sources=carrier.sources,
            directory=carrier.directory(),
            taken_in=TakenIn(user(), now(), asked_from()),
            only=None if waiting is None else waiting["id"],
        )
        with self._book.database.transaction() as connection:
            if waiting is None:
                memos.remember(connection, TRIED, str(latest))
            lake_state.remember_versions(connection, lake.least_version, quarantined.least_version)
        return result

    def retry_where_declared_anew(self) -> int:
        """Try the quarantine again, if declarations changed since the last time; how many wait then."""
        from minutebook.ledger import change_log, memos

        with self._book.database.transaction() as connection:
            changed = memos.memo(connection, TRIED) != str(change_log.last_change(connection))
        waiting = self._book.quarantined.count()
        if not (changed and waiting):
            return waiting
        self.retry()
        return self._book.quarantined.count()
