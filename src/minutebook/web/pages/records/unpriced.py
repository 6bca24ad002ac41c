"""Calls that no card prices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.show.calls import CallsView
from minutebook.show.listings.calls import calls_sheet
from minutebook.web.blocks import Block, Links, PageTable, Words
from minutebook.web.entry import viewing
from minutebook.web.pages.accounts.accounts import call_way
from minutebook.web.period import Days
from minutebook.web.rendering import page
from minutebook.words import counted

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
_MOST = 500


@router.get("/unpriced")
def _unpriced(request: Request, book: Served, session: Reader, days: Days) -> Response:
    frame = book.calls.rated(None, days.first, days.last, unpriced=True)
    view = CallsView.of(None, days.first, days.last, frame.head(_MOST))
    sheet = calls_sheet(view, None, unpriced=True)
    leads = {"call_id": call_way, "account": lambda row: f"/accounts/{row['account']}"}
    said = f"{counted(frame.height, 'call')} of these days"
    blocks: list[Block] = [
        days.form("/unpriced"), Links(days.ways), Words([said]),
        PageTable.of(sheet, leads=leads, empty="Every call of these days has a price."),
    ]  # fmt: skip
    return page(
        request, session, "Calls that no card prices", blocks,
        lead=["They are billed once a card covers them; nothing of them is lost."],
    )  # fmt: skip
