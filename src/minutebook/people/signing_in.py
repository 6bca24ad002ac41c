"""Signing in: name and password, then the code where there is a second factor (docs/rules/access.md, "Signing in")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from minutebook.access.password import is_password, new_password, password_hash
from minutebook.access.second_factor import recovery_digest, step_of_code
from minutebook.access.session import (
    CODE_WAIT,
    IDLE,
    SignedIn,
    SignInRefused,
    cut,
    new_token,
    token_digest,
)
from minutebook.access.user import name_as_kept
from minutebook.ledger import locks, sign_in_tries, user_secrets, user_sessions, users
from minutebook.people.lock_out import begin_try
from minutebook.people.sessions import forget_old_sessions
from minutebook.people.users import keep_proof_changed

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.user import User
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.ledger.user_secrets import UserSecret

_WRONG = SignInRefused("wrong")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody asks from, and when."""

    at: datetime
    address: str | None = None
    agent: str | None = None


def sign_in(
    database: Database, name: str, password: str, code: str | None, visitor: Visitor
) -> SignedIn | SignInRefused:
    """A session for who has this password; where there is a second factor and no code, one that waits for it
    (`enter_code`). The refusal does not tell whether there is such a user, and takes as long either way.
    """
    name = name_as_kept(name)
    tried = begin_try(database, name, visitor.address, visitor.at)
    if isinstance(tried, SignInRefused):
        return tried
    with database.transaction() as connection:
        user, secret = _enabled(connection, name)
    if not is_password(password, secret.password_hash if user and secret else None):
        return _WRONG
    with database.transaction(locks.ACCESS) as connection:
        if _enabled(connection, name) != (user, secret) or user is None or secret is None:
            return _WRONG
        if secret.totp_confirmed and code is None:
            sign_in_tries.forget_try(connection, tried)
            return _begun(connection, user, visitor, pending=True)
        if secret.totp_confirmed and not takes_code(
            connection, user.name, secret, code, visitor.at
        ):
            return _WRONG
        return _begun(connection, user, visitor, pending=False)


def enter_code(
    database: Database, token: str, code: str, visitor: Visitor
) -> SignedIn | SignInRefused:
    """A session, with another token, for who has said the password and has the code of the second factor, or a recovery code."""
    digest = token_digest(token)
    with database.transaction() as connection:
        name = user_sessions.pending_of(connection, digest, visitor.at)
    if name is None:
        return SignInRefused("late")
    tried = begin_try(database, name, visitor.address, visitor.at)
    if isinstance(tried, SignInRefused):
        return tried
    with database.transaction(locks.ACCESS) as connection:
        user, secret = _enabled(connection, name)
        if user_sessions.pending_of(connection, digest, visitor.at) is None or user is None:
            return SignInRefused("late")
        if secret is None or not takes_code(connection, name, secret, code, visitor.at):
            return _WRONG
        user_sessions.end_of_digest(connection, digest, visitor.at)
        return _begun(connection, user, visitor, pending=False)


def sign_in_known(database: Database, name: str, visitor: Visitor) -> SignedIn | SignInRefused:
    """A session for who has proved the name elsewhere, as to an issuer of OpenID Connect; refused where there is no such user.

    A password that was made up, which others may have read, opens nothing from then on: nobody needs it.
    """
    kept = name_as_kept(name)
    with database.transaction(locks.ACCESS) as connection:
        user, _ = _enabled(connection, kept)
        if user is None:
            return _WRONG
        if user.must_change_password:
            nobodys = password_hash(new_password())
            user_secrets.keep_password(connection, kept, nobodys, must_change=False)
            keep_proof_changed(connection, user, f"user:{kept}", "signed in elsewhere")
            user = replace(user, must_change_password=False)
        return _begun(connection, user, visitor, pending=False)


def takes_code(
    connection: Connection, name: str, secret: UserSecret, code: str | None, at: datetime
) -> bool:
    """Whether a code of the second factor, or a recovery code, is right; it is not taken again."""
    if code is None or secret.totp_secret is None:
        return False
    step = step_of_code(secret.totp_secret, code, at)
    if step is not None:
        return user_secrets.take_step(connection, name, step)
    return user_secrets.take_recovery_code(connection, name, recovery_digest(code))


def _enabled(connection: Connection, name: str) -> tuple[User | None, UserSecret | None]:
    """The user of a name who may sign in, and what proves it."""
    found = [user for user in users.read_users(connection, name) if user.disabled_at is None]
    return (found[0], user_secrets.secret_of(connection, name)) if found else (None, None)


def _begun(connection: Connection, user: User, visitor: Visitor, *, pending: bool) -> SignedIn:
    """A session of a user; one that is not pending ends the count of wrong tries."""
    forget_old_sessions(connection, visitor.at)
    if not pending:
        sign_in_tries.forget_tries_of(connection, user.name)
    token = new_token()
    user_sessions.begin_session(
        connection,
        user.name,
        token_digest(token),
        visitor.at,
        visitor.at + (CODE_WAIT if pending else IDLE),
        cut(visitor.address),
        cut(visitor.agent),
        pending=pending,
    )
    return SignedIn(
        user.name, token, code_needed=pending, must_change_password=user.must_change_password
    )
