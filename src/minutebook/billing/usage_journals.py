"""What a run charges for calls: due less posted, for each account and day (docs/rules/runs.md, "Due less posted")."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.ledger import balances, corrections, months
from minutebook.ledger.journal import Journal, journal_id, last_details, two_lines
from minutebook.plans.per_minute import due
from minutebook.plans.provider import is_provider
from minutebook.rating.sums import Key, Sums
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from minutebook.billing.schedule import Schedule
    from minutebook.billing.set_aside import AccountAside
    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.corrections import Correction


def usage_journals(
    connection: Connection,
    carrier: Carrier,
    schedule: Schedule,
    run: int,
    before: Mapping[Key, Sums],
    differences: Mapping[Key, Sums],
    known: set[date],
    again: set[date],
    aside: Iterable[AccountAside] = (),
) -> Iterator[Journal]:
    """A journal for each account and day whose due is not what was posted.

    `before` are the tallies of the days that were priced before (`known`), and `differences` what is
    added to them; the days `again` were priced again. `aside` were set aside by the run before.
    """
    by_charge: dict[tuple[date, str], dict[str, list[Sums]]] = defaultdict(
        lambda: defaultdict(list)
    )
    touched = {(day, account) for day, account, _, _ in differences}
    # Of the same sums something else may be due: by another rounding of the day.
    touched |= {(day, account) for day, account, _, _ in before if day in again}
    for source, name in ((before, "before"), (differences, "difference")):
        for (day, account, _, _), sums in source.items():
            if (day, account) in touched:
                by_charge[day, account][name].append(sums)
    posted = _charged(connection, known)
    corrected = _corrected(connection, run - 1)
    labels: dict[tuple[date, str], dict[str, Any]] = {}
    for kind in USAGE_KINDS if again else ():
        labels |= last_details(connection, kind, sorted(again))
    open_from = months.first_open_day(connection)
    pricing = _Pricing(schedule)
    waited = {(day, one.account): one.reason for one in aside for day in one.days}
    for (day, account), parts in sorted(by_charge.items()):
        old = sum(parts["before"], Sums())
        new = old + sum(parts["difference"], Sums())
        plan = schedule.plan_of(account, day)
        owed = Decimal(0) if plan is None else due(plan, new.numerator)
        already = posted.get((day, account), Decimal(0))
        if owed == already:
            continue
        label = pricing.of(account, day)
        details = {
            "pricing": label,
            "plan": plan.name if plan else None,
            "calls": new.calls,
            "answered": new.answered,
            "duration_ms": new.duration_ms,
            "billed_seconds": new.billed_seconds,
            "unpriced_calls": new.unpriced_calls,
            "numerator": str(new.numerator),
            "due": money.text(owed),
            "posted_before": money.text(already),
        }
        currency = carrier.accounts[account].currency
        kind, sign = usage_kind(account)
        yield Journal(
            id=journal_id(kind, account, day, run),
            kind=kind,
            account=account,
            day=day if open_from is None or day >= open_from else open_from,
            corrects=day,
            reason=_reason(old, new, labels.get((day, account)), label, corrected(day, account))
            if day in known and (day, account) not in waited
            else _first_reason(kind, waited.get((day, account))),
            lines=two_lines(kind, account, currency, sign * (owed - already)),
            run=run,
            details=details,
        )


USAGE_KINDS = ("usage", "cost")
"""What calls are posted as: what customers owe for them, and what we owe providers for them."""


def usage_kind(account: str) -> tuple[str, int]:
    """As what an account's calls are posted, and the sign of what they come to on its balance."""
    return ("cost", 1) if is_provider(account) else ("usage", -1)


def _charged(connection: Connection, days: set[date]) -> dict[tuple[date, str], Decimal]:
    """What was posted for calls for each (day, account), as amounts that are owed."""
    found = {}
    for kind in USAGE_KINDS if days else ():
        for place, amount in balances.charged(connection, kind, sorted(days)).items():
            found[place] = usage_kind(place[1])[1] * amount
    return found


def _first_reason(kind: str, aside: str | None) -> str:
    """Of a day that is new, or waited while its account was set aside."""
    return kind if aside is None else f"{kind}; it was set aside: {aside}"


def _corrected(connection: Connection, last_run: int) -> Callable[[date, str], list[Correction]]:
    """The corrections since a run that bear on an account's day."""
    new = corrections.since(connection, last_run)

    def bearing_on(day: date, account: str) -> list[Correction]:
        carried = is_provider(account)  # a correction names the customers alone
        return [c for c in new if day in c.days and (carried or account in c.accounts)]

    return bearing_on


def _reason(
    old: Sums,
    new: Sums,
    last: dict[str, Any] | None,
    label: list[dict[str, Any]],
    corrected: list[Correction],
) -> str:
    """Why a day that was billed before owes another amount now
    (docs/rules/runs.md, "Late calls" and "Unpriced calls").
    """
    parts = [f"correction {correction.number}: {correction.reason}" for correction in corrected]
    if corrected and new.calls != old.calls:
        parts.append(f"{counted(new.calls, 'call')} instead of {old.calls:,}")
    elif new.calls > old.calls:
        parts.append(counted(new.calls - old.calls, "late call"))
    if last is not None and last.get("pricing") != label:
        parts.append(f"priced by {_spelled(label)} instead of {_spelled(last.get('pricing', []))}")
    elif new.calls == old.calls and not corrected:
        parts.append("prices or terms changed")
    if new.unpriced_calls < old.unpriced_calls:
        parts.append(
            f"{counted(old.unpriced_calls - new.unpriced_calls, 'call')} priced that had no price"
        )
    return "; ".join(parts) or "usage"


def _spelled(label: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"plan {part['plan']}"
        + (f" from {part['plan_from']}" if "plan_from" in part else "")
        + (f", card {part['card']}" if "card" in part else "")
        + (f" revision {part['revision']}" if "revision" in part else "")
        for part in label
    )


class _Pricing:
    """The labels of what prices an account on a day, found once a stretch."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._labels: dict[date, dict[str, list[dict[str, Any]]]] = {}

    def of(self, account: str, day: date) -> list[dict[str, Any]]:
        first = self._schedule.stretch(day).first
        if first not in self._labels:
            labels: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for batch in self._schedule.batches(day):
                for name in batch.accounts:
                    labels[name].append(batch.label())
            self._labels[first] = labels
        return self._labels[first].get(account, [])
