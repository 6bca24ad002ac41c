"""Cards and their revisions: from which deck, with which terms, live from when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from minutebook.cards.revision import Card, Live, Revision
from minutebook.declarations.bodies import built_body, built_from_body, card_from_body
from minutebook.ledger import change_log
from minutebook.plans.plan import terms_from_body, terms_to_body

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection


def load(connection: Connection) -> list[Card]:
    """Every card with its revisions, and all that was said of when each is in force, by name."""
    revisions: dict[str, list[Revision]] = {}
    for card, number, sha256, prefixes, file, terms, imported_at, built in connection.execute(
        "select card, revision, sha256, prefixes, file, terms, imported_at, built"
        " from card_revision where not removed order by card, revision"
    ):
        revisions.setdefault(card, []).append(
            Revision(
                card,
                number,
                None,
                sha256,
                prefixes,
                file,
                terms_from_body(terms),
                imported_at,
                built=None if built is None else built_from_body(built),
            )
        )
    said: dict[tuple[str, int], list[Live]] = {}
    withdrawn: dict[tuple[str, int], bool] = {}
    for order, card, number, live, at in connection.execute(
        "select card_live, card, revision, live, at from card_live order by card_live"
    ):
        lives = said.setdefault((card, number), [])
        said[card, number] = [*lives, Live(at, order)] if live else [one.cut(at) for one in lives]
        withdrawn[card, number] = not live
    return [
        Card(
            name,
            currency,
            tuple(
                revision.with_lives(
                    said.get((name, revision.number), ()),
                    withdrawn=withdrawn.get((name, revision.number), False),
                )
                for revision in revisions.get(name, ())
            ),
            None if body is None else card_from_body(name, body),
        )
        for name, currency, body in connection.execute(
            "select card, currency, body from card where not removed order by card"
        )
    ]


def last_number(connection: Connection, card: str) -> int:
    """The number of a card's last revision, those included that were taken back with it; 0: none."""
    row = connection.execute(
        "select coalesce(max(revision), 0) from card_revision where card = %s", [card]
    ).fetchone()
    return int(row[0]) if row else 0


def brought_by(connection: Connection) -> dict[tuple[str, int], str]:
    """Who brought each revision, by its card and number."""
    rows = connection.execute(
        "select name, (after->>'revision')::int, declared_by from declaration"
        " where kind = 'card' and before is null and after ? 'revision' order by declaration"
    )
    return {(card, number): by for card, number, by in rows}


def add(
    connection: Connection, currency: str, revision: Revision, by: str, why: str = "card import"
) -> None:
    """Keep a new revision, and its card where that is new; `why` is by which command."""
    connection.execute(
        "insert into card (card, currency) values (%s, %s) on conflict (card) do update"
        " set currency = excluded.currency, removed = false where card.removed",
        [revision.card, currency],
    )
    connection.execute(
        "insert into card_revision (card, revision, sha256, prefixes, file, terms, imported_at, built)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            revision.card,
            revision.number,
            revision.sha256,
            revision.prefixes,
            revision.file,
            Jsonb(terms_to_body(revision.terms)),
            revision.imported_at,
            None if revision.built is None else Jsonb(built_body(revision.built)),
        ],
    )
    said = {"revision": revision.number, "file": revision.file}
    if revision.live_at is not None:
        said["live_at"] = revision.live_at.isoformat()
    change_log.keep(connection, by, [("card", revision.card, None, said)], why)
    if revision.live_at is not None:
        _say(connection, revision.card, revision.number, revision.live_at, by, None, live=True)


def keep_order(
    connection: Connection,
    revision: Revision,
    at: datetime,
    by: str,
    reason: str | None,
    *,
    live: bool,
) -> None:
    """Keep that a revision is live from an instant, or out of force from then on."""
    _say(connection, revision.card, revision.number, at, by, reason, live=live)
    first = revision.live_at
    was = {"revision": revision.number, "live_at": first and first.isoformat()}
    said = {"revision": revision.number, ("live_at" if live else "withdrawn_at"): at.isoformat()}
    why = {} if reason is None else {"reason": reason}
    done = reason or ("card live" if live else "card withdraw")
    change_log.keep(connection, by, [("card", revision.card, was, said | why)], done)


def _say(
    connection: Connection,
    card: str,
    number: int,
    at: datetime,
    by: str,
    reason: str | None,
    *,
    live: bool,
) -> None:
    connection.execute(
        "insert into card_live (card, revision, live, at, said_by, reason) values (%s, %s, %s, %s, %s, %s)",
        [card, number, live, at, by, reason],
    )
