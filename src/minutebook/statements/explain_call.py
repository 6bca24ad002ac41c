"""The whole way from a call to its charge, and to what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.billing.schedule import Batch, Schedule
from minutebook.calls.carried import carried
from minutebook.calls.schema import IDENTITY
from minutebook.cards.tariff import Tally
from minutebook.errors import InputError
from minutebook.ledger import declarations, runs
from minutebook.notebook import Explained
from minutebook.statements.corrected import CallHistory, call_histories
from minutebook.statements.posted_for import day_postings, former_postings_told, postings_told
from minutebook.statements.quote import Quote, by_batch
from minutebook.statements.set_aside import records_aside
from minutebook.statements.steps import (
    Belongs,
    Called,
    CarriedBy,
    DayNotBilled,
    DayToCome,
    NoPlan,
    PricedBy,
    RecordedAt,
    RoundsDays,
    StepOfPrice,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.database import Database
    from minutebook.ledger.journal import Journal
    from minutebook.plans.provider import Provider
    from minutebook.statements.steps import CallStep, CorrectedBy, TakenBack, Waits


@dataclass(frozen=True, slots=True, repr=False)
class PricedSide(Explained):
    """What a call comes to on one side: what prices it, the price, what was posted for its day, and the way."""

    account: str
    """Who owes for it, or is owed: an account in the ledger."""
    batch: Batch
    """What prices it."""
    quote: Quote
    """Its price, and the way to it."""
    postings: list[Journal]
    """What was posted for the account and the call's day."""
    steps: list[CallStep]
    """The way from the price to the ledger."""


@dataclass(frozen=True, slots=True, repr=False)
class CallExplanation(Explained):
    """One call: its record, whose it is, what prices it and how, and what was posted for its day.

    `record` is a row of CALL_SCHEMA, or of the quarantine where `waits` says why it is there.
    """

    record: dict[str, Any]
    waits: Waits | None = None
    """The reason why its record waits in quarantine; None: it is in the lake, or was discarded."""
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
    cost: PricedSide | None = None
    """What the provider that carried it is owed for it; None where none did that is declared."""


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
        carrier = declarations.load(connection)
    schedule = Schedule(carrier.both_sides().only(found["account"].unique()))
    explained = [
        _explained(database, lake, cards, carrier, schedule, record, today, histories)
        for record in found.iter_rows(named=True)
    ]
    explained += [
        _not_billed(database, carrier, record, why, history)
        for history in histories.values()
        for record, why in history.records
    ]
    explained += [
        CallExplanation(record, waits=waits, steps=steps)
        for record, waits, steps in records_aside(database, quarantine, call_id)
    ]
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
    carrier: Carrier,
    schedule: Schedule,
    record: dict[str, Any],
    today: date,
    histories: Mapping[tuple[str, ...], CallHistory],
) -> CallExplanation:
    account, day = record["account"], record["day"]
    history = histories.get(tuple(record[part] for part in IDENTITY), CallHistory())
    steps = [*_record_steps(record), *history.made]
    at: datetime = record["answered_at"] or record["setup_at"]
    batch = schedule.batch_at(account, at)
    if batch is None:
        steps.append(NoPlan(account, day))
    files = {lake.file_of(record), *history.files}
    sold = None
    if batch is not None:
        sold = _priced(database, cards, record, batch, account, files, today, history)
        steps += sold.steps
    bought = None
    if carrier.providers:
        provider = _provider_of(carrier, record)
        steps.append(CarriedBy(None if provider is None else provider.title))
        key = "" if provider is None else provider.key
        by_card = schedule.batch_at(key, at)
        if by_card is not None:
            bought = _priced(database, cards, record, by_card, key, files, today, history)
            steps += bought.steps
    return CallExplanation(
        record,
        batch=batch,
        quote=None if sold is None else sold.quote,
        postings=[] if sold is None else sold.postings,
        steps=steps,
        corrections=history.made,
        cost=bought,
    )


def _provider_of(carrier: Carrier, record: Mapping[str, Any]) -> Provider | None:
    """Who carried the call."""
    wanted = ("trunk", "server", "called", "called_recorded")
    frame = pl.DataFrame(
        {name: [record[name]] for name in wanted}, schema=dict.fromkeys(wanted, pl.String)
    )
    providers = {one.key: one for one in carrier.providers.values()}
    return providers.get(frame.select(carried(providers.values())).item())


def _priced(
    database: Database,
    cards: CardStore,
    record: Mapping[str, Any],
    batch: Batch,
    account: str,
    files: set[str],
    today: date,
    history: CallHistory,
) -> PricedSide:
    """What a call comes to on one side, whose account in the ledger is `account`; `files` are those of the
    lake that it stands in, or stood in.
    """
    day, length = record["day"], record["duration_ms"]
    seconds = None if length is None else Decimal(length) / 1000
    at = record["answered_at"] or record["setup_at"]
    quote = by_batch(
        cards, batch, record["called"], seconds, batch.plan.currency, at, record["caller"]
    )
    plan, revision = batch.plan, batch.revision
    number = None if revision is None else revision.number
    steps: list[CallStep] = [
        PricedBy(None if batch.providers else plan.name, plan.card, number, at)
    ]
    steps += map(StepOfPrice, quote.steps)
    if plan.tally is Tally.DAILY:
        steps.append(RoundsDays(plan.name))
    with database.transaction() as connection:
        first_run, postings = day_postings(connection, account, day, files)
        through = runs.billed_through(connection)
        former = [] if batch.providers else former_postings_told(connection, record, files, history)
    if quote.refusal is None:
        steps += [*postings_told(postings, account, record, history), *former]
        if first_run is None:
            steps.append(_not_yet(day, through, today))
    return PricedSide(account, batch, quote, postings, steps)


def _not_billed(
    database: Database,
    carrier: Carrier,
    record: dict[str, Any],
    why: CorrectedBy | TakenBack,
    history: CallHistory,
) -> CallExplanation:
    """A record that became a call and does not count, with what was posted for its day since it came: for
    its account, and for the provider that carried it.
    """
    account, day, files = record["account"], record["day"], {record["data_file"]}
    steps = _record_steps(record)
    with database.transaction() as connection:
        _, postings = day_postings(connection, account, day, files)
        steps += postings_told(postings, account, record, history)
        steps += former_postings_told(connection, record, files, history)
        if carrier.providers:
            provider = _provider_of(carrier, record)
            steps.append(CarriedBy(None if provider is None else provider.title))
            if provider is not None:
                _, owed = day_postings(connection, provider.key, day, files)
                steps += postings_told(owed, provider.key, record, history)
    return CallExplanation(record, not_billed=why, postings=postings, steps=[*steps, why])


def _not_yet(day: date, through: date | None, today: date) -> CallStep:
    """What bills a day: for none that is to come a run is advised."""
    if day > today:
        return DayToCome(day)
    return DayNotBilled(day, max(day, min(through or day, today)))


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
