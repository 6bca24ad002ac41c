"""Webhooks added, listed, removed and tried (docs/engineer/webhooks.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from minutebook.errors import InputError
from minutebook.ledger.webhooks import (
    Delivery,
    DeliveryState,
    Happening,
    Webhook,
    keep_new_secret,
    keep_webhook,
    keep_webhook_removed,
    read_deliveries,
    read_webhooks,
    tell_others,
)
from minutebook.webhooks.signature import new_signing_secret
from minutebook.words import did_you_mean, reason_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from minutebook.ledger.database import Database

TOLD: Final = tuple(kind.value for kind in Happening if kind is not Happening.TEST)
"""What a webhook may be told of."""
BOTH_HOURS: Final = 24
"""So long after a change both secrets sign."""
_MOST_CHARACTERS: Final = 2000


def add_webhook(
    database: Database, url: str, events: Sequence[str] | None, by: str, *, internal: bool
) -> tuple[Webhook, str]:
    """Add a webhook that is told of `events` (None: all); gives it, and the secret that it is signed with, which
    nothing tells again. `internal`: it may be in a private network, and without TLS.

    `InputError` for an address that is none, and an event that there is not.
    """
    _check_url(url, internal=internal)
    for event in events or ():
        if event not in TOLD:
            raise InputError(
                f"there is no event {event!r}{did_you_mean(event, TOLD)}; say {', '.join(TOLD)}"
            )
    chosen = [event for event in TOLD if events is None or event in events]
    if not chosen:
        raise InputError(f"a webhook is told of something; say {', '.join(TOLD)}")
    secret = new_signing_secret()
    with database.transaction() as connection:
        return keep_webhook(connection, url, chosen, secret, by, internal=internal), secret


def every_webhook(database: Database) -> list[Webhook]:
    """Every webhook, in order; those that were removed among them."""
    with database.transaction() as connection:
        return read_webhooks(connection)


def remove_webhook(database: Database, webhook: int, reason: str, by: str) -> Webhook:
    """Tell a webhook nothing more; what waits for it is given up. Removed again it is as it was. `InputError` where there is none."""
    why = reason_kept(reason, "removing a webhook")
    with database.transaction() as connection:
        hook = _named(read_webhooks(connection), webhook)
        if hook.removed_at is None:
            keep_webhook_removed(connection, hook, by, why)
        return _named(read_webhooks(connection), webhook)


def change_secret(
    database: Database, webhook: int, by: str, *, at_once: bool
) -> tuple[Webhook, str]:
    """Another secret for a webhook; gives it, which nothing tells again. For `BOTH_HOURS` what is sent is signed with the one
    before it too, unless `at_once`. `InputError` where there is none, or it was removed.
    """
    secret = new_signing_secret()
    with database.transaction() as connection:
        hook = _living(read_webhooks(connection), webhook)
        keep_new_secret(connection, hook, secret, by, 0 if at_once else BOTH_HOURS)
        return _named(read_webhooks(connection), webhook), secret


def try_webhook(database: Database, webhook: int) -> UUID:
    """Tell a webhook that it is tried; gives the event's id. `InputError` where there is none, or it was removed."""
    with database.transaction() as connection:
        hook = _living(read_webhooks(connection), webhook)
        event = tell_others(connection, Happening.TEST, {"webhook": hook.id}, only=hook.id)
    assert event is not None
    return event


def some_deliveries(
    database: Database, webhook: int | None, state: str | None, most: int | None
) -> list[Delivery]:
    """Deliveries, the last events first: all, or of a webhook or a state; `InputError` for a state that is none."""
    if state is not None and state not in list(DeliveryState):
        states = ", ".join(DeliveryState)
        known = did_you_mean(state, DeliveryState)
        raise InputError(f"no delivery is {state!r}{known}; say {states}")
    with database.transaction() as connection:
        if webhook is not None:
            _named(read_webhooks(connection), webhook)
        chosen = None if state is None else DeliveryState(state)
        return read_deliveries(connection, webhook, chosen, most)


def _named(hooks: list[Webhook], webhook: int) -> Webhook:
    for hook in hooks:
        if hook.id == webhook:
            return hook
    numbers = ", ".join(str(hook.id) for hook in hooks) or "none"
    raise InputError(f"there is no webhook {webhook}; there are: {numbers}")


def _living(hooks: list[Webhook], webhook: int) -> Webhook:
    hook = _named(hooks, webhook)
    if hook.removed_at is not None:
        raise InputError(f"webhook {webhook} was removed; add another")
    return hook


def _check_url(url: str, *, internal: bool) -> None:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if (
        not is_whole
        or len(url) > _MOST_CHARACTERS
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise InputError(f"{url!r} is no address; write https://HOST/PATH")  # fmt: skip
    if parts.username is not None or parts.fragment:
        raise InputError(
            "an address with a password or a # is not taken; write https://HOST/PATH, for deliveries are signed"
        )
    if parts.scheme != "https" and not (internal and parts.scheme == "http"):
        raise InputError.advised(
            f"{url!r} does not begin with https://",
            "http:// is for what is internal alone",
            shell="http:// is for --internal alone",
        )
