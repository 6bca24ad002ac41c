"""A reconciliation as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.disputes.causes.classes import UNEXPLAINED
from minutebook.disputes.reconciliation import Sum
from minutebook.show.reconciliation.not_compared import not_compared
from minutebook.show.reconciliation.words import causes, reconciliation_words
from minutebook.show.serialise import OMITTED, Amount, Day, Instant, Omitted

if TYPE_CHECKING:
    from minutebook.disputes.causes.classes import Difference
    from minutebook.disputes.reconciliation import DaySums, Reconciliation


@dataclass(frozen=True)
class SumView:
    """Calls, their length and their amount; of a difference ours less theirs."""

    calls: Annotated[int, Doc("how many")]
    seconds: Annotated[float, Doc("their length")]
    amount: Annotated[Amount, Doc("what they cost")]

    @classmethod
    def of(cls, total: Sum) -> SumView:
        """The sum."""
        return cls(total.calls, total.duration_ms / 1000, total.amount)


@dataclass(frozen=True)
class CallSideView:
    """A call as one side has it."""

    call_id: Annotated[str | None, Doc("the switch's id of the call")]
    caller: Annotated[str | None, Doc("normalised")]
    called: Annotated[str | None, Doc("normalised")]
    setup_at: Annotated[Instant | None, Doc("when it was set up")]
    answered_at: Annotated[Instant | None, Doc("null: not answered")]
    ended_at: Annotated[Instant | None, Doc("when it ended")]
    seconds: Annotated[float | None, Doc("answer to end")]
    amount: Annotated[Amount, Doc("what it costs there")]


@dataclass(frozen=True)
class LineSideView:
    """A line of an invoice's totals as one side has it."""

    calls: Annotated[int | None, Doc("how many; null where it does not say")]
    seconds: Annotated[float | None, Doc("their length; null where it does not say")]
    amount: Annotated[Amount, Doc("what they cost there")]


@dataclass(frozen=True)
class SampleView:
    """One of the three calls, or lines of an invoice, of a class that differ most."""

    day: Annotated[
        str | Omitted | None,
        Doc("of a line, against an invoice alone; null where lines are not divided by it"),
    ]
    destination: Annotated[str | Omitted | None, Doc("likewise")]
    ours: Annotated[
        CallSideView | LineSideView | None,
        Doc("the call, or the line, as we have it; null where we lack it"),
    ]
    theirs: Annotated[CallSideView | LineSideView | None, Doc("as they have it")]
    amount: Annotated[Amount, Doc("ours less theirs")]


@dataclass(frozen=True)
class ClassView(SumView):
    """A class of differences."""

    causes: Annotated[list[str], Doc("likely ones, in sentences")]
    samples: Annotated[list[SampleView], Doc("those that differ most in money")]


@dataclass(frozen=True)
class _Named:
    class_: Annotated[str, Doc("[one of these](#classes-of-differences)")]


@dataclass(frozen=True)
class NamedClassView(ClassView, _Named):
    """A class of differences, with its name."""

    @classmethod
    def of_class(cls, found: Reconciliation, what: Difference, total: Sum) -> NamedClassView:
        """A class of a reconciliation."""
        return cls(
            class_=what,
            **vars(SumView.of(total)),
            causes=causes(found, what) if total != Sum() else [],
            samples=samples(found, what.value),
        )


@dataclass(frozen=True)
class UnexplainedView(SumView):
    """What no class explains."""

    samples: Annotated[list[SampleView], Doc("those that differ most in money")]


@dataclass(frozen=True)
class ShiftView:
    """Days in a row on which their clock was ahead."""

    from_: Annotated[Day, Doc("the first of these days")]
    to: Annotated[Day, Doc("the last of them")]
    seconds: Annotated[int, Doc("by how much; negative: behind")]


@dataclass(frozen=True)
class DaySumsView:
    """A day of our clock, or of an invoice's zone, on both sides."""

    day: Annotated[Day, Doc("which day")]
    ours: Annotated[SumView, Doc("of the day")]
    theirs: Annotated[SumView, Doc("of the day")]
    hours_that_differ: Annotated[list[int], Doc("0 to 23")]

    @classmethod
    def of(cls, day: DaySums) -> DaySumsView:
        """The day."""
        return cls(day.day, SumView.of(day.ours), SumView.of(day.theirs), list(day.hours))


@dataclass(frozen=True)
class ReconciliationView:
    """Where two sides' records differ, and how much money each cause explains.

    Ours less theirs is the sum of the classes and the unexplained rest, exactly.
    """

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    provider: Annotated[
        str | None, Doc("`--provider`: whose records theirs are; ours are at its buy card then")
    ]
    elsewhere: Annotated[
        int, Doc("calls of the provider's that we have by another route, or by none, by their ids")
    ]
    currency: Annotated[str | None, Doc("the account's, where one is named")]
    ours: Annotated[SumView, Doc("of the period")]
    theirs: Annotated[SumView, Doc("of the period")]
    matched: Annotated[
        int, Doc("calls that were brought together, a day around the period included; or lines")
    ]
    classes: Annotated[list[NamedClassView], Doc("ours less theirs")]
    unexplained: Annotated[UnexplainedView, Doc("what no class explains")]
    shifts: Annotated[list[ShiftView], Doc("days on which their clock was ahead")]
    days: Annotated[
        list[DaySumsView], Doc("each day of our clock; of an invoice's zone against one")
    ]
    not_understood: Annotated[int, Doc("records of files that are no calls")]
    without_zone: Annotated[int, Doc("records whose times name no zone, both sides'")]
    without_setup: Annotated[int, Doc("calls without a setup time, both sides'")]
    complete: Annotated[
        bool,
        Doc("whether both sides were read whole and compared in money; else the exit status is 1"),
    ]
    not_compared: Annotated[list[str], Doc("what was not, a sentence each; the first of `words`")]
    words: Annotated[list[str], Doc("all of it in sentences")]

    @classmethod
    def of(cls, found: Reconciliation) -> ReconciliationView:
        """The reconciliation."""
        return cls(
            from_=found.first,
            to=found.last,
            provider=found.provider,
            elsewhere=found.elsewhere,
            currency=found.currency,
            ours=SumView.of(found.ours),
            theirs=SumView.of(found.theirs),
            matched=found.matched_calls,
            classes=[
                NamedClassView.of_class(found, what, total) for what, total in found.classes.items()
            ],
            unexplained=UnexplainedView(
                **vars(SumView.of(found.unexplained)), samples=samples(found, UNEXPLAINED)
            ),
            shifts=[ShiftView(run.first, run.last, run.seconds) for run in found.causes.shifts],
            days=[DaySumsView.of(day) for day in found.days],
            not_understood=sum(side.broken for side in found.sides),
            without_zone=sum(side.without_zone for side in found.sides),
            without_setup=sum(side.without_setup for side in found.sides),
            complete=found.complete,
            not_compared=not_compared(found),
            words=reconciliation_words(found),
        )


def samples(found: Reconciliation, what: str) -> list[SampleView]:
    """The calls, or lines, of a class that differ most, as both sides have them."""
    by_line = "our_call_id" not in found.calls.columns
    side = LineSideView if by_line else CallSideView
    return [
        SampleView(
            day=row["day"] if by_line else OMITTED,
            destination=row["destination"] if by_line else OMITTED,
            ours=_of_side(side, row, "our_"),
            theirs=_of_side(side, row, "their_"),
            amount=row["difference_amount"],
        )
        for row in found.samples(what).iter_rows(named=True)
    ]


def _of_side(
    side: type[CallSideView | LineSideView], row: dict[str, Any], prefix: str
) -> CallSideView | LineSideView | None:
    own = {name.removeprefix(prefix): v for name, v in row.items() if name.startswith(prefix)}
    return None if own["amount"] is None else side(**own)
