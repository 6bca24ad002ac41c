"""What a run would post beyond the bounds of what an account is used to waits for a person."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.carriers import Call, declare, ledger, october, on, take_in
from tests.serving import on_port
from tests.web.conftest import PASSWORD, Visitor

from minutebook.book.clock import user
from minutebook.lake import proving
from minutebook.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

CARRIER = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "1"

[account.acme]
plan = "flat"
from = 2026-10-01
debit_limit = "100000.00"
match = [ { account_code = "acme" } ]

[account.globex]
plan = "flat"
from = 2026-10-01
debit_limit = "100000.00"
match = [ { account_code = "globex" } ]
"""
MINUTE = 60.0


def calls(name: str, day: int, minutes: int, count: int = 1) -> list[Call]:
    """Calls of an account on a day of October that cost a dollar a minute."""
    each = MINUTE * minutes / count
    return [
        Call(f"{name}-{day}-{n}", name, at=on(day, 8 + n % 12), seconds=each) for n in range(count)
    ]


@pytest.fixture
def used(book: Book, tmp_path: Path) -> Book:
    """Eight days of 100.00 USD each for two accounts, billed."""
    declare(book, tmp_path, CARRIER, None)
    eight = [
        call
        for day in range(1, 9)
        for name in ("acme", "globex")
        for call in calls(name, day, 100, 5)
    ]
    take_in(book, tmp_path, *eight)
    assert book.bill(october(8)).postings == 16
    return book


def forge(lake: Path) -> None:
    """Take half of acme's calls out of the only file, and out of what the log says of it."""
    (file,) = lake.glob("**/*.parquet")
    (entry,) = [e for e in (lake / "_delta_log").glob("*.json") if file.name in e.read_text()]
    whole, size = pl.read_parquet(file), file.stat().st_size
    half = whole.filter((pl.col("account") != "acme") | (pl.col("call_id") < "acme-1-5"))
    half.write_parquet(file)
    said = entry.read_text()
    for was, now in ((size, file.stat().st_size), (whole.height, half.height)):
        said = re.sub(rf'("size"|numRecords\\")(:){was}\b', rf"\g<1>\g<2>{now}", said)
    entry.write_text(said)


def bill(minutebook: Callable[..., Ran], day: int) -> Ran:
    return minutebook("--format", "json", "bill", "--through", str(october(day)))


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_day_far_beyond_the_usual_waits_until_it_is_let_pass(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than three times the usual: that account's day waits, told by all, and passes once a person says so.

    A run that is killed in between posts nothing of it, and the next one all."""
    take_in(used, tmp_path, *calls("acme", 9, 301), *calls("globex", 9, 300))
    ran = bill(minutebook, 9)
    assert (ran.status, ran.json["postings"]) == (1, 1)
    (aside,) = ran.json["set_aside"]
    assert (aside["account"], aside["from"], aside["parked"]) == ("acme", "2026-10-09", True)
    assert aside["reason"] == (
        "the calls of 2026-10-09 come to 301.00 USD, more than 3 times its usual day, 100.00 USD"
    )
    again = bill(minutebook, 9)
    assert (again.status, again.json["run"], again.json["postings"]) == (1, ran.json["run"], 0)
    assert again.json["set_aside"] == [aside]
    (parked,) = minutebook("--format", "json", "parked", "list").json["parked"]
    assert (parked["account"], parked["date"], parked["beyond"]) == ("acme", "2026-10-09", "day")
    assert (parked["due"], parked["amount"], parked["usual"]) == ("301.00", "-301.00", "100.00")
    verified = minutebook("verify")
    assert verified.status == 0
    assert "minutebook parked pass acme --reason TEXT" in verified.out
    reviewed = minutebook("review", "acme", "--from", "2026-10-01", "--to", "2026-10-09")
    assert "acme is parked from 2026-10-09" in " ".join(reviewed.out.split())
    assert minutebook("parked", "pass", "acme", "--reason", "a campaign").status == 0
    told = minutebook("parked", "pass", "acme", "--reason", "another reason").out
    assert "a campaign" in told
    assert ("acme", "2026-10-09", "usage") not in ledger(used)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr("minutebook.billing.bill.post", stopped)
        used.bill(october(9))
    assert ("acme", "2026-10-09", "usage") not in ledger(used)

    last = bill(minutebook, 9)
    assert (last.status, last.json["postings"], last.json["set_aside"]) == (0, 1, [])
    assert ledger(used)["acme", "2026-10-09", "usage"] == "-301.00"
    journal = minutebook("--format", "csv", "journal", "--from", "2026-10-09", "--to", "2026-10-09")
    assert f"let pass by {user()}: a campaign" in journal.out
    audit = minutebook("--format", "json", "audit", "--account", "acme").json["deeds"]
    assert [(deed["what"], deed["reason"]) for deed in audit if deed["kind"] == "pass"] == [
        (f"what run {ran.json['run']} parked of acme may pass: charges of 301.00 USD", "a campaign")
    ]
    assert minutebook("parked", "list").out.endswith("Nothing is parked.\n")
    assert bill(minutebook, 9).json["postings"] == 0
    assert minutebook("verify").status == 0
    # what a person let pass is usual from then on
    take_in(used, tmp_path, *calls("acme", 10, 320))
    assert bill(minutebook, 10).status == 0


@pytest.mark.provokes(
    "web/pages/accounts/parked.py: what is parked is no longer what was shown; look at it again",
    when="What is parked has changed since the page that somebody decides on was opened.",
)
def test_what_is_parked_is_let_pass_and_held_back_in_a_browser(
    used: Book, minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """As it was shown: what has changed meanwhile is looked at again; once, and in the name of who decides."""
    take_in(used, tmp_path, *calls("acme", 9, 301), *calls("globex", 9, 100))
    minutebook("bill", "--through", "2026-10-09")
    tokens = {}
    for role in ("finance", "engineer"):
        used.users.add(role, role, None, PASSWORD)
        tokens[role] = used.sessions.sign_in(role, PASSWORD).token  # type: ignore[union-attr]
    with on_port(site(used)) as at:
        finance, engineer = (Visitor(at, tokens[role]) for role in ("finance", "engineer"))
        shown = finance.get("/parked")
        assert "acme 2026-10-09 usage 0.00 301.00" in shown.words
        assert "Let it pass" not in engineer.get("/parked").words
        said = {**shown.seen.fields, "account": "acme", "reason": "a campaign"}
        assert finance.post("/parked/pass", {**said, "reason": ""}).status == 422
        stale = finance.post("/parked/pass", {**said, "seen": "x", "_once": "other"})
        assert (stale.status, "look at it again" in stale.words) == (422, True)
        assert [finance.post("/parked/pass", said).status for _ in range(2)] == [303, 303]
        (passed,) = used.runs.parked()
        assert passed.passed is not None
        assert (passed.passed.by, passed.passed.reason) == ("user:finance", "a campaign")
        again = finance.get("/parked")
        held = {**again.seen.fields, "account": "", "reason": "a slip"}
        assert finance.post("/parked/hold", held).status == 303
        assert used.runs.parked()[0].passed is None
        assert finance.post("/parked/none", held).status == 404


def test_what_changes_beyond_what_was_let_pass_is_parked_again(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """A pass is for the amounts that were seen; other days of the account wait with it."""
    take_in(used, tmp_path, *calls("acme", 9, 500), *calls("acme", 10, 50))
    assert bill(minutebook, 10).json["postings"] == 0
    listed = minutebook("--format", "json", "parked", "list").json["parked"]
    assert [(row["date"], row["beyond"]) for row in listed] == [
        ("2026-10-09", "day"),
        ("2026-10-10", None),
    ]
    assert minutebook("parked", "pass", "--all", "--reason", "seen").status == 0
    late = Call("late", "acme", at=on(9, 22), seconds=MINUTE)
    take_in(used, tmp_path, late)
    assert bill(minutebook, 10).status == 1
    (row, _) = minutebook("--format", "json", "parked", "list").json["parked"]
    assert (row["due"], row["passed_by"]) == ("501.00", None)
    used.corrections.correct("late", "never was", void=True)
    assert minutebook("parked", "pass", "acme", "--reason", "seen again").status == 0
    assert bill(minutebook, 10).status == 0
    posted = ledger(used)
    assert posted["acme", "2026-10-09", "usage"] == "-500.00"
    assert posted["acme", "2026-10-10", "usage"] == "-50.00"
    assert minutebook("verify").status == 0


def test_a_pass_is_taken_back_before_a_run_posts_it(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """It waits again until it is let pass anew; once it is posted there is nothing to hold."""
    take_in(used, tmp_path, *calls("acme", 9, 500))
    bill(minutebook, 9)
    minutebook("parked", "pass", "acme", "--reason", "the wrong one")
    held = minutebook("--format", "json", "parked", "hold", "acme", "--reason", "a slip")
    assert [row["passed_by"] for row in held.json["parked"]] == [None]
    assert bill(minutebook, 9).json["postings"] == 0
    # what was held back is not usual either
    take_in(used, tmp_path, *calls("acme", 10, 400))
    bill(minutebook, 10)
    beyond = minutebook("--format", "json", "parked", "list").json["parked"]
    assert [row["beyond"] for row in beyond] == ["day", "day"]
    minutebook("parked", "pass", "acme", "--reason", "both are right")
    assert bill(minutebook, 10).json["postings"] == 2
    assert minutebook("parked", "hold", "acme", "--reason", "too late").status == 2
    audit = minutebook("--format", "json", "audit", "--account", "acme").json["deeds"]
    assert [d["reason"] for d in audit if d["kind"] in ("pass", "hold")] == [
        "the wrong one", "a slip", "both are right",
    ]  # fmt: skip
    assert minutebook("verify").status == 0


def test_what_was_let_pass_and_is_posted_back_is_usual_no_longer(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """A second slip is parked as the first was."""
    take_in(used, tmp_path, *calls("acme", 9, 5000))
    bill(minutebook, 9)
    minutebook("parked", "pass", "acme", "--reason", "by mistake")
    assert bill(minutebook, 9).json["postings"] == 1
    used.corrections.correct("acme-9-0", "stuck", duration_ms=60_000)
    assert bill(minutebook, 9).json["total"] == {"USD": "4999.00"}
    take_in(used, tmp_path, *calls("acme", 10, 5000))
    assert bill(minutebook, 10).json["set_aside"][0]["parked"] is True


def test_calls_that_are_gone_are_not_refunded_unseen(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old lake without digests under today's ledger, priced again by a new price: only the bound sees it."""
    with monkeypatch.context() as earlier:
        earlier.setattr(proving, "digested_name", lambda stem, _: f"{stem}.parquet")
        declare(book, tmp_path, CARRIER, None)
        take_in(book, tmp_path, *calls("acme", 1, 200, 10), *calls("globex", 1, 200, 10))
        assert book.bill(october(1)).postings == 2
    lake, kept = book.path / "lake", tmp_path / "kept"
    shutil.copytree(lake, kept)
    forge(lake / "calls")
    cheaper = tmp_path / "cheaper.toml"
    cheaper.write_text(CARRIER.replace('rate = "1"', 'rate = "0.5"\nfrom = 2026-10-01'))
    before = ledger(book)
    assert minutebook("apply", str(cheaper)).status == 0, minutebook("apply", str(cheaper)).err
    ran = bill(minutebook, 1)
    assert ran.status == 1, ran.out + ran.err
    (aside,) = ran.json["set_aside"]
    assert aside["reason"].startswith(
        "calls of 1 billed day from 2026-10-01 on are gone: 150.00 of 200.00 USD"
    )
    assert ledger(book)["acme", "2026-10-01", "usage"] == before["acme", "2026-10-01", "usage"]
    assert ledger(book)["globex", "2026-10-01", "usage"] == "-100.00"
    shutil.rmtree(lake)
    shutil.copytree(kept, lake)
    mended = bill(minutebook, 1)
    assert (mended.status, mended.json["postings"]) == (0, 1)
    assert ledger(book)["acme", "2026-10-01", "usage"] == "-100.00"


def test_what_a_person_said_is_not_parked(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """Corrections, imports taken back and cheaper prices of the same calls are posted, however much they pay back."""
    used.corrections.correct("acme-1-0", "never was", void=True)
    used.corrections.undo_import(used.corrections.imports()[0].id, "the wrong file")
    ran = bill(minutebook, 8)
    assert (ran.status, ran.json["postings"], ran.json["total"]) == (0, 16, {"USD": "1600.00"})


def test_a_young_account_a_small_one_and_a_first_bill_are_not_parked(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """There is nothing usual before seven charged days, and nothing large up to the floor."""
    declare(book, tmp_path, CARRIER, None)
    first = [call for day in range(1, 8) for call in calls("acme", day, 1)]
    take_in(book, tmp_path, *first, *calls("acme", 8, 5000), *calls("globex", 1, 1))
    assert bill(minutebook, 8).status == 0
    small = [call for day in range(2, 9) for call in calls("globex", day, 1)]
    take_in(book, tmp_path, *small)
    assert bill(minutebook, 9).status == 0
    take_in(book, tmp_path, *calls("globex", 10, 100))
    assert bill(minutebook, 10).status == 0
    take_in(book, tmp_path, *calls("globex", 11, 101))
    assert bill(minutebook, 11).status == 1


def test_bounds_are_settings_and_may_be_off(
    used: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """In book.toml; a wrong one is refused with its name."""
    settings = used.path / "book.toml"
    said = settings.read_text()
    take_in(used, tmp_path, *calls("acme", 9, 1000))
    settings.write_text(said + 'bound_day_times = "often"\n')
    refused = minutebook("bill", "--through", "2026-10-09")
    assert (refused.status, "bound_day_times 'often'" in refused.err) == (2, True)
    settings.write_text(said + 'bound_day_times = "10"\n')
    assert bill(minutebook, 9).status == 0
    settings.write_text(said + 'bound_day_times = "off"\n')
    take_in(used, tmp_path, *calls("acme", 10, 9000))
    assert bill(minutebook, 10).status == 0
