"""Who is at the browser, and whether they may see a page (docs/rules/access.md, "Roles")."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request

from minutebook.access.roles import RIGHTS, Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import book_of
from minutebook.api.problems import ProblemError
from minutebook.book import Book
from minutebook.errors import InputError
from minutebook.plans.provider import is_provider
from minutebook.show.serialise import as_json
from minutebook.web.cookies import cookie_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from minutebook.plans.terms import Account
    from minutebook.show.tables import Sheet

_PASSWORD: Final = "/me/password"
"""Where a password is chosen: who is to choose one sees nothing else, and may sign out."""
_CUSTOMERS: Final = frozenset({Right.OWN_ACCOUNT})


class SignInNeeded(Exception):  # noqa: N818 - no error: the way to the sign-in
    """Nobody is signed in; a page is shown once somebody is."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(wanted)

    @property
    def way(self) -> str:
        """To the sign-in, and from there to what was asked."""
        return "/sign-in" if self.wanted == "/" else f"/sign-in?next={quote(self.wanted, safe='')}"


class PasswordNeeded(SignInNeeded):
    """Who is signed in is to choose a password first."""

    @property
    def way(self) -> str:
        """To where it is chosen."""
        return self.wanted


def _session(request: Request, book: Annotated[Book, Depends(book_of)]) -> Session:
    token = cookie_of(request)
    session = None if token is None else book.sessions.of(token)
    if session is None:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignInNeeded(asked if request.method == "GET" else "/")
    if session.must_change_password and request.url.path not in (_PASSWORD, "/sign-out"):
        raise PasswordNeeded(_PASSWORD)
    return session


SignedInSession = Annotated[Session, Depends(_session)]
"""The session of who asks; a page that needs no right."""


def viewing(right: Right) -> Callable[..., Awaitable[Session]]:
    """What a page depends on that needs a right: gives the session, or ends the request."""

    async def viewer(session: SignedInSession) -> Session:
        if right not in RIGHTS[session.role]:
            if session.role is Role.CUSTOMER:  # what a carrier has is not there for its customers
                raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
            raise unentitled(session, right)
        return session

    return viewer


def unentitled(session: Session, right: Right) -> ProblemError:
    """That who is signed in has no right to what is asked."""
    return ProblemError(
        HTTPStatus.FORBIDDEN,
        f"the role {session.role} has no right to {right}; ask an administrator",
    )


def may(session: Session, right: Right) -> bool:
    """Whether who asks has a right."""
    return right in RIGHTS[session.role]


def seen_effects(session: Session, sheet: Sheet) -> Sheet:
    """What changes for accounts; what providers are owed by it, for those alone who may see the carrier's money
    (docs/rules/access.md, "The carrier's money").
    """
    if may(session, Right.MONEY):
        return sheet
    rows = [row for row in as_json(sheet.rows) if not is_provider(row["account"])]
    hidden = len(sheet.rows) - len(rows)
    notes = ["What is owed to providers changes, too."] if hidden else []
    return replace(sheet, rows=rows, notes=[*sheet.notes, *notes])


def visible(book: Book, session: Session, account: str) -> str:
    """An account that may be seen; a customer's own alone, and any other is not there."""
    if session.role is Role.CUSTOMER and account != session.account:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"account {account!r} is not declared")
    try:
        book.carrier().account_named(account)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    return account


def own_account(book: Book, session: Session) -> Account:
    """The account of a customer."""
    return book.carrier().account_named(str(session.account))
