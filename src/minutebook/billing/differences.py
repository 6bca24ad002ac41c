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
    """What a check proves, by its name. Of the lake: how many of its files had no digest, and to how
    many of these one was given."""

    check: str
    without_digest: int = 0
    digests_given: int = 0


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
class WrongLine(Fact):
    """A journal's line is not of its account, or not against what its kind asks for, or in another currency."""

    journal: UUID
    line: int
    ledger_account: str
    currency: str


@dataclass(frozen=True, slots=True)
class ChainBroken(Fact):
    """The chain does not hold at a link.

    `fault` is "unlinked", a row that has none; "cut", links before it are gone; "gone", its row is;
    "changed", its row or the link before it is another; "twice", its row has more than one; "head",
    the book is not the one whose last link was written down. `link` is 0 where there is none.
    """

    fault: str
    table: str
    key: str
    link: int


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
class LakeRefused(Fact):
    """The lake cannot be read, or has gone back; `why` in words."""

    why: str


@dataclass(frozen=True, slots=True)
class EntryCut(Fact):
    """An entry of the lake's log is cut."""

    entry: str


@dataclass(frozen=True, slots=True)
class FileChanged(Fact):
    """A file of calls is gone from the lake, or not as it was committed; `fault` in words."""

    path: str
    fault: str


@dataclass(frozen=True, slots=True)
class BilledFileLost(Fact):
    """A file that a run billed is not in the lake's log."""

    file: str
    run: int


@dataclass(frozen=True, slots=True)
class CallTwice(Fact):
    """A call is in the lake more than once. `server` and `leg` are empty where nobody says."""

    call_id: str
    source: str
    server: str
    leg: str


@dataclass(frozen=True, slots=True)
class CallsOfTwoSources(Fact):
    """Calls are in the lake under two sources; `call_id` is one of them."""

    source: str
    other: str
    calls: int
    call_id: str


@dataclass(frozen=True, slots=True)
class FilesLost(Fact):
    """Of the files that a day was billed by, not all are in the lake."""

    day: date
    billed: int
    found: int


@dataclass(frozen=True, slots=True)
class WrongTally(Fact):
    """A day's calls, priced again, are not those that were billed: calls, their cost, and those that are short."""

    account: str
    day: date
    server: str
    plan: str
    calls: int
    cost: Decimal
    billed_calls: int
    billed_cost: Decimal
    short_calls: int = 0
    billed_short_calls: int = 0


LakeDifference: TypeAlias = (
    LakeRefused
    | EntryCut
    | FileChanged
    | BilledFileLost
    | CallTwice
    | CallsOfTwoSources
    | FilesLost
)
Difference: TypeAlias = (
    LinesLost
    | OutOfBalance
    | JournalChanged
    | WrongLine
    | ChainBroken
    | WrongCharge
    | WrongPeak
    | PricesGone
    | LakeRefused
    | EntryCut
    | FileChanged
    | BilledFileLost
    | CallTwice
    | CallsOfTwoSources
    | FilesLost
    | WrongTally
)
