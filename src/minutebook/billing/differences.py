"""What a proof finds wrong, as data: a class a kind, with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minutebook.facts import Fact

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Proves(Fact):
    """What a check proves, by its name."""

    check: str


@dataclass(frozen=True, slots=True)
class LinesLost(Fact):
    """A journal has not the lines that it states."""

    journal: UUID
    stated: int
    found: int


@dataclass(frozen=True, slots=True)
class OutOfBalance(Fact):
    """A journal's lines do not sum to 0."""

    journal: UUID
    by: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class JournalChanged(Fact):
    """A journal is not as it was posted."""

    journal: UUID
    account: str
    day: date


@dataclass(frozen=True, slots=True)
class WrongCharge(Fact):
    """What is charged for a day is not what is due; `kind` as a journal's."""

    account: str
    day: date
    kind: str
    due: Decimal
    charged: Decimal


@dataclass(frozen=True, slots=True)
class WrongPeak(Fact):
    """A day's channels are not those that its calls held."""

    account: str
    day: date
    held: int
    charged_by: int


@dataclass(frozen=True, slots=True)
class PricesGone(Fact):
    """The prices of a card's revision are gone, or changed."""

    card: str
    revision: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileGone(Fact):
    """A file of calls is gone from the lake."""

    path: str


@dataclass(frozen=True, slots=True)
class CallTwice(Fact):
    """A call is in the lake more than once. `server` and `leg` are empty where nobody says."""

    call_id: str
    source: str
    server: str
    leg: str


@dataclass(frozen=True, slots=True)
class FilesLost(Fact):
    """Of the files that a day was billed by, not all are in the lake."""

    day: date
    billed: int
    found: int


@dataclass(frozen=True, slots=True)
class WrongTally(Fact):
    """A day's calls, priced again, are not those that were billed: calls and their cost."""

    account: str
    day: date
    server: str
    plan: str
    calls: int
    cost: Decimal
    billed_calls: int
    billed_cost: Decimal


Difference: TypeAlias = (
    LinesLost
    | OutOfBalance
    | JournalChanged
    | WrongCharge
    | WrongPeak
    | PricesGone
    | FileGone
    | CallTwice
    | FilesLost
    | WrongTally
)
