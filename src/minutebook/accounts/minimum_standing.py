"""Where an account's minimum of a month stands (docs/rules/minimum.md, "What counts as spent")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook.billing.peaks import with_peaks
from minutebook.billing.recurring_charges import SPENT
from minutebook.days import month_end
from minutebook.ledger import balances, declarations, runs, tallies
from minutebook.notebook import Shown
from minutebook.plans.recurring import channel_dues, required_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.database import Database
    from minutebook.plans.holdings import Holdings


@dataclass(frozen=True, slots=True, repr=False)
class ServerStanding(Shown):
    """A server in a month: days that owe and days that are free, what it owes, what it carried.

    `calls` and `duration_ms` are those of every account over it, billed so far.
    """

    server: str
    deployed: date
    retired: date | None
    days: int
    free_days: int
    owed: Fraction
    calls: int
    duration_ms: int
    """The answered time of these, in milliseconds."""


@dataclass(frozen=True, slots=True, repr=False)
class MinimumStanding(Shown):
    """An account's month: required by its end, spent so far, and expected if traffic goes on.

    Amounts are positive. `expected` takes the calls' charges of the billed days for all days of
    the month, and channels as they are declared; None before a day of the month is billed.
    """

    account: str
    currency: str
    month: date
    required: Decimal
    spent: Decimal
    expected: Decimal | None
    """Spent by the month's end if traffic goes on; None before a day of it is billed."""
    billed_through: date | None
    servers: tuple[ServerStanding, ...]

    @property
    def met(self) -> bool:
        """Whether what is spent so far covers it."""
        return self.spent >= self.required


def minimum_standing(
    database: Database, account: str, month: date | None, now: datetime
) -> MinimumStanding:
    """Where the month (its first day; None: this one) stands; `InputError` for an unknown account."""
    first = (month or now.astimezone(UTC).date()).replace(day=1)
    last = month_end(first)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        declared = carrier.account_named(account)
        own = [server for server in carrier.servers.values() if server.account == account]
        charged = balances.charged_by_kind(connection, SPENT, first, last, account)
        spent = {kind: -amount for kind, amount in charged.items()}
        through = runs.billed_through(connection)
        declared_now = carrier.holdings_of(declared, own)
        held = with_peaks(connection, {account: declared_now}, first, last)[account]
        carried = tallies.by_server(connection, [server.name for server in own], first, last)
    required = required_of(held, first)
    by_name = {server.name: server for server in own}
    return MinimumStanding(
        account=account,
        currency=declared.currency,
        month=first,
        required=required.amount,
        spent=sum(spent.values(), Decimal(0)),
        expected=_expected(held, first, last, through, spent["usage"]),
        billed_through=through,
        servers=tuple(
            ServerStanding(
                server.server,
                by_name[server.server].deployed,
                by_name[server.server].retired,
                server.days,
                server.free_days,
                server.owed,
                *carried.get(server.server, (0, 0)),
            )
            for server in required.servers
        ),
    )


def _expected(
    held: Holdings, first: date, last: date, through: date | None, usage: Decimal
) -> Decimal | None:
    begin, last = max(first, held.first), held.until(last)
    if through is None or through < begin or begin > last:
        return None
    covered = (min(through, last) - begin).days + 1
    whole = (last - begin).days + 1
    terms = held.on(last)
    assert terms is not None
    calls = terms.plan.rounding.of(Fraction(usage) * whole / covered)
    channels = sum((due.amount for due in channel_dues(held, first, last)), Decimal(0))
    return calls + channels
