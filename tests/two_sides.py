"""A dispute to settle: a carrier's calls, and another side's export of them."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from tests.carriers import Call, declare, october, take_in

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.disputes.reconciliation import Reconciliation

CARRIER = """
[plan.retail]
model = "per_minute"
currency = "USD"
card = "a-z"

[account.acme]
plan = "retail"
from = 2026-09-01
match = [ { account_code = "acme" } ]
"""
DECK = "prefix,destination,rate,connect_fee\n44,United Kingdom,0.0123,\n447,UK mobile,0.0311,\n353,Ireland,0.0200,0.01\n"
RATES = {
    "442079460": (Decimal("0.0123"), 0),
    "447700900": (Decimal("0.0311"), 0),
    "353209100": (Decimal("0.02"), Decimal("0.01")),
}
FIRST = datetime(2026, 10, 1, tzinfo=UTC)
Row = dict[str, Any]


def cost(
    called: str,
    seconds: int,
    increment: tuple[int, int] = (1, 1),
    places: str = "0.0001",
    factor: Decimal = Decimal(1),
    fee: Decimal = Decimal(0),
) -> Decimal:
    """The price of a call, written anew."""
    rate, own_fee = RATES[called[:9]]
    minimum, pulse = increment
    billed = max(minimum, minimum + -(-(seconds - minimum) // pulse) * pulse) if seconds else 0
    exact = own_fee + fee + rate * factor * billed / 60 if billed else Decimal(0)
    return exact.quantize(Decimal(places), ROUND_CEILING)


def traffic() -> list[Row]:
    """Some four hundred calls of ten days, answered, of three destinations."""
    chance = random.Random(7)
    rows = []
    for n in range(400):
        at = FIRST + timedelta(days=n % 10, seconds=chance.randrange(7200, 80_000))
        called = f"{chance.choice(list(RATES))}{chance.randrange(100):03}"
        seconds = chance.randrange(3, 400)
        ring = chance.randrange(1, 25)
        rows.append({"id": f"c{n}", "at": at, "called": called, "seconds": seconds, "ring": ring})
    return rows


def disputed(book: Book, tmp_path: Path, rows: list[Row] | None = None) -> Book:
    """A book with one account and its calls."""
    declare(book, tmp_path, CARRIER, deck=DECK)
    calls = []
    for row in traffic() if rows is None else rows:
        answered = row["at"] + timedelta(seconds=row["ring"])
        ended = answered + timedelta(seconds=row["seconds"])
        times = {"answered_at": answered.isoformat(), "ended_at": ended.isoformat()}
        calls.append(Call(row["id"], called=row["called"], at=row["at"], more=times))
    take_in(book, tmp_path, *calls)
    return book


def export(path: Path, rows: list[Row], *, ids: bool = True, offset: bool = True) -> str:
    """Their file: times, numbers and amounts as rows say, else as ours."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["call_id", "server", "caller", "called", "setup_at", "answered_at", "ended_at", "cost"]
        )
        for n, row in enumerate(rows):
            answered = row["at"] + timedelta(seconds=row["ring"])
            ended = answered + timedelta(seconds=row["seconds"])
            amount = row["cost"] if "cost" in row else cost(row["called"], row["seconds"])
            id_ = row["id"] if ids else f"their-{n}"
            times = [at.isoformat() for at in (row["at"], answered, ended)]
            if not offset:
                times = [time.removesuffix("+00:00") for time in times]
            out.writerow([id_, "their-switch", "442079460999", row["called"], *times, str(amount)])
    return str(path)


def held(book: Book, file: str, **more: Any) -> Reconciliation:
    found = book.reconcile("lake", file, october(1), october(10), account="acme", **more)
    explained = sum((c.units for c in found.classes.values()), 0) + found.unexplained.units
    assert found.ours.units - found.theirs.units == explained  # always, to the last unit
    return found


def classes(found: Reconciliation) -> dict[str, tuple[int, Decimal]]:
    return {str(what): (c.calls, c.amount) for what, c in found.classes.items() if c.calls}
