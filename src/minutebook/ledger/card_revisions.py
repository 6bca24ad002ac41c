"""Cards and their revisions: from which deck, with which terms, live from when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from minutebook.cards.revision import Card, Revision
from minutebook.ledger import change_log
from minutebook.plans.plan import terms_from_body, terms_to_body

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection


def load(connection: Connection) -> list[Card]:
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


def add(connection: Connection, currency: str, revision: Revision, by: str) -> None:
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
    said = {"revision": revision.number, "file": revision.file}
    change_log.keep(connection, by, [("card", revision.card, None, said)])


def set_live(
    connection: Connection, card: str, number: int, before: datetime | None, at: datetime, by: str
) -> None:
    """Take a revision live from `at`."""
    connection.execute(
        "update card_revision set live_at = %s where card = %s and revision = %s",
        [at, card, number],
    )
    was = {"revision": number, "live_at": before and before.isoformat()}
    said = {"revision": number, "live_at": at.isoformat()}
    change_log.keep(connection, by, [("card", card, was, said)])
