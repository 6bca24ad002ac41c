"""The chain of all that is only added to: what is gone, changed or slipped in since shows
(docs/rules/runs.md, "The chain").

The database adds a link for each posting, declaration, run, correction, closed month and status, and
for what is said of when cards are in force, what is parked and who lets it pass. A link's hash is of the one before it and of the row, so
nothing can be taken out of the middle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.ledger.connection import Connection

_KEYS = {
    "declaration": "declaration",
    "run": "run",
    "correction": "correction",
    "month_close": "month",
    "month_change": "change",
    "journal": "journal",
    "account_status": "change",
    "card_live": "card_live",
    "parked": "parked",
    "parked_pass": "parked_pass",
}
"""The tables that are linked, each with its key."""

_LINKED = " union all ".join(
    f"select '{table}' as of_table, {key}::text as key, to_jsonb(t) as kept from {table} t"
    for table, key in _KEYS.items()
)
_WALKED = f"""
with linked as ({_LINKED}),
hashed as (
    select link, of_table, key, hash, lag(link, 1, 0::bigint) over walk as before,
           lag(hash, 1, ''::bytea) over walk as hash_before
      from chain window walk as (order by link)
)
select link, of_table, key, h.before, l.key is not null as there,
       h.hash = sha256(h.hash_before || convert_to(of_table || ' ' || jsonb_strip_nulls(l.kept)::text, 'UTF8'))
  from hashed h full join linked l using (of_table, key)
 where link is null or l.key is null or h.before <> link - 1
    or h.hash <> sha256(h.hash_before || convert_to(of_table || ' ' || jsonb_strip_nulls(l.kept)::text, 'UTF8'))
 order by link nulls last, of_table, key
"""
_TWICE = (
    "select of_table, key, max(link) from chain group by 1, 2 having count(*) > 1 order by 1, 2"
)


def last_link(connection: Connection) -> tuple[int, str]:
    """The last link's number and its hash in hexadecimal; 0 and "" while nothing is there."""
    row = connection.execute(
        "select link, encode(hash, 'hex') from chain order by link desc limit 1"
    ).fetchone()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def hash_of(connection: Connection, link: int) -> str | None:
    """The hash of a link, in hexadecimal; None where there is no such link."""
    row = connection.execute(
        "select encode(hash, 'hex') from chain where link = %s", [link]
    ).fetchone()
    return None if row is None else str(row[0])


def broken(connection: Connection) -> Iterator[tuple[str, str, str, int]]:
    """Where the chain does not hold: (fault, table, key, link); nothing where it holds.

    A fault is "unlinked", a row without a link; "cut", the links before this one are gone; "gone", a
    link without its row; "changed", the row or the link before it is another; "twice", a row with
    more than one link.
    """
    for link, table, key, before, there, holds in connection.execute(_WALKED).fetchall():
        if link is None:
            yield "unlinked", table, key, 0
            continue
        if before != link - 1:
            yield "cut", table, key, link
        if not there:
            yield "gone", table, key, link
        elif not holds and before == link - 1:
            yield "changed", table, key, link
    for table, key, link in connection.execute(_TWICE).fetchall():
        yield "twice", table, key, link
