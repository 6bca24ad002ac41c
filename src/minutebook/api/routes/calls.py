"""Calls and charges traced: from a call to the ledger and back; calls without a price, or without a provider."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, told_as
from minutebook.api.asked import CURSOR, Page, Period
from minutebook.api.entry import OneInstant, Served, having, need_right, seen
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, TableForm, next_page
from minutebook.errors import InputError
from minutebook.plans.provider import is_provider
from minutebook.show.calls import CallsView, CallView
from minutebook.show.explanations import (
    CallExplanationsView,
    CallExplanationView,
    ChargeExplanationView,
)
from minutebook.show.for_customers import customers_calls, customers_charge
from minutebook.show.listings.calls import UNCARRIED, calls_sheet
from minutebook.show.listings.explanations import steps_sheet
from minutebook.show.tables import Sheet
from minutebook.show.uncarried_calls import UncarriedCallsView, UncarriedCallView
from minutebook.show.without_cost import calls_without_cost

router = APIRouter(route_class=OneInstant, tags=["calls"])
Reader = Annotated[AccessKey, Depends(having(Right.CALLS))]
Owner = Annotated[AccessKey, Depends(having(Right.OWN_ACCOUNT))]


@router.get("/calls/{call_id}/explain", responses=responses(CallExplanationsView, tables=True))
def _explain_call(book: Served, key: Owner, call_id: str, form: AskedForm) -> Response:
    """The whole way of a call, from its record to the ledger; as `minutebook explain`. To a customer of its own calls, and
    its own side. As a table the steps."""
    try:
        explained = book.statements.explain_call(call_id)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, error, f"call {call_id}")) from None
    if key.account is None:
        told = explained if Right.MONEY in key.rights else calls_without_cost(explained)
        return _told_calls(form, CallExplanationsView.of(told), key)
    own = customers_calls(explained, book.carrier().account_named(key.account))
    if own is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, None, f"call {call_id}"))
    return _told_calls(form, own, key)


@router.get("/charges/{id}/explain", responses=responses(ChargeExplanationView, tables=True))
def _explain_charge(book: Served, key: Owner, id: str, form: AskedForm) -> Response:
    """The whole way of a posting back to its calls, by its id or the id's beginning; as `minutebook explain --charge`. To a
    customer of its own, by the whole id. As a table the steps."""
    try:
        explained = book.statements.explain_charge(id)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, error, f"posting {id}")) from None
    if key.account is None:
        if is_provider(explained.posting.account):
            need_right(key, Right.MONEY)
        return _told_charge(form, ChargeExplanationView.of_charge(explained), key)
    own = customers_charge(explained, book.carrier().account_named(key.account))
    if own is None or own.journal != id.lower():
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, None, f"posting {id}"))
    return _told_charge(form, own, key)


def _told_calls(form: TableForm, view: CallExplanationsView, key: AccessKey) -> Response:
    steps = [call.steps for call in view.calls]
    return told_as(form, view, lambda: steps_sheet(steps), CallExplanationView, "call", key=key)


def _told_charge(form: TableForm, view: ChargeExplanationView, key: AccessKey) -> Response:
    return told_as(
        form, view, lambda: steps_sheet([view.steps]), ChargeExplanationView, "charge", key=key
    )


def _none(key: AccessKey, error: InputError | None, what: str) -> str:
    """That there is no such thing: to a customer in the same words, whether nobody has it or another."""
    if error is None or key.account is not None:
        return f"there is no {what}"
    return error.for_shell()


@router.get("/unpriced", responses=responses(CallsView, more=CURSOR, tables=True))
def _unpriced(
    request: Request,
    book: Served,
    key: Reader,
    days: Period,
    page: Page,
    form: AskedForm,
    account: Annotated[str | None, Query(description="Of one account; left out: of all")] = None,
) -> Response:
    """Calls that no card prices, page by page; as `minutebook calls --unpriced`."""
    named = None if account is None else seen(book, key, account)
    frame, cursor = page.of(book.calls.rated(named, *days, unpriced=True))
    view = CallsView.of(named, *days, frame)
    if form is TableForm.JSON:
        return answer(view, cursor=cursor)
    return told_as(
        form, view, lambda: calls_sheet(view, None, unpriced=True), CallView, "unpriced",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/uncarried", responses=responses(UncarriedCallsView, more=CURSOR, tables=True))
def _uncarried(
    request: Request,
    book: Served,
    key: Reader,
    days: Period,
    page: Page,
    form: AskedForm,
    account: Annotated[str | None, Query(description="Of one account; left out: of all")] = None,
) -> Response:
    """Answered calls that no declared provider carried, and why, page by page; as `minutebook calls --no-provider`."""
    named = None if account is None else seen(book, key, account)
    frame, cursor = page.of(book.calls.without_provider(named, *days))
    view = UncarriedCallsView.of(named, *days, frame)
    if form is TableForm.JSON:
        return answer(view, cursor=cursor)
    return told_as(
        form, view, lambda: Sheet(UNCARRIED, view.uncarried), UncarriedCallView, "uncarried",
        following=next_page(request, cursor),
    )  # fmt: skip
