"""A reconciliation as a report: what is shown, in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.disputes.causes.classes import UNEXPLAINED
from minutebook.disputes.reconciliation import DaySums, Sum
from minutebook.reporting import pictures
from minutebook.reporting.page import PagePart, report_page
from minutebook.show.reconciliation.model import samples as samples_of
from minutebook.show.reconciliation.words import WHAT, causes, reconciliation_words
from minutebook.show.serialise import as_json
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from minutebook.disputes.reconciliation import Reconciliation, SideFacts

_HOURS_NAMED = 8
_PLACES = 4


def reconciliation_report(found: Reconciliation, now: datetime) -> str:
    """The page of a reconciliation: classes, days, clocks, samples. Files are named without their folders, and
    nothing is said of other routes, for it is sent to the other side.
    """
    found = replace(found, sides=_without_folders(found), elsewhere=0)
    parts = [_classes(found)]
    if found.days:
        parts.append(_days(found))
    if found.causes.shifts:
        parts.append(_clocks(found))
    parts += _samples(found)
    ours, theirs = (side.name for side in found.sides)
    title = f"{ours} and {theirs}: {found.first} to {found.last}"
    foot = (
        "Every difference is ours less theirs. All days and hours are UTC."
        f" Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
    )
    return report_page(title, reconciliation_words(found), parts, foot)


def _without_folders(found: Reconciliation) -> tuple[SideFacts, SideFacts]:
    """The sides, each called by its file's name alone; two of one name are told apart."""
    ours, theirs = (Path(side.name).name for side in found.sides)
    if ours == theirs:
        ours, theirs = f"{ours} (ours)", f"{theirs} (theirs)"
    return replace(found.sides[0], name=ours), replace(found.sides[1], name=theirs)


def _classes(found: Reconciliation) -> PagePart:
    classes = [(str(what), WHAT[what], total) for what, total in found.classes.items()]
    classes.append((UNEXPLAINED, "Explained by no class", found.unexplained))
    some = [row for row in classes if row[2] != Sum()]
    picture = ""
    if any(total.units for *_, total in some):
        bars = [(name.replace("_", " "), float(t.amount)) for name, _, t in some if t.units]
        picture = pictures.money_by_class(bars, found.currency)
    whys = {str(what): " ".join(causes(found, what)) for what in found.classes}
    rows = [
        (name, meaning, *_figures(total), whys.get(name, "") if total != Sum() else "")
        for name, meaning, total in classes
    ]
    sums = [
        ("ours", found.ours),
        ("theirs", found.theirs),
        ("difference", found.ours - found.theirs),
    ]
    rows = [*((name, "", *_figures(total), "") for name, total in sums), *rows]
    headings = ("", "What", "Calls", "Seconds", _amount_heading(found), "Likely cause")
    sentence = (
        "What each class of differences explains; together they are ours less theirs, exactly."
    )
    return PagePart("Where the money differs", sentence, picture, headings, rows)


def _days(found: Reconciliation) -> PagePart:
    differing = [day for day in found.days if day.ours != day.theirs]
    points = [
        (day.day, float((day.ours - day.theirs).amount), day.ours.calls - day.theirs.calls)
        for day in _every_day(found)
    ]
    picture = pictures.difference_by_day(points, found.currency)
    if not differing:
        sentence = f"All {counted(len(found.days), 'day')} have the same totals on both sides."
    else:
        most = max(differing, key=lambda day: abs((day.ours - day.theirs).units))
        sentence = (
            f"{len(differing):,} of {counted(len(found.days), 'day')} differ, most {most.day}: by"
            f" {money.text((most.ours - most.theirs).amount)}."
        )
    headings = (
        "Day", "Calls: ours", "theirs", "Seconds: ours", "theirs", "Amount: ours", "theirs",
        "Hours that differ",
    )  # fmt: skip
    rows = [
        (
            day.day.isoformat(),
            f"{day.ours.calls:,}",
            f"{day.theirs.calls:,}",
            f"{day.ours.duration_ms / 1000:,.0f}",
            f"{day.theirs.duration_ms / 1000:,.0f}",
            money.text(day.ours.amount, _PLACES),
            money.text(day.theirs.amount, _PLACES),
            _hours(day.hours),
        )
        for day in found.days
    ]
    return PagePart("Day by day", sentence, picture, headings, rows)


def _every_day(found: Reconciliation) -> Iterator[DaySums]:
    """The days, those without a call in between as well."""
    known = {day.day: day for day in found.days}
    first, last = min(known), max(known)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        yield known.get(day, DaySums(day, Sum(), Sum(), ()))


def _hours(hours: Sequence[int]) -> str:
    if len(hours) > _HOURS_NAMED:
        return f"{len(hours)} hours"
    return ", ".join(f"{hour:02}" for hour in hours)


def _clocks(found: Reconciliation) -> PagePart:
    rows = [
        (run.first.isoformat(), run.last.isoformat(), f"{run.seconds:,}")
        for run in found.causes.shifts
    ]
    sentence = (
        "How far their clock is ahead of ours (negative: behind), as most calls of the day show."
    )
    headings = ("From", "To", "Seconds ahead")
    return PagePart("The clocks", sentence, "", headings, rows)


def _samples(found: Reconciliation) -> Iterator[PagePart]:
    for what in (*(str(what) for what in found.classes), UNEXPLAINED):
        samples = as_json(samples_of(found, what))
        if not samples:
            continue
        by_line = "day" in samples[0]
        headings = ("Day", "Destination") if by_line else ("Call", "Called", "Ours at", "Theirs at")
        rows = [
            (
                *(_line(sample) if by_line else _call(sample)),
                *(_seconds(sample[side]) for side in ("ours", "theirs")),
                *((sample[side] or {}).get("amount", "") for side in ("ours", "theirs")),
                sample["amount"],
            )
            for sample in samples
        ]
        figures = ("Seconds: ours", "theirs", "Amount: ours", "theirs", "Difference")
        title = f"Samples: {what.replace('_', ' ')}"
        sentence = "Those that differ most in money; --csv writes all of them."
        yield PagePart(title, sentence, "", (*headings, *figures), rows)


def _line(sample: dict[str, Any]) -> tuple[str, ...]:
    return sample["day"] or "", sample["destination"] or ""


def _call(sample: dict[str, Any]) -> tuple[str, ...]:
    ours, theirs = sample["ours"] or {}, sample["theirs"] or {}
    known = ours or theirs
    times = [side.get("answered_at") or side.get("setup_at") or "" for side in (ours, theirs)]
    return known["call_id"] or "", known["called"] or "", *times


def _seconds(side: dict[str, Any] | None) -> str:
    return "" if side is None or side["seconds"] is None else f"{side['seconds']:,.1f}"


def _figures(total: Sum) -> tuple[str, str, str]:
    return f"{total.calls:,}", f"{total.duration_ms / 1000:,.1f}", money.text(total.amount, _PLACES)


def _amount_heading(found: Reconciliation) -> str:
    return f"Amount ({found.currency})" if found.currency else "Amount"
