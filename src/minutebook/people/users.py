"""The users of a book: made, listed, disabled, enabled, given another role (docs/rules/access.md, "Users")."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from minutebook.access.password import check_password, new_password, password_hash
from minutebook.access.user import check_user
from minutebook.errors import InputError
from minutebook.ledger import declarations, locks, user_secrets, user_sessions, users
from minutebook.words import did_you_mean, reason_kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from minutebook.access.roles import Role
    from minutebook.access.user import User
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


def add_user(
    database: Database, name: str, role: str, account: str | None, password: str | None, by: str
) -> tuple[User, str]:
    """Make a user; gives it, and the password, which nothing tells again. None: one is made up, and is to be changed
    at the first sign-in. `InputError` where the name is none or was given before, for a role that is none, for a
    password that is too short, and where a customer's account is not said, or not declared.
    """
    chosen = check_user(name, role, account)
    chosen_password = new_password() if password is None else password
    check_password(chosen_password, name)
    hashed = password_hash(chosen_password)
    with database.transaction(locks.ACCESS) as connection:
        _check_account(connection, account)
        if users.read_users(connection, name):
            raise InputError.advised(
                f"there is a user {name!r} already",
                "choose another name, or enable",
                shell=f"choose another name, or see: minutebook user enable {name}",
            )
        body = users.user_body(chosen, account, disabled=False)
        users.keep_user(connection, name, None, body, by, "user add")
        user_secrets.keep_password(connection, name, hashed, must_change=password is None)
        return user_named(connection, name), chosen_password


def every_user(database: Database) -> list[User]:
    """Every user, by name; those who are disabled among them."""
    with database.transaction() as connection:
        return users.read_users(connection)


def the_user(database: Database, name: str) -> User:
    """The user of a name; `InputError` where there is none."""
    with database.transaction() as connection:
        return user_named(connection, name)


def disable_user(database: Database, name: str, reason: str, by: str, at: datetime) -> User:
    """Disable a user, who is signed out everywhere and may not sign in; a user who is disabled stays so, for the first reason."""
    why = reason_kept(reason, "disabling a user")
    with changing(database, name) as (connection, user):
        if user.disabled_at is None:
            body = users.user_body(user.role, user.account, disabled=True)
            users.keep_user(connection, name, _body(user), body, by, why)
        user_sessions.end_sessions_of(connection, name, at)
        return user_named(connection, name)


def enable_user(database: Database, name: str, reason: str, by: str) -> User:
    """Let a user who was disabled sign in again."""
    why = reason_kept(reason, "enabling a user")
    with changing(database, name) as (connection, user):
        if user.disabled_at is not None:
            body = users.user_body(user.role, user.account, disabled=False)
            users.keep_user(connection, name, _body(user), body, by, why)
        return user_named(connection, name)


def give_role(
    database: Database, name: str, role: str, account: str | None, by: str, at: datetime
) -> User:
    """Give a user another role, and sign the user out everywhere."""
    with changing(database, name) as (connection, user):
        chosen: Role = check_user(name, role, account)
        _check_account(connection, account)
        if (user.role, user.account) != (chosen, account):
            body = users.user_body(chosen, account, disabled=user.disabled_at is not None)
            users.keep_user(connection, name, _body(user), body, by, "user role")
            user_sessions.end_sessions_of(connection, name, at)
        return user_named(connection, name)


def keep_proof_changed(connection: Connection, user: User, by: str, what: str) -> None:
    """Keep that a user has another password or second factor: who changed it, and `what`; not what it is."""
    users.keep_user(connection, user.name, _body(user), _body(user), by, what)


@contextmanager
def changing(database: Database, name: str) -> Iterator[tuple[Connection, User]]:
    """A transaction in which nobody else changes users, and the user of a name; `InputError` where there is none."""
    with database.transaction(locks.ACCESS) as connection:
        yield connection, user_named(connection, name)


def user_named(connection: Connection, name: str) -> User:
    """The user of a name; `InputError` where there is none."""
    found = users.read_users(connection, name)
    if not found:
        names = [user.name for user in users.read_users(connection)]
        raise InputError(
            f"there is no user {name!r}{did_you_mean(name, names)}; there are: {', '.join(names) or 'none'}"
        )
    return found[0]


def _check_account(connection: Connection, account: str | None) -> None:
    if account is not None:
        declarations.load(connection).account_named(account)


def _body(user: User) -> dict[str, object]:
    return users.user_body(user.role, user.account, disabled=user.disabled_at is not None)
