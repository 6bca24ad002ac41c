"""A leap year of an account, billed in several rhythms, against a count day by day."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare, ledger, take_in
from tests.histories import PLANS, SAID, History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
RHYTHMS = {"daily": [1], "unevenly": [1, 2, 30, 45], "once": [400]}
BY_DAY = ((date(2024, 2, 24), date(2024, 3, 9)), (date(2024, 9, 25), date(2024, 10, 5)))
"""When the daily rhythm is one: over the leap day and turns of months; it is weekly in between."""


@dataclass(frozen=True)
class Known:
    """Something that is told to the book on a day, often later than the day that it is for."""

    told: date
    tell: Callable[[Book], object]


def told(history: History, chance: random.Random, tmp_path: Path) -> list[Known]:
    """The history by commands and imports, in the order in which the book learns of it."""

    def late(day: date) -> date:
        return day + timedelta(days=chance.choice([0, 0, 0, 3, 20, 60]))

    found = []
    last = FIRST
    for day, plan, n in history.terms[1:]:
        last = max(last, late(day))
        channels = n if SAID[plan].by_channel else None
        found.append(
            Known(
                last,
                lambda book, day=day, plan=plan, channels=channels: book.switch(
                    "acme", plan, channels, day, override="drawn"
                ),
            )
        )
    for name, begin, end in history.servers:
        deployed = max(late(begin), FIRST)
        found.append(
            Known(
                deployed,
                lambda book, name=name, begin=begin: book.deploy_server(
                    name, "acme", begin, force="drawn"
                ),
            )
        )
        if end is not None:
            found.append(
                Known(
                    max(deployed, late(end)),
                    lambda book, name=name, end=end: book.retire_server(name, end),
                )
            )
    files: dict[date, set[date]] = {}
    for day in history.made:
        four_weeks = (late(day) - FIRST).days // 28 + 1
        files.setdefault(FIRST + timedelta(days=28 * four_weeks), set()).add(day)
    for arrives, days in files.items():
        found.append(
            Known(arrives, lambda book, days=days: take_in(book, tmp_path, *history.calls(days)))
        )
    for n in range(12):
        day = FIRST + timedelta(days=chance.randint(0, 360))
        found.append(
            Known(
                day, lambda book, n=n, day=day: book.pay("acme", f"{n + 1}.50", f"p{n}", _at(day))
            )
        )
    if history.closed is not None:
        closed = history.closed
        found.append(Known(late(LAST), lambda book: book.close_account("acme", "drawn", closed)))
    return sorted(found, key=lambda known: known.told)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@cache
def _history(seed: int) -> History:
    return History.drawn(seed, FIRST, LAST)


@cache
def _owed(seed: int) -> dict[tuple[str, str, str], str]:
    return _history(seed).owed()


@pytest.mark.slow
@pytest.mark.parametrize(("rhythm", "seed"), [("daily", 1), ("unevenly", 2), ("once", 1)])
def test_a_year_comes_to_the_same_in_every_rhythm(
    book: Book, tmp_path: Path, rhythm: str, seed: int
) -> None:
    """Switches, channels, servers, payments, calls, most of them told late: to the digit."""
    # what is told late is far beyond the usual, and nobody is here to let it pass
    bounds = replace(book.settings.bounds, day_times=None, refund_percent=None)
    book.settings = replace(book.settings, bounds=bounds)
    history = _history(seed)
    declare(book, tmp_path, PLANS + history.toml(history.terms[:1]), deck=None)
    chance = random.Random(seed)
    waiting = told(history, chance, tmp_path)
    pace = random.Random(rhythm)
    through = FIRST
    while through < LAST:
        while waiting and waiting[0].told <= through:
            waiting.pop(0).tell(book)
        book.bill(through)
        step = pace.choice(RHYTHMS[rhythm])
        if rhythm == "daily" and not any(first <= through <= last for first, last in BY_DAY):
            step = 7
        through += timedelta(days=step)
    for known in waiting:
        known.tell(book)
    book.bill(LAST)
    posted = ledger(book)
    payments = {key: amount for key, amount in posted.items() if key[2] == "payment"}
    assert sum(map(Decimal, payments.values())) == 84
    assert {key: amount for key, amount in posted.items() if key not in payments} == _owed(seed)
    assert book.bill(LAST).postings == 0
    assert [check for check in book.verify() if check.differences] == []
