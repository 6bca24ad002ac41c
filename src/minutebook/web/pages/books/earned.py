"""What is earned, by whom and by what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.errors import InputError
from minutebook.show.listings.margin import margin_sheet
from minutebook.show.margin import MarginView, group_words
from minutebook.web.blocks import Block, Field, Links, PageTable
from minutebook.web.entry import viewing
from minutebook.web.period import Days
from minutebook.web.rendering import REPORT_HEADERS, page, refused

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.MONEY))]
_GROUPS = ("account", "provider", "destination", "day", "card")
_LEAD = "What customers are charged for calls, less what providers are owed for them."


@router.get("/margin")
def _margin(
    request: Request,
    book: Served,
    session: Reader,
    days: Days,
    by: Annotated[str, Query()] = "account",
) -> Response:
    group = by if by in _GROUPS else "account"
    options = [(name, name.capitalize()) for name in _GROUPS]
    form = days.form("/margin", Field("by", "By", value=group, options=options))
    try:
        found = book.statements.margin(days.first, days.last, [group])
    except InputError as error:
        return refused(request, session, "Margin", form, error)
    view = MarginView.of(days.first, days.last, [group], found)
    sheet = margin_sheet(view, [group], [group_words([group], line) for line in found])
    leads = {"account": _account} if group == "account" else {}
    more = [(f"By {name}", f"/margin?{days.query}&by={name}") for name in _GROUPS if name != group]
    blocks: list[Block] = [
        form,
        Links(
            [
                *days.ways,
                *more,
                ("With pictures, to print", f"/margin/report?{days.query}&by={group}"),
            ]
        ),
        PageTable.of(sheet, leads=leads, empty="There were no calls on these days."),
    ]
    return page(request, session, "Margin", blocks, lead=[_LEAD])


@router.get("/margin/report")
def _report(
    book: Served, session: Reader, days: Days, by: Annotated[str, Query()] = "account"
) -> Response:
    earned = book.statements.earnings(days.first, days.last, [by if by in _GROUPS else "account"])
    return HTMLResponse(book.report(earned), headers=REPORT_HEADERS)


def _account(row: dict[str, str]) -> str | None:
    name = row["account"]
    return None if not name or " " in name or name == "Sum" else f"/accounts/{name}"
