"""What a run did, and what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.billing.set_aside import AccountAside, as_kept
from minutebook.ledger import tallies
from minutebook.notebook import Shown
from minutebook.plans.provider import is_provider

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.statuses import StatusChange
    from minutebook.rating.sums import Key, Sums


@dataclass(frozen=True, slots=True, repr=False)
class RunResult(Shown):
    """What a run did. `calls` newly priced; `postings` differences posted; `total` by currency,
    charges negative; `unpriced` and `quarantined` are what waits now. `status_changes` are the
    accounts that it suspended, and those whose suspension it ended."""

    run: int
    through: date
    calls: int
    unpriced_calls: int
    """Calls up to that day that no card prices."""
    unpriced_ms: int
    """The answered time of these, in milliseconds."""
    quarantined: int
    accounts: int
    postings: int
    total: dict[str, Decimal]
    status_changes: tuple[StatusChange, ...] = ()
    """The accounts that it suspended, and those whose suspension it ended."""
    set_aside: tuple[AccountAside, ...] = ()
    """The accounts that wait, as something fails for them; each later run tries them again."""
    cost: dict[str, Decimal] = field(default_factory=dict)
    """What it posted as owed to providers, by currency; more is owed where it is above 0."""
    providers: int | None = None
    """How many providers it posted that to; None: none is declared."""
    cost_unpriced_calls: int = 0
    """Calls that providers carried up to that day and no buy card prices, attempts included."""
    cost_unpriced_ms: int = 0
    """The answered time of these, in milliseconds: 0 where all of them are attempts."""
    uncarried_calls: int = 0
    """Answered calls of that day's month, up to it, that no declared provider carried; 0 while accounts are set
    aside, as their calls are not counted then."""

    def with_aside(self, found: tuple[AccountAside, ...]) -> RunResult:
        """The result with the accounts that wait: nobody's calls are counted then."""
        uncarried = 0 if found else self.uncarried_calls
        return replace(self, set_aside=found, uncarried_calls=uncarried)


def summary(result: RunResult) -> dict[str, Any]:
    """What the ledger keeps of a run, for people who read its table."""
    return {
        "run": result.run,
        "through": result.through.isoformat(),
        "calls": result.calls,
        "unpriced": {"calls": result.unpriced_calls, "seconds": result.unpriced_ms / 1000},
        "quarantined": result.quarantined,
        "accounts": result.accounts,
        "postings": result.postings,
        "total": {currency: money.text(amount) for currency, amount in result.total.items()},
        **({"set_aside": as_kept(result.set_aside)} if result.set_aside else {}),
        **(
            {"cost": {c: money.text(amount) for c, amount in result.cost.items()}}
            if result.cost
            else {}
        ),
    }


def result_of(
    connection: Connection,
    run: int,
    through: date,
    quarantined: int,
    calls: int,
    differences: Mapping[Key, Sums],
    journals: list[Journal],
    *,
    buys: bool,
) -> RunResult:
    """What a run did: `calls` newly priced, what it adds to the tallies, what it posts; `buys` where
    providers are declared.
    """
    bought = [journal for journal in journals if is_provider(journal.account)]
    sold = [journal for journal in journals if not is_provider(journal.account)]
    sides = [tallies.unpriced(connection, through, side) for side in ("customer", "provider")]
    (waiting_calls, waiting_ms), (cost_waiting, cost_waiting_ms) = sides
    first = through.replace(day=1)
    uncarried = tallies.uncarried(connection, first, through) if buys else 0
    for (day, account, _, _), sums in differences.items():
        if is_provider(account):
            cost_waiting += sums.unpriced_calls
            cost_waiting_ms += sums.unpriced_ms
            uncarried -= sums.answered if day >= first else 0
        else:
            uncarried += sums.answered if day >= first else 0
            waiting_calls += sums.unpriced_calls
            waiting_ms += sums.unpriced_ms
    return RunResult(
        run=run,
        through=through,
        calls=calls,
        unpriced_calls=waiting_calls,
        unpriced_ms=waiting_ms,
        quarantined=quarantined,
        accounts=len({journal.account for journal in sold}),
        postings=len(journals),
        total=_by_currency(sold),
        cost=_by_currency(bought),
        providers=len({journal.account for journal in bought}) if buys else None,
        cost_unpriced_calls=cost_waiting,
        cost_unpriced_ms=cost_waiting_ms,
        uncarried_calls=uncarried if buys else 0,
    )


def _by_currency(journals: list[Journal]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for journal in journals:
        total[journal.currency] = total.get(journal.currency, Decimal(0)) + journal.amount
    return dict(sorted(total.items()))
