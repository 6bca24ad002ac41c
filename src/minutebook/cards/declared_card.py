"""What a carrier declares of a card: its currency, whose prices it has, and how it is built."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.notice import Notice
    from minutebook.cards.recipe import Recipe


class CardKind(StrEnum):
    """Whose prices a card has: a provider's that we buy at, or ours that we sell at."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class DeclaredCard:
    """A card as `[card.NAME]` declares it; it may come before the card's first revision."""

    name: str
    """Its name, by which plans and providers name it."""
    currency: str
    """Of its prices; it keeps it."""
    kind: CardKind | None = None
    """Whose prices; None: it is not said."""
    build: Recipe | None = None
    """How it is built; None: its decks are imported."""
    bands: PriceClasses | None = None
    """What its next decks' prices differ by, beside the prefix; None: they do not."""
    notice: Notice | None = None
    """How long before they hold its changes are to be told; None: nothing is agreed."""
