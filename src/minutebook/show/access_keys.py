"""Keys of programs, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Instant, Omitted

if TYPE_CHECKING:
    from minutebook.access.key import AccessKey


@dataclass(frozen=True)
class AccessKeyView:
    """A key that a program asks with."""

    name: Annotated[str, Doc("its name")]
    role: Annotated[
        str,
        Doc(
            'what its holder may ask: `"admin"`, `"engineer"`, `"finance"`, `"read-only"`, `"customer"`'
        ),
    ]
    account: Annotated[str | None, Doc("of a customer's, the account; null: all")]
    may: Annotated[
        list[str] | None,
        Doc('of its role\'s rights those that it has, as `["postings"]`; null: all'),
    ]
    made_at: Annotated[Instant, Doc("when it was made")]
    made_by: Annotated[str, Doc("by whom")]
    revoked_at: Annotated[Instant | None, Doc("since when it opens nothing; null: it opens")]
    revoked_by: Annotated[str | None, Doc("by whom it was revoked")]
    reason: Annotated[str | None, Doc("why it was revoked")]
    key: Annotated[
        str | Omitted, Doc("the key itself, as it is sent; when it is made, and never again")
    ]

    @classmethod
    def of(cls, key: AccessKey, secret: str | Omitted = OMITTED) -> AccessKeyView:
        """The key; `secret` when it is made."""
        return cls(
            name=key.name,
            role=key.role.value,
            account=key.account,
            may=None if key.may is None else [right.value for right in key.may],
            made_at=key.made_at,
            made_by=key.made_by,
            revoked_at=key.revoked_at,
            revoked_by=key.revoked_by,
            reason=key.reason,
            key=secret,
        )
