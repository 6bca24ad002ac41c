"""The way to the price of a month of channels, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from minutebook.money import text
from minutebook.plans.per_channel import TierMode
from minutebook.show.sentences.prices import products
from minutebook.statements.month_quote import ChannelsCost, MinimumShort, MonthCost, ServersFree

if TYPE_CHECKING:
    from minutebook.statements.month_quote import MonthStep


def month_step(step: MonthStep) -> str:
    """A step to the price of a month of channels."""
    match step:
        case ChannelsCost():
            graduated = step.tier_mode is TierMode.GRADUATED
            how = "each by its tier" if graduated else "all by their tier"
            return f"channels, {how}: {products(step.parts)} = {text(step.total)} {step.currency}"
        case ServersFree():
            return f"servers: {step.servers:,}, free with {step.channels:,} channels: {step.free:,}"
        case MinimumShort():
            return (
                f"minimum: {step.paying:,} x {text(step.price)} = {text(step.required)};"
                f" the channels count toward it, short: {text(step.short)}"
            )
        case MonthCost():
            return f"the month: {text(step.total)} {step.currency}"
    assert_never(step)
