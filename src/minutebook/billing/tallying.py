"""From files of the lake to tallies: each batch of accounts priced by its own prices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.carried import carried
from minutebook.calls.source import MAX_CALL_HOURS
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.tariff import Tally
from minutebook.errors import InputError
from minutebook.lake.number_tables import lookups_of
from minutebook.rating.calls import rated
from minutebook.rating.lookups import NO_LOOKUPS, LookUps
from minutebook.rating.sums import Key, Sums
from minutebook.rating.table import RateTable
from minutebook.rating.tally import tallied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from minutebook.billing.schedule import Batch, Schedule
    from minutebook.billing.set_aside import AccountsAside
    from minutebook.cards.revision import Revision
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.plans.plan import Plan

MAX_DURATION_MS = MAX_CALL_HOURS * 3_600_000
"""No source admits a longer call: it bounds what a call can cost."""

NO_PLAN = ""
"""The plan of calls that have none: they were recorded after their account's last day."""

_CALLS_AT_ONCE = 8_000_000


@dataclass(frozen=True, slots=True)
class DayFiles:
    """Files of one day that are to be priced."""

    day: date
    files: Sequence[LakeFile]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


class RateTables:
    """The prices of batches, each made ready once."""

    def __init__(self, cards: CardStore) -> None:
        self._made: dict[str, RateTable] = {}
        self._cards = cards
        self._deck = lru_cache(maxsize=8)(cards.read)

    def of(self, batch: Batch) -> RateTable:
        """The prices that hold for a batch's calls; batches priced alike share them."""
        plan, revision = batch.plan, batch.revision
        what = (plan.tally, plan.terms, plan.card is None, plan.rate, plan.steps)
        key = repr((what, revision and (revision.sha256, revision.terms)))
        if key not in self._made:
            ready = self._cards.ready
            self._made[key] = (
                self._make(batch) if ready is None else ready.of(key, lambda: self._make(batch))
            )
        return self._made[key]

    def _make(self, batch: Batch) -> RateTable:
        revision = batch.revision
        deck = None if revision is None else self._deck(revision.sha256)
        terms = None if revision is None else revision.terms
        lookups = lookups_of(self._cards, None if terms is None else terms.bands)
        return rate_table(batch.plan, revision, deck, lookups)


def rate_table(
    plan: Plan,
    revision: Revision | None,
    deck: pl.DataFrame | None,
    lookups: LookUps = NO_LOOKUPS,
) -> RateTable:
    """The prices of a plan; `deck` is the revision's, None where no revision is in force, and `lookups` the
    tables that it goes by.
    """
    if plan.card is None:
        price = plan.steps or plan.rate
        assert price is not None
        return RateTable.flat(price, plan=plan.terms, tally=plan.tally)
    if revision is None or deck is None:
        return RateTable.of_card(
            pl.DataFrame(schema=DECK_SCHEMA), plan=plan.terms, tally=plan.tally
        )
    return RateTable.of_card(
        deck, plan=plan.terms, card=revision.terms, tally=plan.tally, lookups=lookups
    )


def tally_parts(
    lake: Lake,
    cards: CardStore,
    schedule: Schedule,
    parts: Iterable[DayFiles],
    progress: Callable[[int, int], None] | None = None,
    only: str | None = None,
    aside: AccountsAside | None = None,
) -> dict[Key, Sums]:
    """The sums of the parts' calls by day, account, server and plan.

    Accounts whose prices fail, and that called, are added to `aside` (None: `InputError`) and have none.
    `InputError` names a file whose bytes are not those that were committed.
    """
    parts = sorted(parts, key=lambda part: part.day)
    total, done = sum(part.rows for part in parts), 0
    tables = RateTables(cards)
    found: dict[Key, Sums] = {}
    for _, alike in groupby(parts, key=lambda part: schedule.stretch(part.day).first):
        for portion in _portions(alike):
            lake.prover.prove(file for part in portion for file in part.files)
            for key, sums in _tally(lake, tables, schedule, portion, only, aside):
                found[key] = found.get(key, Sums()) + sums
            done += sum(part.rows for part in portion)
            if progress is not None:
                progress(done, total)
    return found


def _portions(parts: Iterable[DayFiles]) -> Iterable[list[DayFiles]]:
    """The parts in portions that are priced by one query each."""
    portion: list[DayFiles] = []
    for part in parts:
        if portion and sum(p.rows for p in portion) + part.rows > _CALLS_AT_ONCE:
            yield portion
            portion = []
        portion.append(part)
    if portion:
        yield portion


def _tally(
    lake: Lake,
    tables: RateTables,
    schedule: Schedule,
    portion: list[DayFiles],
    only: str | None,
    aside: AccountsAside | None,
) -> Iterable[tuple[Key, Sums]]:
    files = [file for part in portion for file in part.files]
    recorded = lake.scan(files)
    if only is not None:
        recorded = recorded.filter(pl.col("account") == only)
    alike: dict[tuple[int, object, object, bool, int | None], list[Batch]] = defaultdict(list)
    for batch in schedule.batches(portion[0].day):
        try:
            table = tables.of(batch)
        except InputError as error:
            if aside is None:
                raise
            reason = f"plan {batch.plan.name!r}: {error.message}"
            for day, account in _callers(recorded, batch):
                aside.add(account, day, reason)
            continue
        below_ms = batch.short_below_ms
        alike[id(table), batch.start, batch.end, bool(batch.providers), below_ms].append(batch)
    for batches in alike.values():
        first = batches[0]
        plans = {account: batch.plan.name for batch in batches for account in batch.accounts}
        calls = by_payer(recorded, first)
        if len(alike) > 1:
            calls = calls.filter(pl.col("account").is_in(list(plans)))
        calls = answered_between(calls, first.start, first.end)
        sums = tallied(
            rated(calls, tables.of(first), MAX_DURATION_MS),
            ["day", "account", "server"],
            first.plan.tally,
            first.short_below_ms,
        )
        for row in sums.collect(engine="streaming").iter_rows(named=True):
            if row["account"] in plans:
                yield (
                    (row["day"], row["account"], row["server"], plans[row["account"]]),
                    _sums(row, first.plan.tally),
                )
    yield from _without_plan(recorded, schedule.closed_on(portion[0].day))


def _callers(calls: pl.LazyFrame, batch: Batch) -> Iterable[tuple[date, str]]:
    """The days and accounts of a batch that have calls."""
    return calls_of(calls, batch).select("day", "account").unique().collect().iter_rows()


def _without_plan(calls: pl.LazyFrame, closed: list[str]) -> Iterable[tuple[Key, Sums]]:
    """Calls that were recorded for accounts after their last day: counted, and unpriced."""
    if not closed:
        return
    length = pl.col("duration_ms")
    sums = (
        calls.filter(pl.col("account").is_in(closed))
        .group_by("day", "account", "server")
        .agg(calls=pl.len(), answered=length.count(), duration_ms=length.sum())
        .collect(engine="streaming")
    )
    for day, account, server, count, answered, ms in sums.iter_rows():
        key = (day, account, server, NO_PLAN)
        yield key, Sums(count, answered, ms, unpriced_calls=count, unpriced_ms=ms)


def _sums(row: dict[str, Any], tally: Tally) -> Sums:
    numerator = int(row["cost_units"]) * 60 if tally is Tally.CALL else int(row["numerator"])
    return Sums(
        row["calls"],
        row["answered"],
        row["duration_ms"],
        row["billed_seconds"],
        row["unpriced_calls"],
        row["unpriced_ms"],
        numerator,
        row.get("short_calls", 0),
    )


def by_payer(calls: pl.LazyFrame, batch: Batch) -> pl.LazyFrame:
    """The calls as a batch sees them: those of providers have the account of the one that carried them."""
    return calls.with_columns(account=carried(batch.providers)) if batch.providers else calls


def calls_of(calls: pl.LazyFrame, batch: Batch) -> pl.LazyFrame:
    """The calls that a batch prices; `account` is who owes, or is owed, for them."""
    calls = by_payer(calls, batch).filter(pl.col("account").is_in(list(batch.accounts)))
    return answered_between(calls, batch.start, batch.end)


def answered_between(
    calls: pl.LazyFrame, start: datetime | None, end: datetime | None
) -> pl.LazyFrame:
    """The calls answered (unanswered: set up) from `start` on and before `end`; None: at any time."""
    instant = pl.coalesce("answered_at", "setup_at")
    if start is not None:
        calls = calls.filter(instant >= start)
    if end is not None:
        calls = calls.filter(instant < end)
    return calls
