"""How many days before it holds a change of a card's prices is to be told (docs/rules/decks.md, "Notice")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    """What becomes of a prefix, as agreements on notice have it."""

    RISE = "rise"
    FALL = "fall"
    NEW = "new"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Notice:
    """The days of notice that are agreed; None: nothing is agreed of it."""

    rise: int | None = None
    """Of a price that rises, or changes so that nobody can say that it falls."""
    fall: int | None = None
    """Of a price that falls, all else being as it was."""
    new: int | None = None
    """Of a prefix that had no price."""
    closed: int | None = None
    """Of a prefix that is blocked, or has no price any more."""

    def body(self) -> dict[str, int]:
        """As JSON; what is not agreed is absent."""
        said: dict[str, Any] = {str(kind): getattr(self, kind) for kind in NoticeKind}
        return {kind: days for kind, days in said.items() if days is not None}
