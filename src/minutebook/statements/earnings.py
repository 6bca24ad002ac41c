"""What is earned on some days, by each side of it at once
(docs/rules/margin.md, "A call on both sides").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.notebook import Shown
from minutebook.statements.margin import margins

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.statements.margin import Margin


@dataclass(frozen=True, slots=True, repr=False)
class Earnings(Shown):
    """The margin of the same days by provider, account, destination and day: what `Book.report` makes a page of."""

    first: date
    """The first UTC day of it."""
    last: date
    """The last one."""
    by_provider: Margin
    """A line a provider."""
    by_account: Margin
    """A line an account."""
    by_destination: Margin
    """A line a destination."""
    by_day: Margin
    """A line a day."""
    asked: Margin
    """By what else was asked for."""


def earnings(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    by: Iterable[str],
    currency: str,
) -> Earnings:
    """The margin of these UTC days by all of it, and by `by`; the calls are read once."""
    groupings = (["provider"], ["account"], ["destination"], ["day"], list(by))
    return Earnings(first, last, *margins(database, lake, cards, first, last, groupings, currency))
