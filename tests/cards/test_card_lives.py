"""When a revision of a card is in force: any sequence of live and withdraw, against a plain model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minutebook.cards.revision import ALWAYS, Card, Revision, RevisionStanding
from minutebook.cards.tariff import Terms

_FIRST = datetime(2026, 10, 1, tzinfo=UTC)
_INSTANTS = 8
_REVISIONS = 3


def at(n: int) -> datetime:
    return ALWAYS if n == 0 else _FIRST + timedelta(days=n)


def drafts() -> Card:
    revisions = (
        Revision("a-z", n + 1, None, f"sha{n}", 1, "deck.csv", Terms(), _FIRST)
        for n in range(_REVISIONS)
    )
    return Card("a-z", "USD", tuple(revisions))


said = st.lists(
    st.tuples(st.booleans(), st.integers(1, _REVISIONS), st.integers(0, _INSTANTS - 1)), max_size=10
)


def model(orders: list[tuple[bool, int, int]], now: int) -> int | None:
    """The revision in force at an instant, by a pile of cards: each day the pile is laid anew."""
    pile: list[
        tuple[int, int, int]
    ] = []  # (begins, place, revision) of what is live on that instant
    for place, (live, revision, begins) in enumerate(orders):
        if live:
            if begins <= now:
                pile.append((begins, place, revision))
        elif begins <= now:
            pile = [one for one in pile if one[2] != revision]
    return max(pile)[2] if pile else None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said)
def test_any_sequence_gives_the_same_revision_in_force(orders: list[tuple[bool, int, int]]) -> None:
    """At each instant; and its intervals are apart, in order, and leave nothing out."""
    card = drafts()
    for live, number, n in orders:
        card = card.with_live(number, at(n)) if live else card.with_withdrawn(number, at(n))
    for n in range(_INSTANTS):
        found = card.in_force(at(n))
        assert (found and found.number) == model(orders, n)
        covering = [
            i for i in card.intervals() if i.start <= at(n) and (i.end is None or at(n) < i.end)
        ]
        assert [i.revision and i.revision.number for i in covering] in (
            [model(orders, n)],
            [] if model(orders, n) is None else None,
        )
    intervals = card.intervals()
    assert all(one.end == two.start for one, two in pairwise(intervals))
    assert all(one.revision is not two.revision for one, two in pairwise(intervals))


def test_going_back_keeps_what_was() -> None:
    """1, then 2, then 1 again: three intervals; 2 withdrawn later is gone from then on alone."""
    card = drafts().with_live(1, ALWAYS).with_live(2, at(2)).with_live(1, at(4))
    assert [(i.start, i.revision and i.revision.number) for i in card.intervals()] == [
        (ALWAYS, 1),
        (at(2), 2),
        (at(4), 1),
    ]
    assert card.standing(card.numbered(2), at(5)) is RevisionStanding.ARCHIVED
    gone = card.with_withdrawn(2, at(3))
    assert [(i.start, i.revision and i.revision.number) for i in gone.intervals()] == [
        (ALWAYS, 1),
        (at(2), 2),
        (at(3), 1),
    ]
    assert gone.standing(gone.numbered(2), at(5)) is RevisionStanding.WITHDRAWN
    alone = drafts().with_live(3, at(1)).with_withdrawn(3, at(2))
    assert [alone.in_force(at(n)) is None for n in (0, 1, 2)] == [True, False, True]
