"""Who asks: the key of a request, and whether it has the right (docs/rules/access.md, "Roles")."""

from __future__ import annotations

from contextlib import nullcontext
from functools import wraps
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from minutebook.access.key import AccessKey
from minutebook.access.roles import RIGHTS, Right, Role
from minutebook.api.problems import ProblemError
from minutebook.book import Book
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_bearer = HTTPBearer(auto_error=False, description="A key, as `minutebook key add` made it")
_NO_KEY = {"WWW-Authenticate": 'Bearer realm="minutebook"'}


async def book_of(request: Request) -> Book:  # what only looks needs no thread of its own
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


class OneInstant(APIRoute):
    """An answer whose figures are all of one instant of the ledger: what is posted while it is made is in the next."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        looked_at = more.get("methods") in ({"GET"}, ["GET"])
        super().__init__(path, _at_one_instant(endpoint) if looked_at else endpoint, **more)


def _at_one_instant(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(endpoint)
    def made(**given: Any) -> Any:
        book: Book | None = given.get("book")
        with nullcontext() if book is None else book.snapshot():
            return endpoint(**given)

    return made


Served = Annotated[Book, Depends(book_of)]
"""The book that a route asks."""


def having(right: Right) -> Callable[..., Awaitable[AccessKey]]:
    """What a route depends on that needs a right: gives the key, or ends the request."""

    async def holder(key: Annotated[AccessKey, Depends(_key)]) -> AccessKey:
        need_right(key, right)
        return key

    return holder


def need_right(key: AccessKey, right: Right) -> None:
    """A request ends where its key has not a right that it needs."""
    if right not in key.rights:
        whose = f"with the role {key.role}"
        if right in RIGHTS[key.role]:
            whose = "made for a part of what its role may"
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
