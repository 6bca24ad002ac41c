"""`book.disputes`: two sides held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable
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
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Reconciliation:
        """Two sides' records of the same calls; a side is "lake", or the path of a file.

        `progress` is told of ("bytes", read, of all) and of ("steps", done, of all).
        """
        from minutebook.disputes.reconcile import Asked, reconcile

        asked = Asked(str(ours), str(theirs), first, last, account, format, source, tolerance_s)
        book = self._book
        return reconcile(book.database, book.lake, book.card_store, asked, progress)
