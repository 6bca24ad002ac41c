"""Sources and servers: the lists, and of each what is declared of it and how it came to that."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.show.declarations.sources import SourcesView, SourceView
from minutebook.show.listings.servers import SERVERS
from minutebook.show.listings.sources import SOURCE_WORDS, SOURCES
from minutebook.show.servers import ServersView
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Links, PageTable
from minutebook.web.entry import may, viewing
from minutebook.web.pages.administration.declared_history import declared_history
from minutebook.web.period import Days
from minutebook.web.rendering import page

router = APIRouter()
CallReader = Annotated[Session, Depends(viewing(Right.CALLS))]
AccountReader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]


@router.get("/sources")
def _sources(request: Request, book: Served, session: CallReader) -> Response:
    view = SourcesView.of(book.sources.list())
    leads = {"source": lambda row: f"/sources/{row['source']}"}
    table = PageTable.of(
        Sheet(SOURCES, view.sources), leads=leads, empty="No source is declared yet."
    )
    ways = [("Declare one", "/declare/source")] if may(session, Right.DECLARATIONS) else []
    blocks: list[Block] = [table, Links([*ways, ("Imports", "/imports")])]
    lead = "Where records come from, and what their files cannot say of themselves."
    return page(request, session, "Sources", blocks, lead=[lead])


@router.get("/sources/{source}")
def _source(request: Request, book: Served, session: CallReader, source: str) -> Response:
    try:
        view = SourceView.shown(book.sources.show(source))
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    blocks: list[Block] = [PageTable.of(Sheet(SOURCE_WORDS, view.words))]
    if view.declared:
        ways = [("Records of it that wait", f"/quarantine?source={source}")]
        if may(session, Right.DECLARATIONS):
            ways.append(("Declare it otherwise", f"/declare?table=source.{source}"))
        blocks += [declared_history(book, "source", source), Links(ways)]
    lead = [] if view.declared else ["A format, as it holds where an import names no source."]
    return page(
        request, session, f"Source {source}", blocks, above=[("Sources", "/sources")], lead=lead
    )


@router.get("/servers")
def _servers(request: Request, book: Served, session: AccountReader, days: Days) -> Response:
    view = ServersView.of(book.accounts.servers(at=days.last))
    leads = {
        "server": lambda row: f"/servers/{row['server']}",
        "account": lambda row: f"/accounts/{row['account']}",
    }
    table = PageTable.of(Sheet(SERVERS, view.servers), leads=leads, empty="None is declared yet.")
    title = f"Servers on {days.last}, and their minimums of {days.last:%Y-%m}"
    return page(
        request, session, title, [Links(days.ways), table], above=[("Accounts", "/accounts")]
    )


@router.get("/servers/{server}")
def _server(request: Request, book: Served, session: AccountReader, server: str) -> Response:
    listed = [one for one in book.accounts.servers() if one.server.name == server]
    if not listed:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"server {server!r} is not declared")
    (view,) = ServersView.of(listed).servers
    leads = {"account": lambda row: f"/accounts/{row['account']}"}
    blocks: list[Block] = [
        PageTable.of(Sheet(SERVERS, [view]), leads=leads),
        declared_history(book, "server", server),
        Links([(f"The minimum of {view.account}", f"/accounts/{view.account}/minimum")]),
    ]
    return page(request, session, f"Server {server}", blocks, above=[("Servers", "/servers")])
