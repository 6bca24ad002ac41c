"""The journal, and what is earned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.asked import Period
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, TableForm, table_answer
from minutebook.show.listings.margin import margin_sheet
from minutebook.show.listings.postings import JOURNAL
from minutebook.show.margin import MarginLineView, MarginView
from minutebook.show.runs import EntryView, JournalView
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["money"])
Reader = Annotated[AccessKey, Depends(having(Right.MONEY))]


@router.get("/journal", responses=responses(JournalView, tables=True))
def _journal(
    book: Served,
    _: Reader,
    days: Period,
    form: AskedForm,
    account: Annotated[str | None, Query(description="Of one account")] = None,
) -> Response:
    """Every entry of some days, for the general ledger; as `minutebook journal`."""
    view = JournalView.of(*days, book.ledger.journal(*days, account=account))
    if form is TableForm.JSON:
        return answer(view)
    return table_answer(form, Sheet(JOURNAL, view.entries), EntryView, "journal")


@router.get("/margin", responses=responses(MarginView, tables=True))
def _margin(
    book: Served,
    _: Reader,
    days: Period,
    form: AskedForm,
    by: Annotated[
        list[str] | None,
        Query(
            description="account, provider, destination, day or card; several, one after the other"
        ),
    ] = None,
    currency: Annotated[str | None, Query(description="Left out: the book's")] = None,
) -> Response:
    """What is earned: sale, cost and margin, and what of it is unknown; as `minutebook margin`."""
    groups = by or ["account"]
    found = book.statements.margin(*days, groups, currency=currency)
    view = MarginView.of(*days, groups, found)
    if form is TableForm.JSON:
        return answer(view)
    return table_answer(form, margin_sheet(view, groups, None), MarginLineView, "margin")
