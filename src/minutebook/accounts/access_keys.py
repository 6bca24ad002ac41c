"""The keys of a book: made, listed, revoked, opened (docs/rules/access.md, "Keys")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.access.key import check_key, new_secret, secret_digest
from minutebook.errors import InputError
from minutebook.ledger import access_keys, declarations, locks
from minutebook.words import did_you_mean, reason_kept

if TYPE_CHECKING:
    from collections.abc import Collection

    from minutebook.access.key import AccessKey
    from minutebook.ledger.database import Database


def add_key(
    database: Database,
    name: str,
    role: str,
    account: str | None,
    by: str,
    may: Collection[str] | None = None,
) -> tuple[AccessKey, str]:
    """Make a key; gives it, and its secret, which nothing tells again. `may`: of its role's rights those that it has; None: all.

    `InputError` where the name was taken ever, for a role that is none, a right that is not the role's, and where a
    customer's account is not said, or not declared.
    """
    (chosen, rights), secret = check_key(name, role, account, may), new_secret()
    with database.transaction() as connection:
        locks.hold(connection, locks.ACCESS)
        if account is not None:
            declarations.load(connection).account_named(account)
        if name in {key.name for key in access_keys.read_keys(connection)}:
            raise InputError(
                f"there is, or was, a key {name!r}, and what it did is kept by that name; choose another"
            )
        access_keys.keep_key(connection, name, chosen, account, secret_digest(secret), by, rights)
        (made,) = (key for key in access_keys.read_keys(connection) if key.name == name)
    return made, secret


def revoke_key(database: Database, name: str, reason: str, by: str) -> AccessKey:
    """Revoke a key: from now on it opens nothing. Once revoked it stays so, with its first reason. `InputError` where there is none."""
    why = reason_kept(reason, "revoking a key")
    with database.transaction() as connection:
        locks.hold(connection, locks.ACCESS)
        known = {key.name: key for key in access_keys.read_keys(connection)}
        if name not in known:
            names = ", ".join(known) or "none"
            raise InputError(
                f"there is no key {name!r}{did_you_mean(name, known)}; there are: {names}"
            )
        if known[name].revoked_at is None:
            access_keys.keep_revoked(connection, known[name], by, why)
        return {key.name: key for key in access_keys.read_keys(connection)}[name]


def every_key(database: Database) -> list[AccessKey]:
    """Every key that was made, by name; those that were revoked among them."""
    with database.transaction() as connection:
        return access_keys.read_keys(connection)


def opened_by(database: Database, secret: str) -> AccessKey | None:
    """The key that a secret opens with; None: with none, or it was revoked."""
    with database.question() as connection:
        key = access_keys.key_of_digest(connection, secret_digest(secret))
    return None if key is None or key.revoked_at is not None else key
