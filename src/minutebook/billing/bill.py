"""A run: price what has been recorded, and post due minus posted (docs/rules/runs.md, "Due less posted").

One run is one transaction: its tallies and its postings are all there or none. What a day was
priced from is kept with it, so the next run reads only days that have new files or other prices.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from minutebook.billing.judging import judge
from minutebook.billing.lake_soundness import refuse_lost_files
from minutebook.billing.parking import park
from minutebook.billing.recurring_charges import recurring_charges
from minutebook.billing.run_result import RunResult, result_of, summary
from minutebook.billing.schedule import Schedule
from minutebook.billing.set_aside import AccountsAside, set_aside_now
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.billing.usage_journals import usage_journals
from minutebook.lake.corrections import base_name, is_corrected
from minutebook.ledger import corrections, declarations, parked, priced_days, runs, tallies
from minutebook.ledger.journal import post
from minutebook.ledger.locks import POSTING, RUN, hold
from minutebook.ledger.priced_days import PricedDay
from minutebook.plans.provider import is_provider
from minutebook.rating.sums import Key, Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile, Snapshot
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.settings import Bounds

    Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class _Work:
    """What of the lake must be priced: fresh files, and known ones of days that are priced again."""

    days: dict[date, PricedDay] = field(default_factory=dict)
    fresh: list[DayFiles] = field(default_factory=list)
    known_parts: list[DayFiles] = field(default_factory=list)
    again: set[date] = field(default_factory=set)
    known: dict[date, PricedDay] = field(default_factory=dict)

    def unlike(self, days: Mapping[date, PricedDay]) -> dict[date, PricedDay]:
        """The days that are not as they were when they were last priced."""
        return {day: now for day, now in days.items() if self.known.get(day) != now}


def bill(
    database: Database,
    lake: Lake,
    cards: CardStore,
    through: date,
    *,
    by: str,
    today: date,
    bounds: Bounds,
    quarantined: int = 0,
    progress: Progress | None = None,
) -> RunResult:
    """Price and post everything due up to the UTC day `through`.

    `by` is who bills; what is beyond `bounds` is parked; `quarantined` is the number of records that wait, for the result; `progress` is
    told of ("calls", priced, to price), then of the "accounts" charged, then of the "postings" made.
    `InputError`, and nothing is posted, where the lake is not the one that was billed from before.
    """
    with database.transaction(lock=RUN) as connection:
        corrections.refuse_half_read(connection)
        carrier = declarations.load_anew(connection)
        both_sides = carrier.both_sides()
        schedule = Schedule(both_sides)
        snapshot = lake.snapshot()
        work = _work(connection, snapshot, schedule, through)
        fresh, known = (
            sum(part.rows for part in parts) for parts in (work.fresh, work.known_parts)
        )
        calls_told = partial(_told_of_both, _told(progress, "calls"), fresh + known)
        aside, aside_before = AccountsAside(), set_aside_now(connection)
        found = tally_parts(lake, cards, schedule, work.fresh, partial(calls_told, 0), aside=aside)
        again = tally_parts(
            lake, cards, schedule, work.known_parts, partial(calls_told, fresh), aside=aside
        )
        before = tallies.on_days(connection, work.known) if work.known else {}
        differences = aside.without(_differences(found, again, before, work.again))
        run = runs.next_run(connection)
        usage = list(
            usage_journals(
                connection, both_sides, schedule, run, before, differences, set(work.known),
                work.again, aside_before,
            )
        )  # fmt: skip
        aside.add_too_large(usage)
        charging = recurring_charges(
            connection, carrier, lake, snapshot, run, through, aside.others(usage),
            aside.without(differences), aside, _told(progress, "accounts"),
        )  # fmt: skip
        parking = park(
            connection, bounds, run, through, aside.others(usage) + charging.journals, before,
            charging.peaks.fallen, aside,
        )  # fmt: skip
        charging.leave(aside)
        differences = aside.without(differences)
        journals = parking.told(aside.others(usage) + charging.journals)
        days = work.unlike(aside.marked(work.days))
        calls = _newly_priced(found, again, before, aside)
        result = result_of(
            connection, run, through, quarantined, calls, differences, journals,
            buys=bool(carrier.providers),
        )  # fmt: skip
        result = result.with_aside(aside.found(aside_before, through))
        nothing = not (days or journals or charging or parking.is_new)
        nothing = nothing and result.set_aside == aside_before
        if nothing and _billed_already(connection, through):
            last = runs.last_run(connection)
            result = replace(result, run=last[0] if last else run)
            return _judged(connection, carrier, result, by, today)
        posted_at = runs.add_run(connection, run, through, snapshot.version, summary(result), by)
        tallies.add(connection, run, differences)
        priced_days.add_priced_days(connection, run, days)
        charging.keep(connection, run)
        parked.add(connection, run, parking.charges)
        post(connection, journals, by, posted_at, _told(progress, "postings"))
        return _judged(connection, carrier, result, by, today)


def _told(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    return None if progress is None else partial(progress, what)


def _told_of_both(
    told: Callable[[int, int], None] | None, total: int, before: int, done: int, _of_these: int
) -> None:
    """Tell of `done` calls of one part of the work, `before` being those of the parts before it."""
    if told is not None:
        told(before + done, total)


def _judged(
    connection: Connection, carrier: Carrier, result: RunResult, by: str, today: date
) -> RunResult:
    """The result, with who is below the floor after the run, payments until now included."""
    hold(connection, POSTING)
    accounts = carrier.accounts.values()
    changes = judge(connection, accounts, result.through, today, by, result.run)
    return replace(result, status_changes=tuple(changes))


def _billed_already(connection: Connection, through: date) -> bool:
    last = runs.billed_through(connection)
    return last is not None and last >= through


def _work(connection: Connection, snapshot: Snapshot, schedule: Schedule, through: date) -> _Work:
    files: dict[date, list[LakeFile]] = defaultdict(list)
    for file in snapshot.files:
        if file.day <= through:
            files[file.day].append(file)
    priced = priced_days.priced_days(connection, date.max)
    refuse_lost_files(snapshot, priced)
    known = {day: last for day, last in priced.items() if day <= through}
    work = _Work()
    for day in sorted(files.keys() | {day for day, last in known.items() if last.files}):
        fingerprint = schedule.stretch(day).fingerprint
        now = PricedDay(fingerprint, frozenset(file.name for file in files[day]))
        last = known.get(day)
        if last == now:
            continue
        work.days[day] = now
        done, before = frozenset[str](), set[str]()
        if last is not None:
            done = last.files
            work.known[day] = last
            before = {base_name(name) for name in done}
            if not (last.fingerprint == fingerprint and last.files <= now.files):
                work.again.add(day)
        changed = [file for file in files[day] if day in work.again or file.name not in done]
        again = [file for file in changed if before and _is_of(file.name, before)]
        work.fresh.append(DayFiles(day, [file for file in changed if file not in again]))
        if again:
            work.known_parts.append(DayFiles(day, again))
    return work


def _is_of(name: str, before: set[str]) -> bool:
    """Whether a file's calls were priced before, as they were recorded or as another correction had them."""
    return base_name(name) in before or is_corrected(name)


def _differences(
    found: Mapping[Key, Sums],
    again: Mapping[Key, Sums],
    before: Mapping[Key, Sums],
    days_again: set[date],
) -> dict[Key, Sums]:
    """What to add to the tallies: all that was found, less what stood for days priced again."""
    differences = dict(found)
    for key, sums in again.items():
        differences[key] = differences.get(key, Sums()) + sums
    for key, sums in before.items():
        if key[0] in days_again:
            differences[key] = differences.get(key, Sums()) - sums
    return {key: sums for key, sums in differences.items() if sums}


def _newly_priced(
    found: Mapping[Key, Sums],
    again: Mapping[Key, Sums],
    before: Mapping[Key, Sums],
    aside: AccountsAside,
) -> int:
    """Calls that have a price and had none: fresh ones, and what a day priced again gained."""
    gained = (
        (sums.priced_calls - before.get(key, Sums()).priced_calls)
        for key, sums in again.items()
        if key[1] not in aside and not is_provider(key[1])
    )
    fresh = (
        sums.priced_calls
        for key, sums in found.items()
        if key[1] not in aside and not is_provider(key[1])
    )
    return sum(fresh) + sum(max(0, more) for more in gained)
