"""People who ask in a browser, and their sessions, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Instant, Omitted

if TYPE_CHECKING:
    from minutebook.access.session import Session
    from minutebook.access.user import User


@dataclass(frozen=True)
class UserView:
    """A person who asks in a browser."""

    name: Annotated[str, Doc("the name to sign in with")]
    role: Annotated[
        str,
        Doc(
            'what the user may ask: `"admin"`, `"engineer"`, `"finance"`, `"read-only"`, `"customer"`'
        ),
    ]
    account: Annotated[str | None, Doc("of a customer, the account; null: all")]
    second_factor: Annotated[bool, Doc("whether signing in asks for a code too")]
    must_change_password: Annotated[
        bool, Doc("whether a password is to be chosen at the next sign-in")
    ]
    made_at: Annotated[Instant, Doc("when the user was made")]
    made_by: Annotated[str, Doc("by whom")]
    disabled_at: Annotated[
        Instant | None, Doc("since when the user may not sign in; null: the user may")
    ]
    disabled_by: Annotated[str | None, Doc("by whom")]
    reason: Annotated[str | None, Doc("why the user was disabled")]
    password: Annotated[
        str | Omitted, Doc("a password that was made up; when it is given, and never again")
    ]

    @classmethod
    def of(cls, user: User, password: str | Omitted = OMITTED) -> UserView:
        """The user; `password` when it is given."""
        return cls(
            name=user.name,
            role=user.role.value,
            account=user.account,
            second_factor=user.second_factor,
            must_change_password=user.must_change_password,
            made_at=user.made_at,
            made_by=user.made_by,
            disabled_at=user.disabled_at,
            disabled_by=user.disabled_by,
            reason=user.reason,
            password=password,
        )


@dataclass(frozen=True)
class SessionView:
    """A session that has not ended."""

    session: Annotated[int, Doc("its number")]
    user: Annotated[str, Doc("whose it is")]
    begun_at: Annotated[Instant, Doc("when the user signed in")]
    seen_at: Annotated[Instant, Doc("when something was last asked with it, to the minute")]
    ends_at: Annotated[Instant, Doc("when it ends, if nothing more is asked with it")]
    address: Annotated[str | None, Doc("the address that it was begun from; null: not known")]
    agent: Annotated[str | None, Doc("the browser, as it says; null: it says nothing")]

    @classmethod
    def of(cls, session: Session) -> SessionView:
        """The session."""
        return cls(
            session=session.number,
            user=session.user,
            begun_at=session.begun_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            address=session.address,
            agent=session.agent,
        )
