"""What is told to others, by webhooks: where to, what happened, and what came of telling it.

An event is kept in the transaction in which it happens, so it is told exactly if that is kept. A delivery is taken up for
`_TAKEN_S` seconds: where whoever sends it is killed, it is sent again after these.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID, uuid4

from minutebook.ledger import change_log
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from minutebook.ledger.connection import Connection

_TAKEN_S: Final = 60
_AT_ONCE: Final = 10_000
"""So many events are removed in a transaction."""


class Happening(StrEnum):
    """What can be told."""

    RUN_POSTED = "run.posted"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_RESUMED = "account.resumed"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_NEAR_FLOOR = "account.near_floor"
    MONTH_CLOSED = "month.closed"
    MONTH_OPENED = "month.opened"
    IMPORT_QUARANTINED = "import.quarantined"
    TEST = "webhook.test"


class DeliveryState(StrEnum):
    """What came of telling an event."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, repr=False)
class Webhook(Shown):
    """Where others are told what happens. Its secret is not a part of it."""

    _TOLD: ClassVar = ("id", "url", "events", "removed_at")
    id: int
    """1, 2, 3 …"""
    url: str
    """Where to: each event is a POST."""
    events: tuple[str, ...]
    """What is told: `"run.posted"`, `"account.suspended"` …"""
    internal: bool
    """Whether it may be in a private network, and without TLS."""
    made_at: datetime
    """Since when it is told."""
    made_by: str
    """Who added it."""
    removed_at: datetime | None
    """Since when it is told nothing more; None: it is told."""
    removed_by: str | None
    """Who removed it."""
    old_secret_until: datetime | None
    """So long what is sent is signed with the secret before the last change too; None: with one alone."""


@dataclass(frozen=True, slots=True, repr=False)
class Delivery(Shown):
    """An event for one webhook, and what came of telling it."""

    _TOLD: ClassVar = ("event", "webhook", "kind", "state", "tries", "error")
    event: UUID
    """The event's id: the `webhook-id` of each time it is sent."""
    webhook: int
    kind: str
    """What happened: `"run.posted"` …"""
    at: datetime
    """When it happened."""
    state: DeliveryState
    """`"waiting"`, `"delivered"`, `"given up"`."""
    tries: int
    """How often it was sent."""
    tried_at: datetime | None
    """When it was sent last."""
    next_at: datetime | None
    """When it is sent next; None: no more."""
    status: int | None
    """The status of the last answer; None: there was none."""
    error: str | None
    """Why it was not delivered the last time."""


@dataclass(frozen=True, slots=True, repr=False)
class DueDelivery:
    """What is to be sent now. Its secrets stay out of tracebacks."""

    event: UUID
    webhook: int
    tries: int
    body: str
    url: str
    internal: bool
    secrets: tuple[str, ...]
    """What it is signed with: the secret, and for a while the one before it."""
    sent_s: int
    """The seconds since 1970 of now, which the signature is of."""


_WEBHOOK = (
    "select webhook, url, kinds, internal, made_at, made_by, removed_at, removed_by,"
    " case when old_until > clock_timestamp() then old_until end from webhook"
)


def keep_webhook(
    connection: Connection, url: str, events: Sequence[str], secret: str, by: str, *, internal: bool
) -> Webhook:
    """Keep a new webhook, and in the log of changes that it was added; gives it."""
    row = connection.execute(
        "insert into webhook (url, kinds, internal, secret, made_by) values (%s, %s, %s, %s, %s)"
        " returning webhook",
        [url, list(events), internal, secret, by],
    ).fetchone()
    assert row is not None
    body = {"url": url, "events": list(events), "internal": internal}
    change_log.keep(connection, by, [("webhook", str(row[0]), None, body)], "webhook add")
    (made,) = (hook for hook in read_webhooks(connection) if hook.id == row[0])
    return made


def keep_webhook_removed(connection: Connection, hook: Webhook, by: str, reason: str) -> None:
    """Keep that a webhook is told nothing more, and why; what waits for it is given up."""
    connection.execute(
        "update webhook set removed_at = clock_timestamp(), removed_by = %s where webhook = %s",
        [by, hook.id],
    )
    body = {"url": hook.url, "events": list(hook.events), "internal": hook.internal}
    change_log.keep_removed(connection, by, "webhook", str(hook.id), body, reason)
    _give_up(connection, "the webhook was removed", "webhook = %s", [hook.id])


def keep_new_secret(
    connection: Connection, hook: Webhook, secret: str, by: str, both_hours: int
) -> None:
    """Keep another secret of a webhook, and that it was changed; so many hours the one before it signs too."""
    connection.execute(
        "update webhook set secret = %(secret)s, old_secret = case when %(hours)s > 0 then secret end,"
        " old_until = case when %(hours)s > 0 then clock_timestamp() + %(hours)s * interval '1 hour' end"
        " where webhook = %(webhook)s",
        {"secret": secret, "hours": both_hours, "webhook": hook.id},
    )
    body = {"url": hook.url, "events": list(hook.events), "internal": hook.internal}
    change_log.keep(connection, by, [("webhook", str(hook.id), body, body)], "webhook secret")


def forget_told(connection: Connection, days: int) -> int:
    """Remove what happened more than so many days ago, where all of it was told or given up; gives how many events."""
    old = connection.execute(
        "select event from webhook_event e where at < clock_timestamp() - %s * interval '1 day' and not exists"
        " (select from webhook_delivery d where d.event = e.event and d.state = 'waiting') limit %s",
        [days, _AT_ONCE],
    ).fetchall()
    events = [event for (event,) in old]
    connection.execute("delete from webhook_delivery where event = any (%s)", [events])
    connection.execute("delete from webhook_event where event = any (%s)", [events])
    return len(events)


def read_webhooks(connection: Connection) -> list[Webhook]:
    """Every webhook, in order; those that were removed among them."""
    rows = connection.execute(_WEBHOOK + " order by webhook").fetchall()
    return [Webhook(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows]


def is_told(connection: Connection, kind: Happening) -> bool:
    """Whether anybody is told of a kind of events."""
    row = connection.execute(
        "select exists (select from webhook where removed_at is null and %s = any (kinds))", [kind]
    ).fetchone()
    return row is not None and bool(row[0])


def tell_others(
    connection: Connection, kind: Happening, data: dict[str, Any], only: int | None = None
) -> UUID | None:
    """Keep an event, in the caller's transaction, for the webhooks that are told of its kind, or for one `only`.

    Gives its id; None where nobody is told of it, and nothing is kept then.
    """
    told = connection.execute(
        "select webhook, clock_timestamp() from webhook where removed_at is null"
        " and case when %(only)s::bigint is null then %(kind)s = any (kinds) else webhook = %(only)s end",
        {"only": only, "kind": kind},
    ).fetchall()
    if not told:
        return None
    event, at = uuid4(), told[0][1].astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False)
    connection.execute(
        "insert into webhook_event (event, kind, body) values (%s, %s, %s)", [event, kind, body]
    )
    connection.cursor().executemany(
        "insert into webhook_delivery (event, webhook) values (%s, %s)",
        [(event, webhook) for webhook, _ in told],
    )
    return event


def read_deliveries(
    connection: Connection, webhook: int | None, state: DeliveryState | None, most: int | None
) -> list[Delivery]:
    """Deliveries, the last events first: all, or of a webhook or a state; at most so many."""
    rows = connection.execute(
        "select event, webhook, kind, at, state, tries, tried_at, next_at, status, error"
        " from webhook_delivery join webhook_event using (event)"
        " where (%(webhook)s::bigint is null or webhook = %(webhook)s)"
        " and (%(state)s::text is null or state = %(state)s)"
        " order by at desc, event, webhook limit %(most)s",
        {"webhook": webhook, "state": state, "most": most},
    )
    return [
        Delivery(event, hook, kind, at, DeliveryState(now), *more)
        for event, hook, kind, at, now, *more in rows
    ]


def take_due(connection: Connection, left_out: Iterable[int]) -> DueDelivery | None:
    """Take up the delivery that is due first, of none of the webhooks `left_out`; None: nothing is due."""
    row = connection.execute(
        "update webhook_delivery d set tries = tries + 1, tried_at = clock_timestamp(),"
        " next_at = clock_timestamp() + %s * interval '1 second'"
        " from (select event, webhook from webhook_delivery where state = 'waiting'"
        "        and next_at <= clock_timestamp() and webhook <> all (%s)"
        "        order by next_at, event, webhook limit 1 for update skip locked) due, webhook_event e, webhook w"
        " where (d.event, d.webhook) = (due.event, due.webhook) and e.event = d.event and w.webhook = d.webhook"
        " returning d.event, d.webhook, d.tries, e.body, w.url, w.internal,"
        " array_remove(array[w.secret, case when w.old_until > clock_timestamp() then w.old_secret end], null),"
        " extract(epoch from clock_timestamp())::bigint",
        [_TAKEN_S, list(left_out)],
    ).fetchone()
    if row is None:
        return None
    event, hook, tries, body, url, internal, secrets, sent_s = row
    return DueDelivery(event, hook, tries, body, url, internal, tuple(secrets), sent_s)


def keep_delivered(connection: Connection, due: DueDelivery, status: int) -> None:
    """Keep that a delivery was taken."""
    connection.execute(
        "update webhook_delivery set state = 'delivered', next_at = null, status = %s, error = null"
        " where (event, webhook) = (%s, %s)",
        [status, due.event, due.webhook],
    )


def keep_undelivered(
    connection: Connection, due: DueDelivery, status: int | None, error: str, after_s: int | None
) -> None:
    """Keep that a delivery was not taken, why, and after how many seconds it is sent again; None: never."""
    connection.execute(
        "update webhook_delivery set status = %(status)s, error = %(error)s,"
        " state = case when %(after)s::int is null then 'given up' else state end,"
        " next_at = clock_timestamp() + %(after)s::int * interval '1 second'"
        " where (event, webhook) = (%(event)s, %(webhook)s) and state = 'waiting'",
        {"status": status, "error": error, "after": after_s, "event": due.event, "webhook": due.webhook},
    )  # fmt: skip


def give_up_undelivered(connection: Connection, error: str) -> None:
    """Whatever waits is told to nobody, saying why: the book is another since."""
    _give_up(connection, error, "true", [])


def _give_up(connection: Connection, error: str, of: str, values: list[Any]) -> None:
    connection.execute(
        "update webhook_delivery set state = 'given up', next_at = null, error = %s"
        f" where state = 'waiting' and {of}",
        [error, *values],
    )
