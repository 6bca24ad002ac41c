"""By what calls are sold, where routes are asked for (docs/rules/providers.md, "Routes")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.statements.quote import card_plan

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class SoldBy:
    """By what calls are sold: a card, or the plan of an account."""

    name: str
    plan: Plan


def sale_of(carrier: Carrier, account: str | None, card: str | None, at: datetime) -> SoldBy | None:
    """By what calls are sold: the plan of an account on the day of `at`, or a card; None where neither is said.

    `InputError` where both are, where the account has no plan then, or one under which a call has no price of its own.
    """
    if account is not None and card is not None:
        raise InputError(
            "a sale is by an account or by a card; name one of them",
            shell="say --account or --card, one of them",
        )
    if card is not None:
        return SoldBy(card, card_plan(card, carrier.card_named(card).currency))
    if account is None:
        return None
    name = carrier.account_named(account).plan_on(at.date())
    if name is None:
        raise InputError.advised(
            f"{account} has no plan on {at.date()}",
            "pass another at, or a card to sell by",
            shell="say another --at, or --card CARD",
        )
    plan = carrier.plan_of(name, at.date())
    if plan.channels is not None:
        raise InputError.advised(
            f"{account} pays for channels by plan {name!r}: a call has no price of its own",
            "pass a card to sell by",
            shell="say --card CARD to sell by",
        )
    return SoldBy(name, plan)
