"""Whom to tell what happens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, told_as
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.book.clock import in_the_name_of
from minutebook.show.listings.webhooks import WEBHOOKS
from minutebook.show.tables import Sheet
from minutebook.show.webhooks import WebhookView

router = APIRouter(tags=["webhooks"])
Administrator = Annotated[AccessKey, Depends(having(Right.WEBHOOKS))]


class AskedWebhook(BaseModel):
    """Where to tell what happens."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(description="Where to: https://HOST/PATH, on a public address")
    events: list[str] | None = Field(None, description="What it is told of; left out: all")


@router.get("/webhooks", responses=responses(WebhookView, many=True, tables=True))
def _webhooks(book: Served, _: Administrator, form: AskedForm) -> Response:
    """Every webhook, those that were removed among them; as `minutebook webhook list`."""
    views = [WebhookView.of(hook) for hook in book.webhooks.list()]
    return told_as(form, views, lambda: Sheet(WEBHOOKS, views), WebhookView, "webhooks")


@router.post("/webhooks", responses=responses(WebhookView, posts=True))
def _add(
    book: Served, key: Administrator, once: Asked, asked: Annotated[AskedWebhook, Body()]
) -> Response:
    """Add a webhook; the answer, and nothing else, has the secret that what is sent is signed with. As `minutebook webhook
    add`, and never `--internal`."""

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.CREATED, WebhookView.of(*book.webhooks.add(asked.url, asked.events))

    return once.answered(book, key, asked, done, secret="secret")


@router.delete("/webhooks/{webhook}", responses=responses(WebhookView))
def _remove(
    book: Served,
    key: Administrator,
    webhook: int,
    reason: Annotated[str, Query(description="Why; it is kept")],
) -> JSONResponse:
    """Tell a webhook nothing more; as `minutebook webhook remove`."""
    if webhook not in {hook.id for hook in book.webhooks.list()}:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no webhook {webhook}")
    with in_the_name_of(f"key:{key.name}"):
        return answer(WebhookView.of(book.webhooks.remove(webhook, reason)))
