"""A review as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.money import Method, Rounding
from minutebook.plans.minimum import shortfall
from minutebook.show.margin import MarginSumView
from minutebook.show.review.words import review_words
from minutebook.show.sentences.fits import SURENESS
from minutebook.show.serialise import Amount, Day, Month
from minutebook.show.servers import ServerMonthView

if TYPE_CHECKING:
    from minutebook.accounts.minimum_standing import MinimumStanding
    from minutebook.fit.break_even import BreakEven
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review

_A_MINUTE = Rounding(Method.HALF_UP, 6)


@dataclass(frozen=True)
class PresentView:
    """What the account is on, and what the period costs by it. Amounts are positive."""

    plan: Annotated[str, Doc("on the last day")]
    cost: Annotated[Amount, Doc("of the period as declared: the sum of the four that follow")]
    usage: Annotated[Amount, Doc("for minutes")]
    channels: Annotated[Amount, Doc("for channels")]
    short_calls: Annotated[Amount, Doc("surcharges on short calls")]
    minimum: Annotated[Amount, Doc("what was short of the servers' minimum")]
    bought: Annotated[int | None, Doc("channels bought on the last day")]
    days_over: Annotated[int, Doc("days on which more were held")]
    billed: Annotated[Amount, Doc("of the cost, so far")]

    @classmethod
    def of(cls, found: Review) -> PresentView:
        """The present plan of a review."""
        charges = found.current.charges
        return cls(
            plan=found.plan,
            cost=found.current.cost,
            usage=charges.usage,
            channels=charges.channels,
            short_calls=charges.short_calls,
            minimum=charges.minimum,
            bought=found.bought,
            days_over=found.days_over,
            billed=found.paid.total,
        )


@dataclass(frozen=True)
class EvenView:
    """From how much traffic on channels cost less than the cheapest plan by the minute."""

    channels: Annotated[int, Doc("bought at a fixed price")]
    minutes_a_month: Annotated[float, Doc("in 30 days")]
    utilisation: Annotated[float, Doc("of the channels, 0 to 1")]

    @classmethod
    def of(cls, even: BreakEven) -> EvenView:
        """The break-even, without its plans."""
        return cls(
            even.channels,
            round(float(even.minutes_a_month), 2),
            round(float(even.utilisation), 6),
        )


@dataclass(frozen=True)
class _Between:
    per_minute: Annotated[str, Doc("the cheapest plan by the minute")]
    per_channel: Annotated[str, Doc("the cheapest by the channel that loses nothing")]


@dataclass(frozen=True)
class BreakEvenView(EvenView, _Between):
    """From how much traffic on the one plan costs less than the other."""

    @classmethod
    def of(cls, even: BreakEven) -> BreakEvenView:
        """The break-even, with its plans."""
        return cls(
            per_minute=even.by_minute, per_channel=even.by_channel, **vars(EvenView.of(even))
        )


@dataclass(frozen=True)
class PlanCostView:
    """The period under one plan."""

    plan: Annotated[str, Doc("its name")]
    model: Annotated[str, Doc('`"per_minute"` or `"per_channel"`')]
    channels: Annotated[int | None, Doc("bought, or the 95th percentile of the last month")]
    servers: Annotated[int, Doc("deployed on the last day")]
    cost: Annotated[Amount, Doc("of the period")]
    usage: Annotated[Amount, Doc("of it, for minutes")]
    channels_cost: Annotated[Amount, Doc("of it, for channels")]
    short_calls: Annotated[Amount, Doc("of it, surcharges on short calls")]
    minimum: Annotated[Amount, Doc("of it, what was short of the servers' minimum")]
    cost_per_minute: Annotated[Amount | None, Doc("of a minute used, to six decimals")]
    lost_calls: Annotated[int, Doc("that so many channels would have refused")]
    lost_minutes: Annotated[float, Doc("of these")]
    loss: Annotated[float, Doc("lost of all attempts, 0 to 1")]
    free_servers: Annotated[int, Doc("free ones of the `servers`")]
    overage: Annotated[Amount, Doc("what bursts make of `channels_cost`")]
    unpriced_calls: Annotated[int, Doc("for which the plan has no price")]
    comparable: Annotated[
        bool,
        Doc("the cost is all of these days', and of no others; only then it may be recommended"),
    ]
    break_even: Annotated[
        EvenView | None,
        Doc(
            "against the cheapest plan by the minute; null where so many minutes do not fit in the channels"
        ),
    ]
    sure: Annotated[str, Doc("what the figure rests on")]
    present: Annotated[bool, Doc("it is what the account is on, through all of the period")]

    @classmethod
    def of(cls, row: PlanCost, found: Review) -> PlanCostView:
        """A plan of a review."""
        even, rate = found.break_even_of(row), row.per_minute(found.minutes)
        return cls(
            plan=row.plan,
            model=row.model,
            channels=row.channels,
            servers=row.servers,
            cost=row.cost,
            usage=row.charges.usage,
            channels_cost=row.charges.channels,
            short_calls=row.charges.short_calls,
            minimum=row.charges.minimum,
            cost_per_minute=None if rate is None else _A_MINUTE.of(rate),
            lost_calls=row.lost.calls,
            lost_minutes=round(row.lost.talk_ms / 60_000, 4),
            loss=round(row.lost.loss, 8),
            free_servers=row.free_servers,
            overage=row.overage,
            unpriced_calls=row.unpriced_calls,
            comparable=row.comparable,
            break_even=None if even is None else EvenView.of(even),
            sure=SURENESS[row.sure],
            present=row.present,
        )


@dataclass(frozen=True)
class RecommendedView:
    """The cheapest plan that loses no call and has a price for each."""

    plan: Annotated[str, Doc("its name")]
    channels: Annotated[int | None, Doc("its size; null under a plan by the minute")]
    saves: Annotated[Amount, Doc("against the present cost")]


@dataclass(frozen=True)
class SmallLossView:
    """The cheapest plan that loses at most 1 %."""

    plan: Annotated[str, Doc("its name")]
    channels: Annotated[int | None, Doc("its size; null under a plan by the minute")]
    cost: Annotated[Amount, Doc("of the period")]


@dataclass(frozen=True)
class ReviewMonthView:
    """Where the minimum of a month stands."""

    month: Annotated[Month, Doc("which month")]
    required: Annotated[Amount, Doc("what the servers require by its end")]
    spent: Annotated[Amount, Doc("on calls and channels of it, billed so far")]
    met: Annotated[bool, Doc("whether that covers it")]
    shortfall: Annotated[Amount, Doc("what is missing")]
    servers: Annotated[list[ServerMonthView], Doc("what each owed and carried")]

    @classmethod
    def of(cls, standing: MinimumStanding) -> ReviewMonthView:
        """The month."""
        return cls(
            month=standing.month,
            required=standing.required,
            spent=standing.spent,
            met=standing.met,
            shortfall=shortfall(standing.required, standing.spent),
            servers=[ServerMonthView.of(server) for server in standing.servers],
        )


@dataclass(frozen=True)
class ReviewView:
    """What an account's traffic would cost under every plan, and which fits. Amounts are positive."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    current: Annotated[PresentView, Doc("the plan that it is on")]
    plans: Annotated[list[PlanCostView], Doc("the period under each plan, the cheapest first")]
    recommended: Annotated[
        RecommendedView, Doc("the cheapest that loses no call and has a price for each")
    ]
    at_small_loss: Annotated[SmallLossView, Doc("the cheapest that loses at most 1 %")]
    break_even: Annotated[
        BreakEvenView | None,
        Doc("from so much traffic on the plan by the channel costs less; null without one"),
    ]
    earned: Annotated[
        MarginSumView | None,
        Doc(
            "what its calls earn as billed so far; null: no provider is declared, `--for customer`, or asked by who may not see the carrier's money"
        ),
    ]
    months: Annotated[list[ReviewMonthView], Doc("each month that the period touches")]
    switch_from: Annotated[Day, Doc("the first on which its model may change")]
    minutes: Annotated[float, Doc("used, with the growth that is asked for")]
    growth: Annotated[float, Doc("as asked: 0.2 is 20 % more")]
    days_without_calls: Annotated[list[Day], Doc("as in [capacity](#capacity)")]
    without_setup: Annotated[int, Doc("as in [capacity](#capacity)")]
    other_currency: Annotated[list[str], Doc("plans that are left out")]
    words: Annotated[list[str], Doc("all of it in sentences")]

    @classmethod
    def of(cls, found: Review) -> ReviewView:
        """The review."""
        best, small, even = found.recommended, found.at_small_loss, found.break_even
        return cls(
            account=found.account.name,
            currency=found.account.currency,
            from_=found.traffic.first,
            to=found.traffic.last,
            current=PresentView.of(found),
            plans=[PlanCostView.of(row, found) for row in found.plans],
            recommended=RecommendedView(best.plan, best.channels, found.saves),
            at_small_loss=SmallLossView(small.plan, small.channels, small.cost),
            break_even=None if even is None else BreakEvenView.of(even),
            earned=None if found.earned is None else MarginSumView.of_line(found.earned.total),
            months=[ReviewMonthView.of(standing) for standing in found.months],
            switch_from=found.switch_from,
            minutes=round(float(found.minutes), 4),
            growth=float(found.growth),
            days_without_calls=list(found.traffic.days_without_calls),
            without_setup=found.traffic.without_setup,
            other_currency=list(found.foreign),
            words=review_words(found),
        )
