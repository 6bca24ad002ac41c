"""People who sign in: kept with the changes of what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.access.roles import Role
from minutebook.access.user import User
from minutebook.ledger import change_log

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

_KIND = "user"
_EVERY = """
select last.name, last.after, made.declared_at, made.declared_by, off.declared_at, off.declared_by, off.reason,
       coalesce(s.totp_confirmed, false), coalesce(s.must_change, false)
  from (select distinct on (name) name, after from declaration where kind = %(kind)s order by name, declaration desc) last
  join declaration made on made.kind = %(kind)s and made.name = last.name and made.before is null
  left join lateral (select declared_at, declared_by, reason from declaration
                      where kind = %(kind)s and name = last.name
                        and (after->>'disabled')::boolean and not (before->>'disabled')::boolean
                      order by declaration desc limit 1) off on (last.after->>'disabled')::boolean
  left join user_secret s on s.name = last.name
 where %(name)s::text is null or last.name = %(name)s
 order by last.name
"""


def read_users(connection: Connection, name: str | None = None) -> list[User]:
    """Every user, by name, or the one of a name; those who are disabled among them."""
    rows = connection.execute(_EVERY, {"kind": _KIND, "name": name})
    return [
        User(
            name=row[0],
            role=Role(row[1]["role"]),
            account=row[1]["account"],
            made_at=row[2],
            made_by=row[3],
            disabled_at=row[4],
            disabled_by=row[5],
            reason=row[6],
            second_factor=row[7],
            must_change_password=row[8],
        )
        for row in rows
    ]


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
