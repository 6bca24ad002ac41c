"""Months: closed, or what stands in the way of closing; and closing them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.days import instant_text, month_end, read_month
from minutebook.errors import InputError
from minutebook.show.months import before_closing_words
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from datetime import date

    from minutebook.billing.close_month import MonthStanding
    from minutebook.book import Book

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.MONEY))]
Closer = Annotated[Session, Depends(viewing(Right.RUNS))]
_COLUMNS = [
    Column("month", "Month"),
    Column("standing", "Is"),
    Column("billed", "Billed to its end"),
    Column("by", "Closed by"),
    Column("at", "Closed (UTC)"),
    Column("reason", "Why"),
]


@router.get("/months")
def _months(request: Request, book: Served, session: Reader) -> Response:
    rows = [
        {
            "month": f"{one.month:%Y-%m}",
            "standing": "open" if one.open else "closed",
            "billed": one.billed,
            "by": None if one.open or one.closed is None else one.closed.closed_by,
            "at": None if one.open or one.closed is None else instant_text(one.closed.closed_at),
            "reason": None if one.open or one.closed is None else one.closed.reason,
        }
        for one in book.runs.months()
    ]
    leads = {"month": lambda row: f"/months/{row['month']}"}
    lead = "Nothing is posted on a day of a closed month any more: what comes late stands on the first open day."
    return page(request, session, "Months", [PageTable(Sheet(_COLUMNS, rows), leads)], lead=[lead])


@router.get("/months/{month}")
def _month(request: Request, book: Served, session: Reader, month: str) -> Response:
    return _shown(request, book, session, read_month(month, "month"))


@router.post("/months/{month}")
def _close(request: Request, book: Served, sent: SentForm, session: Closer, month: str) -> Response:
    begins = read_month(month, "month")

    def do() -> str:
        if sent["what"] == "open":
            book.runs.reopen_month(begins, sent["reason"])
        else:
            book.runs.close_month(begins, sent["reason"])
        return f"/months/{begins:%Y-%m}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, begins, error)


def _shown(
    request: Request, book: Book, session: Session, month: date, error: InputError | None = None
) -> Response:
    known = {one.month: one for one in book.runs.months()}.get(month)
    is_open = known is None or known.open
    blocks: list[Block] = [Words([_standing(known)])]
    if is_open:
        told = before_closing_words(book.runs.before_closing(month)) or [
            "Nothing stands in its way."
        ]
        blocks.append(Words(told, "What stands in the way of closing it"))
    if may(session, Right.RUNS):
        blocks.append(_form(month, error, is_open=is_open))
    blocks.append(Links(_ways(month)))
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    above = [("Months", "/months")]
    return page(request, session, f"Month {month:%Y-%m}", blocks, above=above, status=status)


def _standing(known: MonthStanding | None) -> str:
    if known is None or known.open:
        return "It is open."
    if known.closed is None:
        return "It is closed, with a later month."
    closed = known.closed
    return f"Closed by {closed.closed_by} at {instant_text(closed.closed_at)}: {closed.reason}."


def _form(month: date, error: InputError | None, *, is_open: bool) -> PageForm:
    told = "Close this month" if is_open else "Open it again"
    wrong = None if error is None else error.for_shell()
    field = Field("reason", "Why", hint="Kept with it, and shown.", error=wrong)
    hidden = {"what": "close" if is_open else "open", ONCE: new_once()}
    at = f"/months/{month:%Y-%m}"
    return PageForm(at, [field], told, title=told, hidden=hidden, dangerous=is_open)


def _ways(month: date) -> list[tuple[str, str]]:
    days = f"from={month}&to={month_end(month)}"
    return [
        ("Its journal", f"/journal?{days}"),
        ("The accounts in it", f"/accounts?month={month:%Y-%m}"),
        ("Calls without a price", f"/unpriced?{days}"),
        ("Records that wait", "/quarantine"),
    ]
