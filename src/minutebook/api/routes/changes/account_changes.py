"""What an account is on, changed: its channels, servers and status."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.asked import DAY
from minutebook.api.bodies import ReasonedBody, TriedBody, day_or_none
from minutebook.api.entry import Served, having, seen
from minutebook.api.once import Asked, as_new
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.book.clock import tomorrow
from minutebook.show.accounts import TermView
from minutebook.show.servers import ServerChangeView
from minutebook.show.statuses import AccountChangeView

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book
    from minutebook.ledger.statuses import StatusChange

router = APIRouter(tags=["accounts"])
Administrator = Annotated[AccessKey, Depends(having(Right.TERMS))]
_STATUS = responses(AccountChangeView, posts=True)


class AskedChannels(TriedBody):
    """How many channels an account is to buy."""

    channels: int = Field(ge=0, description="Channels to buy")
    on: str | None = Field(
        None, description="The first UTC day of them; left out: tomorrow", json_schema_extra=DAY
    )


class AskedServer(TriedBody):
    """A server that is to be deployed."""

    server: str = Field(description="Its name, a new one")
    account: str = Field(description="Whose it is")
    on: str | None = Field(
        None, description="Its first UTC day; left out: today", json_schema_extra=DAY
    )
    force: str | None = Field(
        None, description="Why, although the account lacks the means for its minimum"
    )


class AskedRetiring(TriedBody):
    """When a server is retired."""

    on: str | None = Field(
        None, description="Its last UTC day; left out: today", json_schema_extra=DAY
    )


class AskedStatus(ReasonedBody, TriedBody):
    """Why an account gets another status."""


class AskedClosing(AskedStatus):
    """Why and when an account is closed."""

    on: str | None = Field(
        None, description="Its last UTC day; left out: today", json_schema_extra=DAY
    )


@router.post("/accounts/{account}/channels", responses=responses(TermView, posts=True))
def _set_channels(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedChannels, Body()],
) -> Response:
    """Change how many channels an account buys; as `minutebook channels set`. 201 where that is a change."""
    named, on = seen(book, key, account), day_or_none(asked.on, "on")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            new = book.accounts.set_channels(named, asked.channels, on)
            term = book.carrier().accounts[named].term_on(on or tomorrow())
        assert term is not None
        return as_new(new, asked.preview), TermView.of(named, term)

    return once.answered(book, key, asked, done)


@router.post("/servers", responses=responses(ServerChangeView, posts=True))
def _deploy(
    book: Served, key: Administrator, once: Asked, asked: Annotated[AskedServer, Body()]
) -> Response:
    """Deploy a server, where its account has the means for a month's minimum; as `minutebook server deploy`."""
    named, on = seen(book, key, asked.account), day_or_none(asked.on, "on")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            new = book.accounts.deploy_server(asked.server, named, on, asked.force)
            (listed,) = (
                one for one in book.accounts.servers(named, on) if one.server.name == asked.server
            )
        return as_new(new, asked.preview), ServerChangeView.done(listed, new=new)

    return once.answered(book, key, asked, done)


@router.post("/servers/{server}/retire", responses=responses(ServerChangeView, posts=True))
def _retire(
    book: Served,
    key: Administrator,
    once: Asked,
    server: str,
    asked: Annotated[AskedRetiring, Body()],
) -> Response:
    """Retire a server; as `minutebook server retire`."""
    on = day_or_none(asked.on, "on")

    def done() -> tuple[HTTPStatus, Any]:
        if server not in book.carrier().servers:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"server {server!r} is not declared")
        with book.database.transaction(keep=not asked.preview):
            new = book.accounts.retire_server(server, on)
            (listed,) = (
                one for one in book.accounts.servers(None, on) if one.server.name == server
            )
        return as_new(new, asked.preview), ServerChangeView.done(listed, new=new)

    return once.answered(book, key, asked, done)


@router.post("/accounts/{account}/suspend", responses=_STATUS)
def _suspend(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedStatus, Body()],
) -> Response:
    """Suspend an account by hand; as `minutebook account suspend`."""
    named = seen(book, key, account)
    return _status(book, key, once, asked, lambda: book.accounts.suspend(named, asked.reason))


@router.post("/accounts/{account}/resume", responses=_STATUS)
def _resume(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedStatus, Body()],
) -> Response:
    """End an account's suspension by hand; as `minutebook account resume`."""
    named = seen(book, key, account)
    return _status(book, key, once, asked, lambda: book.accounts.resume(named, asked.reason))


@router.post("/accounts/{account}/close", responses=_STATUS)
def _close(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedClosing, Body()],
) -> Response:
    """Close an account; as `minutebook account close`."""
    named, on = seen(book, key, account), day_or_none(asked.on, "on")
    return _status(book, key, once, asked, lambda: book.accounts.close(named, asked.reason, on))


@router.post("/accounts/{account}/reopen", responses=_STATUS)
def _reopen(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedStatus, Body()],
) -> Response:
    """Take the closing of an account back; as `minutebook account reopen`."""
    named = seen(book, key, account)
    return _status(book, key, once, asked, lambda: book.accounts.reopen(named, asked.reason))


def _status(
    book: Book, key: AccessKey, once: Asked, asked: AskedStatus, change: Callable[[], StatusChange]
) -> Response:
    """The status after a change; 201 where it is one."""

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            changed = change()
        return as_new(changed.new, asked.preview), AccountChangeView.of(changed)

    return once.answered(book, key, asked, done)
