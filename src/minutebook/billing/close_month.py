"""Closing months: in order, once billed to their end; and opening the last one again
(docs/rules/runs.md, "Closed months").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.billing.set_aside import set_aside_now
from minutebook.days import month_end, next_month
from minutebook.errors import InputError
from minutebook.ledger import corrections, leaning, months, runs, tallies
from minutebook.ledger.locks import POSTING, RUN, hold
from minutebook.notebook import Shown
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from datetime import date

    from minutebook.billing.set_aside import AccountAside
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.ledger.months import ClosedMonth


@dataclass(frozen=True, slots=True, repr=False)
class MonthStanding(Shown):
    """A month with postings, or closed."""

    month: date
    """Its first day."""
    closed: ClosedMonth | None
    """By whom and why; None: it is open, or was closed with a later one."""
    open: bool
    """Whether postings may stand on its days."""
    billed: bool
    """Whether it is billed to its end."""


@dataclass(frozen=True, slots=True, repr=False)
class BeforeClosing(Shown):
    """What a person should look at before a month is closed."""

    month: date
    """Its first day."""
    billed_through: date | None
    """The last day that is billed; None: none is."""
    set_aside: tuple[AccountAside, ...]
    """Accounts that the last run did not bill, and that have days of the month that are not billed."""
    unpriced_calls: int
    """Calls of billed days, of any month, that no card has a price for."""
    waiting_records: int
    """Records in quarantine, of whatever days."""


def before_closing(database: Database, month: date, today: date, waiting: int) -> BeforeClosing:
    """What stands in the way of closing the month that begins on `month`; `waiting` records are in quarantine."""
    end = month_end(month)
    with database.snapshot() as connection:
        through = runs.billed_through(connection)
        unpriced, _ = tallies.unpriced(connection, through or today, "customer")
        aside = tuple(one for one in set_aside_now(connection) if one.on(month, end))
    return BeforeClosing(month, through, aside, unpriced, waiting)


def month_standings(database: Database, today: date) -> list[MonthStanding]:
    """Every month from the first with a posting to today's, the last first."""
    with database.snapshot() as connection:
        first = months.first_posted_day(connection, None)
        open_from = months.first_open_day(connection)
        through = runs.billed_through(connection)
        found: list[MonthStanding] = []
        month = (first or today).replace(day=1)
        while month <= today:
            found.append(
                MonthStanding(
                    month,
                    months.closed_month(connection, month),
                    open_from is None or month >= open_from,
                    through is not None and through >= month_end(month),
                )
            )
            month = next_month(month)
    return found[::-1]


def close_month(database: Database, month: date, reason: str, today: date, by: str) -> date:
    """Close the month that begins on `month`, over by `today`; gives the first day that is open now.

    In the same words again it does nothing.
    """
    why = reason_kept(reason, "closing a month")
    with database.transaction(lock=RUN) as connection:
        hold(connection, POSTING)
        open_from = months.first_open_day(connection)
        if open_from is not None and month < open_from:
            _refuse_other_words(connection, month, why, open_from)
            return open_from
        corrections.refuse_half_read(connection)
        first = months.first_posted_day(connection, open_from)
        if first is not None and month > first.replace(day=1):
            raise InputError(f"months close in order; close {first:%Y-%m} first")
        through = runs.billed_through(connection)
        end = month_end(month)
        if today <= end:
            raise InputError(f"{month:%Y-%m} is not over; close it from {next_month(month)} on")
        if through is None or through < end:
            raise InputError.advised(
                f"{month:%Y-%m} is not billed to its end",
                f"bill through {end} first",
                shell=f"run: minutebook bill --through {end}",
            )
        for one in set_aside_now(connection):
            if one.days[0] <= end:
                raise InputError(
                    f"{one.account} is set aside since {one.days[0]} ({one.reason}); mend that, and bill"
                    f" through {end} again"
                )
        months.add_closed(connection, month, why, by)
        return next_month(month)


def reopen_month(database: Database, month: date, reason: str, by: str) -> bool:
    """Open the last closed month, which begins on `month`, again; False where it was, in the same words.

    `InputError` where a later month is closed, or a posting stands later as the month is closed.
    """
    why = reason_kept(reason, "opening a month again")
    with database.transaction(lock=RUN) as connection:
        hold(connection, POSTING)
        open_from, last = (
            months.first_open_day(connection),
            months.month_standing(connection, month),
        )
        if last is not None and not last[0] and last[1].reason == why:
            return False
        if last is None or not last[0] or open_from is None:
            raise InputError(f"{month:%Y-%m} is not closed")
        if open_from != next_month(month):
            raise InputError(
                f"{month:%Y-%m} stays closed: a later month is closed too; open the last one first"
            )
        postponed = leaning.postponed_from(connection, open_from, last[1].closed_at)
        if postponed is not None:
            account, day = postponed
            raise InputError(
                f"{month:%Y-%m} stays closed: what {account} owes for {day} was posted to"
                f" {open_from} as it was closed"
            )
        months.add_opened(connection, month, why, by)
        return True


def _refuse_other_words(connection: Connection, month: date, reason: str, open_from: date) -> None:
    """`InputError` where a month was not closed for this reason."""
    closed = months.closed_month(connection, month)
    if closed is None:
        raise InputError(
            f"{month:%Y-%m} lies before a month that is closed; the first open day is {open_from}"
        )
    if closed.reason != reason:
        raise InputError(f"{month:%Y-%m} is closed already, with the reason: {closed.reason}")
