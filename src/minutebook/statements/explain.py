"""The whole way from a call to its charge, and from a charge back to its calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import RATED_SCHEMA, files_of_days, rated_calls
from minutebook.billing.schedule import Batch, Schedule
from minutebook.cards.tariff import Tally
from minutebook.days import instant_text
from minutebook.errors import InputError
from minutebook.ledger import declarations, journal, priced_days, runs
from minutebook.notebook import Explained
from minutebook.statements.quote import Quote, by_batch
from minutebook.statements.recurring_steps import channel_steps, minimum_steps

if TYPE_CHECKING:
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.database import Database
    from minutebook.ledger.journal import Journal

_CALLS_SHOWN = 1000


@dataclass(frozen=True, slots=True, repr=False)
class CallExplanation(Explained):
    """One call: its record, whose it is, what prices it and how, and what was posted for its day.

    `record` is a row of CALL_SCHEMA, or of the quarantine where `waits` says why it is there.
    """

    record: dict[str, Any]
    waits: str | None = None
    """The reason why its record waits in quarantine; None: it is in the lake."""
    batch: Batch | None = None
    """What prices it; None where it waits, or its account has no plan that day."""
    quote: Quote | None = None
    """Its price, and the way to it; None as `batch` is."""
    postings: list[Journal] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


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
    steps: list[str]


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
    with database.transaction() as connection:
        schedule = Schedule(declarations.load(connection))
    explained = [
        _explained(database, lake, cards, schedule, record, today)
        for record in found.iter_rows(named=True)
    ]
    waiting = quarantine.open()
    for record in waiting.filter(waiting["call_id"] == call_id).iter_rows(named=True):
        why = f"{record['reason']}: {record['detail']}" if record["detail"] else record["reason"]
        place = f"{record['file']}:{record['line']}"
        steps = [
            f"Recorded at {place} (source {record['source']}).",
            f"In quarantine since then, not billed: {why}.",
        ]
        explained.append(CallExplanation(record, waits=why, steps=steps))
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
) -> CallExplanation:
    account, day = record["account"], record["day"]
    at: datetime = record["answered_at"] or record["setup_at"]
    steps = _record_steps(record)
    batch = schedule.batch_at(account, at)
    if batch is None:
        return CallExplanation(record, steps=[*steps, f"Account {account} has no plan on {day}."])
    length = record["duration_ms"]
    seconds = None if length is None else Decimal(length) / 1000
    quote = by_batch(cards, batch, record["called"], seconds, batch.plan.currency)
    steps.append(f"Priced by {_named(batch)}, in force at {_plain(at)}.")
    steps.extend(f"{step[0].upper()}{step[1:]}." for step in quote.steps)
    if batch.plan.tally is Tally.DAILY:
        steps.append(
            f"Plan {batch.plan.name} rounds the sum of the account's day, once, not the call."
        )
    name = lake.file_of(record)
    with database.transaction() as connection:
        first_run = priced_days.first_run_of(connection, day, name)
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
    return CallExplanation(record, batch=batch, quote=quote, postings=postings, steps=steps)


def _not_yet(day: date, through: date | None, today: date) -> str:
    """What bills a day: for none that is to come a run is advised."""
    if day > today:
        return f"{day} is yet to come, and billed when it is over; make sure that the switch's clock is right."
    day_or_later = max(day, min(through or day, today))
    return f"{day} is not billed yet; run: minutebook bill --through {day_or_later}"


def _charged(account: str, day: date, postings: list[Journal]) -> list[str]:
    """What was posted for the account's whole day, which a priced call is part of."""
    return [
        f"Run {posting.run} posted {money.text(posting.amount)} {posting.currency} for {account}'s day {day},"
        f" this call among them ({posting.reason}): journal {posting.id}."
        for posting in postings
    ]


def _record_steps(record: dict[str, Any]) -> list[str]:
    length = record["duration_ms"]
    talk = (
        "not answered"
        if length is None
        else f"answered {_plain(record['answered_at'])}, {length / 1000} s"
    )
    called = record["called_recorded"]
    dialled = f", recorded as {called}" if called is not None else ""
    return [
        f"Recorded at {record['file']}:{record['line']} (source {record['source']}, server {record['server'] or '-'}).",
        f"Called {record['called']}{dialled}; {talk}; ended {_plain(record['ended_at'])}. Its day is {record['day']}.",
        f"Account {record['account']}, by {record['matched_by']}.",
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
        told = [] if steps is None else steps(posting)
        calls = pl.DataFrame(schema=RATED_SCHEMA)
        return ChargeExplanation(posting, same, calls, 0, [_said(posting), *told])
    files = files_of_days(lake.snapshot().files, posting.corrects, posting.corrects)
    frame = rated_calls(lake, cards, schedule, files, [posting.account]).collect()
    return ChargeExplanation(
        posting,
        same,
        frame.head(_CALLS_SHOWN),
        frame.height,
        _charge_steps(posting, same),
    )


def _charge_steps(posting: Journal, same: list[Journal]) -> list[str]:
    details = posting.details
    unrounded = money.decimal_of_units(int(details["numerator"]) // 60)
    whole = int(details["numerator"]) % 60 == 0
    steps = [
        _said(posting),
        f"{details['calls']:,} calls of {posting.corrects} were recorded by then, {details['answered']:,} answered,"
        f" {Decimal(details['duration_ms']) / 1000:,f} s used, {details['billed_seconds']:,} s billed"
        + (f"; {details['unpriced_calls']:,} had no price." if details["unpriced_calls"] else "."),
        f"Plan {details['plan']}: their costs come to {'' if whole else 'about '}{money.text(unrounded)};"
        f" due is {details['due']} {posting.currency}.",
        f"Due {details['due']} less posted before {details['posted_before']}:"
        f" {money.text(-posting.amount)} {posting.currency} is charged here.",
    ]
    if len(same) > 1:
        steps.append(
            f"It is one of {len(same)} postings for that day: {', '.join(str(p.id) for p in same)}."
        )
    steps.append(
        f"See its calls with: minutebook calls {posting.account} --from {posting.corrects} --to {posting.corrects}"
    )
    return steps


def _said(posting: Journal) -> str:
    by = f"run {posting.run}" if posting.run is not None else f"reference {posting.reference}"
    return (
        f"{posting.kind.capitalize()} of {money.text(posting.amount)} {posting.currency} on {posting.account},"
        f" {posting.day}, by {by}: {posting.reason}."
    )


def _named(batch: Batch) -> str:
    card = f", card {batch.plan.card}" if batch.plan.card else ""
    revision = f" revision {batch.revision.number}" if batch.revision else ""
    return f"plan {batch.plan.name}{card}{revision}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value if value is None or isinstance(value, str | int) else str(value)
