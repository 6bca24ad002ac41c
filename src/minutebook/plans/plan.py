"""A plan: how an account is charged.

A plan has revisions, each in force from a UTC day; the first holds from always. It charges by the
minute, by a card or at one price for every destination; or by the channel, and minutes are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from minutebook import money
from minutebook.cards.classes import classes_body, classes_from_body
from minutebook.cards.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
)
from minutebook.plans.minimum import Prorate
from minutebook.plans.per_channel import ChannelPrices
from minutebook.plans.short_calls import ShortCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Plan:
    """One revision of a plan.

    Exactly one of `card`, `rate` (a minute, everywhere) and `steps` is set; with `channels` it is
    the rate, and 0. `terms` is complete: what the plan leaves out is filled with the defaults.
    `minimum_per_server` is a month's. `short_calls` None: short calls cost no more. `from_day` None: from
    always.
    """

    name: str
    currency: str
    tally: Tally
    terms: Terms
    card: str | None = None
    rate: Decimal | None = None
    steps: tuple[Step, ...] | None = None
    channels: ChannelPrices | None = None
    minimum_per_server: Decimal = Decimal(0)
    prorate: Prorate = Prorate.DAY
    from_day: date | None = None
    short_calls: ShortCalls | None = None

    @property
    def model(self) -> str:
        """ "per_minute" or "per_channel"."""
        return "per_minute" if self.channels is None else "per_channel"

    @property
    def rounding(self) -> money.Rounding:
        """Of what the plan charges itself."""
        assert self.terms.rounding is not None
        return self.terms.rounding

    @classmethod
    def from_body(cls, name: str, from_day: date | None, body: dict[str, Any]) -> Self:
        """The plan that `body` (as `to_body` writes it) declares."""
        steps = body.get("steps")
        rate = body.get("rate")
        minimum, short = body.get("minimum_per_server", {}), body.get("short_calls")
        common: dict[str, Any] = {
            "minimum_per_server": Decimal(minimum.get("price", 0)),
            "prorate": Prorate(minimum.get("prorate", Prorate.DAY)),
            "from_day": from_day,
            "short_calls": None if short is None else ShortCalls.from_body(short),
        }
        if body["model"] == "per_channel":
            return cls(
                name=name,
                currency=body["currency"],
                tally=Tally.DAILY,
                terms=terms_from_body(body).over(DEFAULT_TERMS),
                rate=Decimal(0),
                channels=ChannelPrices.from_body(body),
                **common,
            )
        return cls(
            name=name,
            currency=body["currency"],
            tally=Tally(body["tally"]),
            terms=terms_from_body(body).over(DEFAULT_TERMS),
            card=body.get("card"),
            rate=None if rate is None else Decimal(rate),
            steps=None
            if steps is None
            else tuple(Step(s["from"], Decimal(s["rate"]), s["pulse"]) for s in steps),
            **common,
        )

    def to_body(self) -> dict[str, Any]:
        """The plan as JSON, complete, in one canonical spelling: equal plans, equal bodies."""
        body: dict[str, Any] = {"model": self.model, "currency": self.currency}
        if self.minimum_per_server or self.prorate is not Prorate.DAY:
            body["minimum_per_server"] = {
                "price": money.text(self.minimum_per_server, 0),
                "prorate": str(self.prorate),
            }
        if self.short_calls is not None:
            body["short_calls"] = self.short_calls.to_body()
        if self.channels is not None:
            said = {"rounding": terms_to_body(self.terms)["rounding"]}
            return body | said | self.channels.to_body()
        body |= {"tally": str(self.tally), **terms_to_body(self.terms)}
        if self.card is not None:
            body["card"] = self.card
        if self.rate is not None:
            body["rate"] = money.text(self.rate, 0)
        if self.steps is not None:
            body["steps"] = [
                {"from": s.from_s, "rate": money.text(s.rate, 0), "pulse": s.pulse_s}
                for s in self.steps
            ]
        return body


def revision_on(revisions: Iterable[Plan], day: date) -> Plan | None:
    """The one of a plan's revisions, sorted by day, in force on a UTC day; the first holds from always."""
    found = None
    for plan in revisions:
        if found is not None and plan.from_day is not None and plan.from_day > day:
            break
        found = plan
    return found


def terms_to_body(terms: Terms) -> dict[str, Any]:
    """What a level says of pricing, as JSON; silent keys are absent."""
    said: dict[str, Any] = {
        "increment": None if terms.increment is None else str(terms.increment),
        "connect_fee": None if terms.connect_fee is None else money.text(terms.connect_fee, 0),
        "attempt_fee": None if terms.attempt_fee is None else money.text(terms.attempt_fee, 0),
        "grace_ms": terms.grace_ms,
        "duration_rounding": None
        if terms.duration_rounding is None
        else str(terms.duration_rounding),
        "rounding": None
        if terms.rounding is None
        else {"method": str(terms.rounding.method), "precision": terms.rounding.precision},
        "pulse_anchor": None if terms.pulse_anchor is None else str(terms.pulse_anchor),
        "free_ms": terms.free_ms,
        "minimum_cost": None if terms.minimum_cost is None else money.text(terms.minimum_cost, 0),
        "maximum_cost": None if terms.maximum_cost is None else money.text(terms.maximum_cost, 0),
        **classes_body(terms.bands),
    }
    return {key: value for key, value in said.items() if value is not None}


def terms_from_body(body: dict[str, Any]) -> Terms:
    """The inverse of `terms_to_body`; other keys are passed over."""

    def said(key: str, make: Callable[[Any], Any]) -> Any:
        return make(body[key]) if key in body else None

    return Terms(
        increment=said("increment", Increment.parse),
        connect_fee=said("connect_fee", Decimal),
        attempt_fee=said("attempt_fee", Decimal),
        grace_ms=said("grace_ms", int),
        duration_rounding=said("duration_rounding", DurationRounding),
        rounding=said(
            "rounding", lambda r: money.Rounding(money.Method(r["method"]), r["precision"])
        ),
        pulse_anchor=said("pulse_anchor", PulseAnchor),
        free_ms=said("free_ms", int),
        minimum_cost=said("minimum_cost", Decimal),
        maximum_cost=said("maximum_cost", Decimal),
        bands=classes_from_body(body),
    )
