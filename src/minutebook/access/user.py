"""A person who asks in a browser (docs/rules/access.md, "Users")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.access.roles import role_for
from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.roles import Role

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True, repr=False)
class User(Shown):
    """A user, without password and second factor."""

    name: str
    """The name to sign in with."""
    role: Role
    """What the user may ask."""
    account: str | None
    """The account of a customer; None: all."""
    made_at: datetime
    """When the user was made."""
    made_by: str
    """By whom."""
    second_factor: bool
    """Whether signing in asks for a code too."""
    must_change_password: bool
    """Whether the password was made up by the program, and is to be changed at the first sign-in."""
    disabled_at: datetime | None = None
    """Since when the user may not sign in; None: may."""
    disabled_by: str | None = None
    """By whom."""
    reason: str | None = None
    """Why."""


def name_as_kept(typed: str) -> str:
    """The name of a user as it is kept, of one that was typed: small letters, nothing around it."""
    return typed.strip().lower()


def check_user(name: str, role: str, account: str | None) -> Role:
    """The role of a user who is to be; `InputError` where the name is none, or the account goes with another role."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a user; write up to 64 small letters, digits, dots, dashes, underscores,"
            " @ and +, the first a letter or a digit"
        )
    return role_for("user", role, account)
