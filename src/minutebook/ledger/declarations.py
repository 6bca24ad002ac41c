"""What is declared, in SQL: loaded whole, saved by change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from psycopg.types.json import Jsonb

from minutebook.calls.source import Source
from minutebook.declarations.bodies import body_of, card_body, source_body
from minutebook.declarations.carrier import Carrier
from minutebook.declarations.declared_schedule import DeclaredSchedule
from minutebook.declarations.standing import ReplacedRevision
from minutebook.ledger import card_revisions, change_log
from minutebook.ledger.connection import read_once
from minutebook.plans.fx import FxRates
from minutebook.plans.gateway import gateway_of
from minutebook.plans.plan import Plan
from minutebook.plans.provider import Provider, Surcharge
from minutebook.plans.terms import Account, Server, Term

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from minutebook.declarations.change import Change
    from minutebook.ledger.connection import Connection

_ALWAYS_DAY = date.min


_KEPT: Final[dict[bytes, Carrier]] = {}
"""The last few carriers that were loaded, by the hash of the last link of the chain that is a declaration: it covers all
that was declared before it, and no other book has it unless it declares the same.
"""
_MOST_KEPT: Final = 2


def load(connection: Connection) -> Carrier:
    """Everything declared. It is shared: who means to change it takes a copy."""
    return read_once(connection, _load)


def _load(connection: Connection) -> Carrier:
    state = _state(connection)
    kept = None if state is None else _KEPT.get(state)
    if kept is not None:
        return kept
    carrier = load_anew(connection)
    if state is not None and state == _state(connection):  # else something was declared meanwhile
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT), state), None)
        _KEPT[state] = carrier
    return carrier


def _state(connection: Connection) -> bytes | None:
    """What stands for all that is declared; None: for a transaction that has written, whose state is its own."""
    row = connection.execute(
        "select hash from chain where of_table = 'declaration' and pg_current_xact_id_if_assigned() is null"
        " order by link desc limit 1"
    ).fetchone()
    return None if row is None else bytes(row[0])


def load_anew(connection: Connection) -> Carrier:
    """Everything declared, read anew: for runs and proofs, which trust nothing that is kept."""
    carrier = Carrier()
    for plan, from_day, body in connection.execute(
        "select plan, from_day, body from plan_revision where not removed order by plan, from_day"
    ):
        revision = Plan.from_body(plan, None if from_day == _ALWAYS_DAY else from_day, body)
        carrier.plans[plan] = (*carrier.plans.get(plan, ()), revision)
    terms: dict[str, list[Term]] = {}
    for account, *term in connection.execute(
        "select account, from_day, plan, override, channels from term where not removed"
        " order by account, from_day"
    ):
        terms.setdefault(account, []).append(Term(*term))
    for name, title, currency, limit, matches, closed, masks, offers in connection.execute(
        "select account, name, currency, debit_limit, matches, closed, mask_numbers, offers from account"
        " where not removed and side = 'customer' order by account"
    ):
        carrier.accounts[name] = Account(
            name, title, currency, limit, tuple(terms[name]), tuple(matches), closed, masks, tuple(offers)
        )  # fmt: skip
    for row in connection.execute(
        "select server, account, deployed, retired from server where not removed order by server"
    ):
        carrier.servers[row[0]] = Server(*row)
    for name, body in connection.execute(
        "select source, body from source where not removed order by source"
    ):
        carrier.sources[name] = Source(
            name=name, **{**body, "tech_prefixes": tuple(body["tech_prefixes"])}
        )
    for name, title, currency, card_name, limit, matches, gateway, short in connection.execute(
        "select provider, name, currency, card, credit_limit, matches, gateway, short_calls from provider"
        " where not removed order by provider"
    ):
        found = None if gateway is None else gateway_of(gateway)
        carrier.providers[name] = Provider(
            name, title, currency, card_name, limit, tuple(matches), found,
            tuple(map(Surcharge.from_body, short)),
        )  # fmt: skip
    rates: dict[str, list[tuple[date, Decimal]]] = {}
    for name, from_day, rate in connection.execute(
        "select pair, from_day, rate from fx_rate order by pair, from_day"
    ):
        rates.setdefault(name, []).append((from_day, rate))
    carrier.fx = {name: FxRates(name, tuple(found)) for name, found in rates.items()}
    for name, body in connection.execute(
        "select schedule, body from schedule where not removed order by schedule"
    ):
        carrier.schedules[name] = DeclaredSchedule.from_body(name, body)
    for card in card_revisions.load(connection):
        carrier.cards[card.name] = card
    return carrier


def replaced_revisions(connection: Connection, plan: str) -> list[ReplacedRevision]:
    """What revisions of a plan said before they were declared otherwise, in the order of that."""

    def revision(body: dict[str, Any]) -> Plan:
        day = body.get("from")
        return Plan.from_body(plan, None if day is None else date.fromisoformat(day), body)

    return [
        ReplacedRevision(
            revision(change.before), revision(change.after), change.at, change.by, change.reason
        )
        for change in change_log.changes_of(connection, "plan", plan)
        if change.before is not None and change.after is not None
    ]


def save(
    connection: Connection, declared: list[Change], by: str, reason: str, force: str | None = None
) -> None:
    """Save what was added or changed, and keep what it was before, by whom, when and why.

    `force` is why servers were deployed without the means for them; it is kept with these.
    """
    made = [change for change in declared if change.before != change.after]
    cursor = connection.cursor()
    for kind, statements in _SAVE.items():
        of_kind = [change.after for change in made if change.kind == kind]
        for statement, rows in statements:
            cursor.executemany(statement, [row for one in of_kind for row in rows(one)])
    logged: list[change_log.Logged] = []
    for change in made:
        before = None if change.before is None else body_of(change.before)
        after = body_of(change.after)
        if force is not None and change.kind == "server":
            after["forced"] = force
        logged.append((change.kind, change.name, before, after))
    change_log.keep(connection, by, logged, reason)


def remove(connection: Connection, kind: str, name: str) -> None:
    """Take a declaration back: from now on it is as if it had never been made."""
    for statement in _REMOVE[kind]:
        connection.execute(statement, [name])


_REMOVE = {
    "plan": ["update plan_revision set removed = true where plan = %s"],
    "account": [
        "update term set removed = true where account = %s",
        "update account set removed = true where account = %s",
    ],
    "server": ["update server set removed = true where server = %s"],
    "schedule": ["update schedule set removed = true where schedule = %s"],
    "source": ["update source set removed = true where source = %s"],
    "provider": ["update provider set removed = true where provider = %s"],
    "card": [
        "update card_revision set removed = true where card = %s",
        "update card set removed = true, body = null where card = %s",
    ],
}

_Statement = tuple[str, "Callable[[Any], list[list[Any]]]"]
"""SQL, and the rows of values that a declaration gives it."""

_PLAN: _Statement = (
    "insert into plan_revision (plan, from_day, currency, body) values (%s, %s, %s, %s)"
    " on conflict (plan, from_day) do update set body = excluded.body, currency = excluded.currency,"
    " declared_at = now(), removed = false",
    lambda plan: [[plan.name, plan.from_day or _ALWAYS_DAY, plan.currency, Jsonb(plan.to_body())]],
)
_ACCOUNT: _Statement = (
    "insert into account (account, name, currency, debit_limit, matches, closed, mask_numbers, offers)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s)"
    " on conflict (account) do update set name = excluded.name, debit_limit = excluded.debit_limit,"
    " matches = excluded.matches, closed = excluded.closed, currency = excluded.currency,"
    " mask_numbers = excluded.mask_numbers, offers = excluded.offers, removed = false",
    lambda a: [
        [
            a.name,
            a.title,
            a.currency,
            a.debit_limit,
            Jsonb(list(a.matches)),
            a.closed,
            a.mask_numbers,
            list(a.offers),
        ]
    ],
)
_TERM: _Statement = (
    "insert into term (account, from_day, plan, override, channels) values (%s, %s, %s, %s, %s)"
    " on conflict (account, from_day) do update set plan = excluded.plan,"
    " override = excluded.override, channels = excluded.channels, removed = false",
    lambda a: [[a.name, t.from_day, t.plan, t.override, t.channels] for t in a.terms],
)
_SERVER: _Statement = (
    "insert into server (server, account, deployed, retired) values (%s, %s, %s, %s)"
    " on conflict (server) do update set deployed = excluded.deployed, retired = excluded.retired,"
    " account = excluded.account, removed = false",
    lambda server: [[server.name, server.account, server.deployed, server.retired]],
)
_SOURCE: _Statement = (
    "insert into source (source, body) values (%s, %s)"
    " on conflict (source) do update set body = excluded.body, removed = false",
    lambda source: [[source.name, Jsonb(source_body(source))]],
)
_CARD: _Statement = (
    "insert into card (card, currency, body) values (%s, %s, %s)"
    " on conflict (card) do update set currency = excluded.currency, body = excluded.body,"
    " removed = false",
    lambda card: [[card.name, card.currency, Jsonb(card_body(card))]],
)
_PAYABLE: _Statement = (
    "insert into account (account, name, currency, debit_limit, matches, side)"
    " values (%s, %s, %s, 0, '[]', 'provider')"
    " on conflict (account) do update set name = excluded.name",
    lambda provider: [[provider.key, provider.title, provider.currency]],
)


def _provider_row(p: Provider) -> list[Any]:
    gateway = None if p.gateway is None else str(p.gateway)
    matches = Jsonb(list(p.matches))
    short = Jsonb([one.to_body() for one in p.short_calls])
    return [p.name, p.key, p.title, p.currency, p.card, p.credit_limit, matches, gateway, short]


_PROVIDER: _Statement = (
    "insert into provider"
    " (provider, account, name, currency, card, credit_limit, matches, gateway, short_calls)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " on conflict (provider) do update set name = excluded.name, currency = excluded.currency,"
    " card = excluded.card, credit_limit = excluded.credit_limit, matches = excluded.matches,"
    " gateway = excluded.gateway, short_calls = excluded.short_calls, removed = false",
    lambda p: [_provider_row(p)],
)
_FX: _Statement = (
    "insert into fx_rate (pair, from_day, rate) values (%s, %s, %s)"
    " on conflict (pair, from_day) do update set rate = excluded.rate",
    lambda fx: [[fx.name, day, rate] for day, rate in fx.rates],
)
_SCHEDULE: _Statement = (
    "insert into schedule (schedule, body) values (%s, %s)"
    " on conflict (schedule) do update set body = excluded.body, since = excluded.since, removed = false",
    lambda schedule: [[schedule.name, Jsonb(schedule.to_body())]],
)
_SAVE: dict[str, list[_Statement]] = {
    "plan": [_PLAN],
    "account": [_ACCOUNT, _TERM],
    "server": [_SERVER],
    "source": [_SOURCE],
    "card": [_CARD],
    "provider": [_PAYABLE, _PROVIDER],
    "fx": [_FX],
    "schedule": [_SCHEDULE],
}
