"""Every account's review of some days, a line each: whose plan does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from decimal import Decimal

    from minutebook.fit.review import Review


@dataclass(frozen=True, slots=True, repr=False)
class AccountFit(Shown):
    """Whether an account's plan fits: what it costs, and the cheapest that loses no call. Costs are positive."""

    _TOLD: ClassVar = ("account", "plan", "cost", "recommended", "saves")
    account: str
    """Its name."""
    currency: str
    """Of the costs."""
    plan: str
    """The plan that it is on."""
    cost: Decimal
    """Of the days as declared."""
    recommended: str
    """The cheapest plan that loses no call and has a price for each; the present one, of equals."""
    channels: int | None
    """Its size; None under a plan by the minute."""
    recommended_cost: Decimal
    """What the days cost under it."""
    saves: Decimal
    """What it costs less than the present one; 0 where it is that."""
    switch_from: date
    """The first UTC day on which the account's model may change."""

    @classmethod
    def of(cls, found: Review) -> AccountFit:
        """Of a review."""
        best = found.recommended
        return cls(
            account=found.account.name,
            currency=found.account.currency,
            plan=found.plan,
            cost=found.current.cost,
            recommended=best.plan,
            channels=best.channels,
            recommended_cost=best.cost,
            saves=found.saves,
            switch_from=found.switch_from,
        )


@dataclass(frozen=True, slots=True, repr=False)
class EveryFit(Shown):
    """Whether every account's plan fits the calls of some days."""

    _TOLD: ClassVar = ("first", "last", "fits")
    first: date
    """The first UTC day."""
    last: date
    """The last."""
    fits: tuple[AccountFit, ...]
    """Those whose plan another one beats by most first; of equals by name."""
    left_out: dict[str, str]
    """Accounts without a review, and why: no calls, no plan on the last day."""


def every_fit(
    accounts: Iterable[str],
    first: date,
    last: date,
    review: Callable[[str], Review],
    progress: Callable[[int, int], None] | None = None,
) -> EveryFit:
    """A line for each of the accounts; `review` makes the review of one. `progress` is told of accounts (done, to do)."""
    names, fits, left_out = sorted(accounts), [], {}
    for number, name in enumerate(names):
        if progress is not None:
            progress(number, len(names))
        try:
            fits.append(AccountFit.of(review(name)))
        except InputError as error:
            left_out[name] = str(error)
    if progress is not None:
        progress(len(names), len(names))
    fits.sort(key=lambda fit: (-fit.saves, fit.account))
    return EveryFit(first, last, tuple(fits), left_out)
