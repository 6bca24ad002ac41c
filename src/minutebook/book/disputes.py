"""`book.disputes`: two sides held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.book.given import PathLike
    from minutebook.disputes.reconciliation import Reconciliation


class Disputes(Part):
    """Where two sides differ; nothing is posted."""

    def reconcile(
        self,
        ours: PathLike,
        theirs: PathLike,
        first: date,
        last: date,
        *,
        account: str | None = None,
        format: str = "auto",
        source: str | None = None,
        tolerance_s: int = 5,
        columns: Mapping[str, str] | None = None,
        server: str | None = None,
        trunk: str | None = None,
        card: str | None = None,
        provider: str | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Reconciliation:
        """Two sides' records of the same calls; a side is "lake", or the path of a file.

        `account`, `server` and `trunk` limit the lake's calls; the account prices what has no amount, or
        `card` does. `provider` means the calls that it carried, at its buy card: theirs is its bill.
        `columns` says what a file's columns mean, where their headings do not: `amount` → its
        name in the file, likewise `currency`, `call_id`, `caller`, `called`, `start`, `duration`, `day` ….
        `progress` is told of ("bytes", read, of all) and of ("steps", done, of all).
        """
        from minutebook.disputes.asked import Asked
        from minutebook.disputes.reconcile import reconcile

        asked = Asked(
            str(ours),
            str(theirs),
            first,
            last,
            account,
            format,
            source,
            tolerance_s,
            columns or {},
            server,
            trunk,
            card,
            provider,
        )
        book = self._book
        return reconcile(book.database, book.lake, book.card_store, asked, progress)
