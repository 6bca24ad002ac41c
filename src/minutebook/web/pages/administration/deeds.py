"""Who did what, and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.errors import InputError
from minutebook.show.audit import AuditView
from minutebook.show.listings.deeds import deeds_sheet
from minutebook.show.without_cost import deeds_without_cost
from minutebook.web.blocks import Block, Field, Links, PageTable
from minutebook.web.entry import may, viewing
from minutebook.web.period import Days
from minutebook.web.rendering import page, refused

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]


@router.get("/audit")
def _audit(
    request: Request,
    book: Served,
    session: Reader,
    days: Days,
    account: Annotated[str, Query()] = "",
    by: Annotated[str, Query()] = "",
) -> Response:
    form = days.form(
        "/audit",
        Field("account", "Account", value=account, required=False),
        Field("by", "Who", value=by, required=False),
    )
    title = f"What was done, {days.first} to {days.last}"
    try:
        found = book.ledger.audit(
            account.strip() or None, days.first, days.last, by.strip() or None
        )
    except InputError as error:
        return refused(request, session, title, form, error)
    money = may(session, Right.MONEY)
    sheet = deeds_sheet(AuditView.of(found) if money else deeds_without_cost(found))
    blocks: list[Block] = [
        form,
        Links(days.ways),
        PageTable.of(sheet, empty="Nothing was done on these days."),
    ]
    return page(request, session, title, blocks)
