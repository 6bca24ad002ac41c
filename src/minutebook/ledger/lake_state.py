"""What the ledger knows of the lake: the newest versions of its calls and of what waits, and the digests of files that carry none.

By this a lake that went back, or another one, is told from the book's own
(docs/rules/runs.md, "What a run reads").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.ledger.memos import memo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.ledger.connection import Connection

_VERSION = "lake version"
_WAITING = "quarantine version"


def newest_version(connection: Connection) -> int:
    """The newest version of the lake that an import made or a run read; -1 before any."""
    row = connection.execute(
        "select greatest((select max(lake_version) from run),"
        " (select value::bigint from memo where key = %s), -1)",
        [_VERSION],
    ).fetchone()
    assert row is not None
    return int(row[0])


def newest_waiting(connection: Connection) -> int:
    """The newest version of the quarantine that an import or a try made; -1 before any."""
    return int(memo(connection, _WAITING) or -1)


def remember_versions(connection: Connection, calls: int, waiting: int) -> None:
    """Remember to which versions calls and quarantine have come; earlier ones than are known change nothing."""
    for key, version in ((_VERSION, calls), (_WAITING, waiting)):
        _remember(connection, key, version)


def _remember(connection: Connection, key: str, version: int) -> None:
    connection.execute(
        "insert into memo (key, value) values (%s, %s) on conflict (key) do update"
        " set value = greatest(memo.value::bigint, excluded.value::bigint)::text",
        [key, str(version)],
    )


def digests(connection: Connection) -> dict[str, str]:
    """The digests that were kept, by the name of the file."""
    return dict(connection.execute("select file, digest from lake_digest").fetchall())


def keep_digests(connection: Connection, found: Mapping[str, str]) -> None:
    """Keep digests of files that have none yet."""
    with connection.cursor() as cursor:
        cursor.executemany("insert into lake_digest (file, digest) values (%s, %s)", found.items())


def priced_files(connection: Connection) -> dict[str, int]:
    """Every file that any run priced, and the first run that did."""
    rows = connection.execute(
        "select file, min(run) from priced_day, unnest(files) as file group by file"
    )
    return dict(rows.fetchall())
