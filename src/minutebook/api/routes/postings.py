"""What finance and administrators do to accounts: payments, adjustments, another plan."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.asked import DAY
from minutebook.api.bodies import TriedBody, day_or_none, instant_or_none
from minutebook.api.entry import Served, having, seen
from minutebook.api.once import Asked, as_new
from minutebook.api.schemas import responses
from minutebook.book.clock import tomorrow
from minutebook.show.accounts import TermView
from minutebook.show.runs import PaymentView

router = APIRouter(tags=["postings"])
Poster = Annotated[AccessKey, Depends(having(Right.POSTINGS))]
Administrator = Annotated[AccessKey, Depends(having(Right.TERMS))]


class _Posting(TriedBody):
    amount: str = Field(description="A string of digits, in the account's currency")
    reference: str = Field(description="Names it, so that it counts once")
    force: bool = Field(
        False, description="Also on a day to come, or long before the account's first"
    )


class AskedPayment(_Posting):
    """A payment that was received."""

    at: str | None = Field(None, description="When, in RFC 3339 or a UTC day; left out: now")


class AskedAdjustment(_Posting):
    """A credit, above 0, or a fee, below."""

    reason: str = Field(description="Why; it is kept, and stands on the statement")
    on: str | None = Field(
        None, description="The UTC day that it stands on; left out: today", json_schema_extra=DAY
    )


class AskedSwitch(TriedBody):
    """The plan that an account is to be on."""

    plan: str = Field(description="The plan")
    channels: int | None = Field(
        None, ge=1, description="Channels to buy, under a plan that charges by them"
    )
    on: str | None = Field(
        None, description="The first UTC day on it; left out: tomorrow", json_schema_extra=DAY
    )
    override: str | None = Field(
        None, description="Why the rule of 30 days is set aside; left out: it is not"
    )


@router.post("/accounts/{account}/payments", responses=responses(PaymentView, posts=True))
def _pay(
    book: Served, key: Poster, once: Asked, account: str, asked: Annotated[AskedPayment, Body()]
) -> Response:
    """Post a payment, once by its reference; as `minutebook pay`. 201 where it is new, 200 where it was posted before."""
    named = seen(book, key, account)
    at = instant_or_none(asked.at, "at")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            posting, new = book.ledger.pay(
                named, asked.amount, asked.reference, at, force=asked.force
            )
        return as_new(new, asked.preview), PaymentView.of(posting, new=new)

    return once.answered(book, key, asked, done)


@router.post("/accounts/{account}/adjustments", responses=responses(PaymentView, posts=True))
def _adjust(
    book: Served, key: Poster, once: Asked, account: str, asked: Annotated[AskedAdjustment, Body()]
) -> Response:
    """Post a credit or a fee by hand, once by its reference; as `minutebook adjust`. 201 where it is new, 200 where it was
    posted before."""
    named = seen(book, key, account)
    on = day_or_none(asked.on, "on")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            posting, new = book.ledger.adjust(
                named, asked.amount, asked.reason, asked.reference, on, force=asked.force
            )
        return as_new(new, asked.preview), PaymentView.of(posting, new=new)

    return once.answered(book, key, asked, done)


@router.post("/accounts/{account}/switch", responses=responses(TermView, posts=True))
def _switch(
    book: Served,
    key: Administrator,
    once: Asked,
    account: str,
    asked: Annotated[AskedSwitch, Body()],
) -> Response:
    """Put an account on another plan; as `minutebook switch`. 201 where that is a change, 200 where it is on it already."""
    named = seen(book, key, account)
    on = day_or_none(asked.on, "on")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            changed = book.accounts.switch(named, asked.plan, asked.channels, on, asked.override)
            term = book.carrier().accounts[named].term_on(on or tomorrow())
        assert term is not None
        return as_new(changed, asked.preview), TermView.of(named, term)

    return once.answered(book, key, asked, done)
