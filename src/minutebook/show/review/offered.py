"""A review as its customer sees it: its plan against those that it is offered, in amounts that can be paid
(docs/rules/access.md, "A customer's review").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook import money
from minutebook.show.serialise import Day
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review


@dataclass(frozen=True)
class OfferedPlanView:
    """The period under a plan that the customer is on, or is offered."""

    plan: Annotated[str, Doc("its name")]
    model: Annotated[str, Doc('`"per_minute"` or `"per_channel"`')]
    channels: Annotated[
        int | None, Doc("bought, or those that the calls would need; null by the minute")
    ]
    cost: Annotated[str, Doc("of the period, rounded to what can be paid, halves up")]
    lost_calls: Annotated[int, Doc("that so many channels would have refused")]
    comparable: Annotated[
        bool, Doc("the cost is all of these days', and of no others; else it is no comparison")
    ]
    present: Annotated[bool, Doc("the account is on it, through all of the period")]

    @classmethod
    def of(cls, row: PlanCost, currency: str) -> OfferedPlanView:
        """A plan of a review."""
        cost = money.payable_text(row.cost, currency)
        return cls(
            row.plan, row.model, row.channels, cost, row.lost.calls, row.comparable, row.present
        )


@dataclass(frozen=True)
class OfferedReviewView:
    """What an account's traffic costs on its plan, and would under those that it is offered."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    minutes: Annotated[float, Doc("used")]
    calls: Annotated[int, Doc("attempts among them")]
    plan: Annotated[str, Doc("that it is on, on the last day")]
    cost: Annotated[str, Doc("of the period as declared, rounded to what can be paid, halves up")]
    plans: Annotated[
        list[OfferedPlanView], Doc("its own and those that it is offered, the cheapest first")
    ]
    switch_from: Annotated[Day, Doc("the first on which its model may change")]
    words: Annotated[list[str], Doc("all of it in sentences")]

    @classmethod
    def of(cls, found: Review) -> OfferedReviewView:
        """The review; of its plans those that the account is on or is offered."""
        account, traffic = found.account, found.traffic
        own = {term.plan for term in account.terms}
        rows = [row for row in found.plans if row.plan in own.union(account.offers)]
        return cls(
            account=account.name,
            currency=account.currency,
            from_=traffic.first,
            to=traffic.last,
            minutes=round(float(found.minutes), 4),
            calls=traffic.attempts,
            plan=found.plan,
            cost=money.payable_text(found.current.cost, account.currency),
            plans=[OfferedPlanView.of(row, account.currency) for row in rows],
            switch_from=found.switch_from,
            words=_offered_words(found, rows),
        )


def _offered_words(found: Review, rows: list[PlanCost]) -> list[str]:
    account, traffic, current = found.account, found.traffic, found.current

    def paid(row: PlanCost) -> str:
        return f"{money.payable_text(row.cost, account.currency)} {account.currency}"

    said = [
        f"On plan {found.plan}, {float(found.minutes):,.0f} minutes in {counted(traffic.attempts, 'call')} from"
        f" {traffic.first} to {traffic.last} cost {paid(current)}."
    ]
    others = [row for row in rows if row.plan != found.plan and row.comparable]
    cheaper = [row for row in others if not row.lost.calls and row.cost < current.cost]
    if not account.offers:
        said.append("No other plan is offered to compare it with: ask your carrier.")
    elif cheaper:
        best = cheaper[0]
        size = "" if best.channels is None else f" with {counted(best.channels, 'channel')}"
        said.append(
            f"Plan {best.plan}{size} would have cost {paid(best)}. A plan of another model may begin on"
            f" {found.switch_from}: ask your carrier."
        )
    else:
        said.append("No plan that is offered would have cost less without losing a call.")
    if not found.ends_month:
        said.append("No month ends in these days, so no minimum is in the costs: see whole months.")
    if found.current.unpriced_calls:
        said.append(
            f"{counted(found.current.unpriced_calls, 'call')} without a price yet, which the costs leave out."
        )
    return said
