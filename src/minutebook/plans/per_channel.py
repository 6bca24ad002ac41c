"""What channels cost (docs/rules/channels.md, "Tiers").

Pure. A month's price is exact; what a day owes of it is a difference of two roundings, so that
the days of an unchanged month add up to the rounded price, to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from minutebook import money
from minutebook.days import days_of_month
from minutebook.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from minutebook.money import Rounding


class TierMode(StrEnum):
    """Whether all channels cost what the last one's tier says, or each what its own says."""

    VOLUME = "volume"
    GRADUATED = "graduated"


class Charge(StrEnum):
    """Whether each day is charged by itself, or the rest of the month ahead."""

    DAILY = "daily"
    MONTHLY = "monthly"


class Over(StrEnum):
    """What happens to calls beyond the channels that are bought."""

    REPORT = "report"
    BURST = "burst"
    BLOCK = "block"


class BillBy(StrEnum):
    """Which number of channels is charged: those bought, or the month's 95th percentile."""

    BOUGHT = "bought"
    P95 = "p95"


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to `channels` channels: the price of one a month, and the servers that come with them."""

    channels: int
    price: Decimal
    free_servers: int = 0


@dataclass(frozen=True, slots=True)
class ChannelPrices:
    """A per-channel plan's prices. `tiers` as `check_tiers` leaves them.

    `burst_price` is of a channel above those bought, a day, under `Over.BURST`.
    """

    tiers: tuple[Tier, ...]
    tier_mode: TierMode = TierMode.VOLUME
    charge: Charge = Charge.DAILY
    over: Over = Over.REPORT
    bill_by: BillBy = BillBy.BOUGHT
    burst_price: Decimal = Decimal(0)

    @property
    def buys(self) -> bool:
        """Whether an account buys channels, rather than pay by the percentile."""
        return self.bill_by is BillBy.BOUGHT

    @property
    def by_peaks(self) -> bool:
        """Whether what is charged depends on the channels held, not only on those bought."""
        return not self.buys or self.over is Over.BURST

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """The prices that `body` (as `to_body` writes it) says."""
        return cls(
            tiers=tuple(
                Tier(tier["channels"], Decimal(tier["price"]), tier["free_servers"])
                for tier in body["tiers"]
            ),
            tier_mode=TierMode(body["tier_mode"]),
            charge=Charge(body["charge"]),
            over=Over(body["over"]["policy"]),
            bill_by=BillBy(body["bill_by"]),
            burst_price=Decimal(body["over"].get("price", 0)),
        )

    def to_body(self) -> dict[str, Any]:
        """The prices as JSON, in one canonical spelling."""
        over = {"policy": str(self.over)}
        if self.over is Over.BURST:
            over["price"] = money.text(self.burst_price, 0)
        return {
            "tiers": [
                {
                    "channels": tier.channels,
                    "price": money.text(tier.price, 0),
                    "free_servers": tier.free_servers,
                }
                for tier in self.tiers
            ],
            "tier_mode": str(self.tier_mode),
            "charge": str(self.charge),
            "over": over,
            "bill_by": str(self.bill_by),
        }

    def tier_of(self, channels: int) -> Tier:
        """The tier that a number of channels falls in; beyond the last one, the last."""
        return next((tier for tier in self.tiers if channels <= tier.channels), self.tiers[-1])

    def free_servers(self, channels: int) -> int:
        """The servers that come with so many channels, in both modes
        (docs/rules/channels.md, "Tiers").
        """
        return self.tier_of(channels).free_servers

    def month_price(self, channels: int) -> Decimal:
        """What so many channels cost a month, exact (docs/rules/channels.md, "Tiers")."""
        return sum((count * tier.price for count, tier in self.parts(channels)), Decimal(0))

    def parts(self, channels: int) -> list[tuple[int, Tier]]:
        """How many of the channels are charged by which tier."""
        if self.tier_mode is TierMode.VOLUME:
            return [(channels, self.tier_of(channels))]
        parts = []
        below = 0
        for tier in self.tiers:
            upto = channels if tier is self.tiers[-1] else min(channels, tier.channels)
            if upto > below:
                parts.append((upto - below, tier))
            below = tier.channels
        return parts


@dataclass(frozen=True, slots=True)
class Bought:
    """What an account has on a day: channels at a month's price, rounded and charged one way."""

    month_price: Decimal
    rounding: Rounding
    charge: Charge


def check_tiers(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """The tiers; `InputError` where there are none, or they do not rise."""
    if not tiers:
        raise InputError("a per_channel plan needs tiers, each up to a number of channels")
    for lower, upper in pairwise(tiers):
        if upper.channels <= lower.channels:
            raise InputError(
                f"tiers: {upper.channels} channels come after {lower.channels}; tiers rise"
            )
    return tiers


def day_price(month_price: Decimal, rounding: Rounding, day: date) -> Decimal:
    """What one day owes of a month's price: the k-th of D days R(P·k/D) − R(P·(k−1)/D)
    (docs/rules/channels.md, "Channels by the day").
    """
    return part_of_month(month_price, rounding, day, day.day) - part_of_month(
        month_price, rounding, day, day.day - 1
    )


def rest_price(month_price: Decimal, rounding: Rounding, day: date) -> Decimal:
    """What the days from `day` to the month's end owe of a month's price."""
    whole = days_of_month(day)
    return part_of_month(month_price, rounding, day, whole) - part_of_month(
        month_price, rounding, day, day.day - 1
    )


def day_charge(day: date, now: Bought | None, before: Bought | None) -> Decimal:
    """What a day is charged; `before` is what the account had the day before, None: no channels.

    Charged by the month, its first day carries all days to the month's end; a change posts on its
    day the new price of the days that remain, less the old: below 0 it is a credit
    (docs/rules/channels.md, "Channels by the month").
    """
    ahead = Decimal(0)
    if before is not None and before.charge is Charge.MONTHLY and day.day > 1:
        ahead = rest_price(before.month_price, before.rounding, day)
    if now is None:
        return -ahead
    price = rest_price if now.charge is Charge.MONTHLY else day_price
    return price(now.month_price, now.rounding, day) - ahead


def burst(prices: ChannelPrices, channels: int, peak: int, rounding: Rounding) -> Decimal:
    """What a day owes for the channels held above those bought
    (docs/rules/channels.md, "Beyond those bought").
    """
    return rounding.of(Fraction(prices.burst_price) * max(0, peak - channels))


def part_of_month(month_price: Decimal, rounding: Rounding, day: date, days: int) -> Decimal:
    """What so many days of a day's month owe of a month's price, rounded once: R(P·days/D)."""
    return rounding.of(Fraction(month_price) * days / days_of_month(day))
