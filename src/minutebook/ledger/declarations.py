"""What is declared, in SQL: loaded whole, saved by change, each change kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from minutebook import money
from minutebook.calls.source import Source
from minutebook.cards.revision import Card, Revision
from minutebook.declarations.carrier import Carrier
from minutebook.plans.plan import Plan, terms_from_body, terms_to_body
from minutebook.plans.terms import Account, Server, Term

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from minutebook.declarations.merge import Change
    from minutebook.ledger.database import Connection

_ALWAYS_DAY = date.min
_BOOK = "book"


def load(connection: Connection) -> Carrier:
    """Everything declared."""
    carrier = Carrier()
    for plan, from_day, body in connection.execute(
        "select plan, from_day, body from plan_revision order by plan, from_day"
    ):
        revision = Plan.from_body(plan, None if from_day == _ALWAYS_DAY else from_day, body)
        carrier.plans[plan] = (*carrier.plans.get(plan, ()), revision)
    terms: dict[str, list[Term]] = {}
    for account, *term in connection.execute(
        "select account, from_day, plan, override, channels from term order by account, from_day"
    ):
        terms.setdefault(account, []).append(Term(*term))
    for name, title, currency, limit, matches, closed in connection.execute(
        "select account, name, currency, debit_limit, matches, closed from account order by account"
    ):
        carrier.accounts[name] = Account(
            name, title, currency, limit, tuple(terms[name]), tuple(matches), closed
        )
    for row in connection.execute(
        "select server, account, deployed, retired from server order by server"
    ):
        carrier.servers[row[0]] = Server(*row)
    for name, body in connection.execute("select source, body from source order by source"):
        carrier.sources[name] = Source(
            name=name, **{**body, "tech_prefixes": tuple(body["tech_prefixes"])}
        )
    for card in load_cards(connection):
        carrier.cards[card.name] = card
    return carrier


def load_cards(connection: Connection) -> list[Card]:
    """Every card with its revisions, by name."""
    revisions: dict[str, list[Revision]] = {}
    for card, number, live_at, sha256, prefixes, file, terms, imported_at in connection.execute(
        "select card, revision, live_at, sha256, prefixes, file, terms, imported_at"
        " from card_revision order by card, revision"
    ):
        revisions.setdefault(card, []).append(
            Revision(
                card, number, live_at, sha256, prefixes, file, terms_from_body(terms), imported_at
            )
        )
    return [
        Card(name, currency, tuple(revisions.get(name, ())))
        for name, currency in connection.execute("select card, currency from card order by card")
    ]


def add_card_revision(connection: Connection, currency: str, revision: Revision, by: str) -> None:
    """Keep a new revision, and its card where that is new."""
    connection.execute(
        "insert into card (card, currency) values (%s, %s) on conflict do nothing",
        [revision.card, currency],
    )
    connection.execute(
        "insert into card_revision (card, revision, live_at, sha256, prefixes, file, terms, imported_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            revision.card,
            revision.number,
            revision.live_at,
            revision.sha256,
            revision.prefixes,
            revision.file,
            Jsonb(terms_to_body(revision.terms)),
            revision.imported_at,
        ],
    )
    _log(
        connection,
        by,
        "card",
        revision.card,
        None,
        {"revision": revision.number, "file": revision.file},
    )


def set_live(
    connection: Connection, card: str, number: int, before: datetime | None, at: datetime, by: str
) -> None:
    """Take a revision live from `at`."""
    connection.execute(
        "update card_revision set live_at = %s where card = %s and revision = %s",
        [at, card, number],
    )
    said = {"revision": number, "live_at": before and before.isoformat()}
    _log(connection, by, "card", card, said, {"revision": number, "live_at": at.isoformat()})


def save(connection: Connection, changes: list[Change], by: str, force: str | None = None) -> None:
    """Save what was added or changed, and keep what it was before, by whom and when.

    `force` is why servers were deployed without the means for them; it is kept with these.
    """
    made = [change for change in changes if change.before != change.after]
    cursor = connection.cursor()
    for kind, statements in _SAVE.items():
        declared = [change.after for change in made if change.kind == kind]
        for statement, rows in statements:
            cursor.executemany(statement, [row for one in declared for row in rows(one)])
    logged = []
    for change in made:
        before = None if change.before is None else _body(change.before)
        after = _body(change.after)
        if force is not None and change.kind == "server":
            after["forced"] = force
        logged.append(_log_row(by, change.kind, change.name, before, after))
    cursor.executemany(_LOG, logged)


def latest(connection: Connection) -> int:
    """The number of the latest change to any declaration; 0 before the first."""
    row = connection.execute("select coalesce(max(declaration), 0) from declaration").fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Declared:
    """A change to a declaration: when, by whom, and what it was afterwards, as JSON."""

    at: datetime
    by: str
    after: dict[str, Any] | None


def declared(connection: Connection, kind: str, name: str) -> list[Declared]:
    """Every change to a declaration, in order."""
    rows = connection.execute(
        "select declared_at, declared_by, after from declaration where kind = %s and name = %s"
        " order by declaration",
        [kind, name],
    )
    return [Declared(*row) for row in rows]


def account_as_of(connection: Connection, account: Account, at: datetime) -> Account:
    """An account with the terms and the closing day that were declared by an instant."""
    row = connection.execute(
        "select after from declaration where kind = 'account' and name = %s and declared_at <= %s"
        " order by declaration desc limit 1",
        [account.name, at],
    ).fetchone()
    if row is None:
        return account
    terms = tuple(
        Term(
            date.fromisoformat(term["from"]),
            term["plan"],
            term.get("override"),
            term.get("channels"),
        )
        for term in row[0]["terms"]
    )
    closed = row[0].get("closed")
    return replace(account, terms=terms, closed=closed and date.fromisoformat(closed))


def memo(connection: Connection, key: str) -> str | None:
    """What the program remembers under `key`."""
    row = connection.execute("select value from memo where key = %s", [key]).fetchone()
    return None if row is None else str(row[0])


def remember(connection: Connection, key: str, value: str) -> None:
    """Remember `value` under `key`, in place of what was there."""
    connection.execute(
        "insert into memo (key, value) values (%s, %s) on conflict (key) do update set value = excluded.value",
        [key, value],
    )


def name_book(connection: Connection, name: str) -> str | None:
    """Name the book that the database holds; gives its name.

    A database that was named before, but in which nothing was declared since, keeps its name: its
    making was cut short. None where it holds a book already.
    """
    kept = memo(connection, _BOOK)
    if kept is None:
        remember(connection, _BOOK, name)
        kept = name
    return kept if latest(connection) == 0 else None


def _log(connection: Connection, by: str, kind: str, name: str, before: Any, after: Any) -> None:
    connection.execute(_LOG, _log_row(by, kind, name, before, after))


_LOG = (
    "insert into declaration (declared_by, kind, name, before, after) values (%s, %s, %s, %s, %s)"
)


def _log_row(by: str, kind: str, name: str, before: Any, after: Any) -> list[Any]:
    return [by, kind, name, None if before is None else Jsonb(before), Jsonb(after)]


def _body(declared: Plan | Account | Server | Source) -> dict[str, Any]:
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


_Statement = tuple[str, "Callable[[Any], list[list[Any]]]"]
"""SQL, and the rows of values that a declaration gives it."""

_PLAN: _Statement = (
    "insert into plan_revision (plan, from_day, currency, body) values (%s, %s, %s, %s)"
    " on conflict (plan, from_day) do update set body = excluded.body, currency = excluded.currency,"
    " declared_at = now()",
    lambda plan: [[plan.name, plan.from_day or _ALWAYS_DAY, plan.currency, Jsonb(plan.to_body())]],
)
_ACCOUNT: _Statement = (
    "insert into account (account, name, currency, debit_limit, matches, closed)"
    " values (%s, %s, %s, %s, %s, %s)"
    " on conflict (account) do update set name = excluded.name, debit_limit = excluded.debit_limit,"
    " matches = excluded.matches, closed = excluded.closed",
    lambda a: [[a.name, a.title, a.currency, a.debit_limit, Jsonb(list(a.matches)), a.closed]],
)
_TERM: _Statement = (
    "insert into term (account, from_day, plan, override, channels) values (%s, %s, %s, %s, %s)"
    " on conflict (account, from_day) do update set plan = excluded.plan,"
    " override = excluded.override, channels = excluded.channels",
    lambda a: [[a.name, t.from_day, t.plan, t.override, t.channels] for t in a.terms],
)
_SERVER: _Statement = (
    "insert into server (server, account, deployed, retired) values (%s, %s, %s, %s)"
    " on conflict (server) do update set deployed = excluded.deployed, retired = excluded.retired",
    lambda server: [[server.name, server.account, server.deployed, server.retired]],
)
_SOURCE: _Statement = (
    "insert into source (source, body) values (%s, %s)"
    " on conflict (source) do update set body = excluded.body",
    lambda source: [[source.name, Jsonb(source_body(source))]],
)
_SAVE: dict[str, list[_Statement]] = {
    "plan": [_PLAN],
    "account": [_ACCOUNT, _TERM],
    "server": [_SERVER],
    "source": [_SOURCE],
}
