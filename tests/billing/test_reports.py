"""Reports: one page each, that needs no network, with a table under every picture."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in
from tests.disputes import disputed, export, held, traffic

from minutebook.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.01"
minimum_per_server = "20.00"

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "6.20", free_servers = 1 } ]
minimum_per_server = "20.00"

[account.acme]
name = "Acme <Telecom> & Sons"
plan = "channels"
channels = 3
from = 2026-10-01
match = [ { account_code = "acme" } ]
debit_limit = "1000.00"

[server.lon-1]
account = "acme"
deployed = 2026-10-01

[server.lon-2]
account = "acme"
deployed = 2026-10-02
"""


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    declare(book, tmp_path, CARRIER, deck=None)
    calls = [
        Call(f"{d}-{n}", at=on(d, 9, n), seconds=1200) for d in range(1, 32) for n in range(d % 6)
    ]
    take_in(book, tmp_path, *calls)
    book.bill(october(31))
    return book


def check(text: str, pictures: int) -> str:
    """A page that asks for nothing, with a table for each picture; gives its words."""
    page = Page(text)
    asked = [v for name, v in page.attributes if name in ("src", "href", "xlink:href", "action")]
    assert all(value.startswith(("#", "data:image/png")) for value in asked), asked
    assert not re.search(r"url\((?!#)|@import|<script|<link", text)
    assert page.tags.count("svg") == pictures
    assert page.tags.count("table") == page.tags.count("section") >= pictures
    assert page.tags.count("tr") > page.tags.count("table")
    assert ("name", "viewport") in page.attributes
    assert "@media print" in text
    return " ".join(page.words)


def test_a_review_as_a_page(carrier: Book) -> None:
    """Plans, cost and loss against channels, channels over time, the week, the minimum by server."""
    found = carrier.review("acme", october(1), october(31))
    text = carrier.report(found)
    said = check(text, 5)
    assert "Acme <Telecom> & Sons: 2026-10-01 to 2026-10-31" in said
    assert (
        "The most at once were 5, on 2026-10-05. On 10 of 31 days more were held than bought."
        in said
    )
    assert "5 channels lose nothing" in said
    assert "The minimum of 2026-10, 19.3549 USD for 2 servers, is not met" in said
    assert "No call came over lon-2." in said
    assert "lon-2" in said
    assert text.count("<!doctype html>") == 1


def test_a_capacity_as_a_page(carrier: Book) -> None:
    """The questionnaire first, then channels over time, the week and the loss."""
    said = check(carrier.report(carrier.capacity("acme", october(1), october(31))), 3)
    assert "5 channels would have lost nothing." in said
    assert "Call attempts a second, at most" in said
    assert "Busiest on" in said


def test_growth_beyond_reason_is_one_line(
    carrier: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    """Less than nothing, or a thousandfold: refused, with what to write."""
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    for command in ("review", "capacity"):
        for growth in ("-100%", "-150%", "1001%", "lots"):
            words = ("--book", str(carrier.path), command, "acme", *days, f"--growth={growth}")
            assert run(list(words)) == 2
            err = capsys.readouterr().err
            assert err.startswith(f"minutebook: --growth '{growth}' is not"), err
            assert "write it as" in err


def test_reports_are_written_where_they_are_asked_for(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside what is printed; a folder that is not there is one line."""
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    for command in ("review", "capacity"):
        file = tmp_path / f"{command}.html"
        words = ("--book", str(carrier.path), command, "acme", *days, "--report")
        assert run([*words, str(file)]) == 0
        assert file.read_text("utf-8").startswith("<!doctype html>")
        assert f"the report is {file}" in capsys.readouterr().err
        assert run([*words, str(tmp_path / "none" / "x.html")]) == 2
        assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_reconciliation_as_a_page(book: Book, tmp_path: Path) -> None:
    """Classes with their money and cause, day by day, the clocks, samples."""
    rows = traffic()
    for row in rows[:50]:
        row["seconds"] += 7
    for row in rows:
        row["at"] += timedelta(hours=1)
    found = held(disputed(book, tmp_path), export(tmp_path / "t.csv", rows))
    text = book.report(found)
    page = Page(text)
    said = " ".join(page.words)
    assert page.tags.count("svg") == 2
    assert "Of 50 calls theirs are 7 s longer each." in said
    assert "ours less theirs, exactly" in said
    assert "10 of 10 days differ" in said
    assert "Seconds ahead 2026-10-01 2026-10-10 3,600" in re.sub(r"\s+", " ", said)
    assert said.count("Samples: ") == 2
    assert not re.search(r"url\((?!#)|@import|<script|<link", text)


def test_an_invoice_as_a_page(book: Book, tmp_path: Path) -> None:
    """Lines have samples too."""
    disputed(book, tmp_path)
    file = tmp_path / "i.csv"
    file.write_text("date,calls,amount\n2026-10-01,41,3.00\n")
    said = " ".join(Page(book.report(held(book, str(file)))).words)
    assert "has totals alone" in said
    assert "2026-10-02" in said
    assert "Samples: missing theirs" in said
