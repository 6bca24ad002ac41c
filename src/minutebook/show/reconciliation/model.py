"""A reconciliation as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.days import instant_text
from minutebook.disputes.causes.classes import UNEXPLAINED
from minutebook.disputes.reconciliation import Sum
from minutebook.show.reconciliation.words import causes, words

if TYPE_CHECKING:
    from minutebook.disputes.reconciliation import DaySums, Reconciliation


def reconciliation_json(found: Reconciliation) -> dict[str, Any]:
    """As `minutebook reconcile --format json` prints it (docs/reference/json.md)."""
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "currency": found.currency,
        "ours": sum_json(found.ours),
        "theirs": sum_json(found.theirs),
        "matched": found.matched_calls,
        "classes": [
            {
                "class": str(what),
                **sum_json(total),
                "causes": causes(found, what) if total != Sum() else [],
                "samples": samples_json(found, what.value),
            }
            for what, total in found.classes.items()
        ],
        "unexplained": {
            **sum_json(found.unexplained),
            "samples": samples_json(found, UNEXPLAINED),
        },
        "shifts": [
            {"from": run.first.isoformat(), "to": run.last.isoformat(), "seconds": run.seconds}
            for run in found.causes.shifts
        ],
        "days": [_day_json(day) for day in found.days],
        "not_understood": sum(side.broken for side in found.sides),
        "without_zone": sum(side.without_zone for side in found.sides),
        "without_setup": sum(side.without_setup for side in found.sides),
        "words": words(found),
    }


def sum_json(total: Sum) -> dict[str, Any]:
    """Calls, seconds and the amount."""
    return {
        "calls": total.calls,
        "seconds": total.duration_ms / 1000,
        "amount": money.text(total.amount),
    }


def samples_json(found: Reconciliation, what: str) -> list[dict[str, Any]]:
    """The calls of a class that differ most, as both sides have them."""
    keys = [name for name in ("day", "destination") if name in found.calls.columns]
    return [
        {
            **{name: row[name] for name in keys},
            "ours": _of_side(row, "our_"),
            "theirs": _of_side(row, "their_"),
            "amount": money.text(row["difference_amount"]),
        }
        for row in found.samples(what).iter_rows(named=True)
    ]


def _of_side(row: dict[str, Any], prefix: str) -> dict[str, Any] | None:
    own = {name.removeprefix(prefix): v for name, v in row.items() if name.startswith(prefix)}
    if own.get("amount") is None:
        return None
    return {
        name: instant_text(v)
        if isinstance(v, datetime)
        else money.text(v)
        if name == "amount"
        else v
        for name, v in own.items()
    }


def _day_json(day: DaySums) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "ours": sum_json(day.ours),
        "theirs": sum_json(day.theirs),
        "hours_that_differ": list(day.hours),
    }
