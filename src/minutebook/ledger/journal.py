"""Journals and entries: double entry, and only added to: the database itself refuses anything else.

Credits are positive and debits negative, so that a customer's balance is the sum of the entries on `customer:ACCOUNT`:
a payment credits it and debits cash, a charge debits it and credits revenue. What we owe a provider is the sum on
`provider:NAME`: cost credits it, what is paid debits it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from minutebook import money
from minutebook.errors import LedgerError
from minutebook.ledger.chosen import ALIKE_REFERENCE, OF_CHOSEN
from minutebook.notebook import Shown
from minutebook.plans.provider import is_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from minutebook.ledger.chosen import Chosen
    from minutebook.ledger.connection import Connection

_TOLD_EVERY = 1000
_NAMESPACE = uuid.UUID("6d1b7b0e-8f3c-5d59-9a53-1f0c5f6f0b1e")

CONTRA = {
    "usage": "revenue:usage",
    "channels": "revenue:channels",
    "minimum": "revenue:minimum",
    "short_calls": "revenue:short_calls",
    "payment": "cash",
    "adjustment": "adjustments",
    "cost": "cost:usage",
    "short_calls_cost": "cost:short_calls",
    "paid": "cash",
}
"""The other side of a customer's or provider's entry, by the journal's kind."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry: an exact amount on a ledger account, credit positive."""

    ledger_account: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, repr=False)
class Journal(Shown):
    """One posting to a customer's or provider's balance: what, when, for which day, and why.

    `day` is where it stands in the books, `corrects` the day that it is for.
    """

    id: uuid.UUID
    """Its identity, the same for the same charge or payment."""
    kind: str
    """What it posts: `"usage"`, `"payment"`, `"adjustment"` and others."""
    account: str
    day: date
    """The UTC day on which it stands in the books."""
    corrects: date
    reason: str
    lines: tuple[JournalLine, ...]
    """What it adds to each ledger account; of each currency the lines come to 0."""
    run: int | None = None
    reference: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """What it was computed from, as JSON."""
    posted_at: datetime | None = None
    posted_by: str | None = None
    """Who posted it; None: before that was kept, or not posted yet."""

    @property
    def amount(self) -> Decimal:
        """What it adds to the account's balance."""
        own = ledger_account(self.account)
        return sum((line.amount for line in self.lines if line.ledger_account == own), Decimal(0))

    @property
    def currency(self) -> str:
        return self.lines[0].currency

    def body_hash(self) -> str:
        """SHA-256 of everything but the id and the instant of posting, in one canonical spelling."""
        body = [
            self.kind,
            self.account,
            self.day.isoformat(),
            self.corrects.isoformat(),
            self.run,
            self.reference,
            self.reason,
            self.details,
            [[line.ledger_account, line.currency, money.text(line.amount)] for line in self.lines],
        ]
        spelled = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(spelled.encode()).hexdigest()


def ledger_account(account: str) -> str:
    """The ledger account that holds a customer's balance, or what we owe a provider."""
    return account if is_provider(account) else f"customer:{account}"


def journal_id(*parts: object) -> uuid.UUID:
    """The id of the posting that `parts` name: the same parts, the same id."""
    return uuid.uuid5(_NAMESPACE, "|".join(json.dumps(str(part)) for part in parts))


def two_lines(kind: str, account: str, currency: str, amount: Decimal) -> tuple[JournalLine, ...]:
    """The entries that add `amount` to an account's balance, by a journal of `kind`."""
    return (
        JournalLine(ledger_account(account), currency, amount),
        JournalLine(CONTRA[kind], currency, -amount),
    )


def post(
    connection: Connection,
    journals: Sequence[Journal],
    by: str,
    posted_at: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Post all of them, in the caller's transaction, as `by`, as of their run's `posted_at` (None: now).

    `progress` is told of (posted, to post).

    An id that is there already with the same body is passed over; with another body it raises
    `LedgerError`, and the transaction must be given up.
    """
    known = _bodies(connection, [journal.id for journal in journals])
    fresh = []
    for journal in journals:
        stored = known.get(journal.id)
        if stored is None:
            fresh.append(journal)
        elif stored != journal.body_hash():
            raise LedgerError(
                f"journal {journal.id} is posted already, with another body; nothing was posted"
            )
    cursor = connection.cursor()
    at = posted_at or _now(connection)
    with cursor.copy(
        "copy journal (journal, kind, account, day, corrects, run, reference, reason, details,"
        " lines, body_hash, posted_at, posted_by) from stdin"
    ) as copy:
        for n, j in enumerate(fresh):
            if progress is not None and n % _TOLD_EVERY == 0:
                progress(n, len(fresh))
            copy.write_row((
                j.id, j.kind, j.account, j.day, j.corrects, j.run, j.reference, j.reason,
                Jsonb(j.details), len(j.lines), j.body_hash(), at, by,
            ))  # fmt: skip
    with cursor.copy(
        "copy entry (journal, line, ledger_account, currency, amount) from stdin"
    ) as copy:
        for j in fresh:
            for number, line in enumerate(j.lines, start=1):
                copy.write_row((j.id, number, line.ledger_account, line.currency, line.amount))
    if progress is not None:
        progress(len(fresh), len(fresh))


def _now(connection: Connection) -> datetime:
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def _bodies(connection: Connection, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = connection.execute(
        "select journal, body_hash from journal where journal = any(%s)", [ids]
    )
    return dict(found.fetchall())


_SELECT = """
    select j.journal, j.kind, j.account, j.day, j.corrects, j.reason, j.run, j.reference, j.details,
           j.posted_at, j.posted_by, j.lines, j.body_hash,
           (select json_agg(json_build_array(e.ledger_account, e.currency, e.amount::text) order by e.line)
              from entry e where e.journal = j.journal)
      from journal j
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A journal as the database holds it, with what it states of itself."""

    journal: Journal
    stated_lines: int
    stated_hash: str


def by_reference(connection: Connection, kind: str, account: str, reference: str) -> Journal | None:
    """The payment or adjustment that carries a reference, to the letter or but for blanks round it."""
    alike = ALIKE_REFERENCE.format("j.reference", "%s")
    where = f"where j.kind = %s and j.account = %s and {alike} order by j.reference <> %s limit 1"
    values = [kind, account, reference.strip(), reference]
    return next((s.journal for s in _select(connection, where, values)), None)


def of_reference(connection: Connection, reference: str) -> list[Journal]:
    """The payments and adjustments of all accounts that carry a reference, whatever blanks stand round it."""
    where = f"where {ALIKE_REFERENCE.format('j.reference', '%s')} order by j.account, j.kind, j.posted_at"
    return [s.journal for s in _select(connection, where, [reference.strip()])]


def reversal_of(connection: Connection, posting: Journal) -> Journal | None:
    """What undoes a payment; None where nothing does."""
    id_ = journal_id("reversal", posting.account, posting.reference)
    return next((s.journal for s in _select(connection, "where j.journal = %s", [id_])), None)


def by_id_prefix(connection: Connection, prefix: str) -> list[Journal]:
    """The journals whose id begins so (two at most: enough to know that it is not one)."""
    where = "where starts_with(j.journal::text, %s) limit 2"
    return [s.journal for s in _select(connection, where, [prefix.lower()])]


def of_charge(connection: Connection, account: str, corrects: date, kind: str) -> list[Journal]:
    """Every posting of one kind to an account for a day, in the order of posting."""
    where = "where j.account = %s and j.corrects = %s and j.kind = %s order by j.posted_at, j.run"
    return [s.journal for s in _select(connection, where, [account, corrects, kind])]


def of_run(connection: Connection, run: int) -> list[Journal]:
    """Every posting of a run."""
    return [s.journal for s in _select(connection, "where j.run = %s", [run])]


def last_details(
    connection: Connection, kind: str, days: list[date]
) -> dict[tuple[date, str], dict[str, Any]]:
    """The details of the last posting of one kind for each (day, account)."""
    rows = connection.execute(
        "select distinct on (corrects, account) corrects, account, details from journal"
        " where kind = %s and corrects = any(%s) order by corrects, account, posted_at desc, run desc",
        [kind, days],
    )
    return {(day, account): details for day, account, details in rows}


def chosen_journals(connection: Connection, chosen: Chosen) -> list[Journal]:
    """The journals that are asked for, in order."""
    where = f"where {OF_CHOSEN} order by j.day, posted_at, account, kind, corrects, journal"
    return [s.journal for s in _select(connection, where, chosen.values)]


def any_posted(connection: Connection) -> bool:
    """Whether there is a journal at all."""
    row = connection.execute("select exists (select from journal)").fetchone()
    return bool(row and row[0])


def everything(connection: Connection) -> Iterable[Stored]:
    """Every journal, for `verify`."""
    return _select(connection, "order by j.posted_at, j.journal", [])


def _select(connection: Connection, where: str, values: Any) -> Iterable[Stored]:
    with connection.cursor() as cursor:
        for row in cursor.execute(_SELECT + where, values):
            yield _stored(row)


def _stored(row: tuple[Any, ...]) -> Stored:
    (
        id_, kind, account, day, corrects, reason, run, reference, details, posted_at, posted_by,
        lines, body_hash, entries,
    ) = row  # fmt: skip
    journal = Journal(
        id=id_,
        kind=kind,
        account=account,
        day=day,
        corrects=corrects,
        reason=reason,
        lines=tuple(JournalLine(a, c, Decimal(amount)) for a, c, amount in entries or ()),
        run=run,
        reference=reference,
        details=details,
        posted_at=posted_at,
        posted_by=posted_by,
    )
    return Stored(journal, lines, body_hash)
