"""Who asks: the key of a request, and whether it has the right (docs/rules/access.md, "Roles")."""

from __future__ import annotations

from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from minutebook.access.key import AccessKey
from minutebook.access.roles import RIGHTS, Right, Role
from minutebook.api.problems import ProblemError
from minutebook.book import Book
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

_bearer = HTTPBearer(auto_error=False, description="A key, as `minutebook key add` made it")
_NO_KEY = {"WWW-Authenticate": 'Bearer realm="minutebook"'}


def book_of(request: Request) -> Book:
    """The book that is served."""
    book: Book = request.app.state.book
    return book


def _key(
    request: Request,
    book: Annotated[Book, Depends(book_of)],
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> AccessKey:
    if sent is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "no key was sent; send one as Authorization: Bearer KEY, made by: minutebook key add",
            _NO_KEY,
        )
    key = book.access.opened_by(sent.credentials)
    if key is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "the key opens nothing: there is none such, or it was revoked; make another: minutebook key add",
            _NO_KEY,
        )
    wait_s = request.app.state.rates.wait_s(key.name)
    if wait_s:
        raise ProblemError(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"the key {key.name} asks too often; ask again after the seconds of Retry-After",
            {"Retry-After": str(ceil(wait_s))},
        )
    return key


Served = Annotated[Book, Depends(book_of)]
"""The book that a route asks."""


def having(right: Right) -> Callable[..., AccessKey]:
    """What a route depends on that needs a right: gives the key, or ends the request."""

    def holder(key: Annotated[AccessKey, Depends(_key)]) -> AccessKey:
        need_right(key, right)
        return key

    return holder


def need_right(key: AccessKey, right: Right) -> None:
    """A request ends where its key has not a right that it needs."""
    if right not in key.rights:
        whose = f"with the role {key.role}"
        if right in RIGHTS[key.role]:
            whose = "that may do but a part of what its role may"
        raise ProblemError(
            HTTPStatus.FORBIDDEN, f"a key {whose} has no right to {right}; ask with another"
        )


def seen(book: Book, key: AccessKey, account: str) -> str:
    """An account that a key may see; another is not there, and so is one of a key that sees one account alone."""
    if key.role is Role.CUSTOMER and account != key.account:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"account {account!r} is not declared")
    try:
        book.carrier().account_named(account)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    return account
