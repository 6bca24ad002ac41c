"""Laws of billing: the ledger depends on the calls, not on the way they came or the runs between."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.carriers import Call, declare, ledger, october, on, take_in

from minutebook.money import Rounding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

_call = st.builds(
    lambda account, called, day, minute, ms: (account, called, day, minute, ms),
    st.sampled_from(["acme", "globex"]),
    st.sampled_from(["442079460123", "447700900123", "12125550123", "5370001"]),
    st.integers(1, 4),
    st.integers(0, 1400),
    st.one_of(st.none(), st.integers(0, 300_000)),
)
# what happens: calls come in a portion, or a run goes through a day
_story = st.lists(
    st.one_of(st.lists(_call, min_size=1, max_size=6), st.integers(1, 4)), min_size=1, max_size=8
)


@settings(
    max_examples=9, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_story)
def test_any_order_of_imports_and_runs_ends_in_the_same_ledger(
    new_book: Callable[[], Book],
    tmp_path: Path,
    story: list[list[tuple[str, str, int, int, int | None]] | int],
) -> None:
    """Conservation: what is posted is the exact sum of the calls, whenever they came."""
    book = declare(new_book(), tmp_path)
    calls: list[Call] = []
    for event in story:
        if isinstance(event, int):
            book.bill(october(event))
            continue
        fresh = [
            Call(
                f"{len(calls) + n}",
                account,
                called,
                on(day, minute // 60, minute % 60),
                None if ms is None else ms / 1000,
            )
            for n, (account, called, day, minute, ms) in enumerate(event)
        ]
        calls += fresh
        take_in(book, tmp_path, *fresh)
    book.bill(october(5))
    assert ledger(book) == expected(calls)
    assert book.bill(october(5)).postings == 0
    assert not any(check.differences for check in book.verify())


def expected(calls: list[Call]) -> dict[tuple[str, str, str], str]:
    """What tests.carriers.CARRIER and DECK ask for, in rational arithmetic."""
    from minutebook import money

    acme: dict[tuple[str, str, str], Fraction] = {}
    due: dict[tuple[str, str, str], Decimal] = {}
    rates = {"442": Fraction(1, 100), "447": Fraction(3, 100), "121": Fraction(4, 1000)}
    for call in calls:
        row = call.row()
        day = (row["answered_at"] or row["setup_at"])[:10]
        seconds = -(-round((call.seconds or 0) * 1000) // 1000)
        key = (call.account_code, day, "usage")
        if call.account_code == "acme":
            acme[key] = acme.get(key, Fraction(0)) + seconds * Fraction(5, 1000) / 60
        elif call.called[:3] in rates and seconds:
            billed = 60 if seconds <= 60 else 60 + -(-(seconds - 60) // 6) * 6
            due[key] = due.get(key, Decimal(0)) + Rounding().of(
                billed * rates[call.called[:3]] / 60
            )
    due |= {key: Rounding().of(amount) for key, amount in acme.items()}
    return {key: money.text(-amount) for key, amount in due.items() if amount}
