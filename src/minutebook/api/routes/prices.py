"""Plans, and what a call would cost."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, file_word, told_as
from minutebook.api.asked import DAY, MONTH
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import not_there
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.days import read_day, read_instant, read_month
from minutebook.show.declarations.plans import (
    ListedPlanView,
    PlansView,
    PlanView,
    TermInWordsView,
)
from minutebook.show.listings.plans import plan_sheets, plans_sheet
from minutebook.show.prices import CallPriceView, MonthPriceView, NoPriceView, call_price

router = APIRouter(route_class=OneInstant, tags=["prices"])
Reader = Annotated[AccessKey, Depends(having(Right.PRICES))]


At = Annotated[str | None, Query(description="A UTC day; left out: today", json_schema_extra=DAY)]


@router.get("/plans", responses=responses(PlansView, tables=True))
def _plans(book: Served, _: Reader, form: AskedForm, at: At = None) -> Response:
    """The plans in force; as `minutebook plan list`."""
    view = PlansView.of(book.plans.list(None if at is None else read_day(at, "at")))
    return told_as(form, view, lambda: plans_sheet(view), ListedPlanView, "plans", texts=("from",))


@router.get("/plans/{plan}", responses=responses(PlanView, tables=True))
def _plan(book: Served, _: Reader, plan: str, form: AskedForm, at: At = None) -> Response:
    """Every revision of a plan, each term in words, what was replaced, and the accounts on it; as `minutebook plan show`. As a
    table its terms."""
    day = None if at is None else read_day(at, "at")
    with not_there():
        view = PlanView.of(book.plans.show(plan, day))
    return told_as(
        form, view, lambda: plan_sheets(view)[0], TermInWordsView, f"plan-{file_word(plan)}"
    )


@router.get("/plans/{plan}/month", responses=responses(MonthPriceView))
def _month(
    book: Served,
    _: Reader,
    plan: str,
    channels: Annotated[int, Query(ge=0, description="So many are bought")],
    servers: Annotated[int, Query(ge=0, description="So many are deployed")] = 0,
    month: Annotated[
        str | None, Query(description="As 2026-10; left out: this month", json_schema_extra=MONTH)
    ] = None,
) -> Response:
    """What a month of channels and servers would cost; as `minutebook price --channels`."""
    with not_there():
        book.plans.show(plan)
    first = None if month is None else read_month(month, "month")
    return answer(MonthPriceView.of(book.statements.price_month(plan, channels, servers, first)))


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
