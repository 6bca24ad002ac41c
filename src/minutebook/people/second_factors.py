"""The second factor of users: begun, confirmed, taken away (docs/rules/access.md, "The second factor")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.access.second_factor import (
    new_recovery_codes,
    new_second_factor,
    recovery_digest,
    step_of_code,
)
from minutebook.access.session import token_digest
from minutebook.errors import InputError
from minutebook.ledger import user_secrets, user_sessions
from minutebook.people.passwords import prove_password
from minutebook.people.users import changing, keep_proof_changed

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.second_factor import NewSecondFactor
    from minutebook.ledger.database import Database


def begin_second_factor(database: Database, name: str, issuer: str) -> NewSecondFactor:
    """A secret for an authenticator; nothing asks for its codes until one of them confirms it. `InputError` where there is a
    second factor already.
    """
    new = new_second_factor(name, issuer)
    with changing(database, name) as (connection, user):
        if user.second_factor:
            raise InputError(
                "there is a second factor already; take it away before you set up another"
            )
        user_secrets.keep_second_factor(connection, name, new.secret)
    return new


def confirm_second_factor(
    database: Database, name: str, code: str, token: str | None, at: datetime
) -> tuple[str, ...]:
    """Confirm a second factor with a first code: from now on it is asked for, and other sessions than that of `token` have
    ended. Gives the recovery codes, which nothing tells again. `InputError` where the code is wrong, or none was begun.
    """
    codes = new_recovery_codes()
    with changing(database, name) as (connection, user):
        secret = user_secrets.secret_of(connection, name)
        if secret is None or secret.totp_secret is None or secret.totp_confirmed:
            raise InputError("no second factor is being set up; begin again")
        step = step_of_code(secret.totp_secret, code, at)
        if step is None or not user_secrets.take_step(connection, name, step):
            raise InputError(
                "the code is wrong; see that the device's clock is right, and try the next"
            )
        user_secrets.keep_confirmed(connection, name, [recovery_digest(one) for one in codes])
        but = None if token is None else token_digest(token)
        user_sessions.end_sessions_of(connection, name, at, but_digest=but)
        keep_proof_changed(connection, user, f"user:{name}", "second factor set up")
    return tuple(codes)


def renew_recovery_codes(
    database: Database, name: str, password: str, address: str | None, at: datetime
) -> tuple[str, ...]:
    """Recovery codes in the place of those that are left, which open nothing any more, with the password. `InputError` where it
    is wrong, or there is no second factor.
    """
    prove_password(database, name, password, address, at)
    codes = new_recovery_codes()
    with changing(database, name) as (connection, user):
        if not user.second_factor:
            raise InputError("there is no second factor; set one up, and its codes come with it")
        user_secrets.keep_confirmed(connection, name, [recovery_digest(one) for one in codes])
        keep_proof_changed(connection, user, f"user:{name}", "other recovery codes")
    return tuple(codes)


def remove_second_factor(
    database: Database,
    name: str,
    password: str,
    token: str | None,
    address: str | None,
    at: datetime,
) -> None:
    """Take one's own second factor away, with the password; other sessions than that of `token` end."""
    prove_password(database, name, password, address, at)
    _taken_away(database, name, f"user:{name}", token, at)


def reset_second_factor(database: Database, name: str, by: str, at: datetime) -> None:
    """Take the second factor of a user away, who has lost it, and sign the user out everywhere."""
    _taken_away(database, name, by, None, at)


def second_factor_codes_left(database: Database, name: str) -> int:
    """How many recovery codes a user has left."""
    with database.transaction() as connection:
        return user_secrets.recovery_codes_left(connection, name)


def _taken_away(database: Database, name: str, by: str, token: str | None, at: datetime) -> None:
    with changing(database, name) as (connection, user):
        user_secrets.keep_second_factor(connection, name, None)
        but = None if token is None else token_digest(token)
        user_sessions.end_sessions_of(connection, name, at, but_digest=but)
        if user.second_factor:
            keep_proof_changed(connection, user, by, "second factor taken away")
