"""A key of a program (docs/rules/access.md, "Keys").

Its secret is drawn at random and long, so that a SHA-256 says nothing of it; that alone is kept.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from minutebook.access.roles import RIGHTS, Right, Role, rights_named, role_for
from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_BEGINS: Final = "mbk_"
_RANDOM_BYTES: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, repr=False)
class AccessKey(Shown):
    """A key, without its secret."""

    name: str
    """Its name."""
    role: Role
    """What its holder may ask."""
    account: str | None
    """The account of a customer's; None: all."""
    digest: str
    """The SHA-256 of its secret, in hexadecimal digits."""
    made_at: datetime
    """When it was made."""
    made_by: str
    """By whom."""
    revoked_at: datetime | None = None
    """When it was revoked; None: it opens."""
    revoked_by: str | None = None
    """By whom."""
    reason: str | None = None
    """Why it was revoked."""
    may: tuple[Right, ...] | None = None
    """Of its role's rights those that it has; None: all."""

    @property
    def rights(self) -> frozenset[Right]:
        """What its holder may ask: its role's rights, or fewer."""
        return RIGHTS[self.role] if self.may is None else RIGHTS[self.role].intersection(self.may)


def check_key(
    name: str, role: str, account: str | None, may: Collection[str] | None = None
) -> tuple[Role, tuple[Right, ...] | None]:
    """The role of a key that is to be, and of its rights those that it has (None: all); `InputError` where its name is none,
    its account goes with another role, or a right is not the role's.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a key; write up to 64 letters, digits, dots, dashes and underscores,"
            " the first a letter or a digit"
        )
    chosen = role_for("key", role, account)
    return chosen, rights_named(chosen, may)


def new_secret() -> str:
    """The secret of a key."""
    return _BEGINS + secrets.token_urlsafe(_RANDOM_BYTES)


def secret_digest(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits."""
    return sha256(secret.encode()).hexdigest()
