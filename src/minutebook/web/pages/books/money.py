"""The journal, and the months: what is closed, and what stands in the way of closing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.errors import InputError
from minutebook.show.listings.postings import JOURNAL
from minutebook.show.runs import JournalView
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, Links, PageTable
from minutebook.web.entry import viewing
from minutebook.web.period import Days
from minutebook.web.rendering import page, refused

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.MONEY))]


@router.get("/journal")
def _journal(
    request: Request,
    book: Served,
    session: Reader,
    days: Days,
    account: Annotated[str, Query()] = "",
    kind: Annotated[str, Query()] = "",
) -> Response:
    form = days.form(
        "/journal",
        Field("account", "Account", value=account, required=False),
        Field("kind", "Kind", value=kind, required=False),
    )
    title = f"Journal, {days.first} to {days.last}"
    try:
        entries = book.ledger.journal(
            days.first, days.last, account=account.strip() or None, kind=kind.strip() or None
        )
    except InputError as error:
        return refused(request, session, title, form, error)
    view = JournalView.of(days.first, days.last, entries)
    leads = {"journal": lambda row: f"/charges/{row['journal']}"}
    blocks: list[Block] = [
        form,
        Links(days.ways),
        PageTable(Sheet(JOURNAL, view.entries), leads, empty="Nothing was posted on these days."),
    ]
    lead = "Every entry for the general ledger; the entries of one journal sum to zero."
    return page(request, session, title, blocks, lead=[lead])
