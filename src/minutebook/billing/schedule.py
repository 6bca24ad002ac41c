"""Who is priced by what, day by day: plans, terms and card revisions laid along the calendar
(docs/rules/time.md, "What is in force").

Pure. Days on which nothing changes form a *stretch*; all its calls are priced alike, so a run
prices a stretch at once, and a day need not be priced again while its fingerprint stays.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY
from minutebook.plans.plan import terms_to_body
from minutebook.plans.provider import is_provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.cards.revision import Revision
    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.plan import Plan
    from minutebook.plans.provider import Provider


@dataclass(frozen=True, slots=True)
class Batch:
    """Accounts whose calls one plan and one card revision price, perhaps for a part of the day.

    `start` and `end` (instants of answer, the end excluded) are None where the whole days are
    meant. A plan on a card of which no revision is in force has `revision` None. `providers` are all
    of them where the accounts are those of providers: then the calls that these carried are meant.
    """

    plan: Plan
    revision: Revision | None
    accounts: tuple[str, ...]
    start: datetime | None = None
    end: datetime | None = None
    providers: tuple[Provider, ...] = ()

    @property
    def short_below_ms(self) -> int | None:
        """How long an answered call must last not to be short; None where the plan has no such calls."""
        return None if self.plan.short_calls is None else self.plan.short_calls.below_ms

    def label(self) -> dict[str, str | int]:
        """What prices these calls, for people: kept with each posting."""
        said: dict[str, str | int] = {"plan": self.plan.name}
        if self.plan.from_day is not None:
            said["plan_from"] = self.plan.from_day.isoformat()
        if self.plan.card is not None:
            said["card"] = self.plan.card
        if self.revision is not None:
            said["revision"] = self.revision.number
        return said


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` up to the next stretch's, priced alike."""

    first: date
    fingerprint: str


class Schedule:
    """What prices whom on any day, as declared now; of `Carrier.both_sides` the providers' calls too."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._providers = tuple(
            provider for provider in carrier.providers.values() if provider.key in carrier.accounts
        )
        self._timelines = {name: card.timeline() for name, card in carrier.cards.items()}

    @cached_property
    def _stretches(self) -> list[Stretch]:
        return list(self._sweep())

    @cached_property
    def _firsts(self) -> list[date]:
        return [stretch.first for stretch in self._stretches]

    def stretch(self, day: date) -> Stretch:
        """The stretch that a day lies in."""
        return self._stretches[bisect.bisect_right(self._firsts, day) - 1]

    def plan_of(self, account: str, day: date) -> Plan | None:
        """The plan's revision that charges an account on a day; None where no term is in force."""
        declared = self._carrier.accounts.get(account)
        name = declared.plan_on(day) if declared else None
        return None if name is None else self._carrier.plan_on(name, day)

    def closed_on(self, day: date) -> list[str]:
        """The accounts that are closed by a day's stretch: calls of theirs have no plan."""
        first = self.stretch(day).first
        return [
            account.name
            for account in self._carrier.accounts.values()
            if account.closed is not None and account.closed < first
        ]

    def batches(self, day: date) -> list[Batch]:
        """The batches that together price every account with a plan on that day's stretch."""
        accounts: dict[int, tuple[Plan, list[str]]] = {}
        for name in self._carrier.accounts:
            plan = self.plan_of(name, day)
            if plan is not None:
                accounts.setdefault(id(plan), (plan, []))[1].append(name)
        return [
            Batch(plan, revision, tuple(names), start, end, self._of(names[0]))
            for plan, names in accounts.values()
            for start, end, revision in self._revisions(plan, day)
        ]

    def _of(self, account: str) -> tuple[Provider, ...]:
        return self._providers if is_provider(account) else ()

    def batch_at(self, account: str, at: datetime) -> Batch | None:
        """What prices one account's call answered at an instant."""
        for batch in self.batches(at.astimezone(UTC).date()):
            if (
                account in batch.accounts
                and (batch.start is None or batch.start <= at)
                and (batch.end is None or at < batch.end)
            ):
                return batch
        return None

    def _revisions(
        self, plan: Plan, day: date
    ) -> list[tuple[datetime | None, datetime | None, Revision | None]]:
        """(start, end, revision) of a plan's card within a day; one whole part where nothing changes."""
        if plan.card is None:
            return [(None, None, None)]
        dawn = datetime.combine(day, time(), UTC)
        dusk = dawn + ONE_DAY
        parts: list[tuple[datetime, Revision | None]] = [(dawn, None)]
        for live_at, revision in self._timelines.get(plan.card, []):
            if live_at <= dawn:
                parts = [(dawn, revision)]
            elif live_at < dusk:
                parts.append((live_at, revision))
        if len(parts) == 1:
            return [(None, None, parts[0][1])]
        ends = [start for start, _ in parts[1:]] + [dusk]
        return [(start, end, revision) for (start, revision), end in zip(parts, ends, strict=True)]

    def _sweep(self) -> Iterable[Stretch]:
        """Stretches in order, the fingerprint kept up by what changes at each."""
        changing: dict[date, set[str]] = {date.min: set()}
        revised = {
            name: [plan.from_day for plan in plans[1:] if plan.from_day is not None]
            for name, plans in self._carrier.plans.items()
        }
        for account in self._carrier.accounts.values():
            for term in account.terms:
                for day in [term.from_day, *revised.get(term.plan, [])]:
                    changing.setdefault(day, set()).add(account.name)
            if account.closed is not None and account.closed < date.max:
                changing.setdefault(account.closed + ONE_DAY, set()).add(account.name)
        for timeline in self._timelines.values():
            for live_at, _ in timeline:
                day = live_at.astimezone(UTC).date()
                changing.setdefault(day, set())
                if live_at.time() != time() and day < date.max:
                    changing.setdefault(day + ONE_DAY, set())
        plans: dict[str, Plan | None] = {}
        used: dict[int, int] = {}
        who = 0
        for day in sorted(changing):
            for name in changing[day]:
                before, after = plans.get(name), self.plan_of(name, day)
                who += _mark(name, after) - _mark(name, before)
                for plan, count in ((before, -1), (after, 1)):
                    if plan is not None:
                        used[id(plan)] = used.get(id(plan), 0) + count
                plans[name] = after
            yield Stretch(day, self._fingerprint(day, who, used))

    def _fingerprint(self, day: date, who: int, used: dict[int, int]) -> str:
        priced_by = []
        for plan in (p for revisions in self._carrier.plans.values() for p in revisions):
            if used.get(id(plan), 0) > 0 and plan.card is not None:
                for start, _, revision in self._revisions(plan, day):
                    at = start and start.isoformat()
                    what = revision and [revision.sha256, terms_to_body(revision.terms)]
                    priced_by.append([plan.name, at, what])
        carried = [[one.key, *one.matches] for one in self._providers]
        return _digest([f"{who % 2**128:032x}", priced_by, *([carried] if carried else [])])


def _mark(account: str, plan: Plan | None) -> int:
    """A number for an account on a plan; sums of them are a fingerprint of who is on what."""
    return 0 if plan is None else int(_digest([account, plan.name, plan.to_body()]), 16)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]
