"""Months: closed or open, and what a person should look at before one is closed, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.days import month_end
from minutebook.show.sentences.notes import closed_over, set_aside_words
from minutebook.show.serialise import Instant, Month
from minutebook.show.set_aside import AccountAsideView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.billing.close_month import BeforeClosing, MonthStanding


@dataclass(frozen=True)
class MonthStandingView:
    """A month with postings, or closed."""

    month: Annotated[Month, Doc("which month")]
    open: Annotated[bool, Doc("whether postings may stand on its days")]
    billed: Annotated[bool, Doc("whether it is billed to its end")]
    closed_by: Annotated[
        str | None, Doc("who closed it; null: it is open, or was closed with a later one")
    ]
    closed_at: Annotated[Instant | None, Doc("when; null likewise")]
    reason: Annotated[str | None, Doc("why; null likewise")]

    @classmethod
    def of(cls, standing: MonthStanding) -> MonthStandingView:
        """The month."""
        closed = None if standing.open else standing.closed
        return cls(
            month=standing.month,
            open=standing.open,
            billed=standing.billed,
            closed_by=None if closed is None else closed.closed_by,
            closed_at=None if closed is None else closed.closed_at,
            reason=None if closed is None else closed.reason,
        )


@dataclass(frozen=True)
class MonthToCloseView(MonthStandingView):
    """A month, and what stands in the way of closing it."""

    in_the_way: Annotated[
        list[str], Doc("what to look at first, in sentences; empty: nothing, or it is closed")
    ]

    @classmethod
    def looked_at(cls, standing: MonthStanding, before: BeforeClosing) -> MonthToCloseView:
        """The month, and what is to be looked at."""
        told = before_closing_words(before) if standing.open else []
        return cls(**vars(MonthStandingView.of(standing)), in_the_way=told)


@dataclass(frozen=True)
class MonthStandingsView:
    """Every month from the first with a posting to this one."""

    months: Annotated[list[MonthStandingView], Doc("the last first")]

    @classmethod
    def of(cls, standings: Iterable[MonthStanding]) -> MonthStandingsView:
        """The months."""
        return cls([MonthStandingView.of(one) for one in standings])


def before_closing_words(before: BeforeClosing) -> list[str]:
    """What a person should look at before a month is closed, in sentences."""
    end, through = month_end(before.month), before.billed_through
    found = []
    if through is None or through < end:
        found.append(f"It is billed through {through or 'no day yet'}, and ends on {end}.")
    found += [set_aside_words(AccountAsideView.of(one)) for one in before.set_aside]
    if before.unpriced_calls:
        found.append(
            f"{before.unpriced_calls:,} calls of billed days have no price; once they have, they are posted on the first open day."
        )
    return found + closed_over(before.waiting_records)
