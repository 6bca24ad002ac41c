"""Reports: one page each, that needs no network, with a table under every picture."""

from __future__ import annotations

import getpass
import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in
from tests.two_sides import disputed, export, held, traffic

from minutebook.cli import run
from minutebook.fit.capacity import Assumptions

if TYPE_CHECKING:
    from collections.abc import Callable
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


def make_carrier(book: Book, folder: Path) -> None:
    declare(book, folder, CARRIER, deck=None)
    calls = [
        Call(f"{d}-{n}", at=on(d, 9, n), seconds=1200) for d in range(1, 32) for n in range(d % 6)
    ]
    take_in(book, folder, *calls)
    book.bill(october(31))


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(make_carrier)


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
    assert "Fewer than 5 channels would not have carried all calls at once." in said
    assert "channels (present)" in said
    assert "The minimum of 2026-10, 19.3549 USD for 2 servers, is not met" in said
    assert "No call came over lon-2." in said
    assert "lon-2" in said
    assert text.count("<!doctype html>") == 1


def test_a_review_as_a_page_for_the_customer(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it used and what that costs, in cents; no other plan, no advice, no other account, no path, nobody's name."""
    other = '[account.globex]\nplan = "minutes"\nfrom = 2026-10-01\n'
    (tmp_path / "other.toml").write_text(other, "utf-8")
    carrier.apply([tmp_path / "other.toml"])
    found = carrier.review("acme", october(1), october(31))
    assert found.current.cost == Decimal("19.3549")
    written = tmp_path / "acme.html"
    words = ["review", "acme", "--month", "2026-10", "--report", str(written), "--for", "customer"]
    assert run(["--book", str(carrier.path), *words]) == 0
    text = written.read_text("utf-8")
    said = check(text, 2)
    assert "Acme <Telecom> & Sons: 2026-10-01 to 2026-10-31" in said
    assert "On plan channels with 3 channels" in said
    costs = re.findall(
        r"<td[^>]*>([^<]*)</td>", text.split("What it costs")[1].split("</table>")[0]
    )
    assert costs == [
        "Channels", "18.60", "Shortfall of the servers&#39; minimum", "0.75", "Sum", "19.35",
    ]  # fmt: skip
    assert "In 2026-10 the minimum is 19.35 USD, and" in said
    carriers = " ".join(Page(carrier.report(found)).words)
    for kept in ("Plan minutes", "Break-even", "No plan that loses no call", "plan minutes"):
        assert kept in carriers
        assert kept not in said
    assert not re.search(rf"globex|root|{re.escape(str(tmp_path))}|{getpass.getuser()}\b", text)
    assert not re.search(r"\d\.\d{3,} USD", said)
    capsys.readouterr()


def test_a_report_for_nobody_and_of_nothing(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whom it is for needs a report; a customer's shows nothing supposed; a name of another kind of file is
    refused, with what to do."""
    review = ["--book", str(carrier.path), "review", "acme", "--month", "2026-10"]
    page = ["--report", str(tmp_path / "acme.html"), "--for", "customer"]
    for words, told in (
        (["--for", "customer"], "say --report FILE.html too"),
        ([*page, "--growth", "20%"], "say it without --against, --growth and --cps-limit"),
        (["--report", str(tmp_path / "acme.PDF")], "print it from a browser, on paper or as PDF"),
    ):
        assert run([*review, *words]) == 2
        assert told in capsys.readouterr().err
    assert list(tmp_path.glob("acme.*")) == []


def test_a_capacity_as_a_page(carrier: Book) -> None:
    """The questionnaire first, then channels over time, the week and the loss."""
    said = check(carrier.report(carrier.capacity("acme", october(1), october(31))), 3)
    assert "5 channels would have lost nothing." in said
    assert "Call attempts a second, at most" in said
    assert "Busiest on" in said


def test_a_capacity_is_drawn_against_the_channels_bought(carrier: Book, tmp_path: Path) -> None:
    """Day by day, as they are declared."""
    more = 'terms = [ { from = 2026-10-16, plan = "channels", channels = 5 } ]'
    (tmp_path / "more.toml").write_text(f"[account.acme]\n{more}\n")
    carrier.apply([tmp_path / "more.toml"])
    found = carrier.capacity("acme", october(1), october(31))
    assert found.bought == {october(d): 3 if d < 16 else 5 for d in range(1, 32)}
    text = carrier.report(found)
    said = " ".join(Page(text).words)
    assert "On 4 of 31 days more were held than bought." in said
    days = text.split("Channels over time")[1].split("</table>")[0]
    assert "Bought" in days
    assert re.search(r">2026-10-16</td><td[^>]*>5</td><td[^>]*>4</td>", days)


NAMES = """
[plan."$x^{$"]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 2, price = "9.00" }, { channels = 100, price = "4.00" } ]
over = { policy = "block" }

[plan._under]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "7.00" } ]

[plan.LONG]
model = "per_minute"
currency = "USD"
rate = "0.0125"

[plan.p95]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "900.00" } ]
bill_by = "p95"

[server."$fra_$"]
account = "acme"
deployed = 2026-10-03
""".replace("LONG", "long-" * 20 + "end")


@pytest.mark.filterwarnings("error")
def test_any_name_is_drawn(carrier: Book, tmp_path: Path) -> None:
    """Dollars, a name that begins with a line, a very long one: in legends, and whole in tables."""
    declare(carrier, tmp_path, CARRIER + NAMES, deck=None)
    text = carrier.report(carrier.review("acme", october(1), october(31)))
    drawn = [re.sub("<[^>]*>", "", words) for words in re.findall(r"<text.*?</text>", text, re.S)]
    drawn = [words.strip() for words in drawn]
    assert {"$x^{$", "_under", "$fra_$", "lon-2"} <= set(drawn)
    assert any(words.startswith("long-long-lon") and "…" in words for words in drawn)
    assert max(map(len, drawn)) < 70
    assert "long-" * 20 + "end" in " ".join(Page(text).words)


def test_costs_are_shown_at_every_edge_and_size(carrier: Book, tmp_path: Path) -> None:
    """Both sides of a tier's edge, the sizes of the plans, and the plans that buy no channels."""
    tiers = "".join(f"{{ channels = {n}, price = '{1000 - n}' }}, " for n in (37, 74, 500))
    more = f'[plan.tiers]\nmodel = "per_channel"\ncurrency = "USD"\ntiers = [ {tiers} ]\n'
    declare(carrier, tmp_path, CARRIER + more, deck=None)
    take_in(carrier, tmp_path, *(Call(f"rush{n}", at=on(7, 20), seconds=60) for n in range(97)))
    text = carrier.report(carrier.review("acme", october(1), october(31)))
    table = text.split("Cost against the number of channels")[1].split("</table>")[0]
    sizes = re.findall(r"<tr><td[^>]*>([0-9,]+)</td>", table)
    assert {"0", "3", "37", "38", "74", "75", "97"} <= set(sizes)
    assert "Plan minutes, which buys none (USD)" in table


def test_each_month_stands_by_itself(carrier: Book, tmp_path: Path) -> None:
    """A minimum over two months is drawn month by month, with few names below it."""
    servers = "".join(
        f'[server.s{n:02}]\naccount = "acme"\ndeployed = 2026-10-01\n' for n in range(12)
    )
    declare(carrier, tmp_path, CARRIER + servers, deck=None)
    text = carrier.report(carrier.review("acme", october(1), october(31).replace(month=11, day=30)))
    picture = text.split("The minimum, by server")[1].split("</svg>")[0]
    words = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", picture))
    assert "Oct 2026" in words
    assert "Nov 2026" in words
    assert "7 others" in words
    assert "spent" in words


def test_the_loss_that_was_asked_for(carrier: Book) -> None:
    """Its decimals, the channels of each method, and Erlang B's within the table."""
    asked = Assumptions(blocking=Fraction(1, 400), growth=Fraction(1, 40), cps_limit=50)
    found = carrier.capacity("acme", october(1), october(31), asked)
    most = found.demand.channels_erlang_b
    assert most > found.demand.curve.peak
    text = carrier.report(found)
    said = re.sub(r"\s+", " ", " ".join(Page(text).words))
    assert f"{most} channels on 1 server, to lose at most 0.25% of this traffic" in said
    assert "To lose at most 0.25% takes 5 channels by replay" in said
    assert f"and {most} channels by Erlang B" in said
    assert "at most 0.25%" in re.findall(r">([^<]*at most 0.25%)<", text)[-1]
    assert "With 2.5% more traffic" in said
    assert "the limit of 50 a second refuses 0" in said
    loss = text.split("What fewer channels lose")[1]
    assert f">{most}</td>" in loss


def test_less_traffic_is_said_to_be_less(carrier: Book) -> None:
    """A negative growth is no more traffic."""
    asked = Assumptions(growth=Fraction(-1, 5))
    said = " ".join(
        Page(carrier.report(carrier.capacity("acme", october(1), october(31), asked))).words
    )
    assert "With 20% less traffic: calls are left out evenly until there are so many." in said
    assert "Account acme, with 20% less traffic." in said


def test_a_limit_that_refuses_more_than_may_be_lost(carrier: Book, tmp_path: Path) -> None:
    """No number of channels is called enough for all; a capacity is for what the limit lets through."""
    take_in(carrier, tmp_path, *(Call(f"rush{n}", at=on(7, 20), seconds=600) for n in range(50)))
    days = october(1), october(31)
    review = carrier.review("acme", *days, cps_limit=1)
    said = " ".join(Page(carrier.report(review)).words)
    assert "The limit of attempts a second alone refuses more than 1%" in said
    found = carrier.capacity("acme", *days, Assumptions(Fraction(1, 10), cps_limit=1))
    need, curve = found.demand, found.demand.curve
    assert curve.refused[0] == 49
    assert need.erlangs < carrier.capacity("acme", *days).demand.erlangs
    text = carrier.report(found)
    said = re.sub(r"\s+", " ", " ".join(Page(text).words))
    assert f"refuses 49 of {curve.attempts} attempts" in said
    assert "to lose at most 10% of what the limit lets through" in said
    assert f"To lose at most 10% of the rest takes {need.channels_replay} channels by" in said
    assert f"and {need.channels_erlang_b} channels by Erlang B" in said
    assert len(re.findall(r">at most 10% of the rest<", text)) == 1
    loss = text.split("What fewer channels lose")[1]
    row = re.search(r"<tr><td[^>]*>0</td>.*?</tr>", loss)
    assert row is not None
    assert re.findall(r">([0-9.]+%)<", row[0]) == ["100.000%", "100.000%"]
    enough = curve.refused[0] / curve.attempts * 0.9 + 0.1
    for n in (need.channels_erlang_b - 1, need.channels_erlang_b):
        row = re.search(rf"<tr><td[^>]*>{n}</td>.*?</tr>", loss)
        assert row is not None
        share = float(re.findall(r">([0-9.]+)%<", row[0])[1]) / 100
        assert (share <= enough) == (n == need.channels_erlang_b)


def test_traffic_that_holds_no_channel(book: Book, tmp_path: Path) -> None:
    """It is said, rather than a busiest hour of nothing."""
    declare(book, tmp_path, CARRIER, deck=None)
    at = on(5, 9)
    more = {"ended_at": at.isoformat()}
    take_in(book, tmp_path, *(Call(f"e{n}", at=at, seconds=None, more=more) for n in range(5)))
    for found in (
        book.review("acme", october(1), october(7)),
        book.capacity("acme", october(1), october(7)),
    ):
        said = " ".join(Page(book.report(found)).words)
        assert "Nothing held a channel." in said
        assert "Busiest on" not in said
        assert "−0." not in said


def test_the_only_such_weekday_is_named(carrier: Book) -> None:
    """A mean over one Monday is that Monday."""
    short = carrier.report(carrier.capacity("acme", october(1), october(7)))
    assert "Busiest on Monday 2026-10-05 from 9:00 to 10:00 UTC" in short
    long = carrier.report(carrier.capacity("acme", october(1), october(31)))
    assert re.search(r"Busiest on \w+days from .* in the mean of [45]\.", long)


def test_calls_without_a_setup_are_counted(carrier: Book, tmp_path: Path) -> None:
    """A capacity says whose ringing it does not know."""
    take_in(carrier, tmp_path, Call("bare", at=on(7, 20), more={"setup_at": ""}))
    said = " ".join(Page(carrier.report(carrier.capacity("acme", october(1), october(31)))).words)
    assert "1 call without a setup time" in said


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
    assert "lake and t.csv: 2026-10-01 to" in said
    assert str(tmp_path) not in text
    assert not re.search(r"url\((?!#)|@import|<script|<link", text)


def test_an_invoice_as_a_page(book: Book, tmp_path: Path) -> None:
    """Lines have samples too."""
    disputed(book, tmp_path)
    file = tmp_path / "i.csv"
    file.write_text("date,calls,amount\n2026-10-01,41,3.00\n")
    said = " ".join(Page(book.report(held(book, str(file)))).words)
    assert "i.csv has totals alone" in said
    assert str(tmp_path) not in said
    assert "2026-10-02" in said
    assert "Samples: missing theirs" in said
