"""Keys of programs: kept with the changes of what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right, Role
from minutebook.ledger import change_log

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection

_KIND = "key"
_EVERY = """
select made.name, made.after, made.declared_at, made.declared_by, gone.declared_at, gone.declared_by, gone.reason
  from declaration made
  left join declaration gone on gone.kind = made.kind and gone.name = made.name and gone.after is null
 where made.kind = %(kind)s and made.after is not null
"""


def read_keys(connection: Connection) -> list[AccessKey]:
    """Every key that was made, by name; those that were revoked among them."""
    rows = connection.execute(_EVERY + " order by made.name", {"kind": _KIND})
    return [_key(*row) for row in rows]


def key_of_digest(connection: Connection, digest: str) -> AccessKey | None:
    """The key with a secret of this SHA-256; None where there is none."""
    row = connection.execute(
        _EVERY + " and made.after->>'digest' = %(digest)s", {"kind": _KIND, "digest": digest}
    ).fetchone()
    return None if row is None else _key(*row)


def keep_key(
    connection: Connection,
    name: str,
    role: Role,
    account: str | None,
    digest: str,
    by: str,
    may: tuple[Right, ...] | None = None,
) -> None:
    """Keep a key that was made; `may`: of its role's rights those that it has, None: all."""
    body = _body(role, account, digest, may)
    change_log.keep(connection, by, [(_KIND, name, None, body)], "key add")


def keep_revoked(connection: Connection, key: AccessKey, by: str, reason: str) -> None:
    """Keep that a key was revoked, and why."""
    was = _body(key.role, key.account, key.digest, key.may)
    change_log.keep_removed(connection, by, _KIND, key.name, was, reason)


def _body(
    role: Role, account: str | None, digest: str, may: tuple[Right, ...] | None
) -> dict[str, Any]:
    narrowed = {} if may is None else {"may": [right.value for right in may]}
    return {"role": role.value, "account": account, "digest": digest, **narrowed}


def _key(
    name: str,
    body: dict[str, Any],
    made_at: datetime,
    made_by: str,
    revoked_at: datetime | None,
    revoked_by: str | None,
    reason: str | None,
) -> AccessKey:
    return AccessKey(
        name=name,
        role=Role(body["role"]),
        account=body["account"],
        digest=body["digest"],
        made_at=made_at,
        made_by=made_by,
        revoked_at=revoked_at,
        revoked_by=revoked_by,
        reason=reason,
        may=tuple(map(Right, body["may"])) if "may" in body else None,
    )
