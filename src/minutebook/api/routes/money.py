"""The journal, and what is earned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import told_as
from minutebook.api.asked import Period, row_place
from minutebook.api.cursors import Part
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, next_page
from minutebook.show.listings.margin import margin_sheet
from minutebook.show.listings.postings import JOURNAL, TRIAL_BALANCE
from minutebook.show.margin import MarginLineView, MarginView
from minutebook.show.runs import EntryView, JournalView
from minutebook.show.tables import Sheet
from minutebook.show.trial_balance import TrialBalanceView, TrialLineView

router = APIRouter(route_class=OneInstant, tags=["money"])
Reader = Annotated[AccessKey, Depends(having(Right.MONEY))]
OfAccount = Annotated[str | None, Query(description="Of one account")]
OfKind = Annotated[
    str | None, Query(description="usage, channels, minimum, payment or adjustment, …")
]
OfReference = Annotated[
    str | None, Query(description="What has this reference, or undoes what has it")
]
OfAuthor = Annotated[str | None, Query(description="What was posted by them")]


@router.get("/journal", responses=responses(JournalView, tables=True))
def _journal(
    request: Request,
    book: Served,
    _: Reader,
    days: Period,
    part: Part,
    form: AskedForm,
    account: OfAccount = None,
    kind: OfKind = None,
    reference: OfReference = None,
    by: OfAuthor = None,
) -> Response:
    """Every entry of some days, for the general ledger; as `minutebook journal`."""
    frame = book.ledger.journal(*days, account=account, kind=kind, reference=reference, by=by)
    order = frame.select("day", "posted_at").iter_rows()
    rows, cursor = part.cut([day.isoformat(), row_place(at)] for day, at in order)
    view = JournalView.of(*days, frame[rows])
    return told_as(
        form, view, lambda: Sheet(JOURNAL, view.entries), EntryView, "journal",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/journal/trial-balance", responses=responses(TrialBalanceView, tables=True))
def _trial_balance(
    book: Served,
    _: Reader,
    days: Period,
    form: AskedForm,
    account: OfAccount = None,
    kind: OfKind = None,
    reference: OfReference = None,
    by: OfAuthor = None,
) -> Response:
    """The entries of some days summed up by ledger account and month, and whether they balance; as `minutebook journal --trial-balance`."""
    found = book.ledger.trial_balance(*days, account=account, kind=kind, reference=reference, by=by)
    view = TrialBalanceView.of(*days, found)
    return told_as(
        form, view, lambda: Sheet(TRIAL_BALANCE, view.lines), TrialLineView, "trial-balance"
    )


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
    return told_as(form, view, lambda: margin_sheet(view, groups, None), MarginLineView, "margin")
