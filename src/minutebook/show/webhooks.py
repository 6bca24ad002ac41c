"""Webhooks, and what came of telling them, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Instant, Omitted

if TYPE_CHECKING:
    from minutebook.ledger.webhooks import Delivery, Webhook


@dataclass(frozen=True)
class WebhookView:
    """Where others are told what happens."""

    id: Annotated[int, Doc("1, 2, 3 …")]
    url: Annotated[str, Doc("where to")]
    events: Annotated[list[str], Doc("what it is told of")]
    internal: Annotated[bool, Doc("whether it may be in a private network, and without TLS")]
    made_at: Annotated[Instant, Doc("since when it is told")]
    made_by: Annotated[str, Doc("who added it")]
    removed_at: Annotated[
        Instant | None, Doc("since when it is told nothing more; null: it is told")
    ]
    removed_by: Annotated[str | None, Doc("who removed it")]
    old_secret_until: Annotated[
        Instant | None,
        Doc("so long its secret before the last change signs too; null: one alone does"),
    ]
    secret: Annotated[
        str | Omitted,
        Doc("what deliveries are signed with; when it is added or changed, and never again"),
    ]

    @classmethod
    def of(cls, hook: Webhook, secret: str | Omitted = OMITTED) -> WebhookView:
        """The webhook; `secret` when it is added or changed."""
        return cls(
            id=hook.id,
            url=hook.url,
            events=list(hook.events),
            internal=hook.internal,
            made_at=hook.made_at,
            made_by=hook.made_by,
            removed_at=hook.removed_at,
            removed_by=hook.removed_by,
            old_secret_until=hook.old_secret_until,
            secret=secret,
        )


@dataclass(frozen=True)
class DeliveryView:
    """An event for a webhook, and what came of telling it."""

    event: Annotated[str, Doc("the event's id: the `webhook-id` of what is sent")]
    webhook: Annotated[int, Doc("the webhook")]
    kind: Annotated[str, Doc("what happened")]
    at: Annotated[Instant, Doc("when")]
    state: Annotated[str, Doc('`"waiting"`, `"delivered"`, `"given up"`')]
    tries: Annotated[int, Doc("how often it was sent")]
    tried_at: Annotated[Instant | None, Doc("when it was sent last")]
    next_at: Annotated[Instant | None, Doc("when it is sent next; null: no more")]
    status: Annotated[int | None, Doc("the status of the last answer; null: there was none")]
    error: Annotated[str | None, Doc("why it was not taken the last time")]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryView:
        """The delivery."""
        return cls(
            event=str(delivery.event),
            webhook=delivery.webhook,
            kind=delivery.kind,
            at=delivery.at,
            state=delivery.state.value,
            tries=delivery.tries,
            tried_at=delivery.tried_at,
            next_at=delivery.next_at,
            status=delivery.status,
            error=delivery.error,
        )


@dataclass(frozen=True)
class TriedWebhookView:
    """That a webhook is tried."""

    webhook: Annotated[int, Doc("the webhook")]
    event: Annotated[str, Doc("the id of the event that it is told")]
