"""Prove the book: journals balance, tallies equal the calls priced again, postings equal what is due
(docs/rules/runs.md, "What proves it").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.differences import (
    CallTwice,
    ChainBroken,
    FilesLost,
    JournalChanged,
    LakeRefused,
    LinesLost,
    OutOfBalance,
    PricesGone,
    Proves,
    WrongCharge,
    WrongLine,
    WrongTally,
)
from minutebook.billing.lake_soundness import digests_kept, lake_faults, two_sources
from minutebook.billing.peaks import wrong_peaks
from minutebook.billing.schedule import Schedule
from minutebook.billing.set_aside import AccountsAside, set_aside_now, settled_fingerprint
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.billing.usage_journals import USAGE_KINDS, usage_kind
from minutebook.billing.wrong_charges import wrong_charges
from minutebook.errors import InputError
from minutebook.lake.duplicates import duplicate_identities
from minutebook.lake.number_tables import tables_sound
from minutebook.ledger import chain, corrections, declarations, journal, priced_days, tallies
from minutebook.ledger.locks import RUN
from minutebook.money import decimal_of_units
from minutebook.notebook import Shown
from minutebook.plans.per_minute import due
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from minutebook.billing.differences import Difference
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile, Snapshot
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.ledger.journal import Journal
    from minutebook.ledger.priced_days import PricedDay
    from minutebook.rating.sums import Key


@dataclass(frozen=True, slots=True, repr=False)
class Check(Shown):
    """One thing proved, or where it fails."""

    name: str
    """What is proved, in a word."""
    proves: Proves
    """What is proved; `str()` says it in a sentence."""
    differences: list[Difference] = field(default_factory=list)
    """Where it fails; empty where it holds."""


_CHECKS = ("journals", "chain", "postings", "charges", "channels", "cards", "lake", "tallies")


def verify(
    database: Database,
    lake: Lake,
    quarantine: Quarantine,
    cards: CardStore,
    progress: Callable[[int, int], None] | None = None,
    kept: tuple[int, str] | None = None,
) -> list[Check]:
    """Every check, whether it holds or not. Days that changed since the last run are left to the next.

    `kept` is a link of the chain that was written down, its number and its hash: it must be there still.
    """
    with database.transaction(lock=RUN) as connection:
        corrections.refuse_half_read(connection)
        carrier = declarations.load_anew(connection)
        schedule = Schedule(carrier.both_sides())
        checks = [Check(name, Proves(name)) for name in _CHECKS]
        by_name = {check.name: check.differences for check in checks}
        posted = _journals(connection, carrier.both_sides(), by_name["journals"])
        by_name["chain"].extend(ChainBroken(*fault) for fault in chain.broken(connection))
        if kept is not None and not _is_head(connection, kept):
            by_name["chain"].append(ChainBroken("head", "", kept[1], kept[0]))
        stored = tallies.everything(connection)
        priced = priced_days.priced_days(connection, date.max)
        aside = {(day, one.account) for one in set_aside_now(connection) for day in one.days}
        waiting = {
            d
            for d, last in priced.items()
            if schedule.stretch(d).fingerprint != settled_fingerprint(last)
        }
        snapshot = _snapshot(lake, quarantine, by_name["lake"])
        if snapshot is not None:
            waiting |= _corrected_since(snapshot, priced)
        by_name["postings"].extend(_postings(schedule, stored, posted, waiting, aside))
        by_name["charges"].extend(wrong_charges(connection, carrier, posted, stored))
        by_name["cards"].extend(
            PricesGone(card.name, revision.number, revision.sha256)
            for card in carrier.cards.values()
            for revision in card.revisions
            if not cards.is_sound(revision.sha256) or not tables_sound(cards, revision.terms.bands)
        )
        if snapshot is None:
            return checks
        by_name["lake"].extend(lake_faults(connection, lake, snapshot))
        if by_name["lake"] or by_name["cards"]:
            return checks
        by_name["lake"].extend(_duplicates(lake))
        by_name["lake"].extend(two_sources(lake, snapshot))
        by_name["channels"].extend(wrong_peaks(connection, lake, snapshot, carrier.holdings()))
        settled = {d: last for d, last in priced.items() if d not in waiting}
        by_name["tallies"].extend(
            _tallies(lake, snapshot, cards, schedule, stored, settled, aside, progress)
        )
        sound = not any(check.differences for check in checks)
        bare, given = digests_kept(connection, lake, snapshot, settled if sound else {})
        of_lake = Proves("lake", bare, given)
        return [replace(c, proves=of_lake) if c.name == "lake" else c for c in checks]


def _snapshot(lake: Lake, quarantine: Quarantine, differences: list[Difference]) -> Snapshot | None:
    """The newest version; None, and why, where it, or the quarantine, cannot be read or is not the newest."""
    try:
        quarantine.table()
        return lake.snapshot()
    except InputError as error:
        differences.append(LakeRefused(str(error)))
        return None


def _is_head(connection: Connection, kept: tuple[int, str]) -> bool:
    return chain.hash_of(connection, kept[0]) == kept[1].lower()


def _journals(
    connection: Connection, carrier: Carrier, differences: list[Difference]
) -> dict[tuple[date, str, str], Decimal]:
    """What was posted by (day, account, kind); faults are added to `differences`."""
    posted: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for stored in journal.everything(connection):
        entry = stored.journal
        if len(entry.lines) != stored.stated_lines:
            differences.append(LinesLost(entry.id, stored.stated_lines, len(entry.lines)))
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in entry.lines:
            sums[line.currency] += line.amount
        differences.extend(
            OutOfBalance(entry.id, total, currency)
            for currency, total in sums.items()
            if total != 0
        )
        if entry.lines and entry.body_hash() != stored.stated_hash:
            differences.append(JournalChanged(entry.id, entry.account, entry.day))
        differences.extend(_wrong_lines(entry, carrier))
        posted[entry.corrects, entry.account, entry.kind] += entry.amount
    return posted


def _wrong_lines(posting: Journal, carrier: Carrier) -> Iterator[Difference]:
    """Lines that are not of the posting's account, kind and currency."""
    owner = carrier.accounts.get(posting.account)
    own, contra = journal.ledger_account(posting.account), journal.CONTRA.get(posting.kind)
    for number, line in enumerate(posting.lines, start=1):
        right = own if number == 1 else contra
        if line.ledger_account != right or owner is None or line.currency != owner.currency:
            yield WrongLine(posting.id, number, line.ledger_account, line.currency)


def _postings(
    schedule: Schedule,
    stored: Mapping[Key, Sums],
    posted: Mapping[tuple[date, str, str], Decimal],
    waiting: set[date],
    aside: Collection[tuple[date, str]],
) -> Iterator[Difference]:
    numerators: dict[tuple[date, str, str], int] = defaultdict(int)
    for (day, account, _, _), sums in stored.items():
        numerators[day, account, usage_kind(account)[0]] += sums.numerator
    for key in sorted(numerators.keys() | {key for key in posted if key[2] in USAGE_KINDS}):
        day, account, kind = key
        if day in waiting or (day, account) in aside:
            continue
        charging = schedule.plan_of(account, day)
        owed = due(charging, numerators[key]) if charging and key in numerators else Decimal(0)
        charged = usage_kind(account)[1] * posted.get(key, Decimal(0))
        if owed != charged:
            yield WrongCharge(account, day, kind, owed, charged)


def _corrected_since(snapshot: Snapshot, priced: Mapping[date, PricedDay]) -> set[date]:
    """The days whose calls were corrected, or taken back, after they were priced."""
    there = {file.name for file in snapshot.files}
    gone = {day: last.files - there for day, last in priced.items()}
    return {day for day, names in gone.items() if names and snapshot.accounts_for(names)}


def _duplicates(lake: Lake) -> Iterator[Difference]:
    for row in duplicate_identities(lake).iter_rows(named=True):
        yield CallTwice(row["call_id"], row["source"], row["server"] or "", row["leg"] or "")


def _tallies(
    lake: Lake,
    snapshot: Snapshot,
    cards: CardStore,
    schedule: Schedule,
    stored: Mapping[Key, Sums],
    priced: Mapping[date, PricedDay],
    aside: Collection[tuple[date, str]],
    progress: Callable[[int, int], None] | None,
) -> Iterator[Difference]:
    files: dict[date, list[LakeFile]] = defaultdict(list)
    for file in snapshot.files:
        if file.day in priced and file.name in priced[file.day].files:
            files[file.day].append(file)
    for day, last in sorted(priced.items()):
        if len(files[day]) != len(last.files):
            yield FilesLost(day, len(last.files), len(files[day]))
    parts = [DayFiles(d, files[d]) for d in priced if files[d]]
    failing = AccountsAside()
    found = tally_parts(lake, cards, schedule, parts, progress, aside=failing)
    for key in sorted(found.keys() | {key for key in stored if key[0] in priced}):
        if key[:2] in aside or key[1] in failing:
            continue
        now, then = found.get(key, Sums()), stored.get(key, Sums())
        if now != then:
            day, account, server, plan = key
            yield WrongTally(
                account,
                day,
                server or "",
                plan,
                now.calls,
                decimal_of_units(now.numerator // 60),
                then.calls,
                decimal_of_units(then.numerator // 60),
                now.short_calls,
                then.short_calls,
            )
