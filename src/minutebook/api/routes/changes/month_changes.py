"""Months closed and opened again; what runs parked let pass, or held back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.bodies import ReasonedBody
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked, as_new
from minutebook.api.schemas import responses
from minutebook.days import read_month
from minutebook.show.parked import ParkedView
from minutebook.show.runs import ClosedView, ReopenedView

router = APIRouter(tags=["months"])
Biller = Annotated[AccessKey, Depends(having(Right.RUNS))]


class AskedMonth(ReasonedBody):
    """Why a month is closed, or opened again."""


class AskedParked(ReasonedBody):
    """Whose parked charges are meant."""

    accounts: list[str] | None = Field(None, description="Of these accounts; left out: of all")


@router.post("/months/{month}/close", responses=responses(ClosedView, posts=True))
def _close(
    book: Served, key: Biller, once: Asked, month: str, asked: Annotated[AskedMonth, Body()]
) -> Response:
    """Close a month, once it is billed to its end; as `minutebook close`. 201 where it was open."""
    begins = read_month(month, "month")

    def done() -> tuple[HTTPStatus, Any]:
        new = book.runs.closed_month(begins) is None
        open_from = book.runs.close_month(begins, asked.reason)
        waiting = book.runs.waiting_records()
        return as_new(new), ClosedView(begins, open_from, new=new, quarantined=waiting)

    return once.answered(book, key, asked, done)


@router.post("/months/{month}/reopen", responses=responses(ReopenedView, posts=True))
def _reopen(
    book: Served, key: Biller, once: Asked, month: str, asked: Annotated[AskedMonth, Body()]
) -> Response:
    """Open the last closed month again, while nothing leans on it; as `minutebook close --undo`."""
    begins = read_month(month, "month")

    def done() -> tuple[HTTPStatus, Any]:
        new = book.runs.reopen_month(begins, asked.reason)
        return as_new(new), ReopenedView(begins, new=new)

    return once.answered(book, key, asked, done)


@router.post("/parked/pass", responses=responses(ParkedView, posts=True))
def _pass(
    book: Served, key: Biller, once: Asked, asked: Annotated[AskedParked, Body()]
) -> Response:
    """Let what runs parked be posted by the next one; as `minutebook parked pass`."""

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, ParkedView.of(book.runs.let_pass(asked.accounts, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/parked/hold", responses=responses(ParkedView, posts=True))
def _hold(
    book: Served, key: Biller, once: Asked, asked: Annotated[AskedParked, Body()]
) -> Response:
    """Take back, before a run posts it, that what is parked may pass; as `minutebook parked hold`."""

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, ParkedView.of(book.runs.hold_back(asked.accounts, asked.reason))

    return once.answered(book, key, asked, done)
