"""Advisory locks: what only one at a time may do, each held to the end of its transaction."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import psycopg

from minutebook.errors import InputError, MinutebookWarning

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

RUN = "minutebook run"
"""Billing, declaring, closing a month, proving the book."""

POSTING = "minutebook posting"
"""Posting payments and adjustments by hand, changing a status, and closing a month."""

ACCESS = "minutebook access"
"""Making, changing and taking away keys and users."""


_HOLDER = """
select coalesce(a.application_name, 'somebody'), to_char(coalesce(a.xact_start, a.state_change) at time zone 'UTC', 'HH24:MI:SS')
  from pg_locks l left join pg_stat_activity a using (pid)
 where l.locktype = 'advisory' and l.granted and l.objsubid = 1
   and l.database = (select oid from pg_database where datname = current_database())
   and ((l.classid::bigint << 32) | l.objid::bigint) = hashtext(%s)::bigint
"""


def hold(connection: Connection, lock: str) -> None:
    """Hold a lock until the end of the transaction; waits for whoever holds it, and says for whom.

    `InputError` where the session is to wait no longer than `minutebook.wait_s` seconds.
    """
    key = [lock]
    free = connection.execute("select pg_try_advisory_xact_lock(hashtext(%s))", key).fetchone()
    if free is not None and free[0]:
        return
    found = connection.execute(_HOLDER, key).fetchone()
    holder = f"{found[0]}, at work since {found[1] or '?'} UTC" if found else "another command"
    warnings.warn(
        MinutebookWarning(f"waiting for {holder}; only one at a time may do this"), stacklevel=2
    )
    limit = connection.execute("select current_setting('minutebook.wait_s', true)").fetchone()
    if limit is not None and limit[0]:
        connection.execute("select set_config('lock_timeout', %s, true)", [f"{limit[0]}s"])
    try:
        connection.execute("select pg_advisory_xact_lock(hashtext(%s))", key)
    except psycopg.errors.LockNotAvailable:
        raise InputError.advised(
            f"nothing was done: after {limit and limit[0]} s it is still the turn of {holder}",
            "try again later, or open the book with a longer wait_s",
            shell="run it again later, or with a longer --wait",
        ) from None
    connection.execute("set local lock_timeout = 0")
