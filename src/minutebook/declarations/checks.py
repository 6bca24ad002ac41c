"""What can only be seen once every file is merged: names that lead nowhere, currencies, models, means.

Pure. Each looks at one declaration, and raises `InputError` where it cannot be.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.calls.carried import tied
from minutebook.cards.tariff import Tally
from minutebook.errors import InputError
from minutebook.plans.recurring import deployment_needs
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from minutebook.cards.declared_card import DeclaredCard
    from minutebook.cards.revision import Card
    from minutebook.declarations.carrier import Carrier
    from minutebook.plans.plan import Plan
    from minutebook.plans.provider import Provider
    from minutebook.plans.terms import Account, Server

SWITCH_DAYS = 30
"""Days that must lie between two changes of an account's model."""


def currency_of(carrier: Carrier, plan: str) -> str:
    """A plan's currency; `InputError` where it is not declared."""
    revisions = carrier.plans.get(plan)
    if not revisions:
        raise InputError(
            f"plan {plan!r} is not declared{did_you_mean(plan, carrier.plans)};"
            f" declare [plan.{plan}]"
        )
    return revisions[0].currency


def check_account(carrier: Carrier, account: Account) -> None:
    """Its terms' plans are there, in its currency, with channels where they are bought; and its switches."""
    for plan in (*(term.plan for term in account.terms), *account.offers):
        currency = currency_of(carrier, plan)
        if currency != account.currency:
            raise InputError(
                f"plan {plan!r} is in {currency}, the account in {account.currency}; they must agree"
            )
    for term in account.terms:
        by_channel = _model_of(carrier, term.plan) == "per_channel"
        if by_channel and term.channels is None and _buys(carrier.plans[term.plan][0]):
            raise InputError(
                f"from {term.from_day}: plan {term.plan!r} charges by the channel; say channels = N"
            )
        if not by_channel and term.channels is not None:
            raise InputError(
                f"from {term.from_day}: plan {term.plan!r} charges by the minute; leave out channels"
            )
    _check_switches(carrier, account)


def check_server(
    carrier: Carrier, before: Server | None, server: Server, opened: Container[str]
) -> None:
    """Its account is there, and not closed; `opened` are the accounts that the files open."""
    account = carrier.accounts.get(server.account)
    if account is None:
        raise InputError(
            f"account {server.account!r} is not declared"
            f"{did_you_mean(server.account, carrier.accounts)}; declare it first"
        )
    if before is not None and before.deployed == server.deployed:
        return
    late = account.closed is not None and server.deployed > account.closed
    if late and account.name not in opened:
        raise InputError(
            f"{account.name} is closed, its last day is {account.closed}; open another account"
        )


def check_means(
    carrier: Carrier, server: Server, owned: list[Server], balances: Mapping[str, Decimal]
) -> None:
    """Deploying takes the means for the minimum of every server `owned`
    (docs/rules/minimum.md, "Means to deploy").
    """
    account = carrier.accounts[server.account]
    needed, paying, held = deployment_needs(
        carrier.holdings_of(account, owned),
        max(server.deployed, account.terms[0].from_day),
    )
    available = balances.get(account.name, Decimal(0)) + account.debit_limit
    if held is not None and needed > available:
        each = money.text(held.plan.minimum_per_server)
        raise InputError.advised(
            f"to deploy it {account.name} needs {money.text(needed)} {account.currency} available"
            f" ({len(paying)} of its servers at {each} a month) and has {money.text(available)}:"
            f" {money.text(needed - available)} is missing",
            "take a payment, or pass force, a reason",
            shell="take a payment, or --force REASON",
        )


def check_plan(
    carrier: Carrier, plan: Plan, rows_bound_costs: Callable[[Card], bool] | None = None
) -> None:
    """A plan keeps its currency and model; its card has that currency
    (docs/rules/cards.md, "Currency of a card").

    `rows_bound_costs` says whether a row of some deck of a card has the least or the most of a call.
    """
    for revision in carrier.plans[plan.name]:
        if revision.currency != plan.currency:
            raise InputError(f"its currency was {revision.currency}; a plan keeps its currency")
        if revision.model != plan.model:
            raise InputError(f"its model was {revision.model}; a plan keeps its model")
        if _buys(revision) != _buys(plan):
            was = "the channels bought" if _buys(revision) else "the 95th percentile"
            raise InputError(f"it was billed by {was}; a plan keeps that: declare another plan")
    card = carrier.cards.get(plan.card or "")
    if card is not None and card.currency != plan.currency:
        raise InputError(
            f"card {card.name!r} is in {card.currency}, the plan in {plan.currency}; they must agree"
        )
    if card is None or plan.tally is not Tally.DAILY:
        return
    bounded = any(revision.terms.bounds_costs for revision in card.revisions)
    if bounded or (rows_bound_costs is not None and rows_bound_costs(card)):
        raise InputError(
            f'card {plan.card!r} says what a call costs at least or at most, and under tally = "daily" a call has no'
            ' cost of its own; say tally = "call", or name another card'
        )


def check_card(carrier: Carrier, card: DeclaredCard) -> None:
    """Plans that name it have its currency, cards that it is built from a rate of exchange; it is not built from
    itself (docs/rules/cards.md, "Currency of a card").

    Cards that are not there yet may be named.
    """
    for revisions in carrier.plans.values():
        for plan in revisions:
            if plan.card == card.name and plan.currency != card.currency:
                raise InputError(
                    f"plan {plan.name!r} uses it in {plan.currency}, not {card.currency}; they must agree"
                )
    for child in carrier.cards.values():
        recipe = child.declared and child.declared.build
        for parent in recipe.parents if recipe else ():
            known = carrier.cards.get(parent)
            concerned = card.name in (child.name, parent)
            if concerned and known is not None and not _exchanged(carrier, known, child):
                raise InputError(
                    f"card {child.name!r} in {child.currency} is built from {parent!r} in {known.currency};"
                    f' declare rates: [fx] {known.currency}_{child.currency} = [ {{ from = DATE, rate = "…" }} ]'
                )
    way = _way_back(carrier, card.name)
    if way:
        raise InputError(
            f"build: it would be built from itself, by {' from '.join(map(repr, way))};"
            " take one of them out of from"
        )


def _exchanged(carrier: Carrier, parent: Card, child: Card) -> bool:
    own, currency = parent.currency, child.currency
    return own == currency or not carrier.fx.keys().isdisjoint(
        (f"{own}_{currency}", f"{currency}_{own}")
    )


def _way_back(carrier: Carrier, card: str) -> list[str]:
    """A way from a card by what it is built from back to it; empty: there is none."""
    ways, seen = [[card]], set()
    while ways:
        way = ways.pop()
        known = carrier.cards.get(way[-1])
        recipe = known and known.declared and known.declared.build
        for parent in recipe.parents if recipe else ():
            if parent == card:
                return [*way, card]
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return []


def check_provider(carrier: Carrier, provider: Provider) -> None:
    """Its card has its currency, and no table of another provider can hold for the same call as strongly
    (docs/rules/providers.md, "Whose trunk").
    """
    card = carrier.cards.get(provider.card)
    if card is not None and card.currency != provider.currency:
        raise InputError(
            f"card {card.name!r} is in {card.currency}, the provider in {provider.currency}; they must agree"
        )
    for table in provider.matches:
        for other in carrier.providers.values():
            for another in other.matches if other.name != provider.name else ():
                if tied(table, another):
                    what = " and ".join(
                        f"{key} {value}" for key, value in (another | table).items()
                    )
                    raise InputError(
                        f"match: {what} is both {provider.name}'s and {other.name}'s; tell them apart by another key"
                    )


def _check_switches(carrier: Carrier, account: Account) -> None:
    """A change of model needs some days since the last one
    (docs/rules/switching.md, "Days between changes").
    """
    last: date | None = None
    for before, after in pairwise(account.terms):
        if _model_of(carrier, before.plan) == _model_of(carrier, after.plan):
            continue
        day = after.from_day
        if last is not None and (day - last).days < SWITCH_DAYS and after.override is None:
            raise InputError(
                f"from {day}: the model changed on {last} too, and may again from"
                f" {last + timedelta(days=SWITCH_DAYS)} on; or override with a reason"
            )
        last = day


def _model_of(carrier: Carrier, plan: str) -> str:
    return carrier.plans[plan][0].model


def _buys(plan: Plan) -> bool:
    """Whether a plan's channels are bought."""
    return plan.channels is not None and plan.channels.buys
