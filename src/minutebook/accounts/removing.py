"""What was declared by mistake is taken back, while nothing leans on it (docs/rules/runs.md, "Taken back").

The removal is a change of the declaration like any other, with who and why: what it was stays in the
history, and the name can be declared anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.cards.revision import Card
from minutebook.declarations.bodies import body_of
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.ledger import change_log, declarations, leaning, months
from minutebook.ledger.locks import POSTING, RUN, hold
from minutebook.notebook import Shown
from minutebook.plans.provider import provider_key
from minutebook.words import counted, did_you_mean, reason_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class Removal(Shown):
    """A declaration that was taken back. `new` is False where it was so before, in the same words."""

    kind: str
    """`"account"`, `"server"`, `"plan"`, `"source"`, `"card"`, `"provider"` or `"schedule"`."""
    name: str
    reason: str
    by: str
    """Who took it back."""
    new: bool = True


def remove_declared(
    database: Database,
    lake: Lake,
    quarantine: Quarantine,
    kind: str,
    name: str,
    reason: str,
    by: str,
) -> Removal:
    """Take a declaration back. `InputError`, and nothing is done, where something leans on it: postings,
    calls, a closed month, or another declaration.
    """
    why = reason_kept(reason, "taking a declaration back")
    with database.transaction(lock=RUN) as connection:
        hold(connection, POSTING)
        carrier = declarations.load(connection)
        known: Mapping[str, Any] = getattr(carrier, f"{kind}s")
        if name not in known:
            if change_log.removed_for(connection, kind, name) == why:
                return Removal(kind, name, why, by, new=False)
            if kind == "card":
                card_of(carrier.cards, name)
            raise InputError(f"{kind} {name!r} is not declared{did_you_mean(name, known)}")
        for reason_not in _leaning(connection, carrier, lake, quarantine)[kind](name):
            raise InputError(f"{kind} {name!r} stays: {reason_not}")
        was = _bodies(known[name])
        declarations.remove(connection, kind, name)
        change_log.keep_removed(connection, by, kind, name, was, why)
        return Removal(kind, name, why, by)


def _bodies(declared: Any) -> dict[str, Any]:
    """What is kept of it; of a plan the last revision, as the others are in its history too."""
    if isinstance(declared, Card):
        return {} if declared.declared is None else body_of(declared.declared)
    return body_of(declared[-1] if isinstance(declared, tuple) else declared)


def _leaning(
    connection: Connection, carrier: Carrier, lake: Lake, quarantine: Quarantine
) -> dict[str, Callable[[str], Iterable[str]]]:
    """By kind: what leans on a declaration of a name, in words."""

    def account(name: str) -> Iterable[str]:
        for server in carrier.servers.values():
            if server.account == name:
                yield f"server {server.name!r} is its; take that back first"
        yield from billed(name, "close it")
        calls = lake.count_of("account", name)
        if calls:
            yield f"it has {counted(calls, 'call')}; correct their account, or take their import back"

    def billed(account: str, instead: str) -> Iterable[str]:
        posted = leaning.postings_of(connection, account)
        if posted:
            yield f"it has {counted(posted, 'posting')}; {instead}"
        days = leaning.priced_days_of(connection, account)
        if days:
            yield f"calls of {counted(days, 'day')} were priced for it; {instead}"

    def provider(name: str) -> Iterable[str]:
        yield from billed(provider_key(name), "declare it with match = []")

    def server(name: str) -> Iterable[str]:
        declared, open_from = carrier.servers[name], months.first_open_day(connection)
        if open_from is not None and declared.deployed < open_from:
            yield f"it was deployed {declared.deployed}, in a closed month; retire it"
        day = leaning.minimum_with(connection, name)
        if day is not None:
            yield f"the minimum of {day} was charged with it; retire it"

    def plan(name: str) -> Iterable[str]:
        for account in carrier.accounts.values():
            if any(term.plan == name for term in account.terms):
                yield f"account {account.name!r} is on it, or was"
        if name in leaning.billed_plans(connection):
            yield "days are billed under it"

    def source(name: str) -> Iterable[str]:
        calls, waiting = lake.count_of("source", name), quarantine.open(None, name).height
        if calls or waiting:
            yield f"{counted(calls + waiting, 'record')} came in by it"

    def card(name: str) -> Iterable[str]:
        yield from _on_card(carrier, name)
        if name in leaning.billed_cards(connection):
            yield "days are billed by it"

    return {
        "account": account,
        "server": server,
        "plan": plan,
        "source": source,
        "card": card,
        "provider": provider,
        "schedule": lambda _: (),
    }


def _on_card(carrier: Carrier, name: str) -> Iterable[str]:
    """What is declared by a card."""
    for plan, revisions in carrier.plans.items():
        if any(revision.card == name for revision in revisions):
            yield f"plan {plan!r} uses it"
    for other in carrier.cards.values():
        recipe = other.declared and other.declared.build
        if recipe and name in recipe.parents:
            yield f"card {other.name!r} is built from it"
    for provider in carrier.providers.values():
        if provider.card == name:
            yield f"provider {provider.name!r} is paid by it"
