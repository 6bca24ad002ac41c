"""The way from a charge back to what it was made of, in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from minutebook.days import days_of_month
from minutebook.money import Method, Rounding, text
from minutebook.show.sentences.prices import products
from minutebook.statements import recurring
from minutebook.statements import steps as way
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.statements.recurring import ChannelStep, MinimumStep, ShortCallStep
    from minutebook.statements.steps import ChargeStep, DueLessPosted

_SHOWN = Rounding(Method.HALF_UP, 6)
_SHARE = Rounding(Method.HALF_UP, 4)


def charge_step(step: ChargeStep | DueLessPosted) -> str:
    """A step of a charge for calls, or of any posting."""
    match step:
        case way.Posting():
            by = f"reference {step.reference}" if step.run is None else f"run {step.run}"
            return (
                f"{step.kind.replace('_', ' ').capitalize()} of {text(step.amount)} {step.currency} on {step.account},"
                f" {step.day}, by {by}: {step.reason}."
            )
        case way.CallsOfDay():
            unpriced = f"; {step.unpriced_calls:,} had no price" if step.unpriced_calls else ""
            return (
                f"{step.calls:,} calls of {step.day} were recorded by then, {step.answered:,} answered,"
                f" {Decimal(step.duration_ms) / 1000:,f} s used, {step.billed_seconds:,} s billed{unpriced}."
            )
        case way.CostOfDay():
            cost = f"{'' if step.exact else 'about '}{text(step.cost)}"
            return f"Plan {step.plan}: their costs come to {cost}; due is {text(step.due)} {step.currency}."
        case way.DueLessPosted():
            return (
                f"Due {text(step.due)} less posted before {text(step.posted_before)}:"
                f" {text(step.charged)} {step.currency} is charged here."
            )
        case way.OneOfPostings():
            journals = ", ".join(map(str, step.journals))
            return f"It is one of {len(step.journals)} postings for that day: {journals}."
        case way.CallsToSee():
            return f"See its calls with: minutebook calls {step.account} --from {step.day} --to {step.day}"
    assert_never(step)


def channel_step(step: ChannelStep) -> str:
    """A step of a charge for channels."""
    match step:
        case recurring.MonthPrice():
            return (
                f"Plan {step.plan}: {step.channels:,} channels a month cost {products(step.parts)} ="
                f" {text(step.price)}."
            )
        case recurring.DayShare():
            day, rounding = step.day, step.rounding
            return (
                f"Day {day.day} of {days_of_month(day)} costs what {counted(day.day, 'day')} do less what"
                f" {counted(day.day - 1, 'day')} do, each rounded {rounding.method} at"
                f" {rounding.precision} decimals: {text(step.upto)} - {text(step.before)}"
                f" = {text(step.upto - step.before)}."
            )
        case recurring.MonthAhead():
            days = counted(days_of_month(step.day) - step.day.day + 1, "day")
            return (
                f"The plan charges by the month: {step.day} carries all days from it to the month's end,"
                f" {days}: {text(step.owed)}."
            )
        case recurring.Burst():
            return (
                f"The day's peak is {step.peak:,} channels, {max(0, step.peak - step.channels):,} above"
                f" the {step.channels:,} bought, at {text(step.price)} each: {text(step.amount)}."
            )
        case recurring.PeaksPercentile():
            return (
                f"Of the {step.intervals:,} five-minute peaks of {counted(step.days, 'day')},"
                f" {step.above:,} may lie above their 95th percentile, which is {step.channels:,}."
            )
        case recurring.DaysOfMonth():
            days = counted(step.days, "day")
            return f"{days} of {days_of_month(step.day)} cost {text(step.amount)}."
        case recurring.ChargedAhead():
            return (
                f"Charged ahead until then: {step.channels:,} channels of plan {step.plan} at"
                f" {text(step.month_price)} a month; their part from {step.day} on, {text(step.owed)},"
                " is taken off."
            )
        case recurring.ClosesToday():
            return (
                "The account closes on this day: what was charged ahead for the days after it,"
                f" {text(step.back)}, comes back."
            )
        case recurring.NoChannelsDue():
            return f"No channels are due for {step.day}."
    assert_never(step)


def minimum_step(step: MinimumStep) -> str:
    """A step of a charge for what is short of a minimum."""
    match step:
        case recurring.NoMinimumDue():
            return f"No minimum is due on {step.day}: it is no longer the account's last day in its month."
        case recurring.ServerOwes():
            free = f", {counted(step.free_days, 'day')} free" if step.free_days else ""
            return (
                f"Server {step.server}: {counted(step.days, 'day')} of {days_of_month(step.day)} cost"
                f" {_amount(step.owed)}{_parts(step)}{free}."
            )
        case recurring.MonthRequires():
            return (
                f"Required for {step.day:%Y-%m}: {text(step.required)} {step.currency}, rounded once as"
                f" plan {step.plan} says."
            )
        case recurring.Spent():
            return f"Spent on calls and channels of {step.day:%Y-%m}: {text(step.spent)}."
    assert_never(step)


def short_call_step(step: ShortCallStep) -> str:
    """A step of a surcharge on short calls."""
    match step:
        case recurring.ShortOfAnswered():
            days = f"{step.first}" if step.first == step.last else f"{step.first} to {step.last}"
            return (
                f"Of {counted(step.answered, 'answered call')} of {days} by then, {step.short:,} lasted less than"
                f" {text(Decimal(step.below_ms) / 1000, 0)} s."
            )
        case recurring.ShareOfShort():
            share = _SHARE.of(step.share * 100)
            about = "" if share == step.share * 100 else "about "
            limit = f"the {text(step.share_over * 100, 0)} % that plan {step.plan} lets pass"
            if step.share <= Fraction(step.share_over):
                return f"That is {about}{text(share, 0)} %, not more than {limit}: nothing is due."
            return (
                f"That is {about}{text(share, 0)} %, more than {limit}: {step.short:,} x {text(step.fee)}"
                f" = {text(step.fee * step.short)} {step.currency}."
            )
        case recurring.NoShortCallsDue():
            return f"Nothing is due for short calls on {step.day}: it has no calls under a plan that charges for them."
    assert_never(step)


def _parts(step: recurring.ServerOwes) -> str:
    """Where a server owes by several minimums, by which."""
    parts = [f"{counted(days, 'day')} at {text(price, 0)}" for price, days in step.parts]
    if step.whole is not None:
        parts.append(f"the whole of {text(step.whole, 0)}")
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _amount(owed: Fraction) -> str:
    shown = _SHOWN.of(owed)
    return f"{'' if shown == owed else 'about '}{text(shown)}"
