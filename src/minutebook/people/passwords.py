"""Passwords given and changed (docs/rules/access.md, "Passwords")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.access.password import check_password, is_password, new_password, password_hash
from minutebook.access.session import token_digest
from minutebook.errors import InputError
from minutebook.ledger import sign_in_tries, user_secrets, user_sessions
from minutebook.people.lock_out import begin_sure_try
from minutebook.people.users import changing, keep_proof_changed, user_named

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.database import Database


def set_password(database: Database, name: str, password: str | None, by: str, at: datetime) -> str:
    """Give a user another password, and sign the user out everywhere; wrong tries are forgotten. None: one is made up, and is
    to be changed at the next sign-in. Gives the password, which nothing tells again.
    """
    chosen = new_password() if password is None else password
    check_password(chosen, name)
    hashed = password_hash(chosen)
    with changing(database, name) as (connection, user):
        user_secrets.keep_password(connection, name, hashed, must_change=password is None)
        user_sessions.end_sessions_of(connection, name, at)
        sign_in_tries.forget_tries_of(connection, name)
        keep_proof_changed(connection, user, by, "user password")
    return chosen


def change_password(
    database: Database,
    name: str,
    present: str,
    new: str,
    token: str | None,
    address: str | None,
    at: datetime,
) -> None:
    """Change one's own password, and sign out all other sessions than that of `token`. `InputError` where the present one is
    another, or the new one is too short or the same.
    """
    check_password(new, name)
    if present == new:
        raise InputError("the new password is the present one; choose another")
    prove_password(database, name, present, address, at)
    hashed = password_hash(new)
    with changing(database, name) as (connection, user):
        user_secrets.keep_password(connection, name, hashed, must_change=False)
        but = None if token is None else token_digest(token)
        user_sessions.end_sessions_of(connection, name, at, but_digest=but)
        keep_proof_changed(connection, user, f"user:{name}", "own password")


def prove_password(
    database: Database, name: str, password: str, address: str | None, at: datetime
) -> None:
    """`InputError` where the password of a user is another; that is a wrong try."""
    tried = begin_sure_try(database, name, address, at)
    with database.transaction() as connection:
        user_named(connection, name)
        secret = user_secrets.secret_of(connection, name)
    if not is_password(password, secret.password_hash if secret else None):
        raise InputError("the present password is another; type it again")
    with database.transaction() as connection:
        sign_in_tries.forget_try(connection, tried)
