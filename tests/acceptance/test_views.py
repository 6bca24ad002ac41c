"""The views of daily work: totals by several groups, who was charged what, entries chosen and summed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.conftest import command
from tests.carriers import CARRIER, Call, declare, on, take_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran
    from tests.conftest import Cluster

    from minutebook.book import Book

INITECH = """
[plan.euros]
model = "per_minute"
currency = "EUR"
rate = "0.01"

[account.initech]
name = "Initech"
plan = "euros"
from = 2026-10-01
debit_limit = "10.00"
match = [ { account_code = "initech" } ]
"""
OCTOBER = ("--month", "2026-10")
DAYS = ("--from", "2026-10-03", "--to", "2026-10-06")
FIGURES = ("calls", "answered", "billed_seconds", "unpriced_calls", "charges", "payments")


def make_billed(book: Book, folder: Path) -> None:
    """Three accounts in two currencies, over the turn of a week: 4 October 2026 is a Sunday."""
    declare(book, folder, CARRIER + INITECH)
    take_in(
        book,
        folder,
        Call("a1", at=on(3), seconds=60),
        Call("a2", at=on(4), seconds=90),
        Call("a3", at=on(4, 13), seconds=None),
        Call("a4", at=on(5), seconds=30.5),
        Call("g1", "globex", "447700900123", at=on(4), seconds=61),
        Call("g2", "globex", "353100", at=on(5), seconds=30),
        Call("g3", "globex", "442079460123", at=on(5), seconds=None),
        Call("g4", "globex", "442079460123", at=on(6), seconds=None),
        Call("i1", "initech", at=on(4), seconds=600),
    )
    pay = ("pay", "acme", "5", "--reference", "b-1", "--at", "2026-10-03")
    assert command(book, *pay).status == 0
    assert command(book, "bill", "--through", "2026-10-06").status == 0


@pytest.fixture
def book(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


@pytest.fixture
def billed(minutebook: Callable[..., Ran]) -> Callable[..., Ran]:
    return minutebook


def _totals(billed: Callable[..., Ran], *words: str) -> Any:
    ran = billed("--format", "json", "totals", *DAYS, *words)
    assert ran.status == 0, ran.err
    return ran.json


def test_totals_by_several_groups_come_to_those_by_each(billed: Callable[..., Ran]) -> None:
    """Said twice or with a comma; every grouping adds up to one sum for each currency."""
    twice = _totals(billed, "--by", "account", "--by", "day")
    assert twice == _totals(billed, "--by", "account,day")
    assert twice["by"] == "account,day"
    keys = [(row["account"], row["day"]) for row in twice["totals"]]
    assert keys == sorted(keys)
    by_account = _totals(billed)
    for account, rows in groupby(twice["totals"], lambda row: row["account"]):
        (whole,) = (row for row in by_account["totals"] if row["account"] == account)
        assert _summed(list(rows)) == _summed([whole])
    for by in (
        "day",
        "week",
        "month",
        "plan",
        "destination",
        "destination,account",
        "plan,destination",
    ):
        found = _totals(billed, "--by", by)
        assert found["sum"] == by_account["sum"], by
        for total in found["sum"]:
            of = [row for row in found["totals"] if row["currency"] == total["currency"]]
            assert _summed(of) == _summed([total]), by


def _summed(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {key: sum((Decimal(row[key]) for row in rows), Decimal(0)) for key in FIGURES}


def test_totals_of_one_account(billed: Callable[..., Ran]) -> None:
    """What the account has among all; a name that nobody has is refused, with the one that is near."""
    alone = _totals(billed, "--account", "globex", "--by", "account,destination")["totals"]
    every = _totals(billed, "--by", "account,destination")["totals"]
    assert alone == [row for row in every if row["account"] == "globex"]
    assert {row["destination"] for row in alone} == {
        "United Kingdom",
        "United Kingdom Mobile",
        "(unpriced)",
    }
    refused = billed("totals", *DAYS, "--account", "globx")
    assert refused.status == 2
    assert "did you mean globex?" in refused.err


def test_weeks_go_from_monday_to_sunday(billed: Callable[..., Ran]) -> None:
    """As ISO 8601 counts them: the Sunday is still of the week before."""
    weeks = _totals(billed, "--account", "acme", "--by", "week")["totals"]
    assert [(row["week"], row["calls"]) for row in weeks] == [("2026-W40", 3), ("2026-W41", 1)]
    parts = _totals(billed, "--account", "acme", "--by", "week,destination")["totals"]
    assert {row["week"] for row in parts} == {"2026-W40", "2026-W41"}


def test_ratios_are_of_the_sums(billed: Callable[..., Ran]) -> None:
    """ASR and ACD of a sum are not sums of ratios; none where there is nothing to divide; a feed
    without unanswered attempts is named."""
    found = _totals(billed, "--by", "account,day")
    for row in [*found["totals"], *found["sum"]]:
        asr = Fraction(100 * row["answered"], row["calls"]) if row["calls"] else None
        assert row["asr_percent"] == (None if asr is None else pytest.approx(float(asr), abs=0.05))
        if not row["answered"]:
            assert row["acd_seconds"] is None
    dollars = next(total for total in found["sum"] if total["currency"] == "USD")
    assert (dollars["calls"], dollars["answered"]) == (8, 5)
    assert (dollars["asr_percent"], dollars["acd_seconds"]) == (62.5, 54.3)
    assert found["only_answered"] == ["initech"]
    printed = billed("totals", *DAYS, "--by", "account")
    assert "No unanswered attempt of initech is recorded" in printed.out


def test_the_last_lines_of_a_table_are_its_sums(billed: Callable[..., Ran]) -> None:
    """One for each currency, under a rule; CSV, which programs add up, has none."""
    lines = billed("totals", *DAYS, "--by", "account,day").out.splitlines()
    rules = [n for n, line in enumerate(lines) if "──" in line]
    euros, dollars = lines[rules[1] + 1 : rules[1] + 3]
    assert euros.split()[:2] == ["Sum", "EUR"]
    assert dollars.split()[:2] == ["Sum", "USD"]
    rows = billed("--format", "csv", "totals", *DAYS, "--by", "account,day").out.splitlines()
    assert not any(row.startswith("Sum") for row in rows)
    assert len(rows) == 1 + len(_totals(billed, "--by", "account,day")["totals"])


def test_a_run_says_who_was_charged_what(
    new_book: Callable[[], Book], commands: Callable[[Book], Callable[..., Ran]], tmp_path: Path
) -> None:
    """By account and kind, as the run's total has it; a run that changes nothing lists nobody."""
    book = new_book()
    minutebook = commands(book)
    declare(book, tmp_path, CARRIER + INITECH)
    take_in(book, tmp_path, Call("a1", at=on(3)), Call("i1", "initech", at=on(4), seconds=600))
    words = ("bill", "--through", "2026-10-06", "--by", "account")
    first = minutebook("--format", "json", *words).json
    assert first["by_account"] == [
        {
            "account": account,
            "currency": currency,
            "postings": 1,
            "per_minute": amount,
            "per_channel": "0.00",
            "minimum": "0.00",
            "short_calls": "0.00",
            "other": "0.00",
            "total": amount,
        }
        for account, currency, amount in (("acme", "USD", "-0.005"), ("initech", "EUR", "-0.10"))
    ]
    assert first["total"] == {"EUR": "-0.10", "USD": "-0.005"}
    assert minutebook("--format", "json", *words).json["by_account"] == []
    assert "Charged by this run" not in minutebook(*words).out
    take_in(book, tmp_path, Call("late", at=on(3, 15), seconds=120))
    printed = minutebook(*words).out
    assert "Charged by this run" in printed
    assert printed.split("Charged by this run")[1].split()[-3:] == ["Sum", "USD", "-0.01"]
    assert minutebook("--format", "csv", *words).out.splitlines() == [
        "account,currency,postings,per_minute,per_channel,minimum,short_calls,other,total"
    ]


def _entries(billed: Callable[..., Ran], *words: str) -> list[dict[str, Any]]:
    ran = billed("--format", "json", "journal", "--month", "2026-10", *words)
    assert ran.status == 0, ran.err
    found: list[dict[str, Any]] = ran.json["entries"]
    return found


def test_entries_are_chosen_by_what_must_hold_together(
    billed: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By account, kind, reference and author: those of all entries that it holds for, both sides; what
    undoes a payment is found by the payment's reference."""
    monkeypatch.setenv("LOGNAME", "bob")
    assert billed("reverse", "b-1", "--reason", "bounced", "--at", "2026-10-05").status == 0
    assert billed("pay", "globex", "7", "--reference", "b-1", "--at", "2026-10-05").status == 0
    every = _entries(billed)
    for words, holds in (
        (("--account", "acme"), lambda e: e["account"] == "acme"),
        (("--kind", "payment"), lambda e: e["kind"] == "payment"),
        (("--by", "bob"), lambda e: e["by"] == "bob"),
        (("--reference", "b-1"), lambda e: e["kind"] == "payment"),
        (
            ("--account", "acme", "--by", "bob"),
            lambda e: e["account"] == "acme" and e["by"] == "bob",
        ),
        (("--kind", "usage", "--by", "bob"), lambda _: False),
    ):
        chosen = _entries(billed, *words)
        assert chosen == [entry for entry in every if holds(entry)], words
        trial = billed("--format", "json", "journal", *OCTOBER, *words, "--trial-balance")
        assert trial.status == 0
        assert all(total["balanced"] for total in trial.json["sum"])
    assert billed("--format", "json", "journal", "--reference", "b-1").json["entries"] == [
        entry for entry in every if entry["kind"] == "payment"
    ]
    for words, said in (
        (("--account", "acne"), "did you mean acme?"),
        (("--kind", "payments"), "did you mean payment?"),
        (("--by", "bobb"), "did you mean bob?"),
    ):
        refused = billed("journal", *OCTOBER, *words)
        assert (refused.status, said in refused.err) == (2, True), refused.err


def test_a_trial_balance_adds_up_what_the_journal_lists(billed: Callable[..., Ran]) -> None:
    """By ledger account and month, to the digit; balances go on from those before; debits are credits."""
    assert billed("pay", "acme", "3.5", "--reference", "b-2", "--at", "2026-11-02").status == 0
    assert (
        billed(
            "adjust", "initech", "1", "--reason", "x", "--reference", "c", "--on", "2026-11-03"
        ).status
        == 0
    )
    words = ("--from", "2026-10-04", "--to", "2026-11-30")
    found = billed("--format", "json", "journal", *words, "--trial-balance").json
    entries = billed(
        "--format", "json", "journal", "--from", "2026-01-01", "--to", "2026-11-30"
    ).json["entries"]
    assert found["balanced"] is True
    months = [line["month"] for line in found["lines"]]
    assert months == sorted(months)
    assert set(months) == {"2026-10", "2026-11"}
    for line in found["lines"]:
        own = [
            e
            for e in entries
            if (e["ledger_account"], e["currency"]) == (line["ledger_account"], line["currency"])
        ]
        here = [e for e in own if e["date"] >= "2026-10-04" and e["date"][:7] == line["month"]]
        assert Decimal(line["debits"]) == sum(Decimal(e["debit"] or 0) for e in here)
        assert Decimal(line["credits"]) == sum(Decimal(e["credit"] or 0) for e in here)
        to_date = [Decimal(e["amount"]) for e in own if e["date"][:7] <= line["month"]]
        assert Decimal(line["balance"]) == sum(to_date)
    acme = [line for line in found["lines"] if line["ledger_account"] == "customer:acme"]
    assert [line["balance"] for line in acme] == ["4.9849", "8.4849"]
    for total in found["sum"]:
        assert (total["debits"], total["balance"]) == (total["credits"], "0.00")
    printed = billed("journal", *words, "--trial-balance").out.splitlines()
    rules = [n for n, line in enumerate(printed) if "──" in line]
    assert [line.split()[:2] for line in printed[rules[1] + 1 : rules[1] + 3]] == [
        ["Sum", "EUR"],
        ["Sum", "USD"],
    ]
    assert "Debits are as much as credits" in printed[-1]


def test_books_that_do_not_balance_say_so(
    billed: Callable[..., Ran], book: Book, cluster: Cluster
) -> None:
    """Status 1, with the currency: somebody wrote past the program."""
    assert book.settings.database is not None
    with cluster.admin(book.settings.database) as connection:
        connection.execute("set search_path = minutebook; set session_replication_role = replica")
        connection.execute("update entry set amount = amount + 1 where ledger_account = 'cash'")
    for words in (OCTOBER, ("--month", "2026-11")):  # also where it was wrong before
        ran = billed("journal", *words, "--trial-balance")
        assert ran.status == 1
        assert "Debits and credits differ in USD; see where with: minutebook verify" in ran.out
