"""What a month on a per-channel plan would cost (docs/rules/channels.md, "Channels by the day")."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from minutebook.errors import InputError
from minutebook.facts import Fact
from minutebook.notebook import Shown
from minutebook.plans.minimum import shortfall

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.per_channel import TierMode
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class ChannelsCost(Fact):
    """The month's channels: how many at which price each, and what they come to."""

    tier_mode: TierMode
    parts: tuple[tuple[int, Decimal], ...]
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ServersFree(Fact):
    """How many of the servers come with the channels."""

    servers: int
    channels: int
    free: int


@dataclass(frozen=True, slots=True)
class MinimumShort(Fact):
    """What the paying servers require, and what the channels leave short of it."""

    paying: int
    price: Decimal
    required: Decimal
    short: Decimal


@dataclass(frozen=True, slots=True)
class MonthCost(Fact):
    """Channels and shortfall."""

    total: Decimal
    currency: str


MonthStep: TypeAlias = ChannelsCost | ServersFree | MinimumShort | MonthCost


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
    def steps(self) -> list[MonthStep]:
        """The way to the total."""
        prices = self.plan.channels
        assert prices is not None
        parts = tuple((count, tier.price) for count, tier in prices.parts(self.channels))
        currency = self.plan.currency
        return [
            ChannelsCost(prices.tier_mode, parts, self.channels_total, currency),
            ServersFree(self.servers, self.channels, self.free_servers),
            MinimumShort(
                max(0, self.servers - self.free_servers),
                self.plan.minimum_per_server,
                self.minimum_required,
                self.minimum_shortfall,
            ),
            MonthCost(self.month_total, currency),
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
