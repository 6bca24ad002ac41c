"""What fails for one account sets that account aside, and the rest is billed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, on, take_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran
    from tests.conftest import Cluster

    from minutebook.book import Book

THIRD = """
[plan.servers]
model = "per_minute"
currency = "USD"
rate = "0.01"
minimum_per_server = "31.00"

[account.initech]
plan = "servers"
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "initech" } ]

[server.ini-1]
account = "initech"
deployed = 2026-10-01

[server.ini-2]
account = "initech"
deployed = 2026-10-01
"""


@pytest.mark.provokes(
    "billing/close_month.py: … is set aside since … (…); mend that, and bill through … again",
    when="`minutebook close 2026-10 --reason reported`: a run set an account aside for a day of the month.",
)
def test_an_account_whose_prices_fail_waits_and_the_rest_is_billed(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """A card's prices are gone: its account waits, told by bill, verify and close, until they are back."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", "globex"))
    assert minutebook("bill", "--through", "2026-10-01").status == 0
    take_in(book, tmp_path, Call("c", at=on(2)), Call("d", "globex", at=on(2)))
    take_in(book, tmp_path, Call("late", "globex"))
    (prices,) = (book.path / "lake").glob("**/cards/*.parquet")
    kept = prices.read_bytes()
    prices.unlink()

    ran = minutebook("bill", "--through", "2026-10-31")
    assert ran.status == 1
    assert (
        "globex is set aside from 2026-10-01, 2 days: plan 'a-z': the prices of a card" in ran.out
    )
    assert ledger(book) == {
        ("acme", "2026-10-01", "usage"): "-0.005",
        ("acme", "2026-10-02", "usage"): "-0.005",
        ("globex", "2026-10-01", "usage"): "-0.01",
    }
    told = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (told.status, told.json["run"], told.json["postings"]) == (1, 2, 0)
    assert [(one["account"], one["from"], one["days"]) for one in told.json["set_aside"]] == [
        ("globex", "2026-10-01", 2)
    ]
    assert "globex is set aside from 2026-10-01" in minutebook("verify").out
    days = ("--from", "2026-10-01", "--to", "2026-10-01")
    assert "globex is set aside from 2026-10-01" in minutebook("statement", "globex", *days).out
    shown = minutebook("--format", "json", "statement", "globex", *days).json
    assert shown["set_aside"]["from"] == "2026-10-01"
    assert minutebook("--format", "json", "statement", "acme", *days).json["set_aside"] is None
    later = ("--from", "2026-10-20", "--to", "2026-10-31")
    assert "set aside" not in minutebook("statement", "globex", *later).out
    refused = minutebook("close", "2026-10", "--reason", "month end")
    assert (refused.status, "globex is set aside since" in refused.err) == (2, True)

    take_in(book, tmp_path, Call("e", at=on(1, 15)))
    assert minutebook("--format", "json", "bill", "--through", "2026-10-31").json["calls"] == 1
    prices.write_bytes(kept)
    mended = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (mended.status, mended.json["calls"], mended.json["set_aside"]) == (0, 2, [])
    assert ledger(book)["globex", "2026-10-01", "usage"] == "-0.02"
    assert ledger(book)["globex", "2026-10-02", "usage"] == "-0.01"
    journal = minutebook("journal", "--from", "2026-10-02", "--to", "2026-10-02").out
    assert "it was set aside: plan 'a-z'" in journal
    assert minutebook("verify").status == 0
    assert minutebook("--format", "json", "bill", "--through", "2026-10-31").json["postings"] == 0


@pytest.mark.provokes(
    "rating/table.py: price … is out of range; it must be below …",
    when="A run, of an account whose plan an earlier version of the program let have such a price.",
)
def test_an_amount_that_cannot_be_sets_its_account_aside(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran], cluster: Cluster
) -> None:
    """Prices of an older book, which apply refuses now, stop neither the others nor a later run."""
    declare(book, tmp_path)
    (tmp_path / "third.toml").write_text(THIRD, "utf-8")
    assert minutebook("apply", str(tmp_path / "third.toml")).status == 0
    take_in(book, tmp_path, Call("a"), Call("b", "initech"))

    def say(plan: str, key: str, value: str) -> None:
        with cluster.admin(str(book.settings.database)) as admin:
            admin.execute(
                "update minutebook.plan_revision set body = jsonb_set(body, %s, to_jsonb(%s::text))"
                " where plan = %s",
                ["{" + key + "}", value, plan],
            )

    say("servers", "minimum_per_server,price", "999999999999999999")
    say("flat", "rate", "1000000000")
    told = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (told.status, told.json["postings"]) == (1, 0)
    acme, initech = told.json["set_aside"]
    assert (acme["account"], acme["from"]) == ("acme", "2026-10-01")
    assert "plan 'flat': price 1000000000 is out of range" in acme["reason"]
    assert initech["reason"] == (
        "minimum of 2026-10-31 comes to 1999999999999999997.99 USD, more than an amount may be;"
        " correct its prices"
    )
    say("flat", "rate", "0.005")
    one = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (one.status, [aside["account"] for aside in one.json["set_aside"]]) == (1, ["initech"])
    assert ledger(book) == {("acme", "2026-10-01", "usage"): "-0.005"}
    again = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (again.status, again.json["run"]) == (1, one.json["run"])
    assert minutebook("verify").status == 0
    say("servers", "minimum_per_server,price", "31.00")
    last = minutebook("--format", "json", "bill", "--through", "2026-10-31")
    assert (last.status, last.json["calls"], last.json["set_aside"]) == (0, 1, [])
    assert ledger(book) == {
        ("acme", "2026-10-01", "usage"): "-0.005",
        ("initech", "2026-10-01", "usage"): "-0.01",
        ("initech", "2026-10-31", "minimum"): "-61.99",
    }
    assert minutebook("verify").status == 0
