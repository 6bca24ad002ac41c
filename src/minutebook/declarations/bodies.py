"""What is declared as JSON: as the ledger keeps each change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from minutebook import money
from minutebook.calls.source import Source
from minutebook.cards.classes import classes_body, classes_from_body
from minutebook.cards.declared_card import CardKind, DeclaredCard
from minutebook.cards.notice import Notice
from minutebook.cards.recipe import (
    EXACT,
    BuiltFrom,
    Collapse,
    Combine,
    ProfitRule,
    Recipe,
    Require,
)
from minutebook.declarations.declared_schedule import DeclaredSchedule
from minutebook.plans.fx import FxRates
from minutebook.plans.plan import Plan, terms_from_body, terms_to_body
from minutebook.plans.provider import Provider, Surcharge
from minutebook.plans.terms import Account, Server, Term

Declaration: TypeAlias = (
    Plan | Account | Server | Source | DeclaredCard | Provider | FxRates | DeclaredSchedule
)
"""What an apply file declares."""


def body_of(declared: Declaration) -> dict[str, Any]:
    """A declaration as JSON, complete."""
    match declared:
        case Plan():
            return {
                **declared.to_body(),
                "from": declared.from_day and declared.from_day.isoformat(),
            }
        case Account():
            closed = declared.closed and {"closed": declared.closed.isoformat()}
            return {
                "name": declared.title,
                "debit_limit": money.text(declared.debit_limit),
                "terms": [term_body(term) for term in declared.terms],
                "match": list(declared.matches),
                **(closed or {}),
                **({"mask_numbers": True} if declared.mask_numbers else {}),
                **({"offers": list(declared.offers)} if declared.offers else {}),
            }
        case Server():
            retired = declared.retired and declared.retired.isoformat()
            return {
                "account": declared.account,
                "deployed": declared.deployed.isoformat(),
                "retired": retired,
            }
        case Source():
            return source_body(declared)
        case DeclaredCard():
            return card_body(declared)
        case DeclaredSchedule():
            return declared.to_body()
        case FxRates():
            return {f"from {day}": str(rate) for day, rate in declared.rates}
        case Provider():
            limit, short = declared.credit_limit, declared.short_calls
            return {
                "name": declared.title,
                "currency": declared.currency,
                "card": declared.card,
                "credit_limit": None if limit is None else money.text(limit),
                "match": list(declared.matches),
                **({} if declared.gateway is None else {"gateway": str(declared.gateway)}),
                **({"short_calls": [*map(surcharge_body, short)]} if short else {}),
            }


def surcharge_body(surcharge: Surcharge) -> dict[str, Any]:
    """What a provider asks for short calls as JSON, by the keys of an apply file; silent keys are absent."""
    said = surcharge.to_body()
    seconds = money.text(Decimal(said.pop("below_ms")) / 1000, 0)
    return {"below_seconds": seconds, **said}


def term_body(term: Term) -> dict[str, Any]:
    """A term as JSON; silent keys are absent."""
    said = {"plan": term.plan, "channels": term.channels, "override": term.override}
    return {
        "from": term.from_day.isoformat(),
        **{key: value for key, value in said.items() if value is not None},
    }


def source_body(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return {
        "format": source.format,
        "zone": source.zone,
        "server": source.server,
        "country": source.country,
        "international_prefix": source.international_prefix,
        "national_prefix": source.national_prefix,
        "tech_prefixes": list(source.tech_prefixes),
        "max_call_hours": source.max_call_hours,
        "options": source.options,
    }


def card_body(card: DeclaredCard) -> dict[str, Any]:
    """What is declared of a card as JSON; silent keys are absent."""
    said = {
        "currency": card.currency,
        "kind": None if card.kind is None else str(card.kind),
        "build": None if card.build is None else recipe_body(card.build),
        **classes_body(card.bands),
        "notice": None if card.notice is None else card.notice.body(),
    }
    return {key: value for key, value in said.items() if value is not None}


def card_from_body(name: str, body: dict[str, Any]) -> DeclaredCard:
    """The inverse of `card_body`."""
    kind, build, notice = (body.get(key) for key in ("kind", "build", "notice"))
    return DeclaredCard(
        name,
        body["currency"],
        None if kind is None else CardKind(kind),
        None if build is None else recipe_from_body(build),
        classes_from_body(body),
        None if notice is None else Notice(**notice),
    )


def built_body(built: BuiltFrom) -> dict[str, Any]:
    """What a revision was built from as JSON."""
    fx = {name: str(rate) for name, rate in built.fx.items()}
    return {"from": built.revisions, "recipe": recipe_body(built.recipe)} | (
        {"fx": fx} if fx else {}
    )


def built_from_body(body: dict[str, Any]) -> BuiltFrom:
    """The inverse of `built_body`."""
    recipe = recipe_from_body(body["recipe"])
    revisions = {name: body["from"][name] for name in recipe.parents}
    return BuiltFrom(
        revisions, recipe, {name: Fraction(rate) for name, rate in body.get("fx", {}).items()}
    )


def recipe_body(recipe: Recipe) -> dict[str, Any]:
    """A recipe as JSON, in one spelling: equal recipes, equal bodies. What has its default is absent."""
    alone = len(recipe.parents) == 1
    said = {
        "from": list(recipe.parents),
        "combine": None if alone and recipe.combine is Combine.MIN else str(recipe.combine),
        "weights": {
            name: money.text(recipe.weights[name], 0)
            for name in recipe.parents
            if name in recipe.weights
        },
        "minutes": None
        if recipe.minutes is None
        else {"from": str(recipe.minutes[0]), "to": str(recipe.minutes[1])},
        "n": recipe.nth,
        "require": None if recipe.require is Require.ANY else str(recipe.require),
        "collapse": None if recipe.collapse is None else str(recipe.collapse),
        "profit": [_profit_body(rule) for rule in recipe.profit],
        "rounding": None if recipe.rounding == EXACT else _rounding_body(recipe.rounding),
        "terms": terms_to_body(recipe.terms),
    }
    return {key: value for key, value in said.items() if value not in (None, {}, [])}


def recipe_from_body(body: dict[str, Any]) -> Recipe:
    """The inverse of `recipe_body`."""
    rounding, collapse, minutes = (body.get(key) for key in ("rounding", "collapse", "minutes"))
    return Recipe(
        parents=tuple(body["from"]),
        combine=Combine(body.get("combine", Combine.MIN)),
        weights={name: Decimal(weight) for name, weight in body.get("weights", {}).items()},
        nth=body.get("n"),
        require=Require(body.get("require", Require.ANY)),
        profit=tuple(_profit_from_body(rule) for rule in body.get("profit", [])),
        rounding=EXACT
        if rounding is None
        else money.Rounding(money.Method(rounding["method"]), rounding["precision"]),
        terms=terms_from_body(body.get("terms", {})),
        collapse=None if collapse is None else Collapse(collapse),
        minutes=None
        if minutes is None
        else (date.fromisoformat(minutes["from"]), date.fromisoformat(minutes["to"])),
    )


_WHERE = ("prefixes", "patterns", "countries")


def _profit_body(rule: ProfitRule) -> dict[str, Any]:
    where = {key: list(getattr(rule, key)) for key in _WHERE if getattr(rule, key)}
    amounts = ("percent", "add", "price", "floor", "ceiling", "cap")
    said = {key: getattr(rule, key) for key in amounts}
    return where | {key: money.text(v, 0) for key, v in said.items() if v is not None}


def _profit_from_body(body: dict[str, Any]) -> ProfitRule:
    said: dict[str, Any] = {
        key: tuple(value) if key in _WHERE else Decimal(value) for key, value in body.items()
    }
    return ProfitRule(**said)


def _rounding_body(rounding: money.Rounding) -> dict[str, Any]:
    return {"method": str(rounding.method), "precision": rounding.precision}
