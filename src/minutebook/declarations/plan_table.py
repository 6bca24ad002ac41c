"""`[plan.NAME]`: the grammar of a plan in an apply file (docs/reference/apply.md)."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from minutebook.cards.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
    check_steps,
)
from minutebook.declarations.short_calls_table import (  # noqa: TC001  (Pydantic reads it)
    ShortCallsTable,
)
from minutebook.declarations.values import (
    MOST_CHANNELS,
    MOST_SECONDS,
    Currency,
    Day,
    GraceMs,
    Price,
    Text,
    TomlTable,
    input_error,
)
from minutebook.errors import InputError
from minutebook.money import Method, Rounding
from minutebook.plans.minimum import Prorate
from minutebook.plans.per_channel import (
    BillBy,
    ChannelPrices,
    Charge,
    Over,
    Tier,
    TierMode,
    check_tiers,
)
from minutebook.plans.plan import Plan

BY_THE_MINUTE = (
    "rate", "card", "steps", "tally", "increment", "connect_fee", "attempt_fee", "grace_seconds",
    "duration_rounding", "pulse_anchor", "minimum_cost", "maximum_cost",
)  # fmt: skip
BY_THE_CHANNEL = ("tiers", "tier_mode", "charge", "over", "bill_by")


class RoundingTable(TomlTable):
    """`rounding = { method = …, precision = … }`."""

    method: Annotated[Method, Field(strict=False)] = Method.UP
    """Which way; `"none"` keeps ten decimals."""
    precision: Annotated[int, Field(ge=0, le=10)] = 4
    """Decimals."""


class StepTable(TomlTable):
    """One of `steps`: from a second on, a rate a minute by a pulse."""

    start: Annotated[int, Field(alias="from", ge=0, le=MOST_SECONDS)]
    """The second at which the step begins; the first is 0."""
    rate: Price
    """Money a minute."""
    pulse: Annotated[int, Field(ge=1, le=MOST_SECONDS)]
    """Seconds. A pulse that is begun is billed whole, also where the next step cuts it short."""


class TierTable(TomlTable):
    """One of `tiers`: up to so many channels, the price of one a month."""

    channels: Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
    """Up to so many."""
    price: Price
    """Money for a channel and month."""
    free_servers: Annotated[int, Field(ge=0)] = 0
    """How many servers of the account owe no minimum."""


class OverTable(TomlTable):
    """`over = { policy = … }`: what happens to calls beyond the channels bought."""

    policy: Annotated[Over, Field(strict=False)] = Over.REPORT
    """`"report"` shows them; `"burst"` charges each day's peak above those bought; `"block"` is kept for live control and without effect yet."""
    price: Price | None = None
    """Money for a channel and day; needed by `"burst"`, and refused elsewhere."""

    @model_validator(mode="after")
    def _price_of_bursts(self) -> OverTable:
        if self.policy is Over.BURST and self.price is None:
            raise ValueError("price: what a channel above those bought costs a day is missing")
        if self.policy is not Over.BURST and self.price is not None:
            raise ValueError('price: only the policy "burst" has it; leave it out')
        return self


class PlanTable(TomlTable):
    """`[plan.NAME]`; its later revisions as `[[plan.NAME.revision]]`."""

    model: Literal["per_minute", "per_channel"]
    """A plan keeps its model."""
    currency: Currency
    """A plan keeps its currency, and a card that it names must have the same."""
    rate: Price | None = None
    """Money a minute, for every destination."""
    card: Text | None = None
    """The name of a rate card."""
    steps: list[StepTable] | None = None
    """Rate steps, instead of `rate` and `increment`."""
    tally: Annotated[Tally, Field(strict=False)] | None = None
    """What is rounded: each call, or the account's day. Left out: `"call"` with a card, else `"daily"`."""
    increment: Annotated[Increment, input_error(Increment.parse)] | None = None
    """Seconds: the minimum call duration, then the pulse. Not with `steps`. Left out: `"1/1"`."""
    connect_fee: Price | None = None
    """Money for each answered call that costs anything. Left out: 0."""
    attempt_fee: Price | None = None
    """Money for each call that is not answered. Left out: 0."""
    grace_seconds: GraceMs | None = None
    """Seconds, to the millisecond: a call of at most so long, unrounded, costs nothing. Left out: 0."""
    duration_rounding: Annotated[DurationRounding, Field(strict=False)] | None = None
    """How a duration becomes whole seconds. Left out: `"up"`."""
    pulse_anchor: Annotated[PulseAnchor, Field(strict=False)] | None = None
    """Pulses count after the minimum, or from the start: `"total"`. Not with `steps`. Left out: `"minimum"`."""
    minimum_cost: Price | None = None
    """Money: the least that a call with billed seconds costs, after rounding. Only under `tally = "call"`. Left out: no least."""
    maximum_cost: Price | None = None
    """Money: the most that a call costs, after rounding. Only under `tally = "call"`. Left out: no most."""
    tiers: list[TierTable] | None = None
    """Prices of channels. They rise by `channels`; beyond the last its price goes on. Left out: only a plan by the minute may."""
    tier_mode: Annotated[TierMode, Field(strict=False)] | None = None
    """All channels at the price of the tier that their number falls in, or, `"graduated"`, each at its own tier's. Left out: `"volume"`."""
    charge: Annotated[Charge, Field(strict=False)] | None = None
    """Each day its share of the month, or, `"monthly"`, the rest of the month on the first day. Left out: `"daily"`."""
    over: OverTable | None = None
    """Calls beyond the channels bought. Left out: `{ policy = "report" }`."""
    bill_by: Annotated[BillBy, Field(strict=False)] | None = None
    """The channels bought, or, `"p95"`, the 95th percentile of the month's five-minute peaks, charged on the account's last day on the plan in the month. Left out: `"bought"`."""
    rounding: RoundingTable | None = None
    """Of the call or the day. Left out: `{ method = "up", precision = 4 }`."""
    minimum_per_server: Price = Decimal(0)
    """Money a month that each server owes which is not free; what the account spends on calls and channels counts."""
    prorate: Annotated[Prorate, Field(strict=False)] = Prorate.DAY
    """A server owes by its days of the month, or, `"none"`, the whole for any day."""
    short_calls: ShortCallsTable | None = None
    """A fee for each [short call](#short-calls), where they are too large a share of a day's or month's. Left out: none."""
    from_day: Annotated[Day | None, Field(alias="from")] = None
    """The UTC day from which this revision of the plan holds. Needed to change a plan that has billed days. Left out: from always."""
    revision: list[RevisionTable] = Field(default_factory=list)
    """Later [revisions](#revisions) of the plan."""

    @model_validator(mode="before")
    @classmethod
    def _kept(cls, values: Any) -> Any:
        """A plan keeps its model and currency: its revisions have them of it."""
        if not isinstance(values, dict) or not isinstance(values.get("revision"), list):
            return values
        kept = {key: values[key] for key in ("model", "currency") if key in values}
        revisions = [kept | one if isinstance(one, dict) else one for one in values["revision"]]
        return values | {"revision": revisions}

    @model_validator(mode="after")
    def _days_once(self) -> PlanTable:
        days = [table.from_day for table in chain([self], self.revision)]
        if len(set(days)) != len(days):
            raise ValueError("revision: two of the plan's begin on one day")
        return self

    @model_validator(mode="after")
    def _whole(self) -> PlanTable:
        foreign = BY_THE_CHANNEL if self.model == "per_minute" else BY_THE_MINUTE
        for key in foreign:
            if getattr(self, key) is not None:
                other = "per_channel" if self.model == "per_minute" else "per_minute"
                raise ValueError(f"{key}: only {other} plans have it; leave it out")
        try:
            if self.model == "per_minute":
                self._check_minutes()
            else:
                self._check_channels()
        except InputError as error:
            raise ValueError(error.message) from None
        return self

    def _check_minutes(self) -> None:
        if sum(price is not None for price in (self.rate, self.card, self.steps)) != 1:
            raise InputError("a per_minute plan says exactly one of rate, card and steps")
        if self.steps is not None:
            if self.increment is not None or self.pulse_anchor is not None:
                raise InputError(
                    "steps have their own pulses; leave out increment and pulse_anchor"
                )
            check_steps(self._priced_steps())
        if self._terms().checked_bounds().bounds_costs and self._tally() is Tally.DAILY:
            key = "maximum_cost" if self.minimum_cost is None else "minimum_cost"
            raise InputError(
                f'{key}: a day\'s sum is rounded, and its calls have no costs of their own; say tally = "call", or leave it out'
            )

    def _tally(self) -> Tally:
        return self.tally or (Tally.CALL if self.card is not None else Tally.DAILY)

    def _check_channels(self) -> None:
        if self.bill_by is BillBy.P95:
            if self.charge is Charge.MONTHLY:
                raise InputError("charge: by the 95th percentile no month is charged ahead")
            if self.over is not None and self.over.policy is Over.BURST:
                raise InputError("over: by the 95th percentile nothing bursts; leave it out")
        check_tiers(self._tiers())

    def _priced_steps(self) -> tuple[Step, ...]:
        return tuple(Step(step.start, step.rate, step.pulse) for step in self.steps or [])

    def _tiers(self) -> tuple[Tier, ...]:
        return tuple(
            Tier(tier.channels, tier.price, tier.free_servers) for tier in self.tiers or []
        )

    def _terms(self) -> Terms:
        """What the plan says of increments, fees and rounding, with the defaults."""
        said = Terms(
            increment=self.increment,
            connect_fee=self.connect_fee,
            attempt_fee=self.attempt_fee,
            grace_ms=self.grace_seconds,
            duration_rounding=self.duration_rounding,
            rounding=None
            if self.rounding is None
            else Rounding(self.rounding.method, self.rounding.precision),
            pulse_anchor=self.pulse_anchor,
            minimum_cost=self.minimum_cost,
            maximum_cost=self.maximum_cost,
        )
        return said.over(DEFAULT_TERMS)

    def _channel_prices(self) -> ChannelPrices | None:
        if self.model == "per_minute":
            return None
        return ChannelPrices(
            tiers=self._tiers(),
            tier_mode=self.tier_mode or TierMode.VOLUME,
            charge=self.charge or Charge.DAILY,
            over=Over.REPORT if self.over is None else self.over.policy,
            bill_by=self.bill_by or BillBy.BOUGHT,
            burst_price=(self.over and self.over.price) or Decimal(0),
        )

    def plan(self, name: str) -> Plan:
        """The plan in the core's words."""
        channels = self._channel_prices()
        return Plan(
            name=name,
            currency=self.currency,
            tally=self._tally(),
            terms=self._terms(),
            card=self.card,
            rate=self.rate if channels is None else Decimal(0),
            steps=self._priced_steps() or None,
            channels=channels,
            minimum_per_server=self.minimum_per_server,
            prorate=self.prorate,
            from_day=self.from_day,
            short_calls=None if self.short_calls is None else self.short_calls.short_calls(),
        )


class RevisionTable(PlanTable):
    """One of `revision`: the whole plan as it is from a day on."""

    from_day: Annotated[Day, Field(alias="from")]

    @model_validator(mode="after")
    def _no_more(self) -> RevisionTable:
        if self.revision:
            raise ValueError("revision: a revision has none of its own")
        return self
