"""Every account's review, a line each, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day

if TYPE_CHECKING:
    from minutebook.fit.reviews import AccountFit, EveryFit


@dataclass(frozen=True)
class AccountFitView:
    """Whether an account's plan fits. Amounts are positive."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of the amounts")]
    plan: Annotated[str, Doc("that it is on, on the last day")]
    cost: Annotated[Amount, Doc("of the period as declared")]
    recommended: Annotated[str, Doc("the cheapest that loses no call and has a price for each")]
    channels: Annotated[int | None, Doc("its size; null under a plan by the minute")]
    recommended_cost: Annotated[Amount, Doc("of the period under it")]
    saves: Annotated[Amount, Doc("what it costs less; 0 where it is the present one")]
    switch_from: Annotated[Day, Doc("the first day on which the account's model may change")]

    @classmethod
    def of(cls, fit: AccountFit) -> AccountFitView:
        """The account's line."""
        return cls(
            account=fit.account,
            currency=fit.currency,
            plan=fit.plan,
            cost=fit.cost,
            recommended=fit.recommended,
            channels=fit.channels,
            recommended_cost=fit.recommended_cost,
            saves=fit.saves,
            switch_from=fit.switch_from,
        )


@dataclass(frozen=True)
class LeftOutView:
    """An account without a review."""

    account: Annotated[str, Doc("its name")]
    why: Annotated[str, Doc("why: it has no calls, or no plan on the last day")]


@dataclass(frozen=True)
class EveryFitView:
    """Whether every account's plan fits the calls of some days."""

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    accounts: Annotated[list[AccountFitView], Doc("where most is saved first")]
    left_out: Annotated[list[LeftOutView], Doc("those without a review")]

    @classmethod
    def of(cls, found: EveryFit) -> EveryFitView:
        """The accounts' lines."""
        left = [LeftOutView(account, why) for account, why in found.left_out.items()]
        return cls(found.first, found.last, [AccountFitView.of(fit) for fit in found.fits], left)
