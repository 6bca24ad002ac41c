"""Users and keys: made, changed, taken away. A key gives no more than it may itself (docs/rules/access.md, "Keys")."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from pydantic import Field
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey, check_key
from minutebook.access.roles import RIGHTS, Right, Role
from minutebook.api.answers import answer
from minutebook.api.bodies import AskedBody, ReasonedBody
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.access_keys import AccessKeyView
from minutebook.show.users import SessionView, UserView

if TYPE_CHECKING:
    from collections.abc import Set

    from minutebook.access.user import User
    from minutebook.book import Book

router = APIRouter(tags=["people"])
Administrator = Annotated[AccessKey, Depends(having(Right.PEOPLE))]
_ROLE = "What it may ask: admin, engineer, finance, read-only or customer"
_ACCOUNT = "With the role customer: the account that it is for"
_USER = responses(UserView, posts=True)


class AskedKey(AskedBody):
    """A key that is to be made."""

    name: str = Field(description="Its name, a new one")
    role: str = Field(description=_ROLE)
    account: str | None = Field(None, description=_ACCOUNT)
    may: list[str] | None = Field(
        None, min_length=1, description="Of its role's rights only these; left out: all"
    )


class AskedRevoking(ReasonedBody):
    """Why a key is revoked."""


class AskedUser(AskedBody):
    """A user who is to be made."""

    name: str = Field(description="The name to sign in with, a new one")
    role: str = Field(description=_ROLE)
    account: str | None = Field(None, description=_ACCOUNT)


class AskedRole(AskedBody):
    """Another role of a user."""

    role: str = Field(description=_ROLE)
    account: str | None = Field(None, description=_ACCOUNT)


class AskedLetting(ReasonedBody):
    """Why a user is disabled, or enabled."""


@router.post("/keys", responses=responses(AccessKeyView, posts=True))
def _add_key(
    book: Served, key: Administrator, once: Asked, asked: Annotated[AskedKey, Body()]
) -> Response:
    """Make a key; the answer, and nothing else, has the key itself. As `minutebook key add`."""
    role, may = check_key(asked.name, asked.role, asked.account, asked.may)
    _no_more(key, RIGHTS[role] if may is None else frozenset(may))

    def done() -> tuple[HTTPStatus, Any]:
        made = book.access.add_key(asked.name, asked.role, asked.account, asked.may)
        return HTTPStatus.CREATED, AccessKeyView.of(*made)

    return once.answered(book, key, asked, done, secret="key")


@router.post("/keys/{name}/revoke", responses=responses(AccessKeyView, posts=True))
def _revoke_key(
    book: Served,
    key: Administrator,
    once: Asked,
    name: str,
    asked: Annotated[AskedRevoking, Body()],
) -> Response:
    """Revoke a key: from now on it opens nothing; as `minutebook key revoke`."""
    if name not in {one.name for one in book.access.list()}:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no key {name!r}")

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, AccessKeyView.of(book.access.revoke_key(name, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/users", responses=_USER)
def _add_user(
    book: Served, key: Administrator, once: Asked, asked: Annotated[AskedUser, Body()]
) -> Response:
    """Make a user, with a password that is made up; the answer, and nothing else, has it. As `minutebook user add`."""
    _no_more(key, RIGHTS[Role.named(asked.role)])

    def done() -> tuple[HTTPStatus, Any]:
        made = book.users.add(asked.name, asked.role, asked.account)
        return HTTPStatus.CREATED, UserView.of(*made)

    return once.answered(book, key, asked, done, secret="password")


@router.post("/users/{user}/role", responses=_USER)
def _give_role(
    book: Served, key: Administrator, once: Asked, user: str, asked: Annotated[AskedRole, Body()]
) -> Response:
    """Give a user another role, who is signed out everywhere; as `minutebook user role`."""
    _known(book, user)
    _no_more(key, RIGHTS[Role.named(asked.role)])

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, UserView.of(book.users.give_role(user, asked.role, asked.account))

    return once.answered(book, key, asked, done)


@router.post("/users/{user}/disable", responses=_USER)
def _disable(
    book: Served, key: Administrator, once: Asked, user: str, asked: Annotated[AskedLetting, Body()]
) -> Response:
    """Disable a user, who is signed out everywhere and may not sign in; as `minutebook user disable`."""
    _known(book, user)

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, UserView.of(book.users.disable(user, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/users/{user}/enable", responses=_USER)
def _enable(
    book: Served, key: Administrator, once: Asked, user: str, asked: Annotated[AskedLetting, Body()]
) -> Response:
    """Let a user who was disabled sign in again; as `minutebook user enable`."""
    _no_more(key, RIGHTS[_known(book, user).role])

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, UserView.of(book.users.enable(user, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/users/{user}/password", responses=_USER)
def _set_password(book: Served, key: Administrator, once: Asked, user: str) -> Response:
    """Give a user another password, that is made up, and to be changed; the answer, and nothing else, has it. As `minutebook user
    password`."""
    _no_more(key, RIGHTS[_known(book, user).role])

    def done() -> tuple[HTTPStatus, Any]:
        password = book.users.set_password(user)
        return HTTPStatus.CREATED, UserView.of(book.users.show(user), password)

    return once.answered(book, key, AskedBody(), done, secret="password")


@router.delete("/users/{user}/second-factor", responses=responses(UserView))
def _reset_second_factor(book: Served, key: Administrator, user: str) -> JSONResponse:
    """Take a user's second factor away, who is signed out everywhere; as `minutebook user reset-second-factor`."""
    _no_more(key, RIGHTS[_known(book, user).role])
    with in_the_name_of(f"key:{key.name}"):
        book.users.reset_second_factor(user)
        return answer(UserView.of(book.users.show(user)))


@router.delete("/users/{user}/sessions", responses=responses(SessionView, many=True))
def _end_sessions(
    book: Served,
    key: Administrator,
    user: str,
    session: Annotated[int | None, Query(description="This one alone; left out: all")] = None,
) -> JSONResponse:
    """End sessions of a user; gives those that are left. As `minutebook user sessions --end`."""
    _known(book, user)
    with in_the_name_of(f"key:{key.name}"):
        book.sessions.end_of(user, session)
        return answer([SessionView.of(one) for one in book.sessions.list(user)])


def _no_more(key: AccessKey, rights: Set[Right]) -> None:
    """A key gives nobody more than it may itself, and takes what proves a user from nobody who may more."""
    more = [right for right in Right if right in rights - key.rights]
    if more:
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            f"a key gives no more than it may itself, and it may not: {', '.join(more)}; ask with another",
        )


def _known(book: Book, user: str) -> User:
    try:
        return book.users.show(user)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
