"""What an account owes besides its calls: channels by the day, minimums by the month.

Pure: declarations and sums go in, what is due comes out, with the arithmetic behind it.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.days import ONE_DAY, days_of_month, month_end
from minutebook.plans.minimum import (
    MinimumTerms,
    Required,
    Stretch,
    free_and_charged,
    required,
    shortfall,
)
from minutebook.plans.per_channel import Bought, charged
from minutebook.plans.plan import terms_to_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.model import Account, Server
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for a day, positive, or below 0 a credit; `details` is the arithmetic."""

    day: date
    amount: Decimal
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """From `first` on an account is under a plan's revision, with so many channels bought."""

    first: date
    plan: Plan
    channels: int

    @property
    def channels_bought(self) -> int | None:
        """Its channels; None under a per-minute plan."""
        return None if self.plan.channels is None else self.channels

    @property
    def bought(self) -> Bought | None:
        """What its channels cost; None under a per-minute plan."""
        prices = self.plan.channels
        if prices is None:
            return None
        return Bought(prices.month_price(self.channels), self.plan.rounding, prices.charge)

    @property
    def free_servers(self) -> int:
        """The servers that come with the channels."""
        return 0 if self.plan.channels is None else self.plan.channels.free_servers(self.channels)

    @property
    def minimum_terms(self) -> MinimumTerms:
        """What its servers owe."""
        plan = self.plan
        return MinimumTerms(plan.minimum_per_server, plan.prorate, self.free_servers, plan.rounding)


class Holdings:
    """An account's plans, channels and servers along the calendar, as declared now."""

    def __init__(self, carrier: Carrier, account: Account, servers: list[Server]) -> None:
        self.account = account
        self.servers = servers
        self.held = list(_held(carrier, account))
        self._firsts = [held.first for held in self.held]

    @property
    def recurs(self) -> bool:
        """Whether the account may ever owe for channels or servers."""
        has_minimum = any(held.plan.minimum_per_server for held in self.held)
        return any(held.plan.channels for held in self.held) or (has_minimum and bool(self.servers))

    @cached_property
    def fingerprint(self) -> str:
        """Of all that its recurring charges depend on, calls excepted."""
        held = [[h.first.isoformat(), h.plan.name, h.channels, h.plan.to_body()] for h in self.held]
        servers = [[s.name, str(s.deployed), str(s.retired)] for s in self.servers]
        spelled = json.dumps([held, servers], sort_keys=True)
        return hashlib.sha256(spelled.encode()).hexdigest()[:32]

    def on(self, day: date) -> Held | None:
        """What holds on a day; None before the first term."""
        at = bisect.bisect_right(self._firsts, day)
        return self.held[at - 1] if at else None

    def channels_on(self, day: date) -> int | None:
        """The channels bought on a day; None before the first term and under a per-minute plan."""
        held = self.on(day)
        return None if held is None else held.channels_bought

    def channel_dues(self, first: date, last: date) -> Iterator[Due]:
        """What the days from `first` to `last` owe for channels; those that owe nothing left out."""
        if not any(held.plan.channels for held in self.held):
            return
        day = max(first, self._firsts[0])
        while day <= last:
            now, before = self.on(day), self.on(day - ONE_DAY) if day.day > 1 else None
            amount = charged(
                day, None if now is None else now.bought, None if before is None else before.bought
            )
            if amount:
                yield Due(day, amount, _channel_details(day, now, before))
            day += ONE_DAY

    def required(self, month: date) -> Required:
        """What the servers require of the month that begins on `month`."""
        last = month_end(month)
        stretches = []
        for n, held in enumerate(self.held):
            end = self._firsts[n + 1] - ONE_DAY if n + 1 < len(self.held) else last
            begin, end = max(held.first, month), min(end, last)
            if begin <= end:
                stretches.append(Stretch(begin, end, held.minimum_terms))
        return required(stretches, self.servers)

    def minimum_due(self, month: date, spent: Decimal) -> Due:
        """What is short of a month's minimum, due on the account's last day in the month."""
        needed = self.required(month)
        last = month_end(month)
        held = self.on(last)
        details = {
            "plan": held and held.plan.name,
            "required": money.text(needed.amount),
            "spent": money.text(spent),
            "servers": [
                {
                    "server": server.server,
                    "days": server.days,
                    "free_days": server.free_days,
                    "owed": str(server.owed),
                }
                for server in needed.servers
            ],
        }
        return Due(last, shortfall(needed.amount, spent), details)


def deployment_needs(held: Holdings, day: date) -> tuple[Decimal, list[str], Held | None]:
    """What must be available to deploy a server on a day: a full month's minimum of all that pay.

    Also the servers that pay, and what holds on the day.
    """
    terms = held.on(day)
    if terms is None:
        return Decimal(0), [], None
    _, paying = free_and_charged(held.servers, day, terms.free_servers)
    return terms.plan.minimum_per_server * len(paying), paying, terms


def holdings(carrier: Carrier) -> dict[str, Holdings]:
    """Every account's holdings, by name."""
    servers: dict[str, list[Server]] = {}
    for server in carrier.servers.values():
        servers.setdefault(server.account, []).append(server)
    return {
        name: Holdings(carrier, account, servers.get(name, []))
        for name, account in carrier.accounts.items()
    }


def _held(carrier: Carrier, account: Account) -> Iterator[Held]:
    """An account's terms, cut where their plan has a new revision."""
    for n, term in enumerate(account.terms):
        end = account.terms[n + 1].from_day if n + 1 < len(account.terms) else date.max
        revised = [
            plan.from_day
            for plan in carrier.plans[term.plan]
            if plan.from_day is not None and term.from_day < plan.from_day < end
        ]
        for first in [term.from_day, *revised]:
            plan = carrier.plan_on(term.plan, first)
            assert plan is not None
            yield Held(first, plan, term.channels or 0)


def _channel_details(day: date, now: Held | None, before: Held | None) -> dict[str, Any]:
    details: dict[str, Any] = {"month_days": days_of_month(day)}
    for key, held in (("now", now), ("before", before)):
        if held is not None and (held.plan.channels is not None):
            prices = held.plan.channels
            details[key] = {
                "plan": held.plan.name,
                "channels": held.channels,
                "parts": [
                    [count, money.text(tier.price, 0)]
                    for count, tier in prices.parts(held.channels)
                ],
                "month_price": money.text(prices.month_price(held.channels)),
                "charge": str(prices.charge),
                "rounding": terms_to_body(held.plan.terms)["rounding"],
            }
    if now is not None:
        details["plan"] = now.plan.name
    return details
