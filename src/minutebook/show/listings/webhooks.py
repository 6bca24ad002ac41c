"""Webhooks, and what they are told, as rows of tables."""

from __future__ import annotations

from minutebook.show.tables import Column

WEBHOOKS = [
    Column("id", "Webhook"),
    Column("url", "Address"),
    Column("events", "Told of", drop=2),
    Column("internal", "Internal", drop=5),
    Column("made_at", "Added (UTC)", drop=4),
    Column("made_by", "By", drop=3),
    Column("removed_at", "Removed (UTC)", drop=1),
    Column("removed_by", "Removed by", drop=6),
    Column("old_secret_until", "Old secret until (UTC)", shown=False),
]
DELIVERIES = [
    Column("event", "Event", drop=2),
    Column("webhook", "Webhook", drop=3),
    Column("kind", "What"),
    Column("at", "At (UTC)"),
    Column("state", "State"),
    Column("tries", "Tries", drop=4),
    Column("tried_at", "Last try (UTC)", drop=5),
    Column("next_at", "Next try (UTC)", drop=6),
    Column("status", "Answer", drop=7),
    Column("error", "Why", drop=1),
]
