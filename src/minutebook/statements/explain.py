"""The whole way from a call to its charge, and from a charge back to its calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import RATED_SCHEMA, files_of_days, rated_calls
from minutebook.billing.schedule import Batch, Schedule
from minutebook.calls.schema import IDENTITY
from minutebook.cards.tariff import Tally
from minutebook.errors import InputError
from minutebook.ledger import declarations, journal, priced_days, runs
from minutebook.notebook import Explained
from minutebook.statements.corrected import CallHistory, call_histories
from minutebook.statements.quote import Quote, by_batch
from minutebook.statements.recurring import channel_steps, due_less_posted, minimum_steps
from minutebook.statements.steps import (
    Belongs,
    Called,
    CallsOfDay,
    CallsToSee,
    CostOfDay,
    DayNotBilled,
    DayToCome,
    NoPlan,
    OneOfPostings,
    Posted,
    Posting,
    PricedBy,
    RecordedAt,
    RoundsDays,
    StepOfPrice,
    Waits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.database import Database
    from minutebook.ledger.journal import Journal
    from minutebook.statements.recurring import RecurringStep
    from minutebook.statements.steps import CallStep, ChargeStep, CorrectedBy, TakenBack

_CALLS_SHOWN = 1000


@dataclass(frozen=True, slots=True, repr=False)
class CallExplanation(Explained):
    """One call: its record, whose it is, what prices it and how, and what was posted for its day.

    `record` is a row of CALL_SCHEMA, or of the quarantine where `waits` says why it is there.
    """

    record: dict[str, Any]
    waits: Waits | None = None
    """The reason why its record waits in quarantine; None: it is in the lake."""
    batch: Batch | None = None
    """What prices it; None where it waits, or its account has no plan that day."""
    quote: Quote | None = None
    """Its price, and the way to it; None as `batch` is."""
    postings: list[Journal] = field(default_factory=list)
    steps: list[CallStep] = field(default_factory=list)
    corrections: list[CorrectedBy] = field(default_factory=list)
    """What was corrected of it, those that were taken back among them; `record` is as it is since."""
    not_billed: CorrectedBy | TakenBack | None = None
    """Why a record that became a call does not count: it is void, or its import was taken back."""


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


def explain_call(
    database: Database,
    lake: Lake,
    quarantine: Quarantine,
    cards: CardStore,
    call_id: str,
    today: date,
) -> list[CallExplanation]:
    """Every record of a call id, in the lake or in quarantine; `InputError` where there is none.

    Of a call after `today`, a UTC day, no run is advised.
    """
    found = lake.find(call_id)
    histories = call_histories(database, lake, call_id, found)
    with database.transaction() as connection:
        schedule = Schedule(declarations.load(connection))
    explained = [
        _explained(database, lake, cards, schedule, record, today, histories)
        for record in found.iter_rows(named=True)
    ]
    explained += [
        CallExplanation(record, not_billed=why, steps=[*_record_steps(record), why])
        for history in histories.values()
        for record, why in history.records
    ]
    waiting = quarantine.open()
    for record in waiting.filter(waiting["call_id"] == call_id).iter_rows(named=True):
        waits = Waits(record["reason"], record["detail"] or None)
        recorded = RecordedAt(record["file"], record["line"], record["source"])
        explained.append(CallExplanation(record, waits=waits, steps=[recorded, waits]))
    if not explained:
        raise InputError.advised(
            f"no call {call_id!r} is recorded",
            "see what is with book.calls.rated(account, first, last), and what waits with book.calls.quarantine()",
            shell="see what is with: minutebook calls ACCOUNT --month YYYY-MM, and what waits with: minutebook calls --quarantine",
        )
    return explained


def _explained(
    database: Database,
    lake: Lake,
    cards: CardStore,
    schedule: Schedule,
    record: dict[str, Any],
    today: date,
    histories: Mapping[tuple[str, ...], CallHistory],
) -> CallExplanation:
    account, day = record["account"], record["day"]
    at: datetime = record["answered_at"] or record["setup_at"]
    history = histories.get(tuple(record[part] for part in IDENTITY), CallHistory())
    steps = [*_record_steps(record), *history.made]
    batch = schedule.batch_at(account, at)
    if batch is None:
        return CallExplanation(
            record, steps=[*steps, NoPlan(account, day)], corrections=history.made
        )
    length = record["duration_ms"]
    seconds = None if length is None else Decimal(length) / 1000
    quote = by_batch(cards, batch, record["called"], seconds, batch.plan.currency)
    plan, revision = batch.plan, batch.revision
    steps.append(PricedBy(plan.name, plan.card, None if revision is None else revision.number, at))
    steps += map(StepOfPrice, quote.steps)
    if plan.tally is Tally.DAILY:
        steps.append(RoundsDays(plan.name))
    name = lake.file_of(record)
    with database.transaction() as connection:
        first_run = priced_days.first_run_of(connection, day, {name, *history.files})
        postings = [
            posting
            for posting in journal.of_charge(connection, account, day, "usage")
            if first_run is not None and (posting.run or 0) >= first_run
        ]
        through = runs.billed_through(connection)
    if quote.refusal is None:
        steps += _charged(account, day, postings)
        if first_run is None:
            steps.append(_not_yet(day, through, today))
    return CallExplanation(
        record,
        batch=batch,
        quote=quote,
        postings=postings,
        steps=steps,
        corrections=history.made,
    )


def _not_yet(day: date, through: date | None, today: date) -> CallStep:
    """What bills a day: for none that is to come a run is advised."""
    if day > today:
        return DayToCome(day)
    return DayNotBilled(day, max(day, min(through or day, today)))


def _charged(account: str, day: date, postings: list[Journal]) -> list[Posted]:
    """What was posted for the account's whole day, which a priced call is part of."""
    return [Posted(p.run, p.amount, p.currency, account, day, p.reason, p.id) for p in postings]


def _record_steps(record: dict[str, Any]) -> list[CallStep]:
    return [
        RecordedAt(record["file"], record["line"], record["source"], record["server"] or ""),
        Called(
            record["called"],
            record["called_recorded"],
            record["answered_at"],
            record["duration_ms"],
            record["ended_at"],
            record["day"],
        ),
        Belongs(record["account"], record["matched_by"]),
    ]


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
        schedule = Schedule(declarations.load(connection))
    if posting.kind != "usage":
        steps = {"channels": channel_steps, "minimum": minimum_steps}.get(posting.kind)
        made_of = [] if steps is None else steps(posting)
        calls = pl.DataFrame(schema=RATED_SCHEMA)
        return ChargeExplanation(posting, same, calls, 0, [_posting(posting), *made_of])
    files = files_of_days(lake.snapshot().files, posting.corrects, posting.corrects)
    frame = rated_calls(lake, cards, schedule, files, [posting.account]).collect()
    return ChargeExplanation(
        posting,
        same,
        frame.head(_CALLS_SHOWN),
        frame.height,
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
