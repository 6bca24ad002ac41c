"""How many minutes providers carried, by the card that they are paid by: the weights of a recipe
(docs/rules/building.md, "Weights by minutes").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.carried import carried
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.lake import Lake

_MINUTE_MS = 60_000


def carried_minutes(
    carrier: Carrier, lake: Lake, cards: Iterable[str], first: date, last: date
) -> dict[str, int]:
    """The minutes of the calls answered on UTC days, `first` to `last`, that providers with each card carried.

    Rounded half up, and at least 1. `InputError` where a card is no provider's.
    """
    providers = [*carrier.providers.values()]
    paid_by = {one.key: one.card for one in providers}
    found = dict.fromkeys(cards, 0)
    for card in found:
        if card not in paid_by.values():
            raise InputError(
                f"card {card!r} is no provider's, so no calls say its minutes; give weights, or take it out of from"
            )
    files = [file for file in lake.snapshot().files if first <= file.day <= last]
    if files:
        sums = (
            lake.scan(files)
            .group_by(provider=carried(providers))
            .agg(pl.col("duration_ms").sum())
            .collect(engine="streaming")
        )
        for provider, duration_ms in sums.iter_rows():
            paid = paid_by.get(provider or "")
            if paid in found:
                found[paid] += duration_ms
    return {card: whole_minutes(duration_ms) for card, duration_ms in found.items()}


def whole_minutes(duration_ms: int) -> int:
    """A duration in minutes, rounded half up; at least 1."""
    return max((duration_ms + _MINUTE_MS // 2) // _MINUTE_MS, 1)
