"""People who sign in: kept with the changes of what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.access.roles import Role
from minutebook.access.user import User
from minutebook.ledger import change_log

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

_KIND = "user"
EVERY_USER = f"""
select last.name, last.after, made.declared_at, made.declared_by, off.declared_at, off.declared_by, off.reason,
       coalesce(s.totp_confirmed, false), coalesce(s.must_change, false)
  from (select distinct on (name) name, after from declaration where kind = '{_KIND}' order by name, declaration desc) last
  join declaration made on made.kind = '{_KIND}' and made.name = last.name and made.before is null
  left join lateral (select declared_at, declared_by, reason from declaration
                      where kind = '{_KIND}' and name = last.name
                        and (after->>'disabled')::boolean and not (before->>'disabled')::boolean
                      order by declaration desc limit 1) off on (last.after->>'disabled')::boolean
  left join user_secret s on s.name = last.name
"""
"""SQL: every user, as `user_of` reads it; the first column is the name."""


def read_users(connection: Connection, name: str | None = None) -> list[User]:
    """Every user, by name, or the one of a name; those who are disabled among them."""
    rows = connection.execute(
        f"{EVERY_USER} where %(name)s::text is null or last.name = %(name)s order by last.name",
        {"name": name},
    )
    return [user_of(row) for row in rows]


def user_of(row: tuple[Any, ...]) -> User:
    """A user, of a row of `EVERY_USER`."""
    name, body, made_at, made_by, disabled_at, disabled_by, reason, second_factor, must_change = row
    return User(
        name=name,
        role=Role(body["role"]),
        account=body["account"],
        made_at=made_at,
        made_by=made_by,
        disabled_at=disabled_at,
        disabled_by=disabled_by,
        reason=reason,
        second_factor=second_factor,
        must_change_password=must_change,
    )


def keep_user(
    connection: Connection,
    name: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    by: str,
    reason: str,
) -> None:
    """Keep that a user was made, or is another now; bodies are those of `user_body`."""
    change_log.keep(connection, by, [(_KIND, name, before, after)], reason)


def user_body(role: Role, account: str | None, *, disabled: bool) -> dict[str, Any]:
    """A user as it is kept."""
    return {"role": role.value, "account": account, "disabled": disabled}
