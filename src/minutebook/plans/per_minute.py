"""What a per-minute plan asks for a day's calls (docs/rules/cost.md, "By the call or by the day")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.rating import tally
from minutebook.rating.table import said

if TYPE_CHECKING:
    from decimal import Decimal

    from minutebook.plans.plan import Plan


def due(plan: Plan, numerator: int) -> Decimal:
    """The charge of one account and day, positive.

    `numerator` (money.NUMERATOR_UNITS) is the sum over the day's calls: of their unrounded costs
    under a daily tally, which is rounded here, once; of their rounded costs under a call tally.
    """
    rounding = said(plan.terms.rounding)
    return tally.rounded_sum(plan.tally, rounding, numerator=numerator, cost_units=numerator // 60)
