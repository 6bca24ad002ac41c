"""Plans, and what a call would cost."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.asked import DAY
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.once import Asked
from minutebook.api.schemas import responses
from minutebook.days import read_day, read_instant
from minutebook.show.declarations.plans import PlansView
from minutebook.show.prices import CallPriceView, NoPriceView, call_price

router = APIRouter(route_class=OneInstant, tags=["prices"])
Reader = Annotated[AccessKey, Depends(having(Right.PRICES))]


@router.get("/plans", responses=responses(PlansView))
def _plans(
    book: Served,
    _: Reader,
    at: Annotated[
        str | None, Query(description="A UTC day; left out: today", json_schema_extra=DAY)
    ] = None,
) -> JSONResponse:
    """The plans in force; as `minutebook plan list`."""
    return answer(PlansView.of(book.plans.list(None if at is None else read_day(at, "at"))))


class AskedPrice(BaseModel):
    """A call whose price is asked for, by a card or by a plan."""

    model_config = ConfigDict(extra="forbid", strict=True)

    called: str = Field(description="The number dialled")
    seconds: str = Field(
        description="Answered seconds, a string of digits; may have decimals",
        pattern=r"^\d+(\.\d+)?$",
    )
    card: str | None = Field(None, description="Price by this card")
    plan: str | None = Field(None, description="Price by this plan")
    caller: str | None = Field(
        None, description="The caller's number, for prices by jurisdiction, origin or caller"
    )
    at: str | None = Field(
        None, description="When it is answered, in RFC 3339 or a UTC day; left out: now"
    )


@router.post("/price", responses=responses(CallPriceView, NoPriceView))
def _price(
    book: Served, key: Reader, once: Asked, asked: Annotated[AskedPrice, Body()]
) -> Response:
    """What a call would cost, without recording it; as `minutebook price`. Where there is no price the status is 422."""
    found = book.statements.price(
        asked.called,
        asked.seconds,
        card=asked.card,
        plan=asked.plan,
        at=None if asked.at is None else read_instant(asked.at, "at"),
        caller=asked.caller,
    )
    view = call_price(found)
    if found.refusal is not None:
        refused = answer(view)
        refused.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return refused
    return once.answered(book, key, asked, lambda: (HTTPStatus.OK, view))
