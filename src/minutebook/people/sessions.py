"""Sessions: who asks with a token, and how they end (docs/rules/access.md, "Sessions")."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from minutebook.access.session import IDLE, LONGEST_SESSION, form_token, token_digest
from minutebook.errors import InputError
from minutebook.ledger import user_sessions

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.session import Session
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database

_SEEN_EVERY: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=30)


def session_opened_by(database: Database, token: str, at: datetime) -> Session | None:
    """The session of a token, which goes on from now; None: it ended, its user is disabled, or there is none."""
    digest = token_digest(token)
    with database.question() as connection:
        found = user_sessions.session_of_digest(connection, digest, at, form_token(token))
    if found is not None and at - found.seen_at >= _SEEN_EVERY:
        ends = min(at + IDLE, found.begun_at + LONGEST_SESSION)
        with database.transaction() as connection:
            user_sessions.touch_session(connection, found.number, at, ends)
    return found


def end_session(database: Database, token: str, at: datetime) -> None:
    """End the session of a token: sign out."""
    with database.transaction() as connection:
        user_sessions.end_of_digest(connection, token_digest(token), at)


def end_sessions(
    database: Database, name: str, at: datetime, number: int | None, but_token: str | None
) -> int:
    """End the sessions of a user, or the one of a number, but for that of a token; gives how many. `InputError` where the user
    has none of that number.
    """
    but = None if but_token is None else token_digest(but_token)
    with database.transaction() as connection:
        ended = user_sessions.end_sessions_of(connection, name, at, number=number, but_digest=but)
    if number is not None and not ended:
        raise InputError(f"{name} has no session {number} that has not ended")
    return ended


def living_sessions(database: Database, at: datetime, name: str | None) -> list[Session]:
    """The sessions that have not ended, of all or of one user: the latest first."""
    with database.transaction() as connection:
        return user_sessions.sessions_living(connection, at, name)


def forget_old_sessions(connection: Connection, at: datetime) -> None:
    """Remove sessions that ended long ago."""
    user_sessions.forget_sessions_before(connection, at - _KEPT)
