"""The steps from a call to its charge, and from a charge back, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minutebook.facts import Fact

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from minutebook.rating.steps import PriceStep


@dataclass(frozen=True, slots=True)
class RecordedAt(Fact):
    """Where the record stood. `server` is empty where nobody says which, None where it is not asked."""

    file: str
    line: int
    source: str
    server: str | None = None


@dataclass(frozen=True, slots=True)
class Waits(Fact):
    """The record is in quarantine, and not billed; `reason` is one of `calls.schema.Reason`."""

    reason: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Discarded(Fact):
    """The record was discarded from quarantine; `by` and `why` None: from before they were kept."""

    at: datetime
    by: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class WaitsAgain(Fact):
    """The record had been discarded, and waits again since."""

    at: datetime
    by: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Called(Fact):
    """What the record says of the call. `recorded`: the number as the switch wrote it, where that
    differs; `duration_ms` None: not answered."""

    called: str
    recorded: str | None
    answered_at: datetime | None
    duration_ms: int | None
    ended_at: datetime | None
    day: date


@dataclass(frozen=True, slots=True)
class Belongs(Fact):
    """Whose call it is, and by which match table."""

    account: str
    matched_by: str


@dataclass(frozen=True, slots=True)
class CarriedBy(Fact):
    """Which provider carried the call; None: none that is declared."""

    provider: str | None


@dataclass(frozen=True, slots=True)
class CorrectedBy(Fact):
    """What a correction changed: each field, what it was, and what it is since (instants as text); or that
    the call is void. `undone_by` is the correction that took it back."""

    correction: int
    at: datetime | None
    by: str
    reason: str
    changes: tuple[tuple[str, str | int | None, str | int | None], ...]
    void: bool
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class TakenBack(Fact):
    """The import that brought the record was taken back: it is not billed."""

    correction: int
    at: datetime | None
    by: str
    reason: str
    import_id: str


@dataclass(frozen=True, slots=True)
class NoPlan(Fact):
    """The account has no plan on the call's day."""

    account: str
    day: date


@dataclass(frozen=True, slots=True)
class PricedBy(Fact):
    """What prices the call, as in force at its instant."""

    plan: str | None
    """None: a provider's calls have none, but its buy card."""
    card: str | None
    revision: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StepOfPrice(Fact):
    """A step of its price."""

    step: PriceStep


@dataclass(frozen=True, slots=True)
class RoundsDays(Fact):
    """The plan rounds the sum of the account's day, once, not the call."""

    plan: str


@dataclass(frozen=True, slots=True)
class Posted(Fact):
    """What a run posted for the account's whole day, which a priced call is part of."""

    run: int | None
    amount: Decimal
    currency: str
    account: str
    day: date
    reason: str
    journal: UUID
    counted: bool = True
    """False: the call did not count when it was posted."""


@dataclass(frozen=True, slots=True)
class DayToCome(Fact):
    """The call's day is yet to come."""

    day: date


@dataclass(frozen=True, slots=True)
class DayNotBilled(Fact):
    """The call's day is not billed; a run up to `through` bills it."""

    day: date
    through: date


CallStep: TypeAlias = (
    RecordedAt
    | Waits
    | Discarded
    | WaitsAgain
    | Called
    | Belongs
    | CarriedBy
    | CorrectedBy
    | TakenBack
    | NoPlan
    | PricedBy
    | StepOfPrice
    | RoundsDays
    | Posted
    | DayToCome
    | DayNotBilled
)


@dataclass(frozen=True, slots=True)
class Posting(Fact):
    """What a posting says: by a `run`, or None, by a `reference`."""

    kind: str
    amount: Decimal
    currency: str
    account: str
    day: date
    run: int | None
    reference: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CallsOfDay(Fact):
    """The calls of the day that were recorded by then."""

    day: date
    calls: int
    answered: int
    duration_ms: int
    billed_seconds: int
    unpriced_calls: int


@dataclass(frozen=True, slots=True)
class CostOfDay(Fact):
    """What the calls' costs come to, cut to the ledger's units where it is not `exact`; and what is due."""

    plan: str
    cost: Decimal
    exact: bool
    due: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class DueLessPosted(Fact):
    """What is due less what was posted before is charged."""

    due: Decimal
    posted_before: Decimal
    charged: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OneOfPostings(Fact):
    """All postings for that day."""

    journals: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CallsToSee(Fact):
    """Whose calls, of which day, the charge is made of."""

    account: str
    day: date


ChargeStep: TypeAlias = (
    Posting | CallsOfDay | CostOfDay | DueLessPosted | OneOfPostings | CallsToSee
)
