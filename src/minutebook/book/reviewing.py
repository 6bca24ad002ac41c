"""Whether plans fit the traffic, and where two sides differ."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import now
from minutebook.book.opening import OpenBook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.accounts.minimum import MinimumStanding
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.fit.capacity import Assumptions, Capacity
    from minutebook.fit.review import Review
    from minutebook.fit.simulate import Simulated
    from minutebook.statements.channel_use import ChannelUse

    PathLike = str | Path
    Progress = Callable[[int, int], None]


class Reviewing(OpenBook):
    """Review, size, simulate and reconcile; nothing is posted."""

    def channels(
        self, account: str, first: date, last: date, *, by_server: bool = False
    ) -> ChannelUse:
        """How an account used its channels, day by day."""
        from minutebook.statements.channel_use import channel_use

        return channel_use(self.database, self.lake, account, first, last, by_server=by_server)

    def capacity(
        self, account: str, first: date, last: date, asked: Assumptions | None = None
    ) -> Capacity:
        """How many channels and servers an account's traffic needs; `asked` None: 1 % may be lost."""
        from minutebook.fit.capacity import Assumptions, capacity

        asked, today = asked or Assumptions(), now().date()
        return capacity(self.database, self.lake, account, first, last, asked, today)

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
        from minutebook.declarations.document import plans_of
        from minutebook.fit.review import review

        considered = {} if against is None else plans_of(Path(against))
        return review(
            self.database,
            self.lake,
            self.cards,
            account,
            first,
            last,
            now(),
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
        from minutebook.declarations.document import plans_of
        from minutebook.fit.changed_plans import Changes
        from minutebook.fit.simulate import simulate

        changed = {} if plans is None else plans_of(Path(plans))
        changes = Changes(changed, dict(cards or {}), buy)
        return simulate(self.database, self.lake, self.cards, first, last, changes, by)

    def report(self, found: Review | Capacity | Reconciliation) -> str:
        """What was found as one page of HTML that needs no network."""
        from minutebook.disputes.reconciliation import Reconciliation
        from minutebook.fit.capacity import Capacity
        from minutebook.show.capacity.report import capacity_report
        from minutebook.show.reconciliation.report import reconciliation_report
        from minutebook.show.review.report import review_report

        match found:
            case Capacity():
                return capacity_report(found, now())
            case Reconciliation():
                return reconciliation_report(found, now())
            case _:
                return review_report(found, now())

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
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Reconciliation:
        """Two sides' records of the same calls; a side is "lake", or the path of a file.

        `progress` is told of ("bytes", read, of all) and of ("steps", done, of all).
        """
        from minutebook.disputes.reconcile import Asked, reconcile

        asked = Asked(ours, theirs, first, last, account, format, source, tolerance_s)
        return reconcile(self.database, self.lake, self.cards, asked, progress)

    def minimum(self, account: str, month: date | None = None) -> MinimumStanding:
        """Where an account's minimum of a month (its first day; None: this one) stands."""
        from minutebook.accounts.minimum import minimum_standing

        return minimum_standing(self.database, account, month, now())
