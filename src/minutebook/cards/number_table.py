"""A table of North American numbers that was imported (docs/rules/jurisdictions.md, "Tables of numbers")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime


class NumberTableKind(StrEnum):
    """What a table of numbers says: the states of offices, or the routing numbers of ported numbers."""

    STATES = "states"
    PORTED = "ported"


@dataclass(frozen=True, slots=True, repr=False)
class NumberTable(Shown):
    """A table of numbers that was imported: cards by jurisdiction go by the newest when their decks are."""

    kind: NumberTableKind
    """What it says."""
    rows: int
    """How many offices, or ported numbers, it has."""
    file: str
    """The name of the file that it was read from."""
    sha256: str
    """The SHA-256 of what is kept of it, by which revisions of cards name it."""
    imported_at: datetime
    """When it was imported."""
    imported_by: str
    """By whom."""
