"""Calls and charges traced: from a call to the ledger and back; the records that wait."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.entry import Served, having
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.errors import InputError
from minutebook.show.calls import QuarantineView
from minutebook.show.explanations import CallExplanationsView, ChargeExplanationView

router = APIRouter(tags=["calls"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]


@router.get("/calls/{call_id}/explain", responses=responses(CallExplanationsView))
def _explain_call(book: Served, _: Reader, call_id: str) -> JSONResponse:
    """The whole way of a call, from its record to the ledger; as `minutebook explain`."""
    try:
        return answer(CallExplanationsView.of(book.statements.explain_call(call_id)))
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None


@router.get("/charges/{id}/explain", responses=responses(ChargeExplanationView))
def _explain_charge(book: Served, _: Reader, id: str) -> JSONResponse:
    """The whole way of a posting back to its calls, by its id or the id's beginning; as `minutebook explain --charge`."""
    try:
        return answer(ChargeExplanationView.of_charge(book.statements.explain_charge(id)))
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None


@router.get("/quarantine", responses=responses(QuarantineView))
def _quarantine(
    book: Served, _: Annotated[AccessKey, Depends(having(Right.CALLS))]
) -> JSONResponse:
    """The records that wait for a person, each with its reason; as `minutebook calls --quarantine`."""
    return answer(QuarantineView.of(book.calls.quarantine()))
