"""A reconciliation in words that finance understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.disputes.causes.causes import Length
from minutebook.disputes.causes.classes import Difference
from minutebook.disputes.causes.other_terms import Cut
from minutebook.disputes.reconciliation import Sum
from minutebook.show.reconciliation.line_words import totals_causes, totals_cautions
from minutebook.show.reconciliation.not_compared import not_compared
from minutebook.words import counted, stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from minutebook.disputes.causes.causes import Hole, LengthCause
    from minutebook.disputes.causes.pricing import CallsOnOtherTerms
    from minutebook.disputes.reconciliation import Reconciliation, SideFacts

_AT_MOST = 3
"""Causes of one kind that are named, those worth most first."""
_BUSY = 20
"""Calls a day from which a day without any is worth a word."""
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER_S = 900
_ZONE_S = 14 * 3600
"""No zone is farther from UTC."""

WHAT = {
    Difference.MISSING_OURS: "Theirs alone, not in our records",
    Difference.MISSING_THEIRS: "Ours alone, not in their records",
    Difference.DUPLICATE: "More than once on one side",
    Difference.DURATION: "Longer or shorter",
    Difference.CLOCK: "At another time of day",
    Difference.DAY_BOUNDARY: "Within these days on one side alone",
    Difference.RATE: "By another rate",
    Difference.INCREMENT: "Billed by another increment",
    Difference.ROUNDING: "Rounded otherwise",
    Difference.CONNECT_FEE: "With another connect fee",
}
"""What each class is."""

_LENGTHS = {
    Length.UP: "theirs are whole seconds, rounded up",
    Length.DOWN: "theirs are whole seconds, cut off",
    Length.WITHIN: "lengths lie within a second: a side keeps whole seconds",
    Length.RINGING_THEIRS: "theirs are longer by the time that they rang: they count from setup",
    Length.RINGING_OURS: "ours are longer by the time that they rang: ours count from setup",
    Length.OFFSET: "theirs are {s} s {longer} each",
    Length.PULSE: "theirs are whole pulses of {s} s: as they are billed, not as they were used",
    Length.CAPPED: "theirs end at {s} s",
}


def reconciliation_words(found: Reconciliation) -> list[str]:
    """What was found, the most money first, and what is likely behind it."""
    said = [*not_compared(found), _summary(found), *_cautions(found)]
    by_money = sorted(found.classes.items(), key=lambda item: (-abs(item[1].units), item[0]))
    for what, total in by_money:
        if total != Sum():
            line = f"{WHAT[what]}: {_worth(total, found)}."
            said.append(" ".join([line, *causes(found, what)]))
    if found.unexplained != Sum():
        said.append(f"Explained by no class: {_worth(found.unexplained, found)}.")
    return said


def causes(found: Reconciliation, what: Difference) -> list[str]:
    """The likely causes of a class of differences, a sentence each."""
    if found.causes.totals is not None:
        return list(totals_causes(found, found.causes.totals, what))
    return list(_CAUSES[what](found))


def _worth(total: Sum, found: Reconciliation) -> str:
    """Calls, or of totals that count none the seconds, and the money."""
    parts = []
    if total.calls:
        parts.append(counted(total.calls, "call"))
    elif total.duration_ms:
        parts.append(f"{total.duration_ms / 1000:,.1f} s")
    if total.units:
        parts.append(_amount(total, found))
    return ", ".join(parts)


def _summary(found: Reconciliation) -> str:
    if not found.matched_calls and found.causes.totals is None:
        return (
            "The two sides share no call: these are other calls, another period, or numbers and"
            " times that cannot be brought together."
        )
    difference = found.ours - found.theirs
    if all(total == Sum() for total in (*found.classes.values(), found.unexplained)):
        if not found.complete:
            return "What was compared shows no difference."
        return f"The two sides agree on all {counted(found.ours.calls, 'call')}."
    if not found.ours.units and not found.theirs.units:
        return "Neither side has an amount: what differs is said in calls and seconds."
    if not difference.units:
        return "The amounts of both sides are equal, though their calls differ."
    more = "more" if difference.units > 0 else "less"
    worth = _said(abs(difference.amount), found)
    if found.provider is not None:
        return (
            f"By our calls at its buy card {found.provider} is owed {_amount(found.ours, found)}; it says"
            f" {_amount(found.theirs, found)}: {worth} {'less' if more == 'more' else 'more'}."
        )
    return (
        f"Ours come to {_amount(found.ours, found)} and theirs to {_amount(found.theirs, found)}:"
        f" ours are {worth} {more}."
    )


def _cautions(found: Reconciliation) -> Iterator[str]:
    """What the records lack, and what follows from it."""
    if found.causes.totals is not None:
        yield from totals_cautions(found, found.causes.totals)
    for side in found.sides:
        if side.without_zone:
            yield _zone(found, side)
        if side.without_setup:
            yield (
                f"{side.name}: {counted(side.without_setup, 'call')} without a setup time; they are"
                " compared by their answer, and whether ringing is counted cannot be seen."
            )
        if side.turned:
            yield f"{side.name}: what calls cost is written with a minus sign there, and is turned here."
    if found.currency is None and found.causes.totals is None:
        yield "No account prices these calls: name one to see rates, increments and fees told apart."
    if not found.causes.clock_told and found.matched_calls:
        yield "On no day do enough calls agree to tell whether the clocks do: they are taken to."
    busy = sum(day.ours.calls + day.theirs.calls for day in found.days) >= _BUSY * len(found.days)
    seen = {day.day for day in found.days}
    days = (found.last - found.first).days + 1
    silent = [day for n in range(days) if (day := found.first + timedelta(n)) not in seen]
    by_day = found.causes.totals is None or found.causes.totals.by_day
    if busy and silent and by_day:
        yield (f"Not a single call on either side on {stretches(silent)}.")


def _zone(found: Reconciliation, side: SideFacts) -> str:
    line = (
        f"{side.name}: {counted(side.without_zone, 'record')} with times that name no zone; they are"
        " taken as UTC"
    )
    if found.causes.shifts:
        return f"{line}, and the calls show how far that is off."
    if found.matched_calls and found.causes.clock_told:
        return f"{line}, which the calls bear out."
    return f"{line}, and the calls cannot tell; declare a source with its zone, and name it."


def _missing(found: Reconciliation, what: Difference) -> Iterator[str]:
    ours_lack = what is Difference.MISSING_OURS
    own = [hole for hole in found.causes.holes if hole.ours_lack == ours_lack]
    for hole in own[:_AT_MOST]:
        yield _hole(hole, found)
    if unanswered := found.causes.unanswered.get(what, 0):
        every = unanswered == found.classes[what].calls
        who = "ours" if ours_lack else "theirs"
        answered = found.causes.none_unanswered[0 if ours_lack else 1]
        alone = f": {who} hold answered calls alone" if answered else ""
        yield f"{'All' if every else f'{unanswered:,}'} of them are unanswered{alone}."
    if ours_lack and found.elsewhere:
        yield (
            f"{found.elsewhere:,} of them we have all the same, by another route or by none; see whose trunk they"
            " name: minutebook calls --no-provider"
        )
    if nobodys := found.causes.nobodys.get(what, 0):
        yield f"{nobodys:,} of them are no account's here, and have no price; say whose: --account."


def _hole(hole: Hole, found: Reconciliation) -> str:
    begin, end = _EPOCH + hole.first * _HOUR, _EPOCH + (hole.last + 1) * _HOUR
    lacks, has = ("We", "they") if hole.ours_lack else ("They", "we")
    last = found.causes.last_hours[0 if hole.ours_lack else 1]
    if hole.first > last:
        return (
            f"{lacks} have no call from {begin:%Y-%m-%d %H}:00 UTC on, of which {has} have"
            f" {hole.calls:,}: {'our' if hole.ours_lack else 'their'} records end there."
        )
    return (
        f"{lacks} have no call from {begin:%Y-%m-%d %H}:00 to {end:%Y-%m-%d %H}:00 UTC, of which"
        f" {has} have {hole.calls:,}."
    )


def _duplicate(found: Reconciliation) -> Iterator[str]:
    theirs = found.causes.again_theirs
    ours = found.classes[Difference.DUPLICATE].calls - theirs
    sides = [f"{n:,} in {side} records" for n, side in ((ours, "our"), (theirs, "their")) if n]
    yield f"{' and '.join(sides)}."


def _lengths(found: Reconciliation) -> Iterator[str]:
    for cause in found.causes.lengths:
        yield f"Of {counted(cause.calls, 'call')} {_length(cause)}."


def _length(cause: LengthCause) -> str:
    longer = "longer" if cause.ms > 0 else "shorter"
    return _LENGTHS[cause.cause].format(s=f"{abs(cause.ms) // 1000:,}", longer=longer)


def _shifts(found: Reconciliation) -> Iterator[str]:
    for run in found.causes.shifts[:_AT_MOST]:
        ahead = "ahead" if run.seconds > 0 else "behind"
        until = "on" if run.last >= found.last else f"to {run.last}"
        since = f"on {run.first}" if run.first == run.last else f"from {run.first} {until}"
        zone = abs(run.seconds) <= _ZONE_S and not run.seconds % _QUARTER_S
        other = ", as another zone would be" if zone else ""
        yield f"Their times are {abs(run.seconds):,} s {ahead} {since}{other}."


def _days(found: Reconciliation) -> Iterator[str]:
    if not found.causes.shifts:
        yield "They lie next to midnight at the period's ends, on the one side of it and on the other."
        return
    yield "Their days begin and end at other instants than ours."
    if found.classes[Difference.CLOCK].calls == 0:
        yield from _shifts(found)


def _changes(found: Reconciliation, part: str) -> Iterator[str]:
    """How they price where they do not price as we do, what is worth most first."""
    changes = [c for c in found.causes.changes if getattr(c.terms, part) is not None]
    changes.sort(key=lambda change: -abs(change.units))
    for change in changes[:_AT_MOST]:
        yield f"To {_called(change)}, {counted(change.calls, 'call')}: {_terms(change, part, by_theirs=found.causes.by_theirs)}."
    if (more := len(changes) - _AT_MOST) > 0:
        yield f"So it is of {counted(more, 'more price')}."


def _called(change: CallsOnOtherTerms) -> str:
    held = f" ({change.price_class})" if change.price_class else ""
    return f"{change.prefix}{held}" if change.prefix else "any number"


def _terms(change: CallsOnOtherTerms, part: str, *, by_theirs: bool) -> str:
    """What one side prices by, and the other; `by_theirs`: it is ours that is otherwise."""
    terms = change.terms
    who, whose = ("ours: ", "theirs") if by_theirs else ("", "ours")
    if part == "increment" and terms.increment is not None:
        return who + "billed by {}/{} s".format(*terms.increment)
    if part == "rate_units":
        found, usual, unit = terms.rate_units, change.rate_units, "a minute"
    else:
        found, usual, unit = terms.fee_units, change.fee_units, "a call"
        if not change.answered:
            unit += " that was not answered"
    assert found is not None
    if part == "rate_units" and not usual:
        return f"{who}{_price(found)} {unit}, {whose} have no price for them"
    return f"{who}{_price(found)} {unit}, {whose} is {_price(usual)}"


def _rounding(found: Reconciliation) -> Iterator[str]:
    decimals = found.causes.decimals
    if decimals is not None:
        theirs, ours = decimals if found.causes.by_theirs else reversed(decimals)
        if ours != theirs:
            yield f"Their amounts have {counted(theirs, 'decimal')}, ours {ours:,}."
    for change in found.causes.changes:
        if change.terms.cut is not None:
            whose = "Ours" if found.causes.by_theirs else "Theirs"
            how = "cut off" if change.terms.cut is Cut.DOWN else "rounded to the nearest"
            yield f"{whose} to {_called(change)} bill seconds that are {how}."


def _price(units: int) -> str:
    return money.text(money.decimal_of_units(units))


def _amount(total: Sum, found: Reconciliation) -> str:
    return _said(total.amount, found)


def _said(amount: Decimal, found: Reconciliation) -> str:
    return f"{money.text(amount)}{f' {found.currency}' if found.currency else ''}"


_CAUSES: dict[Difference, Callable[[Reconciliation], Iterator[str]]] = {
    Difference.MISSING_OURS: lambda found: _missing(found, Difference.MISSING_OURS),
    Difference.MISSING_THEIRS: lambda found: _missing(found, Difference.MISSING_THEIRS),
    Difference.DUPLICATE: _duplicate,
    Difference.DURATION: _lengths,
    Difference.CLOCK: _shifts,
    Difference.DAY_BOUNDARY: _days,
    Difference.RATE: lambda found: _changes(found, "rate_units"),
    Difference.INCREMENT: lambda found: _changes(found, "increment"),
    Difference.ROUNDING: _rounding,
    Difference.CONNECT_FEE: lambda found: _changes(found, "fee_units"),
}
