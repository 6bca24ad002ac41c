"""Providers: what they are owed, what was bought of them, and by whom a number is best sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, file_word, told_as
from minutebook.api.asked import CURSOR, DAY, INSTANT, AsOf, Page, Period
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.problems import ProblemError, not_there
from minutebook.api.schemas import ROWS, responses
from minutebook.api.tables import AskedForm, TableForm, frame_answer, next_page
from minutebook.book import Book
from minutebook.days import read_day, read_instant
from minutebook.plans.provider import provider_key
from minutebook.show.calls import CallsView, CallView
from minutebook.show.listings.calls import calls_sheet
from minutebook.show.listings.providers import OWED, providers_sheet
from minutebook.show.listings.routes import routes_sheet
from minutebook.show.listings.statements import statement_sheets
from minutebook.show.providers import ListedProviderView, OwedView, ProvidersView
from minutebook.show.routes import RouteView, RoutingView
from minutebook.show.statements import StatementDayView, StatementView
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["providers"])
Reader = Annotated[AccessKey, Depends(having(Right.MONEY))]
Seconds = Annotated[
    list[str] | None, Query(description="How long a call is; several. Left out: 60")
]
At = Annotated[
    str | None,
    Query(description="At an instant or a UTC day; left out: now", json_schema_extra=INSTANT),
]
SoldTo = Annotated[str | None, Query(description="Sold to this account, by its plan of the day")]
SoldBy = Annotated[str | None, Query(description="Sold by this card")]
InCurrency = Annotated[str | None, Query(description="Left out: the book's")]


@router.get("/providers", responses=responses(ProvidersView, tables=True))
def _providers(book: Served, _: Reader, form: AskedForm) -> Response:
    """The providers that calls are bought from, and what is owed to each; as `minutebook provider list`."""
    view = ProvidersView.of(book.providers.list())
    return told_as(form, view, lambda: providers_sheet(view), ListedProviderView, "providers")


@router.get("/providers/{provider}", responses=responses(ListedProviderView))
def _provider(book: Served, _: Reader, provider: str) -> JSONResponse:
    """A provider: how its calls are known, by what they are paid; as `minutebook provider list` has it."""
    with not_there():
        return answer(ListedProviderView.of(book.providers.show(provider)))


@router.get("/providers/{provider}/balance", responses=responses(OwedView, tables=True))
def _owed(
    book: Served,
    _: Reader,
    provider: str,
    form: AskedForm,
    at: Annotated[
        str | None,
        Query(description="At the end of a UTC day; left out: now", json_schema_extra=DAY),
    ] = None,
) -> Response:
    """What we owe a provider, and how much more we may; as `minutebook balance --provider`."""
    _holder(book, provider)
    day = None if at is None else read_day(at, "at")
    view = OwedView.of(book.providers.show(provider, day))
    return told_as(form, view, lambda: Sheet(OWED, [view]), OwedView, f"owed-{file_word(provider)}")


@router.get("/providers/{provider}/statement", responses=responses(StatementView, tables=True))
def _statement(
    book: Served, _: Reader, provider: str, days: Period, as_of: AsOf, form: AskedForm
) -> Response:
    """What a provider's calls cost, what we paid, and what we owe it, day by day; as `minutebook statement --provider`. As a table
    its days."""
    statement = book.statements.statement(_holder(book, provider), *days, as_of)
    view = StatementView.of(statement)
    return told_as(
        form, view, lambda: statement_sheets(view, statement.title)[0], StatementDayView, f"statement-{file_word(provider)}"
    )  # fmt: skip


@router.get("/providers/{provider}/calls", responses=responses(CallsView, more=CURSOR, tables=True))
def _calls(
    request: Request,
    book: Served,
    _: Reader,
    provider: str,
    days: Period,
    page: Page,
    form: AskedForm,
) -> Response:
    """The calls that a provider carried, with what they cost us, page by page; as `minutebook calls --provider`."""
    holder = _holder(book, provider)
    frame, cursor = page.of(book.calls.rated(holder, *days))
    view = CallsView.of(holder, *days, frame)
    if form is TableForm.JSON:
        return answer(view, cursor=cursor)
    return told_as(
        form, view, lambda: calls_sheet(view, None), CallView, f"calls-{file_word(provider)}",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/routes", responses=responses(RoutingView, tables=True))
def _routes(
    book: Served,
    _: Reader,
    form: AskedForm,
    number: Annotated[str, Query(description="The number dialled")],
    seconds: Seconds = None,
    at: At = None,
    account: SoldTo = None,
    card: SoldBy = None,
    currency: InCurrency = None,
    caller: Annotated[
        str | None, Query(description="The caller's number, for prices that go by it")
    ] = None,
) -> Response:
    """By whom a number is best sent: the providers in order of cost; as `minutebook route`."""
    found = book.providers.route(
        number,
        seconds or ("60",),
        at=None if at is None else read_instant(at, "at"),
        account=account,
        card=card,
        currency=currency,
        caller=caller,
    )
    view = RoutingView.of(found)
    return told_as(form, view, lambda: routes_sheet(view), RouteView, "routes", texts=("loses",))


@router.get("/routes/{switch}/{table}", responses=responses(shape=ROWS, tables=True))
def _switch_table(
    book: Served,
    _: Reader,
    switch: str,
    table: str,
    form: AskedForm,
    seconds: Seconds = None,
    at: At = None,
    account: SoldTo = None,
    card: SoldBy = None,
    currency: InCurrency = None,
    callers: Annotated[
        list[str] | None,
        Query(
            description="Whose prices count where they go by the caller: dearest, or as inter; several"
        ),
    ] = None,
) -> Response:
    """A table that a switch loads to try the cheapest provider first: of kamailio-lcr, kamailio-drouting or asterisk; as `minutebook
    route export` writes it."""
    found = book.providers.switch_tables(
        switch,
        seconds or ("60",),
        at=None if at is None else read_instant(at, "at"),
        account=account,
        card=card,
        currency=currency,
        callers=callers or (),
    )
    if table not in found.files:
        known = ", ".join(found.files)
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"{switch} loads no table {table!r}; ask for one of {known}"
        )
    return frame_answer(form, found.files[table], table)


def _holder(book: Book, provider: str) -> str:
    """The provider's account in the ledger; where there is none such, it is not there."""
    with not_there():
        book.carrier().holder_named(provider_key(provider))
    return provider_key(provider)
