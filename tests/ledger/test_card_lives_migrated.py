"""Cards of a book that was written while a revision had one instant: in force as they were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from tests.ledger.test_migrations import AS_ALEMBIC_MADE_IT, FILES, made

from minutebook.cards.revision import ALWAYS, RevisionStanding
from minutebook.ledger import card_revisions, chain, migrate

if TYPE_CHECKING:
    from tests.conftest import Cluster

ROWS = """
insert into minutebook.card (card, currency) values ('a-z', 'USD'), ('new', 'EUR');
insert into minutebook.card_revision (card, revision, live_at, sha256, prefixes, file, terms) values
    ('a-z', 1, '0001-01-01 00:00:00+00', 'a', 1, 'one.csv', '{}'),
    ('a-z', 2, '2026-10-10 12:00:00+00', 'b', 1, 'two.csv', '{}'),
    ('a-z', 3, null, 'c', 1, 'three.csv', '{}'),
    ('a-z', 4, '2026-10-10 12:00:00+00', 'd', 1, 'four.csv', '{}'),
    ('a-z', 5, '2026-10-05 00:00:00+00', 'e', 1, 'five.csv', '{}');
insert into minutebook.declaration (declared_by, kind, name, before, after)
    values ('ada', 'card', 'a-z', '{"revision": 5, "live_at": null}', '{"revision": 5, "live_at": "2026-10-05"}');
"""


def test_what_was_in_force_is(cluster: Cluster) -> None:
    """At each instant, of one instant the higher revision; and who took a revision live is kept, in the chain."""
    old = made(cluster, "card_lives")
    mine = next(n for n, file in enumerate(FILES) if "card_live" in file.name)
    with psycopg.connect(old) as connection:
        connection.execute(AS_ALEMBIC_MADE_IT)
        for file in FILES[:mine]:
            connection.execute(file.read_bytes())
        version = FILES[mine - 1].name.partition("_")[0]
        connection.execute("insert into minutebook.alembic_version values (%s)", [version])
        connection.execute(ROWS)
    migrate.upgrade(old, "minutebook_app")
    with psycopg.connect(old, options="-c search_path=minutebook -c timezone=UTC") as connection:
        card, empty = card_revisions.load(connection)
        who = connection.execute("select said_by from card_live where revision = 5").fetchone()
        linked = connection.execute(
            "select count(*) from chain where of_table = 'card_live'"
        ).fetchone()
        assert [*chain.broken(connection)] == []
    noon = datetime(2026, 10, 10, 12, tzinfo=UTC)
    assert [(at, revision and revision.number) for at, revision in card.timeline()] == [
        (ALWAYS, 1),
        (datetime(2026, 10, 5, tzinfo=UTC), 5),
        (noon, 4),
    ]
    assert card.standing(card.numbered(2), noon) is RevisionStanding.ARCHIVED
    assert card.standing(card.numbered(3), noon) is RevisionStanding.DRAFT
    assert (empty.name, empty.revisions, who) == ("new", (), ("ada",))
    assert linked == (4,)
