"""What runs left parked, and who let it pass: rows of each run, those of the last one hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from minutebook.ledger.connection import Connection

DAY, REFUND = "day", "refund"
"""The bounds that a charge can be beyond."""


@dataclass(frozen=True, slots=True, repr=False)
class Pass(Shown):
    """That what a run left parked of an account may be posted: who said so, and why."""

    number: int
    """By which it is known, from 1."""
    run: int
    """The run that left it parked."""
    account: str
    """The account's name."""
    reason: str
    """Why, as it was said."""
    by: str
    """Who said it."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, repr=False)
class ParkedCharge(Shown):
    """A charge that a run did not post. Amounts are positive."""

    account: str
    """Whose it is."""
    currency: str
    """Of the amounts."""
    day: date
    """The UTC day that it is for."""
    kind: str
    """Its kind, as a posting's."""
    charged: Decimal
    """What is charged for it, and stays charged."""
    due: Decimal
    """What the run found due."""
    beyond: str | None
    """`"day"`: beyond the account's usual day; `"refund"`: too much would be paid back; None: it waits
    with the others of its account."""
    since_run: int
    """The last run before it was parked."""
    usual: Decimal | None = None
    """The account's usual day, where that was asked for."""
    passed: Pass | None = None
    """By which it may be posted; None: by nobody so far."""

    @property
    def amount(self) -> Decimal:
        """What posting it would add to the balance; a charge is negative."""
        return self.charged - self.due

    def lets(self, due: Decimal) -> bool:
        """Whether its pass lets this pass, too, as due: no more than what was seen."""
        if self.passed is None:
            return False
        return due <= self.due if self.due > self.charged else due >= self.due


def parked_now(connection: Connection, account: str | None = None) -> list[ParkedCharge]:
    """What the last run left parked, or what of one account, by account, day and kind."""
    rows = connection.execute(
        "select p.account, a.currency, p.day, p.kind, p.charged, p.due, p.beyond, p.since_run, p.usual,"
        " o.parked_pass, o.run, o.account, o.reason, o.passed_by, o.passed_at"
        " from parked p join account a on a.account = p.account"
        " left join lateral (select x.* from parked_pass x where x.held is null and p.beyond is not null"
        "  and (x.parked_pass = p.passed or (x.run = p.run and x.account = p.account))"
        "  and not exists (select from parked_pass h where h.held and h.run = p.run and h.account = p.account"
        "                   and h.parked_pass > x.parked_pass)"
        "  order by x.parked_pass limit 1) o on true"
        " where p.run = (select max(run) from run) and (%(account)s::text is null or p.account = %(account)s)"
        " order by p.account, p.day, p.kind",
        {"account": account},
    )
    return [ParkedCharge(*row[:9], *([] if row[9] is None else [Pass(*row[9:])])) for row in rows]


def add(connection: Connection, run: int, charges: Iterable[ParkedCharge]) -> None:
    """Keep what a run leaves parked."""
    with connection.cursor().copy(
        "copy parked (run, account, day, kind, charged, due, beyond, usual, since_run, passed) from stdin"
    ) as copy:
        for one in charges:
            passed = None if one.passed is None else one.passed.number
            copy.write_row((
                run, one.account, one.day, one.kind, one.charged, one.due, one.beyond, one.usual,
                one.since_run, passed,
            ))  # fmt: skip


def add_pass(
    connection: Connection, account: str, reason: str, by: str, *, held: bool = False
) -> None:
    """Let what the last run left parked of an account pass, or hold it back again."""
    connection.execute(
        "insert into parked_pass (run, account, reason, passed_by, held)"
        " select max(run), %s, %s, %s, %s from run",
        [account, reason, by, held or None],
    )


def passed_days(
    connection: Connection, accounts: Collection[str], first: date, last: date
) -> dict[str, dict[date, Decimal]]:
    """What days from `first` to `last` were let pass as, beyond the usual: by account and day."""
    rows = connection.execute(
        "select p.account, p.day, max(p.due) from parked p join parked_pass o using (run, account)"
        " where o.held is null and not exists (select from parked_pass h"
        "  where h.held and h.account = o.account and h.parked_pass > o.parked_pass"
        "  and (h.run = o.run or exists (select from parked q where q.run = h.run and q.passed = o.parked_pass)))"
        " and p.beyond = 'day' and p.account = any(%s) and p.day between %s and %s group by 1, 2",
        [list(accounts), first, last],
    )
    found: dict[str, dict[date, Decimal]] = {}
    for account, day, due in rows:
        found.setdefault(account, {})[day] = due
    return found
