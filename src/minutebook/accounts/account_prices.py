"""What an account is charged: its plan's terms, and the price list of the plan's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.cards.price_list import PriceList
    from minutebook.plans.plan import Plan
    from minutebook.plans.terms import Account, Term


@dataclass(frozen=True, slots=True, repr=False)
class AccountPrices(Shown):
    """What an account is charged at an instant."""

    account: Account
    """Whose prices they are."""
    at: datetime
    """The instant."""
    term: Term | None
    """The term in force; None: the account is on no plan then."""
    plan: Plan | None
    """The revision of its plan in force; None likewise."""
    price_list: PriceList | None
    """The prices of the plan's card; None where it has none, or no price of it is in force then."""
