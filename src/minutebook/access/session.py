"""A session: what a browser holds once its user has signed in (docs/rules/access.md, "Sessions")."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Final

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.access.roles import Role

IDLE: Final = timedelta(hours=8)
"""After so long without a request a session ends,"""
LONGEST_SESSION: Final = timedelta(days=7)
"""and after so long in any case."""
CODE_WAIT: Final = timedelta(minutes=5)
"""So long a code is waited for once the password was right."""
_RANDOM_BYTES: Final = 32
_TOLD_OF: Final = 200


@dataclass(frozen=True, slots=True, repr=False)
class Session(Shown):
    """A session of a user, without its token."""

    _TOLD: ClassVar[tuple[str, ...]] = ("number", "user", "role", "account", "seen_at")

    number: int
    """Its number, to end it by."""
    user: str
    """Whose it is."""
    role: Role
    """What the user may ask now."""
    account: str | None
    """The account of a customer; None: all."""
    begun_at: datetime
    """When the user signed in."""
    seen_at: datetime
    """When something was last asked with it, to the minute."""
    ends_at: datetime
    """When it ends, if nothing more is asked with it."""
    address: str | None
    """The address that it was begun from."""
    agent: str | None
    """The browser that it was begun in, as that says."""
    must_change_password: bool
    """Whether the user is to choose a password before anything else."""
    _form_token: str = field(default="", compare=False)

    def form_token(self) -> str:
        """What forms of this session carry, so that no other site can send them; "" unless it was opened by its token."""
        return self._form_token

    @property
    def asks_as(self) -> str:
        """In whose name things are done."""
        return f"user:{self.user}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has signed in, or has the code of the second factor yet to say."""

    user: str
    """Who."""
    token: str = field(repr=False)
    """What the browser sends from now on; the book keeps its hash alone."""
    code_needed: bool
    """Whether the token opens nothing until the code of the second factor is said."""
    must_change_password: bool
    """Whether the user is to choose a password first."""


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Nobody has signed in."""

    why: str
    """`"wrong"`: name, password or code; `"locked"`: after too many wrong ones; `"late"`: the code was waited for, and came too late."""
    until: datetime | None = None
    """Where it is locked: until when."""

    def __str__(self) -> str:
        if self.why == "late":
            return "the code came too late; sign in again"
        if self.until is None:
            return "name, password or code is wrong"
        return f"there were too many wrong tries; try again after {self.until:%H:%M:%S} UTC"


def new_token() -> str:
    """The token of a session."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def token_digest(token: str) -> str:
    """The SHA-256 of a token, in hexadecimal digits: what is kept of it."""
    return sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """What the forms of a session carry; the token does not follow from it."""
    return sha256(f"form {token}".encode()).hexdigest()


def cut(told: str | None) -> str | None:
    """What a browser says of itself, no longer than is kept; without what cannot be."""
    return None if told is None else told.replace("\0", "")[:_TOLD_OF]
