"""Plans and sources for people: what is declared of each, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.calls.source import Source
from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class OnPlan(Shown):
    """An account that is on a plan, since a UTC day, with so many channels bought (None: none)."""

    account: str
    title: str
    since: date
    channels: int | None


@dataclass(frozen=True, slots=True, repr=False)
class ReplacedRevision(Shown):
    """What a revision of a plan said, until it was declared otherwise: when, by whom and why."""

    revision: Plan
    became: Plan
    at: datetime
    by: str
    reason: str | None
    """None: from before it was kept."""


@dataclass(frozen=True, slots=True, repr=False)
class PlanStanding(Shown):
    """A plan on a UTC day: all its revisions by day, the one in force, and the accounts on it."""

    name: str
    """Its name, as declared."""
    day: date
    """The UTC day that is asked for."""
    revisions: tuple[Plan, ...]
    in_force: Plan
    accounts: tuple[OnPlan, ...]
    replaced: tuple[ReplacedRevision, ...] = ()
    """What revisions said before they were declared otherwise from the same day on, in the order of that."""

    def until(self, revision: Plan) -> date | None:
        """The last UTC day of a revision; None: until further notice."""
        later = self.revisions[self.revisions.index(revision) + 1 :]
        return later[0].from_day - ONE_DAY if later and later[0].from_day else None


@dataclass(frozen=True, slots=True, repr=False)
class SourceStanding(Shown):
    """A source, or what holds for a format whose files are imported without one."""

    source: Source
    """What is declared, or holds without it."""
    declared: bool


_LAST: Final[dict[date, tuple[Carrier, dict[str, list[OnPlan]]]]] = {}
"""The accounts on each plan as they were last asked for, on that day: very many are asked for again and again."""


def plan_standings(carrier: Carrier, day: date) -> list[PlanStanding]:
    """Every plan on a UTC day, by name. The carrier is as it was loaded: nobody changes it."""
    known = _LAST.get(day)
    if known is None or known[0] is not carrier:
        _LAST.clear()
        known = _LAST[day] = carrier, _accounts_by_plan(carrier, day)
    on_them = known[1]
    return [_standing(carrier, name, day, on_them.get(name, [])) for name in sorted(carrier.plans)]


def plan_standing(
    carrier: Carrier, name: str, day: date, replaced: Iterable[ReplacedRevision] = ()
) -> PlanStanding:
    """A plan on a UTC day; `InputError` where none is called so."""
    return _standing(carrier, name, day, _accounts_by_plan(carrier, day).get(name, []), replaced)


def _standing(
    carrier: Carrier,
    name: str,
    day: date,
    on_it: Iterable[OnPlan],
    replaced: Iterable[ReplacedRevision] = (),
) -> PlanStanding:
    in_force = carrier.plan_on(name, day)
    if in_force is None:
        raise InputError(
            f"plan {name!r} is not declared; {_known(carrier.plans)}declare [plan.{name}] and apply it"
        )
    return PlanStanding(name, day, carrier.plans[name], in_force, tuple(on_it), tuple(replaced))


def _accounts_by_plan(carrier: Carrier, day: date) -> dict[str, list[OnPlan]]:
    """The accounts that are on each plan on a UTC day, by name."""
    found: dict[str, list[OnPlan]] = {}
    for _, account in sorted(carrier.accounts.items()):
        term = account.term_on(day)
        if term is not None:
            on_it = OnPlan(account.name, account.title, term.from_day, term.channels)
            found.setdefault(term.plan, []).append(on_it)
    return found


def source_standing(carrier: Carrier, name: str, formats: Iterable[str]) -> SourceStanding:
    """A source, or a format's defaults by the format's name; `InputError` where neither is so called."""
    if name in carrier.sources:
        return SourceStanding(carrier.sources[name], declared=True)
    if name in formats:
        return SourceStanding(Source(name, format=name), declared=False)
    raise InputError(
        f"source {name!r} is not declared; {_known(carrier.sources)}declare [source.{name}] and apply it"
    )


def _known(names: Iterable[str]) -> str:
    """The names that there are, as a part of a sentence."""
    known = ", ".join(sorted(names))
    return f"there is {known}; " if known else ""
