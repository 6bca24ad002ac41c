"""What of a book needs a person, by what is billed so far (docs/rules/credit.md, "Near the floor")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from minutebook import money
from minutebook.accounts.credit_standings import Standing, credit_standings
from minutebook.billing.set_aside import set_aside_now
from minutebook.ledger import balances, declarations, months, parked, runs, tallies
from minutebook.ledger.jobs import failed_jobs
from minutebook.ledger.journal import CONTRA
from minutebook.ledger.proofs import last_proof
from minutebook.ledger.statuses import Status
from minutebook.ledger.webhooks import Happening, is_told, tell_others
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.billing.set_aside import AccountAside
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.ledger.jobs import Job
    from minutebook.ledger.parked import ParkedCharge
    from minutebook.ledger.proofs import Proof
    from minutebook.plans.terms import Server

SPENT_DAYS: Final = 7
"""So many billed days say how fast an account spends,"""
LASTS_DAYS: Final = 3
"""and what it has available should last longer than so many."""
_CHARGES: Final = tuple(kind for kind, contra in CONTRA.items() if contra.startswith("revenue:"))


@dataclass(frozen=True, slots=True, repr=False)
class NearFloor(Shown):
    """An account whose money soon ends, if it goes on spending as in the last billed days."""

    standing: Standing
    spent: Decimal
    """What it was charged for the last `SPENT_DAYS` billed days; positive."""


@dataclass(frozen=True, slots=True, repr=False)
class LastRun(Shown):
    """The last run: its number, how far it billed, when and by whom."""

    run: int
    through: date
    posted_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Attention(Shown):
    """What needs a person."""

    last_run: LastRun | None
    """None: nothing is billed yet."""
    open_from: date | None
    """The first day that no closed month has; None: no month is closed."""
    accounts: int
    """How many are not closed."""
    suspended: tuple[Standing, ...]
    """Accounts that are suspended."""
    near_floor: tuple[NearFloor, ...]
    """Active ones, the nearest first."""
    stagnant: tuple[Server, ...]
    """Servers that are deployed, and carried no call of the last `SPENT_DAYS` billed days."""
    unpriced_calls: int
    """Calls of billed days that no card has a price for."""
    unpriced_ms: int
    """Their answered time, in milliseconds."""
    set_aside: tuple[AccountAside, ...]
    """Accounts that the last run left out."""
    parked: tuple[ParkedCharge, ...]
    """Charges that wait to be let pass."""
    failed_jobs: tuple[Job, ...]
    """Jobs that failed in the last 30 days and whose like was not done since, the last first."""
    last_proof: Proof | None
    """The last time that the book was proved, and what came of it; None: it never was."""


def attention(database: Database, today: date) -> Attention:
    """What needs a person now."""
    standings = credit_standings(database, today)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        through = runs.billed_through(connection)
        unpriced = tallies.unpriced(connection, through or today, "customer")
        spent: dict[str, Decimal] = {}
        stagnant: tuple[Server, ...] = ()
        if through is not None:
            first = through - timedelta(days=SPENT_DAYS - 1)
            charged = balances.charged_between(connection, _CHARGES, first, through)
            spent = {account: -amount for account, amount in charged.items()}
            carried = tallies.servers_with_calls(connection, first, through)
            stagnant = tuple(
                server
                for name, server in sorted(carrier.servers.items())
                if name not in carried and server.deployed <= first and server.retired is None
            )
        found = Attention(
            last_run=_last_run(connection),
            open_from=months.first_open_day(connection),
            accounts=sum(standing.status is not Status.CLOSED for standing in standings),
            suspended=tuple(s for s in standings if s.status is Status.SUSPENDED),
            near_floor=_near_floor(standings, spent),
            stagnant=stagnant,
            unpriced_calls=unpriced[0],
            unpriced_ms=unpriced[1],
            set_aside=tuple(set_aside_now(connection)),
            parked=tuple(parked.parked_now(connection)),
            failed_jobs=tuple(failed_jobs(connection)),
            last_proof=last_proof(connection),
        )
    return found


def tell_near_floor(database: Database, run: int, through: date, today: date) -> None:
    """Tell others of each account that a run has left near its floor, in the run's transaction."""
    with database.transaction() as connection:
        if not is_told(connection, Happening.ACCOUNT_NEAR_FLOOR):
            return
        first = through - timedelta(days=SPENT_DAYS - 1)
        charged = balances.charged_between(connection, _CHARGES, first, through)
        spent = {account: -amount for account, amount in charged.items()}
        for near in _near_floor(credit_standings(database, today), spent):
            told = {
                "account": near.standing.account,
                "currency": near.standing.currency,
                "available": money.text(near.standing.available),
                "spent": money.text(near.spent),
                "spent_from": first.isoformat(),
                "spent_to": through.isoformat(),
                "run": run,
            }
            tell_others(connection, Happening.ACCOUNT_NEAR_FLOOR, told)


def is_near_floor(available: Decimal, spent: Decimal) -> bool:
    """Whether what is available is soon spent; `spent`: charged for the last `SPENT_DAYS` billed days, positive
    (docs/rules/credit.md, "Near the floor").
    """
    return spent > 0 and available * SPENT_DAYS <= spent * LASTS_DAYS


def _near_floor(standings: list[Standing], spent: dict[str, Decimal]) -> tuple[NearFloor, ...]:
    near = [
        NearFloor(standing, spent[standing.account])
        for standing in standings
        if standing.status is Status.ACTIVE
        and is_near_floor(standing.available, spent.get(standing.account, Decimal(0)))
    ]
    return tuple(
        sorted(near, key=lambda one: (one.standing.available / one.spent, one.standing.account))
    )


def _last_run(connection: Connection) -> LastRun | None:
    row = runs.last_posted(connection)
    return None if row is None else LastRun(*row)
