"""A first bill, by the words of the contract: every command, in the formats that scripts lean on."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.conftest import command
from tests.carriers import CARRIER, DECK, Call, on, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

LINES = """
[plan.lines]
model = "per_channel"
currency = "USD"
minimum_per_server = "20.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]
"""
OCTOBER = ("--from", "2026-10-01", "--to", "2026-10-02")


def make_billed(book: Book, folder: Path) -> None:
    """A carrier declared, with a card, calls, a payment, and billed for two days."""
    (folder / "carrier.toml").write_text(CARRIER)
    (folder / "deck.csv").write_text(DECK)
    calls = [
        Call("a1"),
        Call("a2", seconds=None),
        Call("g1", "globex", "+447700900123", seconds=61),
        Call("g2", "globex", "5370001", at=on(2), seconds=30),
        Call("n1", "nobody"),
    ]
    minutebook = partial(command, book)
    assert minutebook("apply", str(folder / "carrier.toml")).status == 0
    assert minutebook("card", "import", "a-z", str(folder / "deck.csv")).status == 0
    imported = minutebook(
        "--format", "json", "import", "auto", str(write_calls(folder / "cdr.csv", calls))
    )
    assert imported.status == 0
    counts = {
        "files": 1,
        "read": 5,
        "added": 4,
        "duplicates": 0,
        "quarantined": 1,
        "unanswered": 1,
        "seconds": 151.0,
    }
    assert counts.items() <= imported.json.items()
    assert minutebook("pay", "acme", "10.00", "--reference", "p1", "--at", "2026-10-01").status == 0
    bill = minutebook("--format", "json", "bill", "--through", "2026-10-02")
    assert bill.status == 0
    assert bill.json == {
        "run": 1,
        "through": "2026-10-02",
        "calls": 3,
        "unpriced": {"calls": 1, "seconds": 30.0},
        "quarantined": 1,
        "accounts": 2,
        "postings": 2,
        "total": {"USD": "-0.038"},
        "suspended": ["globex"],
        "resumed": [],
        "set_aside": [],
    }


@pytest.fixture
def billed(
    prepared: Callable[..., Book], commands: Callable[[Book], Callable[..., Ran]]
) -> Callable[..., Ran]:
    return commands(prepared(make_billed))


def test_the_statement_shows_every_day_and_adds_up(billed: Callable[..., Ran]) -> None:
    """Opening balance, each day's calls and amounts, closing balance, as the contract names them."""
    value = billed("--format", "json", "statement", "acme", *OCTOBER).json
    first = {
        "date": "2026-10-01",
        "calls": 2,
        "answered": 1,
        "seconds": 60.0,
        "billed_seconds": 60,
        "per_minute": "-0.005",
        "per_channel": "0.00",
        "minimum": "0.00",
        "other": "0.00",
        "payments": "10.00",
        "total": "9.995",
        "balance": "9.995",
    }
    assert first.items() <= value["days"][0].items()
    assert value["days"][1]["total"] == "0.00"
    assert (value["opening_balance"], value["closing_balance"]) == ("0.00", "9.995")
    assert (value["account"], value["currency"], value["billed_through"]) == (
        "acme",
        "USD",
        "2026-10-02",
    )


def test_calls_show_how_each_is_priced(billed: Callable[..., Ran]) -> None:
    """Prefix, destination, rate, billed seconds, cost and status of every call."""
    value = billed("--format", "json", "calls", "globex", *OCTOBER).json
    g1, g2 = value["calls"]
    expected = {
        "call_id": "g1",
        "server": "lon-1",
        "called": "447700900123",
        "called_recorded": "+447700900123",
        "answered_at": "2026-10-01T12:00:02Z",
        "seconds": 61.0,
        "billed_seconds": 66,
        "prefix": "447",
        "destination": "United Kingdom Mobile",
        "rate": "0.03",
        "connect_fee": "0",
        "cost": "0.033",
        "status": "priced",
    }
    assert expected.items() <= g1.items()
    assert (g2["call_id"], g2["status"], g2["prefix"], g2["cost"]) == ("g2", "unpriced", None, "0")
    unpriced = billed("--format", "json", "calls", "--unpriced", *OCTOBER).json
    assert [call["call_id"] for call in unpriced["calls"]] == ["g2"]


def test_quarantine_says_why(billed: Callable[..., Ran], tmp_path: Path) -> None:
    """Each record set aside is listed with its reason, file and line."""
    (record,) = billed("--format", "json", "calls", "--quarantine").json["quarantine"]
    assert (record["reason"], record["line"], record["call_id"]) == ("no_account", 6, "n1")
    assert record["file"].endswith("cdr.csv")
    assert json.loads(record["raw"])[0]["account_code"] == "nobody"


def test_totals_agree_with_the_ledger_by_every_group(billed: Callable[..., Ran]) -> None:
    """Whatever they are grouped by, calls and charges come to the same."""
    for by in ("account", "day", "month", "plan", "destination"):
        rows = billed("--format", "json", "totals", *OCTOBER, "--by", by).json["totals"]
        assert sum(row["calls"] for row in rows) == 4, by
        assert sum(Decimal(row["charges"]) for row in rows) == Decimal("-0.038"), by
        assert sum(Decimal(row["payments"]) for row in rows) == Decimal(10), by


def test_the_journal_sums_to_zero(billed: Callable[..., Ran]) -> None:
    """Every entry, with its sign, in CSV for the general ledger."""
    rows = list(csv.DictReader(io.StringIO(billed("--format", "csv", "journal", *OCTOBER).out)))
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert {row["ledger_account"] for row in rows} == {
        "customer:acme",
        "customer:globex",
        "cash",
        "revenue:usage",
    }


def test_explain_leads_from_call_to_charge_and_back(billed: Callable[..., Ran]) -> None:
    """From the record's line to the journal, and from the journal to its calls."""
    (call,) = billed("--format", "json", "explain", "g1").json["calls"]
    assert call["record"]["line"] == 4
    assert call["price"]["cost"] == "0.033"
    (posting,) = call["postings"]
    charge = billed("--format", "json", "explain", "--charge", posting["journal"]).json
    assert charge["amount"] == "-0.033"
    assert [c["call_id"] for c in charge["calls"]] == ["g1"]
    words = billed("explain", "g1").out
    assert "61" in words
    assert "66" in words


def test_price_by_card_plan_and_words_agree(billed: Callable[..., Ran]) -> None:
    """The three ways of asking give the same cost for the same terms."""
    by_plan = billed("--format", "json", "price", "+447700900123", "61", "--plan", "a-z").json
    by_rate = billed(
        "--format", "json", "price", "1", "61", "--rate", "0.03", "--increment", "60/6"
    ).json
    assert by_plan == {
        "prefix": "447",
        "destination": "United Kingdom Mobile",
        "rate": "0.03",
        "increment": "60/6",
        "billed_seconds": 66,
        "connect_fee": "0",
        "cost": "0.033",
        "effective_rate": "0.03246",
        "currency": "USD",
    }
    assert {**by_plan, "prefix": None, "destination": None, "currency": None} == by_rate


def test_a_number_without_a_rate_is_an_error_with_status_2(billed: Callable[..., Ran]) -> None:
    """Nothing is guessed for a prefix that the card lacks."""
    ran = billed("--format", "json", "price", "5370001", "60", "--card", "a-z")
    assert (ran.status, ran.json["error"]) == (2, "no_rate")


def test_verify_holds_on_an_honest_book(billed: Callable[..., Ran]) -> None:
    """All checks pass, with status 0."""
    ran = billed("--format", "json", "verify")
    assert (ran.status, ran.json["ok"]) == (0, True)


def test_strict_import_asks_for_a_person(billed: Callable[..., Ran], tmp_path: Path) -> None:
    """Under --strict, a record in quarantine makes the status 1; the rest is done."""
    file = write_calls(tmp_path / "more.csv", [Call("n2", "nobody"), Call("a9")])
    assert billed("import", "auto", str(file), "--strict").status == 1
    assert billed("--format", "json", "import", "--retry").json["read"] == 2


def test_cards_are_listed_shown_and_compared(billed: Callable[..., Ran], tmp_path: Path) -> None:
    """A later deck is a draft until it is taken live; the difference is by prefix."""
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(DECK.replace("0.03", "0.04") + "53,Cuba,0.7\n")
    assert billed("card", "import", "a-z", str(dearer)).status == 0
    rows = billed("--format", "json", "card", "list").json
    assert [(row["revision"], row["standing"]) for row in rows] == [(1, "in force"), (2, "draft")]
    diff = billed("--format", "json", "card", "diff", "a-z", "1", "2").json["differences"]
    assert [(row["prefix"], row["change"], row["rate_after"]) for row in diff] == [
        ("447", "dearer", "0.04"),
        ("53", "added", "0.7"),
    ]
    assert billed("card", "live", "a-z", "2", "--at", "2026-10-02").status == 0
    shown = billed("--format", "json", "card", "show", "a-z", "--at", "2026-10-02").json
    assert (shown["revision"], len(shown["prices"])) == (2, 4)
    assert billed("--format", "json", "bill", "--through", "2026-10-02").json["total"] == {
        "USD": "-0.70"
    }


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("statement", "acmee", *OCTOBER), "minutebook: account 'acmee' is not declared"),
        (("statement", "acme", "--from", "2026-02-30", "--to", "2026-10-01"), "minutebook: --from '2026-02-30' is not a date"),
        (("statement", "acme", "--from", "2026-10-02", "--to", "2026-10-01"), "comes before"),
        (("pay", "acme", "1,000.00", "--reference", "r"), "nothing between thousands"),
        (("pay", "acme", "-5", "--reference", "r"), "a payment is above 0"),
        (("pay", "acme", "5"), "Missing option '--reference'"),
        (("import", "auto", "no-such-file.csv"), "no-such-file.csv"),
        (("import", "morse", "no-such-file.csv"), "morse"),
        (("bill",), "--through"),
        (("explain", "nobody-called"), "no call 'nobody-called'"),
        (("price", "44", "60", "--rate", "0.01", "--card", "a-z"), "one of --card"),
        (("price", "44", "-1", "--rate", "0.01"), "minutebook:"),
        (("close", "2026-13", "--reason", "x"), "is not a month"),
        (("frobnicate",), "No such command"),
    ],
)  # fmt: skip
def test_wrong_words_are_one_line_with_status_2(
    billed: Callable[..., Ran], words: tuple[str, ...], error: str
) -> None:
    """An error is one line that says what is wrong, and nothing is printed as a result."""
    ran = billed(*words)
    assert (ran.status, ran.out) == (2, "")
    assert error in ran.err
    assert ran.err.startswith("minutebook: ")
    assert ran.err.count("\n") == 1


def test_a_month_of_channels_is_priced(minutebook: Callable[..., Ran], tmp_path: Path) -> None:
    """As the contract names it; the channels count toward the minimum."""
    (tmp_path / "lines.toml").write_text(LINES)
    assert minutebook("apply", str(tmp_path / "lines.toml")).status == 0
    words = ("price", "--plan", "lines", "--channels", "101", "--servers", "8")
    assert minutebook("--format", "json", *words, "--month", "2026-02").json == {
        "plan": "lines",
        "channels": 101,
        "servers": 8,
        "free_servers": 3,
        "channels_total": "95.95",
        "minimum_required": "100.00",
        "minimum_shortfall": "4.05",
        "month_total": "100.00",
        "currency": "USD",
    }
    for wrong, error in (
        (("price", "--plan", "lines", "--channels", "-1"), "0 or more"),
        (("price", "--plan", "nine", "--channels", "1"), "is not declared"),
        (("price", "--channels", "1"), "--channels goes with --plan"),
        (("price", "44", "--plan", "lines"), "say the number and the seconds"),
        (("price", "44", "1", "--plan", "lines", "--servers", "1"), "go with --channels"),
    ):
        ran = minutebook(*wrong)
        assert (ran.status, ran.out) == (2, "")
        assert error in ran.err


def test_servers_and_their_minimum_by_command(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Deployed, listed, retired, and where the month's minimum stands."""
    account = (
        '[account.acme]\nplan = "lines"\nchannels = 10\nfrom = 2026-10-01\ndebit_limit = "50"\n'
    )
    (tmp_path / "lines.toml").write_text(LINES + account)
    assert minutebook("apply", str(tmp_path / "lines.toml")).status == 0
    json_of = ("--format", "json", "server")
    for name in ("s1", "s2", "s3"):
        ran = minutebook(*json_of, "deploy", name, "--account", "acme", "--on", "2026-10-01")
        assert ran.status == 0
    assert ran.json["free"] is False
    refused = minutebook("server", "deploy", "s4", "--account", "acme", "--on", "2026-10-01")
    assert (refused.status, refused.out) == (2, "")
    assert "10.00 is missing" in refused.err
    retired = minutebook(*json_of, "retire", "s3", "--on", "2026-10-31")
    assert retired.json["retired"] == "2026-10-31"
    assert [row["server"] for row in minutebook(*json_of, "list").json["servers"]] == [
        "s1",
        "s2",
        "s3",
    ]
    assert minutebook("bill", "--through", "2026-10-31").status == 0
    standing = minutebook("--format", "json", "minimum", "acme", "--month", "2026-10").json
    assert (standing["required"], standing["spent"], standing["met"]) == ("40.00", "12.00", False)
    day = minutebook(
        "--format", "json", "statement", "acme", "--from", "2026-10-31", "--to", "2026-10-31"
    ).json["days"][0]
    assert (day["per_channel"], day["minimum"]) == ("-0.387", "-28.00")
    use = minutebook(
        "--format", "json", "channels", "acme", "--from", "2026-10-31", "--to", "2026-10-31"
    ).json
    assert (use["channels_bought"], use["days"][0]["peak"]) == (10, 0)
