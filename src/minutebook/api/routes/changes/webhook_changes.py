"""Webhooks given another secret, and tried."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.bodies import AskedBody
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.show.webhooks import TriedWebhookView, WebhookView

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter(tags=["webhooks"])
Administrator = Annotated[AccessKey, Depends(having(Right.WEBHOOKS))]


class AskedSecret(AskedBody):
    """How the secret of a webhook is changed."""

    at_once: bool = Field(False, description="The old one signs no more, as others know it")


@router.post("/webhooks/{webhook}/secret", responses=responses(WebhookView, posts=True))
def _secret(
    book: Served,
    key: Administrator,
    once: Asked,
    webhook: int,
    asked: Annotated[AskedSecret, Body()],
) -> Response:
    """Give a webhook another secret, which this answer alone has; as `minutebook webhook secret`."""
    _need(book, webhook)

    def done() -> tuple[HTTPStatus, Any]:
        changed = book.webhooks.change_secret(webhook, at_once=asked.at_once)
        return HTTPStatus.CREATED, WebhookView.of(*changed)

    return once.answered(book, key, asked, done, secret="secret")


@router.post("/webhooks/{webhook}/test", responses=responses(TriedWebhookView, posts=True))
def _test(book: Served, key: Administrator, once: Asked, webhook: int) -> Response:
    """Tell a webhook that it is tried; as `minutebook webhook test`."""
    _need(book, webhook)

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.CREATED, TriedWebhookView(webhook, book.webhooks.test(webhook))

    return once.answered(book, key, AskedBody(), done)


def _need(book: Book, webhook: int) -> None:
    if webhook not in {hook.id for hook in book.webhooks.list()}:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no webhook {webhook}")
