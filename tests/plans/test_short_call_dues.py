"""Surcharges on short calls against a count day by day (docs/rules/surcharges.md, "A day or a month")."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from minutebook.cards.tariff import DEFAULT_TERMS, Tally
from minutebook.plans.holdings import Holdings
from minutebook.plans.plan import Plan
from minutebook.plans.short_call_dues import short_call_dues
from minutebook.plans.short_calls import AnsweredCalls, ChargedPer, ShortCalls
from minutebook.plans.terms import Account, Term

FIRST, LAST = date(2028, 1, 1), date(2028, 4, 30)
DAYS = st.dates(FIRST, LAST)
SURCHARGES = st.none() | st.builds(
    ShortCalls,
    st.integers(1000, 9000),
    st.integers(0, 99).map(lambda share: Decimal(share) / 100),
    st.integers(1, 10**11).map(lambda fee: Decimal(fee) / 10**10),
    st.sampled_from(ChargedPer),
)
COUNTS = st.integers(0, 20).flatmap(
    lambda calls: st.builds(AnsweredCalls, st.just(calls), st.integers(0, calls))
)


def plan(name: str, said: ShortCalls | None, since: date | None = None) -> Plan:
    rate = Decimal(1)
    return Plan(
        name, "USD", Tally.DAILY, DEFAULT_TERMS, rate=rate, from_day=since, short_calls=said
    )


PLANS = st.fixed_dictionaries({
    name: st.builds(
        lambda first, later, name=name: (
            plan(name, first),
            *(plan(name, said, since) for since, said in sorted(later.items())),
        ),
        SURCHARGES,
        st.dictionaries(DAYS, SURCHARGES, max_size=2),
    )
    for name in ("one", "two")
})  # fmt: skip


def owed(holdings: Holdings, answered: dict[date, AnsweredCalls]) -> dict[date, Fraction]:
    """What each day owes, counted anew: each day asks which others belong to its period."""

    def on(day: date) -> tuple[str, ShortCalls] | None:
        held = holdings.on(day)
        return (
            None if held is None or not (said := held.plan.short_calls) else (held.plan.name, said)
        )

    found = {}
    day = FIRST
    while day <= LAST:
        now = on(day)
        if now is not None:
            name, said = now
            period = [day]
            if said.per == "month":
                length = calendar.monthrange(day.year, day.month)[1]
                month = [day.replace(day=n + 1) for n in range(length)]
                period = [
                    d for d in month if (of := on(d)) and of[0] == name and of[1].per == "month"
                ]
            calls = sum(answered[d].calls for d in period if d in answered)
            short = sum(answered[d].short for d in period if d in answered)
            if day == period[-1] and calls and Fraction(short, calls) > Fraction(said.share_over):
                found[day] = Fraction(said.fee) * short
        day += timedelta(days=1)
    return found


@given(
    plans=PLANS,
    terms=st.dictionaries(DAYS, st.sampled_from(["one", "two"]), min_size=1, max_size=4),
    closed=st.none() | DAYS,
    answered=st.dictionaries(DAYS, COUNTS, max_size=25),
)
def test_what_is_due_is_what_a_count_says(
    plans: dict[str, tuple[Plan, ...]],
    terms: dict[date, str],
    closed: date | None,
    answered: dict[date, AnsweredCalls],
) -> None:
    """Whatever plans, revisions, closing days and calls; and part by part as all at once."""
    spans = tuple(Term(day, name) for day, name in sorted(terms.items()))
    account = Account("acme", "Acme", "USD", Decimal(0), spans, closed=closed)
    held = Holdings.declared(plans, account, [])
    expected = {day: amount for day, amount in owed(held, answered).items() if amount}
    whole = {d.day: Fraction(d.amount) for d in short_call_dues(held, answered, FIRST, LAST)}
    assert {day: amount for day, amount in whole.items() if amount} == expected
    middle = date(2028, 2, 14)
    parts = [
        *short_call_dues(held, answered, FIRST, middle),
        *short_call_dues(held, answered, middle + timedelta(days=1), LAST),
    ]
    assert {due.day: Fraction(due.amount) for due in parts} == whole
    assert len(parts) == len(whole)
