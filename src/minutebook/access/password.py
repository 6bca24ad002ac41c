"""Passwords: what is asked of them, and their hashes, by Argon2id (docs/rules/access.md, "Passwords")."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from minutebook.access.user import name_as_kept
from minutebook.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 12
"""Characters of a password, at least."""
LONGEST: Final = 200
"""And at most: what is hashed is bounded."""
_RANDOM_BYTES: Final = 15
_AT_ONCE = BoundedSemaphore(2)
"""A hash takes 64 MiB: however many sign in, there are so many at a time."""


def check_password(password: str, name: str) -> None:
    """`InputError` where a password of the user `name` is too short, too long, or the name."""
    if len(password) < SHORTEST:
        raise InputError(f"a password has at least {SHORTEST} characters; choose a longer one")
    if len(password) > LONGEST:
        raise InputError(f"a password has at most {LONGEST} characters; choose a shorter one")
    if name_as_kept(password) == name:
        raise InputError("a password is not the user's name; choose another")


def new_password() -> str:
    """A password made up."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def password_hash(password: str) -> str:
    """The Argon2id hash of a password, with its salt and its parameters."""
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is that of a hash. Where there is none the answer is no, after as much work."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        password, kept = "", None
    with _AT_ONCE:
        try:
            _hasher().verify(kept or _nobodys(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(_RANDOM_BYTES))


def _normal(password: str) -> str:
    """The same letters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
