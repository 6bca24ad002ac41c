"""The way to the price of a call, in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from minutebook.cards.tariff import Tally
from minutebook.money import SCALE, Method, Rounding, text
from minutebook.rating import steps as way
from minutebook.statements.quote import NoRate, RateBlocked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.rating.steps import PriceStep

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def price_step(step: PriceStep) -> str:
    """A step from a call to its cost."""
    match step:
        case way.NoPrefix():
            return f"no prefix of the card begins {step.called}: not billed, listed as unpriced"
        case way.PriceBlocked():
            return f"{_row(step)} is blocked: not billed, listed as unpriced"
        case way.PriceHolds():
            by_step = ", ".join(
                f"{text(s.rate)} a minute from second {s.from_s} by {s.pulse_s} s"
                for s in step.steps
            )
            price = by_step or f"{text(step.rate)} a minute, increment {step.increment}"
            return f"{_row(step)}: {price}"
        case (
            way.BandHolds()
            | way.RoutedBy()
            | way.JurisdictionHolds()
            | way.OriginHolds()
            | way.CallerHolds()
        ):
            return _which_price(step)
        case way.AttemptFee():
            return f"not answered: attempt fee {text(step.fee)}"
        case way.WithinGrace():
            grace = _seconds(step.grace_ms)
            return f"duration {_seconds(step.duration_ms)} s: not longer than the grace of {grace} s, so free of charge"
        case way.FirstSecondsFree():
            free = _seconds(step.free_ms)
            return f"duration {_seconds(step.duration_ms)} s, of which the first {free} s are free"
        case way.WholeSeconds():
            return f"duration {_seconds(step.duration_ms)} s, rounded {step.rounding.value} to {step.seconds} s"
        case way.SecondsBilled():
            return f"billed {step.seconds} s"
        case way.CostBefore():
            parts = " + ".join(f"{length} s x {text(rate)} / 60" for length, rate in step.parts)
            return f"connect fee {text(step.connect_fee)} + {parts} = {_digits(step.cost)}"
        case way.CostRounded():
            daily = step.tally is Tally.DAILY
            what, alone = ("the day's sum", ", this call alone") if daily else ("the call", "")
            return f"{what} is rounded {step.method.value} at {step.decimals} decimals{alone}: {text(step.cost)}"
        case way.CostBounded():
            return f"a call costs at {'least' if step.least else 'most'} {text(step.cost)}"
    assert_never(step)


def _which_price(
    step: way.BandHolds | way.RoutedBy | way.JurisdictionHolds | way.OriginHolds | way.CallerHolds,
) -> str:
    """Which of a row's prices holds, and why."""
    match step:
        case way.BandHolds():
            when = step.local.strftime(f"{_WEEKDAYS[step.local.weekday()]} %Y-%m-%d %H:%M:%S")
            whole = ", each second by its own band" if step.split else ""
            return f"answered on {when} in {step.zone}: band {step.band}{whole}"
        case way.RoutedBy():
            return f"{step.called} was ported: priced by its routing number {step.routing}"
        case way.JurisdictionHolds():
            states = (
                f"{who} {number or 'of nobody'} in {state or 'no state'}"
                for who, number, state in (
                    ("caller", step.caller, step.caller_state),
                    ("called", step.called, step.called_state),
                )
            )
            return f"{' and '.join(states)}: {step.jurisdiction}"
        case way.CallerHolds():
            which = "none" if step.prefix is None else step.prefix
            held = "other" if step.prefix is None else step.prefix
            begins = f"begins with {which} of the card's prefixes of callers"
            return f"caller {step.caller} {begins}: {held}" if step.caller else "no caller: other"
        case way.OriginHolds():
            countries = (
                f"{who} {number or 'of nobody'} of {country or 'no country'}"
                for who, number, country in (
                    ("caller", step.caller, step.caller_country),
                    ("called", step.called, step.called_country),
                )
            )
            return f"{' and '.join(countries)}: {step.origin}"


def refusal_words(fact: NoRate | RateBlocked) -> str:
    """Why a call has no price."""
    match fact:
        case NoRate():
            return f"no rate: no prefix of the card begins {fact.called}; add one, or see: minutebook card show"
        case RateBlocked():
            return f"no rate: prefix {fact.prefix} is blocked"
    assert_never(fact)


def products(parts: Iterable[tuple[int, Decimal]]) -> str:
    """So many at a price each, added up."""
    return " + ".join(f"{count:,} x {text(price)}" for count, price in parts) or "0"


def _row(step: way.PriceBlocked | way.PriceHolds) -> str:
    """The row of the card that a call came to."""
    if step.prefix is None:
        return "one price for every destination"
    return f"longest prefix {step.prefix}" + (f" ({step.destination})" if step.destination else "")


def _seconds(duration_ms: int) -> Decimal:
    return Decimal(duration_ms).scaleb(-3)


def _digits(amount: Fraction) -> str:
    """The amount at up to ten decimals, with an ellipsis where there are more."""
    kept = Rounding(Method.DOWN, SCALE).of(amount)
    return text(kept) + ("…" if Fraction(kept) != amount else "")
