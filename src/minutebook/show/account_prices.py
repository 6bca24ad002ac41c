"""What an account is charged, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.declarations.plan_words import plan_in_words
from minutebook.show.declarations.plans import TermInWordsView
from minutebook.show.price_lists import PriceListView
from minutebook.show.serialise import Day, Instant

if TYPE_CHECKING:
    from minutebook.accounts.account_prices import AccountPrices


@dataclass(frozen=True)
class AccountPricesView:
    """What an account is charged: its plan, and the price list of the plan's card."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all prices")]
    at: Annotated[Instant, Doc("the instant whose prices these are")]
    plan: Annotated[str | None, Doc("that it is on; null: none")]
    model: Annotated[str | None, Doc('`"per_minute"` or `"per_channel"`; null: no plan')]
    since: Annotated[Day | None, Doc("the first UTC day of its term; null: no plan")]
    channels: Annotated[int | None, Doc("bought; null where the plan has none")]
    terms: Annotated[list[TermInWordsView], Doc("all terms of the plan in words")]
    price_list: Annotated[
        PriceListView | None,
        Doc("of the plan's card; null: it has none, or no price of it is in force"),
    ]

    @classmethod
    def of(cls, found: AccountPrices) -> AccountPricesView:
        """The account's prices."""
        plan, term = found.plan, found.term
        words = [] if plan is None else plan_in_words(plan)
        return cls(
            account=found.account.name,
            currency=found.account.currency,
            at=found.at,
            plan=None if plan is None else plan.name,
            model=None if plan is None else plan.model,
            since=None if term is None else term.from_day,
            channels=None if term is None else term.channels,
            terms=[TermInWordsView(term, is_) for term, is_ in words],
            price_list=None
            if found.price_list is None
            else PriceListView.of_list(found.price_list),
        )
