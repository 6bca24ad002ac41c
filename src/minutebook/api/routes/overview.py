"""The book as a whole: what needs a person, months, what runs parked, totals."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, told_as
from minutebook.api.asked import Period
from minutebook.api.entry import OneInstant, Served, having, seen
from minutebook.api.problems import ProblemError
from minutebook.api.routes.jobs import job_seen
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.days import read_month
from minutebook.show.attention import AttentionView
from minutebook.show.listings.months import MONTHS
from minutebook.show.listings.parked import PARKED
from minutebook.show.listings.totals import totals_sheet
from minutebook.show.months import MonthStandingsView, MonthStandingView, MonthToCloseView
from minutebook.show.parked import ParkedChargeView, ParkedView
from minutebook.show.tables import Sheet
from minutebook.show.totals import TotalsView, TotalView
from minutebook.show.without_cost import attention_without_cost, parked_without_cost
from minutebook.statements.totals import By

router = APIRouter(route_class=OneInstant, tags=["overview"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]
MoneyReader = Annotated[AccessKey, Depends(having(Right.MONEY))]


@router.get("/attention", responses=responses(AttentionView))
def _attention(book: Served, key: Reader) -> JSONResponse:
    """What needs a person: the last run, the last proof, what waits, what is parked, set aside, suspended or nearly spent."""
    found = book.accounts.attention()
    if Right.MONEY not in key.rights:
        found = attention_without_cost(found)
    view = AttentionView.of(found, book.calls.quarantine())
    return answer(replace(view, failed_jobs=[job_seen(job, key) for job in found.failed_jobs]))


@router.get("/months", responses=responses(MonthStandingsView, tables=True))
def _months(book: Served, _: MoneyReader, form: AskedForm) -> Response:
    """Every month from the first with a posting to this one, the last first: closed or open, billed to its end or not."""
    view = MonthStandingsView.of(book.runs.months())
    return told_as(form, view, lambda: Sheet(MONTHS, view.months), MonthStandingView, "months")


@router.get("/months/{month}", responses=responses(MonthToCloseView))
def _month(book: Served, _: MoneyReader, month: str) -> JSONResponse:
    """A month, and what stands in the way of closing it."""
    begins = read_month(month, "month")
    for one in book.runs.months():
        if one.month == begins:
            return answer(MonthToCloseView.looked_at(one, book.runs.before_closing(begins)))
    raise ProblemError(HTTPStatus.NOT_FOUND, f"nothing was posted in {month} or before")


@router.get("/parked", responses=responses(ParkedView, tables=True))
def _parked(book: Served, key: Reader, form: AskedForm) -> Response:
    """What the last run parked, as it is beyond the bounds of what an account is used to; as `minutebook parked list`."""
    parked = book.runs.parked()
    view = ParkedView.of(parked if Right.MONEY in key.rights else parked_without_cost(parked))
    return told_as(form, view, lambda: Sheet(PARKED, view.parked), ParkedChargeView, "parked")


@router.get("/totals", responses=responses(TotalsView, tables=True))
def _totals(
    book: Served,
    key: Reader,
    days: Period,
    form: AskedForm,
    by: Annotated[
        list[str] | None,
        Query(
            description="account, day, week, month, destination or plan; several, one after the other"
        ),
    ] = None,
    account: Annotated[str | None, Query(description="Of this account alone")] = None,
) -> Response:
    """Calls, minutes, charges and payments by currency, and what they come to; as `minutebook totals`."""
    groups, named = by or ["account"], None if account is None else seen(book, key, account)
    found = book.statements.totals(*days, cast("list[By]", groups), account=named)
    view = TotalsView.of(*days, groups, found)
    return told_as(form, view, lambda: totals_sheet(view, groups), TotalView, "totals")
