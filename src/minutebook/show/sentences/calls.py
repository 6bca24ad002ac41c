"""The way from a call to its charge, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from minutebook.days import instant_text
from minutebook.money import text
from minutebook.show.sentences.prices import price_step
from minutebook.statements import steps as way

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from minutebook.statements.steps import CallStep


def call_step(step: CallStep) -> str:
    """A step from a call's record to the ledger."""
    match step:
        case way.RecordedAt():
            server = "" if step.server is None else f", server {step.server or '-'}"
            return f"Recorded at {step.file}:{step.line} (source {step.source}{server})."
        case way.Waits() | way.Discarded() | way.WaitsAgain():
            return _aside(step)
        case way.Called():
            return f"Called {step.called}{_recorded(step)}; {_talk(step)}; ended {_at(step.ended_at)}. Its day is {step.day}."
        case way.Belongs() | way.CarriedBy():
            return _whose(step)
        case way.CorrectedBy() | way.TakenBack():
            return _corrected(step)
        case way.NoPlan():
            return f"Account {step.account} has no plan on {step.day}."
        case way.PricedBy():
            return _priced_by(step)
        case way.StepOfPrice():
            words = price_step(step.step)
            return f"{words[0].upper()}{words[1:]}."
        case way.RoundsDays():
            return f"Plan {step.plan} rounds the sum of the account's day, once, not the call."
        case way.Posted():
            part = "with" if step.counted else "without"
            return (
                f"Run {step.run} posted {text(step.amount)} {step.currency} for {step.account}'s day"
                f" {step.day} {part} this call ({step.reason}): journal {step.journal}."
            )
        case way.DayToCome():
            return f"{step.day} is yet to come, and billed when it is over; make sure that the switch's clock is right."
        case way.DayNotBilled():
            return f"{step.day} is not billed yet; run: minutebook bill --through {step.through}"
    assert_never(step)


def _aside(step: way.Waits | way.Discarded | way.WaitsAgain) -> str:
    if isinstance(step, way.Waits):
        return f"In quarantine since then, not billed: {why_waiting(step)}."
    done = "Discarded" if isinstance(step, way.Discarded) else "Let wait again"
    who = "" if step.by is None else f" by {step.by}"
    return f"{done}{who}, {_at(step.at)}: {step.why or 'no reason was kept'}."


def why_waiting(step: way.Waits) -> str:
    """Why a record is in quarantine."""
    return f"{step.reason}: {step.detail}" if step.detail else step.reason


def _corrected(step: way.CorrectedBy | way.TakenBack) -> str:
    if isinstance(step, way.TakenBack):
        return (
            f"Not billed: its import {step.import_id[:12]} was taken back by correction"
            f" {step.correction} ({step.by}, {_at(step.at)}: {step.reason})."
        )
    who = f"correction {step.correction} ({step.by}, {_at(step.at)}: {step.reason})"
    if step.void:
        what = f"Void, and not billed, by {who}"
    else:
        what = f"Corrected by {who}: {changes_told(step.changes)}"
    undone = "" if step.undone_by is None else f"; taken back by correction {step.undone_by}"
    return f"{what}{undone}."


def changes_told(changes: Iterable[tuple[str, str | int | None, str | int | None]]) -> str:
    """What a correction changed: each field, what it was, and what it is since."""
    return ", ".join(
        f"{name.replace('_ms', '')} {_value(name, was)} is {_value(name, now)}"
        for name, was, now in changes
    )


def _value(name: str, value: str | int | None) -> str:
    if isinstance(value, int):
        return f"{value / 1000} s"
    return str(value or "-").replace(".000000Z", "Z")


def _recorded(step: way.Called) -> str:
    return "" if step.recorded is None else f", recorded as {step.recorded}"


def _talk(step: way.Called) -> str:
    if step.duration_ms is None:
        return "not answered"
    return f"answered {_at(step.answered_at)}, {step.duration_ms / 1000} s"


def _at(instant: datetime | None) -> str:
    return "None" if instant is None else instant_text(instant)


def _whose(step: way.Belongs | way.CarriedBy) -> str:
    match step:
        case way.Belongs():
            return f"Account {step.account}, by {step.matched_by}."
        case way.CarriedBy(provider=None):
            return "No declared provider carried it: what it cost is not known."
        case way.CarriedBy():
            return f"Carried by provider {step.provider}."


def _priced_by(step: way.PricedBy) -> str:
    revision = "" if step.revision is None else f" revision {step.revision}"
    named = (step.plan and f"plan {step.plan}", step.card and f"card {step.card}{revision}")
    what = ", ".join(name for name in named if name)
    return f"{'Priced' if step.plan else 'Bought'} by {what}, in force at {instant_text(step.at)}."
