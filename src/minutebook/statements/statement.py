"""An account's statement: day by day, each balance the one before and the day's total
(docs/rules/runs.md, "As it was known").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from minutebook.billing.channel_days import channel_days
from minutebook.billing.judging import status_on
from minutebook.billing.set_aside import set_aside_now
from minutebook.days import days_between
from minutebook.ledger import balances, change_log, declarations, runs, statuses, tallies
from minutebook.ledger.statuses import Status
from minutebook.notebook import Shown
from minutebook.plans.provider import is_provider
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minutebook.billing.set_aside import AccountAside
    from minutebook.lake.lake import Lake
    from minutebook.ledger.balances import StandingDays
    from minutebook.ledger.database import Database
    from minutebook.ledger.statuses import StatusChange
    from minutebook.plans.holdings import Holdings

COLUMN_OF_KIND = {
    "usage": "per_minute",
    "channels": "per_channel",
    "minimum": "minimum",
    "short_calls": "short_calls",
    "payment": "payments",
    "cost": "per_minute",
    "short_calls_cost": "short_calls",
    "paid": "payments",
}
"""Where a journal of a kind shows; every other kind under `other`."""

_COLUMNS = ("per_minute", "per_channel", "minimum", "short_calls", "other", "payments")


@dataclass(frozen=True, slots=True, repr=False)
class StatementDay(Shown):
    """One UTC day: its calls, its charges (negative) and payments (positive), the balance at its end.

    Of a provider what its calls cost is positive, and what we paid negative: the balance is what we owe.

    `corrections`, part of the charges, are for days of closed months: (that day, kind, amount).
    `peak` is the most channels that billed calls held, under a plan that charges by the channel.
    """

    day: date
    """The UTC day."""
    sums: Sums
    """Its calls and their durations."""
    per_minute: Decimal
    per_channel: Decimal
    minimum: Decimal
    short_calls: Decimal
    other: Decimal
    payments: Decimal
    balance: Decimal
    corrections: tuple[tuple[date, str, Decimal], ...] = ()
    channels_bought: int | None = None
    peak: int | None = None

    @property
    def total(self) -> Decimal:
        return sum((getattr(self, column) for column in _COLUMNS), Decimal(0))


@dataclass(frozen=True, slots=True, repr=False)
class MonthTotal(Shown):
    """What the days of a month that a statement has add up to."""

    month: date
    sums: Sums
    """Its calls and their durations."""
    amounts: dict[str, Decimal]
    """Charges (negative) and payments (positive), by their kind."""

    @classmethod
    def of(cls, month: date, days: Sequence[StatementDay]) -> MonthTotal:
        """The sums of these days of a month."""
        amounts = {
            column: sum((getattr(day, column) for day in days), Decimal(0))
            for column in (*_COLUMNS, "total")
        }
        return cls(month, sum((day.sums for day in days if day.sums), Sums()), amounts)


@dataclass(frozen=True, slots=True, repr=False)
class Statement(Shown):
    """An account's days from `first` to `last`, as they were known at `as_of` (None: now).

    `status` is the account's then, `suspension` the change that suspended it, None where it is
    not. `status_changes` are those that a day of the statement showed.
    """

    account: str
    title: str
    """The account's title, as declared."""
    currency: str
    first: date
    """Its first UTC day."""
    last: date
    """Its last UTC day."""
    billed_through: date | None
    opening_balance: Decimal
    """The balance before `first`."""
    closing_balance: Decimal
    """The balance at the end of `last`."""
    days: tuple[StatementDay, ...]
    """Every UTC day from `first` to `last`."""
    status: Status
    suspension: StatusChange | None
    status_changes: tuple[StatusChange, ...]
    """The changes that a day from `first` to `last` showed."""
    set_aside: AccountAside | None = None
    """Where days from `first` to `last` are not billed, as the account is set aside now: why."""

    @property
    def months(self) -> list[MonthTotal]:
        """The totals of each month, of its days that the statement has."""
        months = groupby(self.days, key=lambda day: day.day.replace(day=1))
        return [MonthTotal.of(month, list(days)) for month, days in months]


def statement(
    database: Database,
    lake: Callable[[], Lake],
    account: str,
    first: date,
    last: date,
    now: datetime,
    as_of: datetime | None = None,
) -> Statement:
    """The statement of an account, or of what we owe a provider; `InputError` where it is not declared.

    `lake` opens the lake: only where channels that calls held are shown.
    """
    days = days_between(first, last)
    with database.snapshot() as connection:
        carrier = declarations.load(connection).both_sides()
        declared = carrier.holder_named(account)
        if as_of is not None and not is_provider(account):
            declared = change_log.account_as_of(connection, declared, as_of)
        stands = balances.standing_on(connection, account, first, last, as_of)
        sums = tallies.of_account(connection, account, first, last, as_of)
        through = runs.billed_through(connection, as_of)
        read = runs.lake_read(connection, as_of)
        changes = statuses.history(connection, account, as_of)
        aside = set_aside_now(connection) if as_of is None else ()
    held = carrier.holdings_of(declared, [])
    billed = [day for day in days if through is not None and day <= through]
    peaks = _peaks(lake, read, held, billed)
    rows = _rows(days, stands, sums, held, peaks)
    last_change = next((c for c in reversed(changes) if c.status is not Status.CLOSED), None)
    status = status_on(declared, last_change, (as_of or now).astimezone(UTC).date())
    return Statement(
        account,
        declared.title,
        declared.currency,
        first,
        last,
        through,
        stands.opening,
        rows[-1].balance if rows else stands.opening,
        rows,
        status,
        last_change if status is Status.SUSPENDED else None,
        tuple(change for change in changes if first <= change.day <= last),
        next((one for one in aside if one.account == account and one.on(first, last)), None),
    )


def _rows(
    days: Sequence[date],
    stands: StandingDays,
    sums: Mapping[date, Sums],
    held: Holdings,
    peaks: Mapping[date, int],
) -> tuple[StatementDay, ...]:
    """Every day, each balance the one before and the day's total."""
    columns: dict[date, dict[str, Decimal]] = {day: {} for day in days}
    for (day, kind), amount in stands.by_day_and_kind.items():
        column = COLUMN_OF_KIND.get(kind, "other")
        columns[day][column] = columns[day].get(column, Decimal(0)) + amount
    rows = []
    balance = stands.opening
    for day in days:
        balance += sum(columns[day].values(), Decimal(0))
        amounts = {name: columns[day].get(name, Decimal(0)) for name in _COLUMNS}
        rows.append(
            StatementDay(
                day=day,
                sums=sums.get(day, Sums()),
                **amounts,
                balance=balance,
                corrections=tuple(stands.corrections.get(day, ())),
                channels_bought=held.channels_on(day),
                peak=peaks.get(day),
            )
        )
    return tuple(rows)


def _peaks(
    open_lake: Callable[[], Lake],
    read: tuple[int, datetime] | None,
    held: Holdings,
    days: Sequence[date],
) -> dict[date, int]:
    """The most channels that calls held, as the run found them, on days of a plan by the channel.

    `read` is the version of the lake, and the instant, that the run read it at.
    """
    wanted = [day for day in days if (on := held.on(day)) is not None and on.plan.channels]
    if not wanted or read is None:
        return {}
    lake = open_lake()
    bought = dict.fromkeys(wanted)
    found = channel_days(lake, lake.snapshot(*read), held.account.name, bought)
    return {day: use.peak for day, use in found.items()}
