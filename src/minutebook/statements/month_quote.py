"""What a month on a per-channel plan would cost (docs/rules/channels.md, "Channels by the day")."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from minutebook import money
from minutebook.errors import InputError
from minutebook.notebook import Shown
from minutebook.plans.minimum import shortfall
from minutebook.plans.per_channel import TierMode

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class MonthQuote(Shown):
    """A whole month of so many channels and servers, nothing else spent. Amounts are positive."""

    _TOLD: ClassVar = (
        "plan",
        "channels",
        "servers",
        "channels_total",
        "minimum_shortfall",
        "month_total",
    )
    plan: Plan
    channels: int
    servers: int
    free_servers: int
    channels_total: Decimal
    minimum_required: Decimal
    minimum_shortfall: Decimal

    @property
    def month_total(self) -> Decimal:
        return self.channels_total + self.minimum_shortfall

    @property
    def steps(self) -> list[str]:
        """The way to the total, a line a step."""
        prices = self.plan.channels
        assert prices is not None
        parts = " + ".join(
            f"{count:,} x {money.text(tier.price)}" for count, tier in prices.parts(self.channels)
        )
        how = "each by its tier" if prices.tier_mode is TierMode.GRADUATED else "all by their tier"
        paying = max(0, self.servers - self.free_servers)
        currency = self.plan.currency
        return [
            f"channels, {how}: {parts or 0} = {money.text(self.channels_total)} {currency}",
            f"servers: {self.servers:,}, free with {self.channels:,} channels: {self.free_servers:,}",
            f"minimum: {paying:,} x {money.text(self.plan.minimum_per_server)} ="
            f" {money.text(self.minimum_required)}; the channels count toward it, short:"
            f" {money.text(self.minimum_shortfall)}",
            f"the month: {money.text(self.month_total)} {currency}",
        ]


def month_quote(
    carrier: Carrier, plan: str, channels: int, servers: int, month: date
) -> MonthQuote:
    """The month that begins on `month`, by the plan's revision of that day."""
    known = carrier.plan_of(plan, month)
    if known.channels is None:
        raise InputError(f"plan {plan!r} charges by the minute; price a call by it: CALLED SECONDS")
    if channels < 0 or servers < 0:
        raise InputError("channels and servers are 0 or more")
    free = known.channels.free_servers(channels)
    total = known.rounding.of(known.channels.month_price(channels))
    required = known.rounding.of(Fraction(known.minimum_per_server) * max(0, servers - free))
    return MonthQuote(known, channels, servers, free, total, required, shortfall(required, total))
