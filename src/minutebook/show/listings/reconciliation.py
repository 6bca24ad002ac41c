"""A reconciliation as tables, from its JSON: classes, samples of each, each day on both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from minutebook import money
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASSES = [
    Column("class", "Difference"),
    Column("calls", "Calls", number=True),
    Column("seconds", "Used (s)", number=True, drop=1),
    Column("amount", "Amount", money=True),
]

SAMPLES = [
    Column("class", "Difference"),
    Column("call_id", "Call"),
    Column("called", "Called", drop=3),
    Column("our_at", "Ours at (UTC)", drop=2),
    Column("their_at", "Theirs at (UTC)", drop=1),
    Column("our_seconds", "Ours (s)", number=True, drop=5),
    Column("their_seconds", "Theirs (s)", number=True, drop=4),
    Column("our_amount", "Ours", money=True, drop=7),
    Column("their_amount", "Theirs", money=True, drop=6),
    Column("amount", "Ours less theirs", money=True),
]
LINES = [
    Column("class", "Difference"),
    Column("day", "Day"),
    Column("destination", "Destination"),
    Column("our_calls", "Calls: ours", number=True, drop=1),
    Column("their_calls", "Calls: theirs", number=True, drop=2),
    Column("our_seconds", "Used (s): ours", number=True, drop=3),
    Column("their_seconds", "Used (s): theirs", number=True, drop=4),
    Column("our_amount", "Amount: ours", money=True, drop=6),
    Column("their_amount", "Amount: theirs", money=True, drop=5),
    Column("amount", "Ours less theirs", money=True),
]
BOTH_DAYS = [
    Column("day", "Day"),
    *(column for column in LINES if column.key.startswith(("our_", "their_"))),
    Column("hours_that_differ", "Hours that differ"),
]
_FIGURES: Final = ("calls", "seconds", "amount")


def reconciliation_sheets(value: dict[str, Any], title: str) -> list[Sheet]:
    """Both sides with the classes between them, and samples of each; `value` is `ReconciliationView` as JSON."""
    rows = [
        {"class": "ours", **value["ours"]},
        {"class": "theirs", **value["theirs"]},
        {"class": "ours less theirs", **ours_less_theirs(value)},
        *value["classes"],
        {"class": "unexplained", **value["unexplained"]},
    ]
    samples = [
        _sample(part.get("class", "unexplained"), sample)
        for part in (*value["classes"], value["unexplained"])
        for sample in part["samples"]
    ]
    sheets = [Sheet(CLASSES, rows, title=title, notes=value["words"])]
    if samples:
        columns = SAMPLES if "call_id" in samples[0] else LINES
        sheets.append(Sheet(columns, samples, title="Samples of each"))
    return sheets


def both_days(days: Sequence[dict[str, Any]]) -> Sheet:
    """Each day on both sides, and the hours of it that differ."""
    rows = []
    for day in days:
        sides = {f"our_{key}": day["ours"][key] for key in _FIGURES} | {
            f"their_{key}": day["theirs"][key] for key in _FIGURES
        }
        hours = ", ".join(map(str, day["hours_that_differ"]))
        rows.append({"day": day["day"], **sides, "hours_that_differ": hours})
    return Sheet(BOTH_DAYS, rows)


def ours_less_theirs(value: dict[str, Any]) -> dict[str, Any]:
    """Calls, seconds and amount of ours less theirs, exactly; `value` as above."""
    ours, theirs = value["ours"], value["theirs"]
    ms = [round(side["seconds"] * 1000) for side in (ours, theirs)]
    units = [money.units(Decimal(side["amount"])) for side in (ours, theirs)]
    return {
        "calls": ours["calls"] - theirs["calls"],
        "seconds": (ms[0] - ms[1]) / 1000,
        "amount": money.text(money.decimal_of_units(units[0] - units[1])),
    }


def _sample(what: str, sample: dict[str, Any]) -> dict[str, Any]:
    """A row of SAMPLES, or of LINES."""
    sides = [("our", sample["ours"] or {}), ("their", sample["theirs"] or {})]
    row = {"class": what, "amount": sample["amount"]}
    if "day" in sample:
        figures = {f"{n}_{key}": side.get(key) for n, side in sides for key in _FIGURES}
        return row | {"day": sample["day"], "destination": sample["destination"]} | figures
    for name, side in sides:
        row |= {
            f"{name}_at": side.get("answered_at") or side.get("setup_at"),
            f"{name}_seconds": side.get("seconds"),
            f"{name}_amount": side.get("amount"),
        }
    known = sides[0][1] or sides[1][1]
    return row | {"call_id": known["call_id"], "called": known["called"]}
