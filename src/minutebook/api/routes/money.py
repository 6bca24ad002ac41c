"""The journal, and what is earned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.asked import Period
from minutebook.api.entry import Served, having
from minutebook.api.schemas import responses
from minutebook.show.margin import MarginView
from minutebook.show.runs import JournalView

router = APIRouter(tags=["money"])
Reader = Annotated[AccessKey, Depends(having(Right.MONEY))]


@router.get("/journal", responses=responses(JournalView))
def _journal(
    book: Served,
    _: Reader,
    days: Period,
    account: Annotated[str | None, Query(description="Of one account")] = None,
) -> JSONResponse:
    """Every entry of some days, for the general ledger; as `minutebook journal`."""
    return answer(JournalView.of(*days, book.ledger.journal(*days, account=account)))


@router.get("/margin", responses=responses(MarginView))
def _margin(
    book: Served,
    _: Reader,
    days: Period,
    by: Annotated[
        list[str] | None,
        Query(
            description="account, provider, destination, day or card; several, one after the other"
        ),
    ] = None,
    currency: Annotated[str | None, Query(description="Left out: the book's")] = None,
) -> JSONResponse:
    """What is earned: sale, cost and margin, and what of it is unknown; as `minutebook margin`."""
    groups = by or ["account"]
    found = book.statements.margin(*days, groups, currency=currency)
    return answer(MarginView.of(*days, groups, found))
