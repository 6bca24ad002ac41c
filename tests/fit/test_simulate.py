"""A simulation says what a run would charge under changed plans and cards, and changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, october, on, take_in

from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.fit.simulate import sums_by_currency
from minutebook.show.simulation import SimulatedView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.sell]
model = "per_minute"
currency = "USD"
card = "a-z"
minimum_per_server = "20.00"

[plan.day]
model = "per_minute"
currency = "USD"
rate = "0.0045"

[plan.burst]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "3.10" } ]
over = { policy = "burst", price = "0.50" }

[account.acme]
plan = "sell"
from = 2026-10-01
debit_limit = "1000.00"
match = [ { account_code = "acme" } ]

[account.globex]
plan = "day"
from = 2026-10-01
debit_limit = "1000.00"
match = [ { account_code = "globex" } ]

[account.initech]
plan = "burst"
channels = 1
from = 2026-10-01
debit_limit = "1000.00"
match = [ { account_code = "initech" } ]

[server.s]
account = "acme"
deployed = 2026-10-01
"""
NOW = "prefix,destination,rate\n44,United Kingdom,0.01\n447,UK mobile,0.03\n"
THEN = "prefix,destination,rate\n44,United Kingdom,0.02\n447,UK mobile,0.02\n"
COST = "prefix,destination,rate,increment\n4,Four,0.005,60/60\n"
DEARER = CARRIER[CARRIER.index("[plan.day]") : CARRIER.index("[account.acme]")]


def made(book: Book, tmp_path: Path, text: str = CARRIER, prices: str = NOW) -> Book:
    declare(book, tmp_path, text, deck=prices)
    calls = [
        Call(f"{code}-{d}-{n}", code, called=called, at=on(d, 9 + n), seconds=31 + d)
        for code in ("acme", "globex", "initech")
        for d in (1, 7, 31)
        for n, called in enumerate(["442079460123", "447700900123", "442079460124"])
    ]
    calls += [Call(f"more{n}", "initech", at=on(7), seconds=60) for n in range(3)]
    calls += [Call("lost", "acme", called="15555550100", at=on(7), seconds=60)]
    take_in(book, tmp_path, *calls)
    return book


def charged(book: Book) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for (account, _, _), amount in ledger(book).items():
        found[account] = found.get(account, Decimal(0)) - Decimal(amount)
    return found


def test_revenue_is_what_runs_charge(new_book: Callable[[], Book], tmp_path: Path) -> None:
    """Now, and under the changes as if they had been declared: minutes, channels and minimums."""
    book = made(new_book(), tmp_path)
    deck = tmp_path / "then.csv"
    deck.write_text(THEN)
    book.import_card("a-z", deck)
    dearer = tmp_path / "dearer.toml"
    dearer.write_text(DEARER.replace("0.0045", "0.0135").replace('"0.50"', '"0.75"'))
    rows = {
        row.group: row
        for row in book.simulate(october(1), october(31), plans=dearer, cards={"a-z": 2})
    }
    assert ledger(book) == {}
    book.bill(october(31))
    assert {name: row.now for name, row in rows.items()} == charged(book)
    changed = CARRIER.replace("0.0045", "0.0135").replace('"0.50"', '"0.75"')
    other = made(new_book(), tmp_path, changed, THEN)
    other.bill(october(31))
    assert {name: row.then for name, row in rows.items()} == charged(other)
    assert rows["globex"].difference > 0
    assert (rows["acme"].unpriced_now, rows["acme"].unpriced_then) == (1, 1)
    assert rows["acme"].calls == 10


def test_destinations_and_margins(book: Book, tmp_path: Path) -> None:
    """The calls' own costs by destination, and what is left after what they cost to buy."""
    made(book, tmp_path)
    deck = tmp_path / "buy.csv"
    deck.write_text(COST)
    book.import_card("carrier-x", deck)
    (tmp_path / "then.csv").write_text(THEN)
    book.import_card("a-z", tmp_path / "then.csv")
    found = book.simulate(october(1), october(31), cards={"a-z": 2}, buy="carrier-x")
    by_account = {row.group: row for row in found}
    # nine calls of 32, 38 and 62 s: a minute each, or two
    assert by_account["acme"].cost == 6 * Decimal("0.005") + 3 * Decimal("0.01")
    assert by_account["acme"].margin(by_account["acme"].now) == Decimal(20) - Decimal("0.06")
    rows = {
        row.group: row
        for row in book.simulate(october(1), october(31), cards={"a-z": 2}, by="destination")
    }
    assert set(rows) == {"(any)", "(unpriced)", "UK mobile", "United Kingdom"}
    seconds = 32 + 38 + 62
    assert rows["UK mobile"].now == sum(
        (Decimal(n) * Decimal("0.0005") for n in (32, 38, 62)), Decimal(0)
    )
    assert rows["UK mobile"].then == Decimal("0.0107") + Decimal("0.0127") + Decimal("0.0207")
    assert rows["UK mobile"].duration_ms == seconds * 1000


SELL = "prefix,destination,rate\n44,United Kingdom,0.02\n49,Germany,0.03\n33,France,0.04\n"
BUY = "prefix,destination,rate\n44,UK Fix,0.015\n49,DE,0.025\n1,US,0.001\n"
THREE = """
[plan.sell]
model = "per_minute"
currency = "USD"
card = "a-z"

[plan.euro]
model = "per_minute"
currency = "EUR"
rate = "0.02"

[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 5, price = "3.10" } ]

[account.acme]
plan = "sell"
from = 2026-10-01
match = [ { account_code = "acme" } ]

[account.globex]
plan = "euro"
from = 2026-10-01
match = [ { account_code = "globex" } ]

[account.initech]
plan = "lines"
channels = 2
from = 2026-10-01
match = [ { account_code = "initech" } ]
"""


def make_three(book: Book, folder: Path) -> None:
    """Three accounts that call the same four countries, of which two can be bought for all."""
    declare(book, folder, THREE, deck=SELL)
    (folder / "buy.csv").write_text(BUY)
    book.import_card("carrier-x", folder / "buy.csv")
    (folder / "fewer.csv").write_text(SELL.replace("33,France,0.04\n", ""))
    book.import_card("a-z", folder / "fewer.csv")
    numbers = ["442079460123", "493012345678", "33123456789", "15555550100"]
    calls = [
        Call(f"{code}-{n}", code, called=called, at=on(5, 9, n), seconds=180)
        for code in ("acme", "globex", "initech")
        for n, called in enumerate(numbers)
    ]
    take_in(book, folder, *calls)


@pytest.fixture
def three(prepared: Callable[..., Book]) -> Book:
    return prepared(make_three)


def test_cost_is_of_the_destination_sold(three: Book) -> None:
    """Call by call, whatever the buying card calls it; what it does not price is counted."""
    found = three.simulate(october(5), october(5), buy="carrier-x", by="destination")
    rows = {(row.group, row.currency): row for row in found}
    assert {key: (row.cost, row.unpriced_cost) for key, row in rows.items()} == {
        ("United Kingdom", "USD"): (Decimal("0.045"), 0),
        ("Germany", "USD"): (Decimal("0.075"), 0),
        ("France", "USD"): (Decimal(0), 1),
        ("(unpriced)", "USD"): (Decimal("0.003"), 0),
        ("(any)", "USD"): (Decimal("0.123"), 1),
        ("(any)", "EUR"): (None, None),
    }
    by_account = three.simulate(october(5), october(5), buy="carrier-x")
    assert [(row.group, row.cost, row.unpriced_cost) for row in by_account] == [
        ("acme", Decimal("0.123"), 1),
        ("globex", None, None),
        ("initech", Decimal("0.123"), 1),
    ]
    assert SimulatedView.of_group(by_account[1], "account").margin_now is None


def test_a_call_is_of_one_destination(three: Book) -> None:
    """That which prices it now; what is unpriced then stays there and is counted as such."""
    found = three.simulate(october(5), october(5), cards={"a-z": 2}, by="destination")
    rows = {row.group: row for row in found if row.currency == "USD"}
    france, unpriced = rows["France"], rows["(unpriced)"]
    assert (france.calls, france.now, france.then) == (1, Decimal("0.12"), 0)
    assert (france.unpriced_now, france.unpriced_then) == (0, 1)
    assert (unpriced.calls, unpriced.unpriced_now, unpriced.unpriced_then) == (1, 1, 1)
    assert sum(row.calls for row in found) == 12
    assert sum(row.duration_ms for row in found) == 12 * 180_000


def printed(book: Book, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of `minutebook simulate`, and what it prints, blanks and line ends made one."""
    capsys.readouterr()
    status = run(["--book", str(book.path), "simulate", *words])
    captured = capsys.readouterr()
    return status, " ".join((captured.out + captured.err).split())


FIFTH = ("--from", "2026-10-05", "--to", "2026-10-05")


def test_what_the_cost_leaves_out_is_said(three: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence under the table."""
    status, words = printed(three, capsys, *FIFTH, "--buy", "carrier-x")
    assert status == 0
    assert "Card carrier-x does not price 2 calls: their cost is counted as nothing" in words
    assert "Card carrier-x is in another currency than EUR: there is no cost" in words
    assert "Unpriced cost" in words


def test_totals_by_currency(three: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """Each currency's lines summed; what has no cost has none in the sum either."""
    rows = three.simulate(october(5), october(5), buy="carrier-x", by="destination")
    euros, dollars = sums_by_currency(rows)
    assert (euros.currency, euros.calls, euros.then, euros.cost) == (
        "EUR",
        4,
        Decimal("0.24"),
        None,
    )
    assert (dollars.calls, dollars.now) == (8, Decimal("0.27"))
    assert (dollars.cost, dollars.unpriced_cost) == (Decimal("0.246"), 2)
    assert "Totals" in printed(three, capsys, *FIFTH, "--buy", "carrier-x")[1]


def test_cautions(book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Months in part with what is due by the month, and tables of the file that are passed over."""
    made(book, tmp_path)
    whole = tmp_path / "whole.toml"
    whole.write_text(CARRIER)
    _, words = printed(
        book, capsys, "--from", "2026-10-01", "--to", "2026-10-30", "--plans", str(whole)
    )
    assert "The period ends within 2026-10: what is due by the month" in words
    assert "(acme), is charged at the month's end, so nothing of that month is in the" in words
    assert "whole.toml are simulated; its tables [account.…], [server.…] are passed" in words
    _, words = printed(
        book, capsys, "--from", "2026-10-05", "--to", "2026-10-31", "--card", "a-z=1"
    )
    assert "The period begins within 2026-10" in words
    _, words = printed(
        book, capsys, "--from", "2026-10-01", "--to", "2026-10-31", "--card", "a-z=1"
    )
    assert "The period" not in words


BY_CHANNEL = """
[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "3.10" } ]
"""


def test_a_plan_changes_from_its_day_on(book: Book, tmp_path: Path) -> None:
    """`from` in the file is honoured: earlier days keep their price."""
    made(book, tmp_path)
    later = tmp_path / "later.toml"
    later.write_text(
        '[plan.day]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.0090"\nfrom = 2026-10-07\n'
    )
    rows = {row.group: row for row in book.simulate(october(1), october(31), plans=later)}
    # 96 s at 0.0045, 114 s and 186 s at 0.0090, each day rounded up to four decimals
    assert rows["globex"].then == Decimal("0.0072") + Decimal("0.0171") + Decimal("0.0279")


def test_what_cannot_be_simulated_is_said(book: Book, tmp_path: Path) -> None:
    """Plans, cards and revisions that are not there, and what would change nothing."""
    idle_plan = BY_CHANNEL.replace("per_channel", "per_minute").replace("tiers", "rate")
    idle_plan = idle_plan.replace('[ { channels = 10, price = "3.10" } ]', '"0.01"')
    made(book, tmp_path, CARRIER + idle_plan)
    offer = tmp_path / "offer.toml"
    offer.write_text('[plan.new]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.01"\n')
    euros = tmp_path / "euros.toml"
    euros.write_text('[plan.day]\nmodel = "per_minute"\ncurrency = "EUR"\nrate = "0.01"\n')
    channels = tmp_path / "channels.toml"
    channels.write_text(BY_CHANNEL.replace("[plan.lines]", "[plan.day]"))
    percentile = tmp_path / "percentile.toml"
    percentile.write_text(BY_CHANNEL.replace("lines]", "burst]") + 'bill_by = "p95"\n')
    idle = tmp_path / "idle.toml"
    idle.write_text(DEARER.replace("[plan.day]", "[plan.lines]").partition("[plan.burst]")[0])
    late = tmp_path / "late.toml"
    late.write_text(DEARER.replace('"0.0045"', '"0.0045"\nfrom = 2026-11-01'))
    days = october(1), october(31)
    for refused, words in (
        (lambda: book.simulate(*days, plans=channels), "is per_minute, not per_channel; a plan"),
        (lambda: book.simulate(*days, plans=percentile), "is billed by the channels bought; a"),
        (lambda: book.simulate(*days, plans=idle), "no account is on plan 'lines' from 2026-10-01"),
        (lambda: book.simulate(*days, plans=late), "from 2026-11-01 on, after 2026-10-31; choose"),
        (lambda: book.simulate(on(1, month=9).date(), on(2, month=9).date()), "there are no calls"),
        (lambda: book.simulate(*days, plans=offer), "plan 'new' is not declared, so no account"),
        (lambda: book.simulate(*days, plans=euros), "is in USD, not in EUR"),
        (lambda: book.simulate(*days, cards={"x": 1}), "there is no card 'x'"),
        (lambda: book.simulate(*days, cards={"a-z": 9}), "card 'a-z' has no revision 9"),
        (lambda: book.simulate(*days, buy="x"), "there is no card 'x'"),
        (lambda: book.simulate(*days, by="moon"), "goes by account, destination"),
    ):
        with pytest.raises(InputError, match=words):
            refused()
