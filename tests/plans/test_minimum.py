"""The minimum per server against a count day by day (docs/rules/minimum.md, "What servers require")."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from minutebook.money import Method, Rounding
from minutebook.plans.minimum import (
    MinimumStretch,
    MinimumTerms,
    Prorate,
    free_and_charged,
    required,
    shortfall,
)
from minutebook.plans.terms import Server

UP4 = Rounding(Method.UP, 4)
FEBRUARY = date(2028, 2, 1)


def terms(per_server: str = "20", *, free: int = 0, prorate: Prorate = Prorate.DAY) -> MinimumTerms:
    return MinimumTerms(Decimal(per_server), prorate, free, UP4)


def month(said: MinimumTerms, first: date = FEBRUARY) -> list[MinimumStretch]:
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return [MinimumStretch(first, last, said)]


def server(name: str, deployed: date, retired: date | None = None) -> Server:
    return Server(name, "acme", deployed, retired)


LONG_AGO = date(2025, 1, 1)


def test_a_server_of_the_whole_month_owes_the_whole() -> None:
    """Three of them thrice."""
    servers = [server(name, LONG_AGO) for name in "abc"]
    found = required(month(terms()), servers)
    assert found.amount == 60
    assert [(s.server, s.days, s.owed) for s in found.servers] == [(n, 29, 20) for n in "abc"]


def test_both_ends_of_a_deployment_count() -> None:
    """Deployed and retired within the month, on one day, on its first and last, on 29 February."""
    for begin, end, days in (
        (date(2028, 2, 3), date(2028, 2, 5), 3),
        (date(2028, 2, 29), None, 1),
        (date(2028, 2, 29), date(2028, 2, 29), 1),
        (date(2028, 2, 1), date(2028, 2, 1), 1),
        (LONG_AGO, date(2028, 2, 1), 1),
        (date(2028, 3, 1), None, 0),
        (LONG_AGO, date(2028, 1, 31), 0),
    ):
        found = required(month(terms()), [server("a", begin, end)])
        assert found.amount == UP4.of(Fraction(20) * days / 29)


def test_the_earliest_deployed_are_free_ties_by_name() -> None:
    """And a later one is free once an earlier one retires."""
    servers = [
        server("b", LONG_AGO),
        server("a", LONG_AGO, date(2028, 2, 10)),
        server("c", date(2026, 1, 1)),
    ]
    assert free_and_charged(servers, date(2028, 2, 10), 1) == (["a"], ["b", "c"])
    assert free_and_charged(servers, date(2028, 2, 11), 1) == (["b"], ["c"])
    found = required(month(terms(free=1)), servers)
    assert [(s.server, s.days, s.free_days) for s in found.servers] == [
        ("a", 0, 10),
        ("b", 10, 19),
        ("c", 29, 0),
    ]
    assert found.amount == UP4.of(Fraction(20) * 39 / 29)


def test_without_proration_any_day_owes_the_whole_once() -> None:
    """Under the last such day's plan."""
    found = required(month(terms(prorate=Prorate.NONE)), [server("a", date(2028, 2, 29))])
    assert found.amount == 20
    stretches = [
        MinimumStretch(FEBRUARY, date(2028, 2, 9), terms("20", prorate=Prorate.NONE)),
        MinimumStretch(date(2028, 2, 10), date(2028, 2, 29), terms("30", prorate=Prorate.NONE)),
    ]
    assert required(stretches, [server("a", LONG_AGO)]).amount == 30
    assert required(stretches, [server("a", LONG_AGO, date(2028, 2, 9))]).amount == 20


def test_no_days_under_terms_require_nothing() -> None:
    """Before an account's first term, and after its closing day."""
    assert required([], [server("a", LONG_AGO)]).amount == 0


def test_what_is_spent_counts() -> None:
    """Never below nothing."""
    assert shortfall(Decimal(60), Decimal("12.5")) == Decimal("47.5")
    assert shortfall(Decimal(60), Decimal(60)) == 0
    assert shortfall(Decimal(60), Decimal(61)) == 0


days = st.dates(date(2028, 1, 20), date(2028, 3, 10))
servers_made = st.lists(st.tuples(days, st.none() | st.integers(0, 40)), max_size=6).map(
    lambda spans: [
        server(f"s{n}", begin, None if length is None else begin + timedelta(days=length))
        for n, (begin, length) in enumerate(spans)
    ]
)
cut_days = st.lists(st.integers(1, 29), max_size=3, unique=True).map(sorted)


@given(servers_made, cut_days, st.data())
def test_it_equals_a_count_day_by_day(
    servers: list[Server], cuts: list[int], data: st.DataObject
) -> None:
    """With changes of the price and of the free servers within the month."""
    begins = sorted({1, *cuts})
    ends = [begin - 1 for begin in begins[1:]] + [29]
    stretches = [
        MinimumStretch(
            date(2028, 2, begin),
            date(2028, 2, end),
            terms(str(data.draw(st.integers(0, 50))), free=data.draw(st.integers(0, 3))),
        )
        for begin, end in zip(begins, ends, strict=True)
    ]
    owed = Fraction(0)
    for stretch in stretches:
        for n in range((stretch.last - stretch.first).days + 1):
            day = stretch.first + timedelta(days=n)
            there = [s for s in servers if s.deployed <= day <= (s.retired or day)]
            paying = sorted(there, key=lambda s: (s.deployed, s.name))[stretch.terms.free_servers :]
            owed += len(paying) * Fraction(stretch.terms.per_server) / 29
    assert required(stretches, servers).amount == UP4.of(owed)
