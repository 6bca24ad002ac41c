"""A plan's terms in words, with their units."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.cards.tariff import DurationRounding, PulseAnchor, Tally
from minutebook.money import Method
from minutebook.plans.minimum import Prorate
from minutebook.plans.per_channel import BillBy, ChannelPrices, Charge, Over, TierMode
from minutebook.plans.short_calls import ChargedPer
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.cards.tariff import Terms
    from minutebook.plans.plan import Plan

_METHODS = {
    Method.UP: "up",
    Method.DOWN: "down",
    Method.HALF_UP: "to the nearest, halves up",
    Method.HALF_DOWN: "to the nearest, halves down",
    Method.HALF_EVEN: "to the nearest, halves to the even digit",
}
_DURATIONS = {
    DurationRounding.UP: "up to whole seconds",
    DurationRounding.DOWN: "down to whole seconds",
    DurationRounding.HALF_UP: "to the nearest whole second, halves up",
    DurationRounding.HALF_DOWN: "to the nearest whole second, halves down",
}
_OVER = {
    Over.REPORT: "reported, at no charge",
    Over.BLOCK: "kept for live control, without effect yet",
}


def plan_in_words(plan: Plan) -> list[tuple[str, str]]:
    """Every term of a plan's revision and what it is, `Price` first."""
    rounding = plan.rounding
    rounded = (
        "not rounded: ten decimals are kept"
        if rounding.method is Method.NONE
        else f"{_METHODS[rounding.method]}, at {counted(rounding.precision, 'decimal')}"
    )
    minimum = "none"
    if plan.minimum_per_server:
        share = "by its days" if plan.prorate is Prorate.DAY else "whole for any day"
        minimum = (
            f"{money.text(plan.minimum_per_server)} {plan.currency} a month for each that is not"
            f" free, {share}"
        )
    terms = (
        _minutes_in_words(plan)
        if plan.channels is None
        else _channels_in_words(plan.channels, plan.currency)
    )
    return [
        *terms,
        ("Rounding of amounts", rounded),
        ("Minimum per server", minimum),
        *_short_calls_in_words(plan),
    ]


def _short_calls_in_words(plan: Plan) -> list[tuple[str, str]]:
    """What short calls cost besides, where a plan asks for it."""
    short = plan.short_calls
    if short is None:
        return []
    period = "UTC day" if short.per is ChargedPer.DAY else "month"
    return [
        (
            "Short calls",
            f"{money.text(short.fee)} {plan.currency} for each answered call below"
            f" {money.text(Decimal(short.below_ms) / 1000, 0)} s, where these are more than"
            f" {money.text(short.share_over * 100, 0)} % of a {period}'s answered calls",
        )
    ]


def _minutes_in_words(plan: Plan) -> list[tuple[str, str]]:
    terms, currency = plan.terms, plan.currency
    found = [("Price", _price(plan))]
    if plan.card is not None:
        found.append(
            ("Where the card speaks", "its word, and its rows' word, wins over the plan's")
        )
    what = "the account's day" if plan.tally is Tally.DAILY else "each call"
    found.append(("What is rounded", what))
    if plan.steps is None and terms.increment is not None:
        minimum, pulse = terms.increment.minimum_s, terms.increment.pulse_s
        anchor = "the start" if terms.pulse_anchor is PulseAnchor.TOTAL else "there"
        found.append(
            (
                "Increment",
                f"{minimum}/{pulse}: at least {minimum} s, then by {pulse} s from {anchor}",
            )
        )
    grace = "none"
    if terms.grace_ms:
        seconds = money.text(Decimal(terms.grace_ms) / 1000, 0)
        grace = f"a call of at most {seconds} s, unrounded, costs nothing"
    assert terms.duration_rounding is not None
    return [
        *found,
        ("Connect fee", _fee(terms.connect_fee, currency, "answered call that costs anything")),
        ("Attempt fee", _fee(terms.attempt_fee, currency, "call that is not answered")),
        ("Grace", grace),
        ("Rounding of durations", _DURATIONS[terms.duration_rounding]),
        *_bounds_in_words(terms, currency),
    ]


def _bounds_in_words(terms: Terms, currency: str) -> list[tuple[str, str]]:
    """The least and the most that a call costs, where a plan says them."""
    bounds = (("least", terms.minimum_cost), ("most", terms.maximum_cost))
    said = [f"at {word} {money.text(cost)} {currency}" for word, cost in bounds if cost is not None]
    return [("Cost of a call", ", ".join(said))] if said else []


def price_in_words(plan: Plan) -> str:
    """The price on one line of a list."""
    if plan.channels is not None:
        tiers = ", ".join(f"{money.text(t.price)} to {t.channels:,}" for t in plan.channels.tiers)
        return f"{tiers}: {plan.currency} a channel and month"
    if plan.steps is not None:
        rates = ", then ".join(money.text(step.rate) for step in plan.steps)
        return f"{rates} {plan.currency} a minute"
    return f"card {plan.card}" if plan.card is not None else _price(plan)


def _price(plan: Plan) -> str:
    if plan.card is not None:
        return f"by the rate card {plan.card}, in {plan.currency} a minute"
    if plan.steps is not None:
        return "; ".join(
            f"from second {step.from_s}: {money.text(step.rate)} {plan.currency} a minute,"
            f" by {step.pulse_s} s"
            for step in plan.steps
        )
    assert plan.rate is not None
    return f"{money.text(plan.rate)} {plan.currency} a minute, to every destination"


def _fee(fee: Decimal | None, currency: str, what: str) -> str:
    return f"{money.text(fee)} {currency} for each {what}" if fee else "none"


def _channels_in_words(prices: ChannelPrices, currency: str) -> list[tuple[str, str]]:
    tiers = "; ".join(
        f"up to {counted(tier.channels, 'channel')} {money.text(tier.price)} {currency}"
        + (f" and {counted(tier.free_servers, 'free server')}" if tier.free_servers else "")
        for tier in prices.tiers
    )
    over = (
        f"{money.text(prices.burst_price)} {currency} for each channel of the day's peak above them"
        if prices.over is Over.BURST
        else _OVER[prices.over]
    )
    return [
        ("Price", f"a channel and month: {tiers}; calls cost nothing"),
        (
            "Tiers",
            "all channels at the price of the tier that their number falls in"
            if prices.tier_mode is TierMode.VOLUME
            else "each channel at its own tier's price",
        ),
        (
            "Channels charged",
            "those bought"
            if prices.bill_by is BillBy.BOUGHT
            else "the 95th percentile of the month's five-minute peaks",
        ),
        (
            "Charged",
            "each day its share of the month"
            if prices.charge is Charge.DAILY
            else "the rest of the month on the first day",
        ),
        ("Calls beyond them", over),
    ]
