"""Small carriers and their calls, written as a user writes them: apply files, decks, CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.005"

[plan.a-z]
model = "per_minute"
currency = "USD"
card = "a-z"
increment = "60/6"

[account.acme]
name = "Acme Telecom"
plan = "flat"
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "acme" } ]

[account.globex]
name = "Globex"
plan = "a-z"
from = 2026-10-01
match = [ { account_code = "globex" } ]
"""

DECK = """Code,Destination,Rate
44,United Kingdom,0.01
447,United Kingdom Mobile,0.03
1,North America,0.004
"""


@dataclass(frozen=True)
class Call:
    """A call of the project's own format; answered after 2 s unless `seconds` is None."""

    call_id: str
    account_code: str = "acme"
    called: str = "442079460123"
    at: datetime = datetime(2026, 10, 1, 12, tzinfo=UTC)
    seconds: float | None = 60.0
    server: str = "lon-1"
    more: dict[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, str]:
        answered = None if self.seconds is None else self.at + timedelta(seconds=2)
        ended = (
            self.at + timedelta(seconds=9)
            if answered is None
            else answered + timedelta(seconds=self.seconds or 0)
        )
        return {
            "call_id": self.call_id,
            "server": self.server,
            "account_code": self.account_code,
            "caller": "442079460999",
            "called": self.called,
            "setup_at": self.at.isoformat(),
            "answered_at": answered.isoformat() if answered else "",
            "ended_at": ended.isoformat(),
            **self.more,
        }


def on(day: int, hour: int = 12, minute: int = 0, month: int = 10) -> datetime:
    """An instant of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def october(day: int) -> date:
    return date(2026, 10, day)


def write_calls(path: Path, calls: list[Call]) -> Path:
    """The calls as a CSV file of the project's own format."""
    rows = [call.row() for call in calls]
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(Call("x").row())
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def declare(book: Book, tmp_path: Path, text: str = CARRIER, deck: str | None = DECK) -> Book:
    """Apply a carrier, and import its card."""
    file = tmp_path / "carrier.toml"
    file.write_text(text, "utf-8")
    book.apply([file])
    if deck is not None:
        prices = tmp_path / "deck.csv"
        prices.write_text(deck, "utf-8")
        book.import_card("a-z", prices)
    return book


_files = iter(range(10**9))


def take_in(book: Book, tmp_path: Path, *calls: Call) -> None:
    """Import calls; each must be added."""
    result = book.import_calls([write_calls(tmp_path / f"calls{next(_files)}.csv", list(calls))])
    assert (result.read, result.added) == (len(calls), len(calls)), result


def ledger(book: Book) -> dict[tuple[str, str, str], str]:
    """(account, day that is corrected, kind) → what was posted, as text; a provider is `provider:NAME`."""
    from minutebook import money

    with book.database.transaction() as connection:
        rows = connection.execute(
            "select account, corrects::text, kind, sum(amount) from journal join entry using (journal)"
            " where ledger_account in ('customer:' || account, account) group by 1, 2, 3 having sum(amount) <> 0"
        ).fetchall()
    return {(account, day, kind): money.text(amount) for account, day, kind, amount in rows}
