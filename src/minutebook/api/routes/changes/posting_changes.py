"""Money paid back, and payments undone: of accounts, and of providers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.bodies import ReasonedBody, TriedBody, instant_or_none
from minutebook.api.entry import Served, having, seen
from minutebook.api.once import Asked, as_new
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.plans.provider import provider_key
from minutebook.show.runs import PaymentView

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter(tags=["postings"])
Poster = Annotated[AccessKey, Depends(having(Right.POSTINGS))]
_POSTED = responses(PaymentView, posts=True)


class AskedRefund(ReasonedBody, TriedBody):
    """Money that was paid back."""

    amount: str = Field(description="Above 0, a string of digits, in the account's currency")
    reference: str = Field(description="Names it, so that it counts once")
    at: str | None = Field(
        None,
        description="When it was paid back, in RFC 3339 or a UTC day; left out: now",
    )
    force: bool = Field(False, description="Also more than the balance, or an unlikely day")


class AskedReversal(ReasonedBody, TriedBody):
    """A payment, or a refund, that is undone."""

    reference: str = Field(description="The reference of the payment or refund")
    at: str | None = Field(
        None, description="When it was undone, in RFC 3339 or a UTC day; left out: now"
    )


class AskedProviderPayment(TriedBody):
    """What was paid to a provider."""

    amount: str = Field(description="Above 0, a string of digits, in the provider's currency")
    reference: str = Field(description="Names it, so that it counts once")
    at: str | None = Field(
        None, description="When it was paid, in RFC 3339 or a UTC day; left out: now"
    )
    force: bool = Field(False, description="Also on an unlikely day")


@router.post("/accounts/{account}/refunds", responses=_POSTED)
def _refund(
    book: Served, key: Poster, once: Asked, account: str, asked: Annotated[AskedRefund, Body()]
) -> Response:
    """Pay money back, once by its reference; as `minutebook refund`. 201 where it is new, 200 where it was posted before."""
    return _refunded(book, key, once, seen(book, key, account), asked)


@router.post("/accounts/{account}/reversals", responses=_POSTED)
def _reverse(
    book: Served, key: Poster, once: Asked, account: str, asked: Annotated[AskedReversal, Body()]
) -> Response:
    """Undo a payment or a refund of an account, once; as `minutebook reverse`."""
    return _reversed(book, key, once, seen(book, key, account), asked)


@router.post("/providers/{provider}/payments", responses=_POSTED)
def _pay_provider(
    book: Served,
    key: Poster,
    once: Asked,
    provider: str,
    asked: Annotated[AskedProviderPayment, Body()],
) -> Response:
    """Post what was paid to a provider, once by its reference; as `minutebook pay --provider`."""
    holder, at = _provider(book, provider), instant_or_none(asked.at, "at")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            posting, new = book.ledger.pay(
                holder, asked.amount, asked.reference, at, force=asked.force
            )
        return as_new(new, asked.preview), PaymentView.of(posting, new=new)

    return once.answered(book, key, asked, done)


@router.post("/providers/{provider}/refunds", responses=_POSTED)
def _refund_by_provider(
    book: Served, key: Poster, once: Asked, provider: str, asked: Annotated[AskedRefund, Body()]
) -> Response:
    """Post what a provider paid back to us, once by its reference; as `minutebook refund --provider`."""
    return _refunded(book, key, once, _provider(book, provider), asked)


@router.post("/providers/{provider}/reversals", responses=_POSTED)
def _reverse_of_provider(
    book: Served, key: Poster, once: Asked, provider: str, asked: Annotated[AskedReversal, Body()]
) -> Response:
    """Undo a payment to a provider, or a refund by it, once; as `minutebook reverse`."""
    return _reversed(book, key, once, _provider(book, provider), asked)


def _provider(book: Book, provider: str) -> str:
    """A provider's account in the ledger."""
    if provider not in book.carrier().providers:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"provider {provider!r} is not declared")
    return provider_key(provider)


def _refunded(book: Book, key: AccessKey, once: Asked, holder: str, asked: AskedRefund) -> Response:
    at = instant_or_none(asked.at, "at")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            posting, new = book.ledger.refund(
                holder, asked.amount, asked.reason, asked.reference, at, force=asked.force
            )
        return as_new(new, asked.preview), PaymentView.of(posting, new=new)

    return once.answered(book, key, asked, done)


def _reversed(
    book: Book, key: AccessKey, once: Asked, holder: str, asked: AskedReversal
) -> Response:
    at = instant_or_none(asked.at, "at")

    def done() -> tuple[HTTPStatus, Any]:
        with book.database.transaction(keep=not asked.preview):
            posting, new = book.ledger.reverse(asked.reference, asked.reason, holder, at)
        return as_new(new, asked.preview), PaymentView.of(posting, new=new)

    return once.answered(book, key, asked, done)
