"""Calls and charges traced: from a call to the ledger and back; the records that wait."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, TableForm, table_answer
from minutebook.errors import InputError
from minutebook.show.calls import QuarantineView, WaitingView
from minutebook.show.explanations import CallExplanationsView, ChargeExplanationView
from minutebook.show.for_customers import customers_calls, customers_charge
from minutebook.show.listings.quarantine import QUARANTINE
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["calls"])
Owner = Annotated[AccessKey, Depends(having(Right.OWN_ACCOUNT))]


@router.get("/calls/{call_id}/explain", responses=responses(CallExplanationsView))
def _explain_call(book: Served, key: Owner, call_id: str) -> JSONResponse:
    """The whole way of a call, from its record to the ledger; as `minutebook explain`. To a customer of its own calls, and
    its own side."""
    try:
        explained = book.statements.explain_call(call_id)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, error, f"call {call_id}")) from None
    if key.account is None:
        return answer(CallExplanationsView.of(explained))
    own = customers_calls(explained, book.carrier().account_named(key.account))
    if own is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, None, f"call {call_id}"))
    return answer(own, key)


@router.get("/charges/{id}/explain", responses=responses(ChargeExplanationView))
def _explain_charge(book: Served, key: Owner, id: str) -> JSONResponse:
    """The whole way of a posting back to its calls, by its id or the id's beginning; as `minutebook explain --charge`. To a
    customer of its own, by the whole id."""
    try:
        explained = book.statements.explain_charge(id)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, error, f"posting {id}")) from None
    if key.account is None:
        return answer(ChargeExplanationView.of_charge(explained))
    own = customers_charge(explained, book.carrier().account_named(key.account))
    if own is None or own.journal != id.lower():
        raise ProblemError(HTTPStatus.NOT_FOUND, _none(key, None, f"posting {id}"))
    return answer(own, key)


def _none(key: AccessKey, error: InputError | None, what: str) -> str:
    """That there is no such thing: to a customer in the same words, whether nobody has it or another."""
    if error is None or key.account is not None:
        return f"there is no {what}"
    return error.for_shell()


@router.get("/quarantine", responses=responses(QuarantineView, tables=True))
def _quarantine(
    book: Served, _: Annotated[AccessKey, Depends(having(Right.CALLS))], form: AskedForm
) -> Response:
    """The records that wait for a person, each with its reason; as `minutebook calls --quarantine`."""
    view = QuarantineView.of(book.calls.quarantine())
    if form is TableForm.JSON:
        return answer(view)
    return table_answer(form, Sheet(QUARANTINE, view.quarantine), WaitingView, "quarantine")
