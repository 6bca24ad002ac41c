"""Declarations as the tables of an apply file that declares them: `document` read backwards.

Pure. Values are those of TOML: texts, whole numbers, days, lists and tables. A table is complete;
`terse` leaves out what the grammar gives by itself.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.calls.source import Source
from minutebook.cards.bands import Bands
from minutebook.cards.classes import part_of
from minutebook.cards.declared_card import DeclaredCard
from minutebook.declarations.bodies import Declaration, body_of, card_body, source_body
from minutebook.declarations.declared_schedule import DeclaredSchedule
from minutebook.declarations.plan_table import PlanTable
from minutebook.plans.fx import FxRates
from minutebook.plans.per_channel import Over
from minutebook.plans.provider import Provider
from minutebook.plans.terms import Account, Server, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.money import Rounding
    from minutebook.plans.per_channel import ChannelPrices
    from minutebook.plans.plan import Plan
    from minutebook.plans.short_calls import ShortCalls

_OF_A_PLAN = ("model", "currency", "rate", "card", "steps", "tiers")
"""What a plan cannot leave out, as far as it has it."""


def to_table(declared: Declaration) -> dict[str, Any]:
    """A declaration's table, with every key that it can say; for a plan, of one revision.

    An account always says `terms`. A key without a value (`closed` of an open account) is left out.
    """
    match declared:
        case Account():
            table = _account(declared)
        case Server():
            table = {
                "account": declared.account,
                "deployed": declared.deployed,
                "retired": declared.retired,
            }
        case Source():
            table = source_body(declared)
        case DeclaredCard():
            table = _card(declared)
        case Provider():
            table = body_of(declared)
            if declared.short_calls:
                days = [{"from": one.first, "until": one.last} for one in declared.short_calls]
                table["short_calls"] = [
                    asked | {key: day for key, day in said.items() if day is not None}
                    for asked, said in zip(table["short_calls"], days, strict=True)
                ]
        case FxRates() | DeclaredSchedule():
            table = body_of(declared)
        case _:
            table = _plan(declared)
    return {key: value for key, value in table.items() if value is not None}


def terse(declared: Declaration) -> dict[str, Any]:
    """A declaration's table without what has its default; an account with one term says no `terms`."""
    table = to_table(declared)
    match declared:
        case Account():
            silent = to_table(Account(declared.name, declared.name, "", Decimal(0), ()))
            only = table["terms"][0] if len(table["terms"]) == 1 else {"override": ""}
            if "override" not in only:
                table = {"name": table.pop("name"), **_in_order(only), **table}
                del table["terms"]
        case Server() | DeclaredCard() | DeclaredSchedule():
            return table
        case Source():
            silent = to_table(Source(declared.name))
        case Provider():
            silent = {"name": declared.name, "match": []}
        case _:
            said = {key: table[key] for key in _OF_A_PLAN if key in table}
            silent = to_table(PlanTable.model_validate(said).plan(declared.name))
            silent = {key: value for key, value in silent.items() if key not in said}
    return {key: value for key, value in table.items() if silent.get(key) != value}


def terse_plan(revisions: tuple[Plan, ...]) -> dict[str, Any]:
    """The table of a plan with all of its revisions, the first as the plan itself."""
    first, *later = (terse(plan) for plan in revisions)
    for table in later:
        del table["model"], table["currency"]
    if later:
        first["revision"] = [{"from": table.pop("from"), **table} for table in later]
    return first


def _card(card: DeclaredCard) -> dict[str, Any]:
    table = card_body(card)
    terms = table.get("build", {}).get("terms", {})
    for key in ("grace", "free"):
        if f"{key}_ms" in terms:
            seconds = money.text(Decimal(terms.pop(f"{key}_ms")) / 1000, 0)
            terms[f"{key}_seconds"] = seconds
    if card.build is not None and card.build.minutes is not None:
        table["build"]["minutes"] = dict(zip(("from", "to"), card.build.minutes, strict=True))
    if (bands := part_of(card.bands, Bands)) is not None:
        table["bands"]["holidays"] = list(bands.holidays)
    return table


def _in_order(term: Mapping[str, Any]) -> dict[str, Any]:
    """`plan`, `channels`, `from`: as an account without `terms` says them."""
    return {key: term[key] for key in ("plan", "channels", "from") if key in term}


def _plan(plan: Plan) -> dict[str, Any]:
    table: dict[str, Any] = {"model": plan.model, "currency": plan.currency}
    if plan.channels is None:
        table |= _minutes(plan)
    else:
        table |= _channels(plan.channels)
    return table | {
        "rounding": _rounding(plan.rounding),
        "minimum_per_server": money.text(plan.minimum_per_server),
        "prorate": str(plan.prorate),
        "short_calls": plan.short_calls and _short_calls(plan.short_calls),
        "from": plan.from_day,
    }


def _minutes(plan: Plan) -> dict[str, Any]:
    terms = plan.terms
    steps = plan.steps and [
        {"from": step.from_s, "rate": money.text(step.rate), "pulse": step.pulse_s}
        for step in plan.steps
    ]
    return {
        "rate": None if plan.rate is None else money.text(plan.rate),
        "card": plan.card,
        "steps": steps,
        "tally": str(plan.tally),
        "increment": None if steps else str(terms.increment),
        "pulse_anchor": None if steps else str(terms.pulse_anchor),
        "connect_fee": money.text(terms.connect_fee or Decimal(0)),
        "attempt_fee": money.text(terms.attempt_fee or Decimal(0)),
        "grace_seconds": money.text(Decimal(terms.grace_ms or 0) / 1000, 0),
        "duration_rounding": str(terms.duration_rounding),
        "minimum_cost": None if terms.minimum_cost is None else money.text(terms.minimum_cost),
        "maximum_cost": None if terms.maximum_cost is None else money.text(terms.maximum_cost),
    }


def _channels(prices: ChannelPrices) -> dict[str, Any]:
    over: dict[str, Any] = {"policy": str(prices.over)}
    if prices.over is Over.BURST:
        over["price"] = money.text(prices.burst_price)
    return {
        "tiers": [
            {
                "channels": tier.channels,
                "price": money.text(tier.price),
                **({"free_servers": tier.free_servers} if tier.free_servers else {}),
            }
            for tier in prices.tiers
        ],
        "tier_mode": str(prices.tier_mode),
        "charge": str(prices.charge),
        "over": over,
        "bill_by": str(prices.bill_by),
    }


def _short_calls(short: ShortCalls) -> dict[str, Any]:
    return {
        "below_seconds": money.text(Decimal(short.below_ms) / 1000, 0),
        "share_over": money.text(short.share_over, 0),
        "fee": money.text(short.fee),
        "per": str(short.per),
    }


def _rounding(rounding: Rounding) -> dict[str, Any]:
    return {"method": str(rounding.method), "precision": rounding.precision}


def _account(account: Account) -> dict[str, Any]:
    return {
        "name": account.title,
        "terms": [_term(term) for term in account.terms],
        "debit_limit": money.text(account.debit_limit),
        "match": [dict(match) for match in account.matches],
        "closed": account.closed,
        "mask_numbers": account.mask_numbers or None,
        "offers": list(account.offers) or None,
    }


def _term(term: Term) -> dict[str, Any]:
    said = {
        "from": term.from_day,
        "plan": term.plan,
        "channels": term.channels,
        "override": term.override,
    }
    return {key: value for key, value in said.items() if value is not None}
