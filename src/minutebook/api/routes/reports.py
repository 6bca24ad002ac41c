"""What is to be sent on as a file: reports as pages of HTML, price lists, decks; as the commands write them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right, Role
from minutebook.api.answers import file_word
from minutebook.api.asked import INSTANT, Period
from minutebook.api.entry import OneInstant, Served, having, seen
from minutebook.api.problems import ProblemError, not_there
from minutebook.api.routes.disputes import dispute_named, no_differences
from minutebook.api.schemas import responses
from minutebook.cards.price_list import PriceList
from minutebook.days import read_instant
from minutebook.jobs.kept_disputes import dispute_files
from minutebook.show.price_list_files import price_list_page, price_list_workbook

router = APIRouter(route_class=OneInstant, tags=["reports"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]
Owner = Annotated[AccessKey, Depends(having(Right.OWN_ACCOUNT))]
PriceReader = Annotated[AccessKey, Depends(having(Right.PRICES))]
MoneyReader = Annotated[AccessKey, Depends(having(Right.MONEY))]
MEDIA: Final = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
}
"""By the kind of a file."""
PAGE: Final = responses(files=(MEDIA["html"],))
LIST: Final = responses(files=(MEDIA["html"], MEDIA["xlsx"]))
ListKind = Annotated[Literal["html", "xlsx"], Query(description="A page, or a workbook")]
At = Annotated[
    str | None,
    Query(description="At an instant or a UTC day; left out: now", json_schema_extra=INSTANT),
]


@router.get("/accounts/{account}/review/report", response_class=Response, responses=PAGE)
def _review(
    book: Served,
    key: Owner,
    account: str,
    days: Period,
    reader: Annotated[
        Literal["carrier", "customer"], Query(description="Whom it is for; to a customer: customer")
    ] = "carrier",
) -> Response:
    """Whether an account's plan fits, as a page with pictures; as `minutebook review --report`. For a customer what was used and
    what it costs, no other plan."""
    named = seen(book, key, account)
    customers = Role.CUSTOMER in (reader, key.role)
    earned = Right.MONEY in key.rights and not customers
    found = book.fit.review(named, *days, earned=earned, plans=() if customers else None)
    text = book.customer_report(found) if customers else book.report(found)
    return _sent(text, "html", f"review-{file_word(named)}")


@router.get("/accounts/{account}/capacity/report", response_class=Response, responses=PAGE)
def _capacity(book: Served, key: Reader, account: str, days: Period) -> Response:
    """How many channels an account's traffic needs, as a page with pictures; as `minutebook capacity --report`."""
    named = seen(book, key, account)
    found = book.fit.capacity(named, *days)
    return _sent(book.report(found), "html", f"capacity-{file_word(named)}")


@router.get("/accounts/{account}/prices/file", response_class=Response, responses=LIST)
def _prices(book: Served, key: Owner, account: str, kind: ListKind, at: At = None) -> Response:
    """The price list of an account's plan, to be sent; where there is no list the status is 422."""
    named, when = seen(book, key, account), None if at is None else read_instant(at, "at")
    found = book.accounts.prices(named, when).price_list
    if found is None:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{named} has no list of prices then, as its plan has no card with a price in force; ask for its prices",
        )
    return _list(found, kind, named)


@router.get("/cards/{card}/pricelist/file", response_class=Response, responses=LIST)
def _price_list(book: Served, _: PriceReader, card: str, kind: ListKind, at: At = None) -> Response:
    """A card as a price list, to be sent; as `minutebook card pricelist FILE`."""
    with not_there():
        book.cards.show(card)
    found = book.cards.price_list(card, None if at is None else read_instant(at, "at"))
    return _list(found, kind, card)


@router.get(
    "/cards/{card}/deck",
    response_class=Response,
    responses=responses(files=(MEDIA["csv"], MEDIA["xlsx"], MEDIA["json"])),
)
def _deck(
    book: Served,
    _: PriceReader,
    card: str,
    kind: Annotated[Literal["csv", "xlsx", "json"], Query(description="Of the file")] = "csv",
    at: At = None,
    revision: Annotated[
        int | None, Query(ge=1, description="Of this revision; left out: of the one in force")
    ] = None,
    dates: Annotated[
        bool,
        Query(description="Of all revisions that are in force then or later, with their dates"),
    ] = False,
) -> Response:
    """A card's prices as a deck; who imports it has the same prices; as `minutebook card export`."""
    with not_there():
        book.cards.show(card)
    when = None if at is None else read_instant(at, "at")
    found = book.cards.export(card, kind, at=when, revision=revision, dates=dates)
    return _sent(found.content, kind, file_word(card))


@router.get("/margin/report", response_class=Response, responses=PAGE)
def _margin(
    book: Served,
    _: MoneyReader,
    days: Period,
    by: Annotated[
        list[str] | None,
        Query(
            description="account, provider, destination, day or card; several, one after the other"
        ),
    ] = None,
    currency: Annotated[str | None, Query(description="Left out: the book's")] = None,
) -> Response:
    """What is earned, as a page with pictures; as `minutebook margin --report`."""
    earned = book.statements.earnings(*days, by or ["account"], currency=currency)
    return _sent(book.report(earned), "html", "margin")


@router.get("/disputes/{dispute}/report", response_class=Response, responses=PAGE)
def _dispute(book: Served, _: MoneyReader, dispute: str) -> Response:
    """A dispute as a page with pictures, to be sent to the other side; as `minutebook reconcile --report`."""
    job = dispute_named(book, dispute)
    _differences, file = dispute_files(book.path, UUID(job.arguments["kept"]))
    if not file.is_file():
        raise no_differences()
    return _sent(file.read_bytes(), "html", "dispute")


def _list(found: PriceList, kind: str, name: str) -> Response:
    content = price_list_page(found) if kind == "html" else price_list_workbook(found)
    return _sent(content, kind, f"prices-{file_word(name)}-{found.at:%Y-%m-%d}")


def _sent(content: str | bytes, kind: str, name: str) -> Response:
    """A file to be kept, called `name`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=MEDIA[kind], headers=headers)
