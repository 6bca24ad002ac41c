"""What options say of a tariff: for `card import`, decks that are sent, and `price --rate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from minutebook.cards.tariff import Terms


def tariff_terms(
    increment: str | None,
    connect_fee: str | None,
    attempt_fee: str | None,
    grace: str | None,
    duration_rounding: str | None,
    rounding: str | None,
    precision: int | None,
    *,
    free_seconds: str | None = None,
    pulse_anchor: str | None = None,
    minimum_cost: str | None = None,
    maximum_cost: str | None = None,
    before: Terms | None = None,
) -> Terms:
    """What options say of a tariff; silent where they are left out.

    A method or a precision alone leaves the other as it is in the terms before.
    """
    from minutebook import money
    from minutebook.cards.tariff import (
        DurationRounding,
        Increment,
        PulseAnchor,
        Terms,
    )
    from minutebook.errors import InputError

    def one_of(kind: Any, word: str, option: str) -> Any:
        try:
            return kind(word)
        except ValueError:
            raise InputError(
                f"{option} {word!r}{did_you_mean(word, kind)}: say one of {', '.join(kind)}"
            ) from None

    rounded = None
    if rounding is not None or precision is not None:
        default = (before and before.rounding) or money.Rounding()
        method = (
            default.method if rounding is None else one_of(money.Method, rounding, "--rounding")
        )
        rounded = money.Rounding(method, default.precision if precision is None else precision)
    return Terms(
        increment=None if increment is None else Increment.parse(increment),
        connect_fee=None
        if connect_fee is None
        else money.parse_price(connect_fee, "--connect-fee"),
        attempt_fee=None
        if attempt_fee is None
        else money.parse_price(attempt_fee, "--attempt-fee"),
        grace_ms=None if grace is None else money.parse_seconds_ms(grace, "--grace"),
        duration_rounding=None
        if duration_rounding is None
        else one_of(DurationRounding, duration_rounding, "--duration-rounding"),
        rounding=rounded,
        free_ms=None
        if free_seconds is None
        else money.parse_seconds_ms(free_seconds, "--free-seconds"),
        pulse_anchor=None
        if pulse_anchor is None
        else one_of(PulseAnchor, pulse_anchor, "--pulse-anchor"),
        minimum_cost=None
        if minimum_cost is None
        else money.parse_price(minimum_cost, "--minimum-cost"),
        maximum_cost=None
        if maximum_cost is None
        else money.parse_price(maximum_cost, "--maximum-cost"),
    )
