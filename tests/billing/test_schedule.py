"""The calendar of prices: who is priced by what on a day, and when a day must be priced again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from minutebook.billing.schedule import Schedule
from minutebook.cards.revision import ALWAYS, Card, Revision
from minutebook.cards.tariff import DEFAULT_TERMS, Tally, Terms
from minutebook.declarations.carrier import Carrier
from minutebook.plans.plan import Plan
from minutebook.plans.terms import Account, Term

FIRST = date(2026, 10, 1)


def plan(name: str, card: str | None = None, from_day: date | None = None) -> Plan:
    rate = Decimal("0.01") if card is None else None
    return Plan(name, "USD", Tally.CALL, DEFAULT_TERMS, card=card, rate=rate, from_day=from_day)


def account(name: str, *terms: tuple[int, str]) -> Account:
    said = tuple(Term(FIRST + timedelta(days=day), plan_name) for day, plan_name in terms)
    return Account(name, name, "USD", Decimal(0), said)


def revision(number: int, live_at: datetime | None) -> Revision:
    return Revision("a-z", number, live_at, f"sha{number}", 1, "deck.csv", Terms(), ALWAYS)


def carrier(*accounts: Account, revisions: tuple[Revision, ...] = ()) -> Carrier:
    return Carrier(
        plans={"flat": (plan("flat"),), "card": (plan("card", "a-z"),)},
        accounts={a.name: a for a in accounts},
        cards={"a-z": Card("a-z", "USD", revisions)} if revisions else {},
    )


def priced_by(schedule: Schedule, day: date) -> dict[str, list[tuple[str, int | None]]]:
    """Account → (plan, revision) of each part of the day."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for batch in schedule.batches(day):
        for name in batch.accounts:
            found.setdefault(name, []).append(
                (batch.plan.name, batch.revision and batch.revision.number)
            )
    return found


def test_terms_follow_one_another_by_day() -> None:
    """Each account is on one plan a day, from its first term on."""
    schedule = Schedule(carrier(account("a", (0, "flat"), (5, "card")), account("b", (3, "flat"))))
    assert priced_by(schedule, FIRST - timedelta(days=1)) == {}
    assert priced_by(schedule, FIRST) == {"a": [("flat", None)]}
    assert priced_by(schedule, FIRST + timedelta(days=5)) == {
        "a": [("card", None)],
        "b": [("flat", None)],
    }


def test_a_revision_that_goes_live_at_noon_splits_its_day_alone() -> None:
    """Both revisions price the day, each its part; the days around it have one."""
    noon = datetime(2026, 10, 2, 12, tzinfo=UTC)
    schedule = Schedule(
        carrier(account("a", (0, "card")), revisions=(revision(1, ALWAYS), revision(2, noon)))
    )
    assert priced_by(schedule, FIRST) == {"a": [("card", 1)]}
    first, second = schedule.batches(date(2026, 10, 2))
    assert (first.end, second.start) == (noon, noon)
    assert priced_by(schedule, date(2026, 10, 3)) == {"a": [("card", 2)]}


def test_at_equal_instants_the_higher_revision_is_in_force() -> None:
    """Of two that are live from one instant, the later deck counts (docs/rules/cards.md, "Revisions of a card")."""
    dawn = datetime(2026, 10, 1, tzinfo=UTC)
    live = (revision(1, ALWAYS), revision(2, dawn), revision(3, dawn))
    schedule = Schedule(carrier(account("a", (0, "card")), revisions=live))
    assert priced_by(schedule, FIRST) == {"a": [("card", 3)]}


def test_a_draft_changes_nothing() -> None:
    """Neither what prices a day nor its fingerprint."""
    live, draft = revision(1, ALWAYS), revision(2, None)
    one = Schedule(carrier(account("a", (0, "card")), revisions=(live,)))
    two = Schedule(carrier(account("a", (0, "card")), revisions=(live, draft)))
    assert one.stretch(FIRST) == two.stretch(FIRST)


def test_a_card_that_nobody_is_on_changes_no_fingerprint() -> None:
    """A new revision prices again only the days of accounts that use it."""
    before = carrier(account("a", (0, "flat"), (10, "card")), revisions=(revision(1, ALWAYS),))
    after = carrier(
        account("a", (0, "flat"), (10, "card")),
        revisions=(revision(1, ALWAYS), revision(2, datetime(2026, 10, 1, tzinfo=UTC))),
    )
    flat_day, card_day = FIRST + timedelta(days=5), FIRST + timedelta(days=11)
    assert (
        Schedule(before).stretch(flat_day).fingerprint
        == Schedule(after).stretch(flat_day).fingerprint
    )
    assert (
        Schedule(before).stretch(card_day).fingerprint
        != Schedule(after).stretch(card_day).fingerprint
    )


_terms = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["flat", "card"])),
    min_size=1,
    max_size=4,
    unique_by=lambda t: t[0],
)


@given(st.lists(_terms, min_size=1, max_size=4), st.lists(_terms, min_size=1, max_size=4))
def test_days_with_equal_fingerprints_are_priced_alike(
    ones: list[list[tuple[int, str]]], others: list[list[tuple[int, str]]]
) -> None:
    """Two days, of one carrier or of two, with one fingerprint have the same batches; and the other way round."""
    schedules = [
        Schedule(carrier(*(account(f"a{n}", *sorted(terms)) for n, terms in enumerate(side))))
        for side in (ones, others)
    ]
    seen: dict[str, dict[str, list[tuple[str, int | None]]]] = {}
    for schedule in schedules:
        for n in range(-1, 32):
            day = FIRST + timedelta(days=n)
            batches = {name: sorted(parts) for name, parts in priced_by(schedule, day).items()}
            assert seen.setdefault(schedule.stretch(day).fingerprint, batches) == batches
    distinct = [sorted(b.items()) for b in seen.values()]
    assert len({str(b) for b in distinct}) == len(distinct)


def test_a_plans_price_changes_the_fingerprint_from_its_day() -> None:
    """Earlier days keep theirs."""
    base = carrier(account("a", (0, "flat")))
    changed = carrier(account("a", (0, "flat")))
    dearer = replace(plan("flat"), rate=Decimal("0.02"), from_day=FIRST + timedelta(days=3))
    changed.plans["flat"] = (plan("flat"), dearer)
    for n, same in ((0, True), (2, True), (3, False), (9, False)):
        day = FIRST + timedelta(days=n)
        assert (
            Schedule(base).stretch(day).fingerprint == Schedule(changed).stretch(day).fingerprint
        ) is same
