"""The whole way from a charge back to its calls."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import RATED_SCHEMA, files_of_days, first_calls, rated_calls
from minutebook.billing.schedule import Schedule
from minutebook.billing.usage_journals import USAGE_KINDS
from minutebook.errors import InputError
from minutebook.ledger import declarations, journal
from minutebook.notebook import Explained
from minutebook.plans.provider import is_provider
from minutebook.statements.recurring import (
    channel_steps,
    due_less_posted,
    minimum_steps,
    short_call_steps,
)
from minutebook.statements.steps import CallsOfDay, CallsToSee, CostOfDay, OneOfPostings, Posting

if TYPE_CHECKING:
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.ledger.journal import Journal
    from minutebook.statements.recurring import RecurringStep
    from minutebook.statements.steps import ChargeStep

_CALLS_SHOWN = 1000
_STEPS = {
    "channels": channel_steps,
    "short_calls": short_call_steps,
    "short_calls_cost": short_call_steps,
    "minimum": minimum_steps,
}


@dataclass(frozen=True, slots=True, repr=False)
class ChargeExplanation(Explained):
    """One posting: what it says, the arithmetic, the postings before it, and its first 1,000 calls
    (RATED_SCHEMA)."""

    posting: Journal
    """The posting that is explained."""
    same_charge: list[Journal]
    """The postings of the same account, day and charge, the earliest first."""
    calls: pl.DataFrame
    calls_total: int
    steps: list[ChargeStep | RecurringStep]


def explain_charge(
    database: Database, lake: Lake, cards: CardStore, journal_id: str
) -> ChargeExplanation:
    """A posting by its id, or the id's beginning; `InputError` where it is none or not one."""
    with database.transaction() as connection:
        found = journal.by_id_prefix(connection, journal_id)
        if len(found) != 1:
            what = "no journal's id begins" if not found else "more than one journal's id begins"
            raise InputError.advised(
                f"{what} with {journal_id!r}",
                "see ids with book.ledger.journal(first, last)",
                shell="see ids with: minutebook journal --month YYYY-MM",
            )
        posting = found[0]
        same = journal.of_charge(connection, posting.account, posting.corrects, posting.kind)
        carrier = declarations.load(connection).both_sides()
    schedule = Schedule(carrier.only([posting.account]))
    if posting.kind not in USAGE_KINDS:
        steps = _STEPS.get(posting.kind)
        made_of = [] if steps is None else steps(posting)
        calls = pl.DataFrame(schema=RATED_SCHEMA)
        return ChargeExplanation(posting, same, calls, 0, [_posting(posting), *made_of])
    files = files_of_days(lake.snapshot().files, posting.corrects, posting.corrects)
    chosen, total = None, None
    if not is_provider(posting.account):  # of a customer no more calls are priced than are shown
        own = lake.scan(files).filter(pl.col("account") == posting.account)
        total = int(own.select(pl.len()).collect(engine="streaming").item())
        chosen = first_calls(lake, files, posting.account, _CALLS_SHOWN)
    frame = rated_calls(lake, cards, schedule, files, [posting.account], chosen).collect()
    return ChargeExplanation(
        posting,
        same,
        frame.head(_CALLS_SHOWN),
        frame.height if total is None else total,
        _charge_steps(posting, same),
    )


def _charge_steps(posting: Journal, same: list[Journal]) -> list[ChargeStep | RecurringStep]:
    details = posting.details
    units, rest = divmod(int(details["numerator"]), 60)
    steps: list[ChargeStep | RecurringStep] = [
        _posting(posting),
        CallsOfDay(
            posting.corrects,
            details["calls"],
            details["answered"],
            details["duration_ms"],
            details["billed_seconds"],
            details["unpriced_calls"],
        ),
        CostOfDay(
            details["plan"],
            money.decimal_of_units(units),
            not rest,
            Decimal(details["due"]),
            posting.currency,
        ),
        due_less_posted(posting),
    ]
    if len(same) > 1:
        steps.append(OneOfPostings(tuple(other.id for other in same)))
    return [*steps, CallsToSee(posting.account, posting.corrects)]


def _posting(posting: Journal) -> Posting:
    return Posting(
        posting.kind,
        posting.amount,
        posting.currency,
        posting.account,
        posting.day,
        posting.run,
        posting.reference,
        posting.reason,
    )
