"""`book.fit`: whether plans and channels fit the traffic."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import now, today
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from minutebook.book.given import PathLike
    from minutebook.fit.capacity import Assumptions, Capacity
    from minutebook.fit.review import Review
    from minutebook.fit.reviews import EveryFit
    from minutebook.fit.simulate import By, Simulated


class Fit(Part):
    """Review, size and simulate; nothing is posted."""

    def review(
        self,
        account: str,
        first: date,
        last: date,
        *,
        against: PathLike | None = None,
        growth: Fraction = Fraction(0),
        cps_limit: int | None = None,
        earned: bool = True,
        plans: Sequence[str] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Review:
        """An account's period under every plan, and those of an apply file `against`.

        `earned`: with what it earns, where providers are declared; every account's calls are priced for it.
        `plans`: those that are tried, beside its own; None: all.
        """
        from minutebook.declarations.document import plans_of
        from minutebook.fit.review import review

        considered = {} if against is None else plans_of(Path(against))
        return review(
            self._book.database,
            self._book.lake,
            self._book.card_store,
            account,
            first,
            last,
            now(),
            considered,
            growth,
            cps_limit,
            progress,
            earned=earned,
            plans=plans,
        )

    def every_review(
        self, first: date, last: date, *, progress: Callable[[int, int], None] | None = None
    ) -> EveryFit:
        """Whether every account's plan fits its calls of some days, a line each, without those that were closed before.

        `progress` is told of accounts (done, to do).
        """
        from minutebook.fit.reviews import every_fit

        names = [
            name
            for name, account in self._book.carrier().accounts.items()
            if account.closed is None or account.closed >= first
        ]
        return every_fit(
            names, first, last, lambda name: self.review(name, first, last, earned=False), progress
        )

    def capacity(
        self, account: str, first: date, last: date, asked: Assumptions | None = None
    ) -> Capacity:
        """How many channels and servers an account's traffic needs; `asked` None: 1 % may be lost."""
        from minutebook.fit.capacity import Assumptions, capacity

        book, asked = self._book, asked or Assumptions()
        return capacity(book.database, book.lake, account, first, last, asked, today())

    def simulate(
        self,
        first: date,
        last: date,
        *,
        plans: PathLike | None = None,
        cards: Mapping[str, int] | None = None,
        buy: str | None = None,
        by: By = "account",
    ) -> Rows[Simulated]:
        """A period's calls under the plans of an apply file and revisions of cards."""
        from minutebook.declarations.document import plans_of
        from minutebook.fit.changed_carrier import Changes
        from minutebook.fit.simulate import simulate

        changed = {} if plans is None else plans_of(Path(plans))
        changes = Changes(changed, dict(cards or {}), buy)
        book = self._book
        return Rows(simulate(book.database, book.lake, book.card_store, first, last, changes, by))
