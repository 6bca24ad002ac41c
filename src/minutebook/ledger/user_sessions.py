"""Sessions of browsers, by the hashes of their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.access.session import Session
from minutebook.ledger.users import EVERY_USER, read_users, user_of

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.user import User
    from minutebook.ledger.connection import Connection

_COLUMNS = "session, name, begun_at, seen_at, ends_at, address, agent"
_COUNT = _COLUMNS.count(",") + 1
_LIVES = "ended_at is null and ends_at > %(at)s and pending = %(pending)s"


def begin_session(
    connection: Connection,
    name: str,
    digest: str,
    at: datetime,
    ends_at: datetime,
    address: str | None,
    agent: str | None,
    *,
    pending: bool,
) -> None:
    """A session begins; `pending`: it opens nothing yet."""
    connection.execute(
        "insert into user_session (digest, name, pending, begun_at, seen_at, ends_at, address, agent)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [digest, name, pending, at, at, ends_at, address, agent],
    )


def pending_of(connection: Connection, digest: str, at: datetime) -> str | None:
    """The user whose code is waited for with this token; None: nobody's."""
    row = connection.execute(
        f"select name from user_session where digest = %(digest)s and {_LIVES}",
        {"digest": digest, "at": at, "pending": True},
    ).fetchone()
    return None if row is None else row[0]


def session_of_digest(
    connection: Connection, digest: str, at: datetime, form_token: str
) -> Session | None:
    """The session that a token opens at an instant; None: it has ended, or its user is disabled."""
    row = connection.execute(
        f"select opened.*, whose.* from (select {_COLUMNS} from user_session where digest = %(digest)s and {_LIVES}) opened,"
        f" lateral ({EVERY_USER} where last.name = opened.name) whose",
        {"digest": digest, "at": at, "pending": False},
    ).fetchone()
    if row is None:
        return None
    user = user_of(row[_COUNT:])
    return _session(user, row[:_COUNT], form_token) if user.disabled_at is None else None


def touch_session(connection: Connection, number: int, at: datetime, ends_at: datetime) -> None:
    """Something is asked with a session: it ends later."""
    connection.execute(
        "update user_session set seen_at = %s, ends_at = %s where session = %s and ended_at is null",
        [at, ends_at, number],
    )


def sessions_living(connection: Connection, at: datetime, name: str | None = None) -> list[Session]:
    """The sessions that open something at an instant, of all or of one user: the latest first."""
    rows = connection.execute(
        f"select {_COLUMNS} from user_session"
        f" where {_LIVES} and (%(name)s::text is null or name = %(name)s) order by session desc",
        {"at": at, "pending": False, "name": name},
    ).fetchall()
    users = {user.name: user for user in read_users(connection) if user.disabled_at is None}
    return [_session(users[row[1]], row) for row in rows if row[1] in users]


def end_of_digest(connection: Connection, digest: str, at: datetime) -> None:
    """End the session of a token, if there is one."""
    connection.execute(
        "update user_session set ended_at = %s where digest = %s and ended_at is null", [at, digest]
    )


def end_sessions_of(
    connection: Connection,
    name: str,
    at: datetime,
    *,
    number: int | None = None,
    but_digest: str | None = None,
) -> int:
    """End the sessions of a user, or the one of a number, but for that of a token; gives how many lived."""
    ended = connection.execute(
        "update user_session set ended_at = %(at)s where name = %(name)s and ended_at is null and ends_at > %(at)s"
        " and session = coalesce(%(number)s, session) and digest is distinct from %(but)s",
        {"at": at, "name": name, "number": number, "but": but_digest},
    )
    return ended.rowcount


def forget_sessions_before(connection: Connection, at: datetime) -> None:
    """Remove those that ended before an instant."""
    connection.execute(
        "delete from user_session where least(ended_at, ends_at) < %s", [at]
    )  # least() leaves nulls out


def _session(user: User, row: tuple[Any, ...], form_token: str = "") -> Session:
    number, _, begun_at, seen_at, ends_at, address, agent = row
    return Session(
        number=number,
        user=user.name,
        role=user.role,
        account=user.account,
        begun_at=begun_at,
        seen_at=seen_at,
        ends_at=ends_at,
        address=address,
        agent=agent,
        must_change_password=user.must_change_password,
        _form_token=form_token,
    )
