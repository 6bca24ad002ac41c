"""Rate cards and their revisions: draft, scheduled, in force, archived. Never edited in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from minutebook.cards.tariff import Terms

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The instant from which a first revision holds when none is named."""


class RevisionStanding(StrEnum):
    """Where a revision stands at an instant."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    IN_FORCE = "in force"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, repr=False)
class Revision(Shown):
    """One deck of a card; `live_at` None: a draft. `sha256` names the prices' file."""

    card: str
    """The card's name."""
    number: int
    """Its number within the card, from 1."""
    live_at: datetime | None
    """The instant from which it prices calls; None: a draft."""
    sha256: str
    """The SHA-256 of its prices' file, in hexadecimal, which is the file's name."""
    prefixes: int
    """How many prefixes it prices."""
    file: str
    """The name of the deck that it was read from."""
    terms: Terms
    """What it says for all of its prefixes that say nothing else."""
    imported_at: datetime
    """When it was imported."""


@dataclass(frozen=True, slots=True, repr=False)
class Card(Shown):
    """A card's revisions, by number. At any instant one is in force, or none yet."""

    _PARTS: ClassVar[str] = "revisions"

    name: str
    """Its name, by which plans name it."""
    currency: str
    revisions: tuple[Revision, ...]
    """All of them, by their number."""

    def numbered(self, number: int) -> Revision:
        """The revision of a number; `InputError` where there is none."""
        for revision in self.revisions:
            if revision.number == number:
                return revision
        raise InputError(
            f"card {self.name!r} has no revision {number}; it has 1 to {len(self.revisions)}"
        )

    def timeline(self) -> list[tuple[datetime, Revision]]:
        """(from, revision) in order of time; each holds until the next begins.

        At equal instants the higher revision is in force (docs/rules/cards.md, "Revisions of a card").
        """
        live: dict[datetime, Revision] = {}
        for revision in self.revisions:
            if revision.live_at is not None:
                live[revision.live_at] = revision
        return sorted(live.items(), key=lambda item: item[0])

    def in_force(self, at: datetime) -> Revision | None:
        """The revision that prices a call answered at `at`."""
        found = None
        for start, revision in self.timeline():
            if start > at:
                break
            found = revision
        return found

    def standing(self, revision: Revision, at: datetime) -> RevisionStanding:
        """Where a revision stands at `at`."""
        if revision.live_at is None:
            return RevisionStanding.DRAFT
        if revision.live_at > at:
            return RevisionStanding.SCHEDULED
        return (
            RevisionStanding.IN_FORCE
            if revision == self.in_force(at)
            else RevisionStanding.ARCHIVED
        )
