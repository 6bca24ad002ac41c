"""What the holders of keys, and users, may do (docs/rules/access.md, "Roles")."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection


class Role(StrEnum):
    """What a person or a program is to a carrier."""

    ADMIN = "admin"
    ENGINEER = "engineer"
    FINANCE = "finance"
    READ_ONLY = "read-only"
    CUSTOMER = "customer"

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of a name; `InputError` where there is none."""
        if name not in list(cls):
            roles = ", ".join(cls)
            raise InputError(f"there is no role {name!r}{did_you_mean(name, cls)}; say {roles}")
        return cls(name)


class Right(StrEnum):
    """What a request needs."""

    OWN_ACCOUNT = "own account"
    """An account's balance, statement and calls; a customer those of its own."""
    ACCOUNTS = "accounts"
    """What accounts are on and how they came to that, the ways of their calls and charges, whether their plans fit."""
    CALLS = "calls"
    """Records in quarantine, of all accounts."""
    MONEY = "money"
    """The journal, and what is earned."""
    PRICES = "prices"
    """Plans, and what calls would cost."""
    POSTINGS = "postings"
    """Posting payments and adjustments."""
    TERMS = "terms"
    """Changing what accounts are on."""
    JOBS = "jobs"
    """Work that was asked for: how far it is, and what came of it."""
    RUNS = "runs"
    """Having days billed, and stopping that; closing months."""
    IMPORTS = "imports"
    """Sending files of calls in, and stopping that; trying records again that wait, discarding them."""
    CORRECTIONS = "corrections"
    """Correcting calls: how long they were, whose, to whom, or that they never were; taking corrections back."""
    DECLARATIONS = "declarations"
    """Declaring plans, accounts, servers, sources, providers."""
    PEOPLE = "people"
    """Users, and keys."""
    WEBHOOKS = "webhooks"
    """Whom to tell what happens."""

    @classmethod
    def named(cls, name: str) -> Right:
        """The right of a name; `InputError` where there is none."""
        if name not in list(cls):
            rights = ", ".join(cls)
            raise InputError(f"there is no right {name!r}{did_you_mean(name, cls)}; say {rights}")
        return cls(name)


_EVERY: Final = frozenset(Right)
_READING: Final = frozenset(
    {Right.OWN_ACCOUNT, Right.ACCOUNTS, Right.CALLS, Right.MONEY, Right.PRICES, Right.JOBS}
)

RIGHTS: Final = {
    Role.ADMIN: _EVERY,
    Role.ENGINEER: (_READING - {Right.MONEY}) | {Right.IMPORTS, Right.CORRECTIONS},
    Role.FINANCE: _READING | {Right.POSTINGS, Right.RUNS, Right.CORRECTIONS},
    Role.READ_ONLY: _READING,
    Role.CUSTOMER: frozenset({Right.OWN_ACCOUNT}),
}
"""What each role may ask; a customer of its own account alone."""


def rights_named(role: Role, names: Collection[str] | None) -> tuple[Right, ...] | None:
    """Those of a role's rights that a key is to have; None: all. `InputError` for one that is none, or not the role's."""
    if not names:
        return None
    chosen = frozenset(map(Right.named, names))
    for right in sorted(chosen - RIGHTS[role]):
        own = ", ".join(one for one in Right if one in RIGHTS[role])
        raise InputError(f"the role {role} has no right to {right}; it has: {own}")
    return tuple(right for right in Right if right in chosen)


def role_for(what: str, role: str, account: str | None) -> Role:
    """The role of a key or a user (`what`) that is to be; `InputError` where its account goes with another role."""
    chosen = Role.named(role)
    if chosen is Role.CUSTOMER and account is None:
        raise InputError.advised(
            f"a {what} with the role customer is for one account",
            "pass account",
            shell="say --account NAME",
        )
    if chosen is not Role.CUSTOMER and account is not None:
        raise InputError.advised(
            f"a {what} with the role {chosen} is for all accounts",
            "leave account out, or make it a customer's",
            shell="leave --account out, or say --role customer",
        )
    return chosen
