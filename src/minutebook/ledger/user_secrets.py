"""What users prove themselves with: hashes of passwords, secrets of second factors, hashes of recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True, repr=False)
class UserSecret:
    """Of a user: the hash of the password, and the secret of the second factor, asked for once it is confirmed."""

    password_hash: str
    totp_secret: str | None
    totp_confirmed: bool


def secret_of(connection: Connection, name: str) -> UserSecret | None:
    """Of a user; None where there is none such."""
    row = connection.execute(
        "select password_hash, totp_secret, totp_confirmed from user_secret where name = %s", [name]
    ).fetchone()
    return None if row is None else UserSecret(*row)


def keep_password(
    connection: Connection, name: str, password_hash: str, *, must_change: bool
) -> None:
    """Another password from now on."""
    connection.execute(
        "insert into user_secret (name, password_hash, must_change) values (%(name)s, %(hash)s, %(must)s)"
        " on conflict (name) do update set password_hash = %(hash)s, must_change = %(must)s",
        {"name": name, "hash": password_hash, "must": must_change},
    )


def keep_second_factor(connection: Connection, name: str, secret: str | None) -> None:
    """A second factor to be confirmed, instead of what there was; None: none."""
    connection.execute(
        "update user_secret set totp_secret = %s, totp_confirmed = false, totp_step = null, recovery_digests = '{}'"
        " where name = %s",
        [secret, name],
    )


def keep_confirmed(connection: Connection, name: str, recovery_digests: Sequence[str]) -> None:
    """The second factor is asked for from now on; with it come recovery codes."""
    connection.execute(
        "update user_secret set totp_confirmed = true, recovery_digests = %s where name = %s",
        [list(recovery_digests), name],
    )


def take_step(connection: Connection, name: str, step: int) -> bool:
    """Take the code of a step; False: that or a later one was taken before, also at this very moment."""
    taken = connection.execute(
        "update user_secret set totp_step = %(step)s where name = %(name)s and coalesce(totp_step, 0) < %(step)s",
        {"step": step, "name": name},
    )
    return taken.rowcount == 1


def take_recovery_code(connection: Connection, name: str, digest: str) -> bool:
    """Take a recovery code; False: there is none such left."""
    taken = connection.execute(
        "update user_secret set recovery_digests = array_remove(recovery_digests, %(digest)s)"
        " where name = %(name)s and totp_confirmed and %(digest)s = any(recovery_digests)",
        {"digest": digest, "name": name},
    )
    return taken.rowcount == 1


def recovery_codes_left(connection: Connection, name: str) -> int:
    """How many recovery codes a user has left."""
    row = connection.execute(
        "select cardinality(recovery_digests) from user_secret where name = %s", [name]
    ).fetchone()
    return 0 if row is None else int(row[0])
