"""Rate cards and their revisions: draft, scheduled, in force, archived, withdrawn. Never edited in place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from minutebook.cards.classes import without_tables
from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.declared_card import DeclaredCard
    from minutebook.cards.recipe import BuiltFrom
    from minutebook.cards.tariff import Terms

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The instant from which a first revision holds when none is named."""


class RevisionStanding(StrEnum):
    """Where a revision stands at an instant."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    IN_FORCE = "in force"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Live:
    """What was said once: a revision is live from `at`; `order` is its place among what was said.

    `until`: it was withdrawn later, and is out of force from then on. It is in force within that time where
    no other that began later, or was said later of the same instant, stands over it.
    """

    at: datetime
    order: int
    until: datetime | None = None

    def cut(self, at: datetime) -> Live:
        """The same, withdrawn from `at` on."""
        return replace(self, until=at if self.until is None else min(at, self.until))


@dataclass(frozen=True, slots=True)
class Interval:
    """When a revision of a card is in force, or none is."""

    start: datetime
    """It begins then."""
    end: datetime | None
    """It ends before then; None: until further notice."""
    revision: Revision | None
    """What is in force; None: nothing is."""


@dataclass(frozen=True, slots=True, repr=False)
class Revision(Shown):
    """One deck of a card; `live_at` None: a draft. `sha256` names the prices' file."""

    card: str
    """The card's name."""
    number: int
    """Its number within the card, from 1."""
    live_at: datetime | None
    """The instant from which it first prices calls; None: a draft, or withdrawn altogether."""
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
    lives: tuple[Live, ...] = ()
    """Each time that it was taken live, in the order in which that was said; by `live_at` where empty."""
    withdrawn: bool = False
    """Whether the last that was said of it is that it is out of force."""
    built: BuiltFrom | None = None
    """What it was built from; None: a deck was imported."""

    @property
    def taken_live(self) -> tuple[Live, ...]:
        """Each time that it was taken live."""
        if self.lives or self.live_at is None:
            return self.lives
        return (Live(self.live_at, self.number),)

    def with_lives(self, lives: Iterable[Live], *, withdrawn: bool) -> Revision:
        """The revision, taken live so; `withdrawn`: the last that was said is that it is out of force."""
        lives = tuple(lives)
        held = [live.at for live in lives if live.until is None or live.until > live.at]
        return replace(self, lives=lives, live_at=min(held, default=None), withdrawn=withdrawn)


@dataclass(frozen=True, slots=True, repr=False)
class Card(Shown):
    """A card's revisions, by number. At any instant one is in force, or none yet."""

    _PARTS: ClassVar[str] = "revisions"

    name: str
    """Its name, by which plans name it."""
    currency: str
    revisions: tuple[Revision, ...]
    """All of them, by their number."""
    declared: DeclaredCard | None = None
    """What an apply file says of it; None: nothing, it was imported."""

    @property
    def differs_by(self) -> PriceClasses | None:
        """What its prices differ by, as it is declared: of a card that is built, as its last revision's do."""
        if self.declared is None:
            return None
        if self.declared.build is None or not self.revisions:
            return self.declared.bands
        return without_tables(self.revisions[-1].terms.bands)

    def numbered(self, number: int) -> Revision:
        """The revision of a number; `InputError` where there is none."""
        for revision in self.revisions:
            if revision.number == number:
                return revision
        if not self.revisions:
            raise no_revision(self)
        raise InputError(
            f"card {self.name!r} has no revision {number}; it has {self.revisions[0].number} to {self.revisions[-1].number}"
        )

    def timeline(self) -> list[tuple[datetime, Revision | None]]:
        """(from, revision) in order of time; each holds until the next begins; None: none is in force.

        The one that began last is in force; of one instant the one that was said last
        (docs/rules/cards.md, "Revisions of a card").
        """
        begins = sorted(
            ((live.at, live.order, live.until, r) for r in self.revisions for live in r.taken_live),
            key=lambda begin: begin[:2],
        )
        ends = [until for at, _, until, _ in begins if until is not None and until > at]
        turns = sorted({*(at for at, *_ in begins), *ends})
        found: list[tuple[datetime, Revision | None]] = []
        standing: list[tuple[datetime | None, Revision]] = []  # the later begun above the earlier
        begun = 0
        for turn in turns:
            while begun < len(begins) and begins[begun][0] <= turn:
                standing.append(begins[begun][2:])
                begun += 1
            while standing and (until := standing[-1][0]) is not None and until <= turn:
                standing.pop()
            now = standing[-1][1] if standing else None
            if now is not (found[-1][1] if found else None):
                found.append((turn, now))
        return found

    def intervals(self) -> list[Interval]:
        """When which revision is in force, in order of time."""
        turns = self.timeline()
        ends: list[datetime | None] = [*(start for start, _ in turns[1:]), None]
        return [Interval(start, end, r) for (start, r), end in zip(turns, ends, strict=False)]

    def intervals_of(self, number: int) -> list[Interval]:
        """When a revision is in force, in order of time."""
        return [
            one
            for one in self.intervals()
            if one.revision is not None and one.revision.number == number
        ]

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
        now = self.in_force(at)
        if now is not None and now.number == revision.number:
            return RevisionStanding.IN_FORCE
        own = self.intervals_of(revision.number)
        if any(interval.start > at for interval in own):
            return RevisionStanding.SCHEDULED
        if revision.withdrawn:
            return RevisionStanding.WITHDRAWN
        return RevisionStanding.ARCHIVED if revision.taken_live else RevisionStanding.DRAFT

    def with_revision(self, revision: Revision) -> Card:
        """The card with one more revision."""
        return replace(self, revisions=(*self.revisions, revision))

    def with_live(self, number: int, at: datetime) -> Card:
        """The card as it is once a revision is taken live from an instant, whatever was said before."""
        orders = [live.order for revision in self.revisions for live in revision.taken_live]
        known = self.numbered(number)
        live = Live(at, max(orders, default=0) + 1)
        return self._with(known.with_lives((*known.taken_live, live), withdrawn=False))

    def with_withdrawn(self, number: int, at: datetime) -> Card:
        """The card as it is once a revision is out of force from an instant on; before that it stays."""
        known = self.numbered(number)
        lives = (live.cut(at) for live in known.taken_live)
        return self._with(known.with_lives(lives, withdrawn=True))

    def _with(self, changed: Revision) -> Card:
        revisions = [changed if r.number == changed.number else r for r in self.revisions]
        return replace(self, revisions=tuple(revisions))


def no_revision(card: Card) -> InputError:
    """What is wrong with a card that is declared alone, for who wants its prices."""
    what = f"card {card.name!r} is declared and has no prices yet"
    if card.declared is not None and card.declared.build is not None:
        return InputError.advised(
            what, "build it", shell=f"build it: minutebook card build {card.name}"
        )
    return InputError.advised(
        what, "import a deck", shell=f"import a deck: minutebook card import {card.name} FILE"
    )
