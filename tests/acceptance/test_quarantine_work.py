"""The quarantine as a place of work: chosen, counted, tried again, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, on, write_calls

from minutebook.book.clock import today, user
from minutebook.days import ONE_DAY
from minutebook.lake import quarantine_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book


@pytest.fixture
def waiting(book: Book, tmp_path: Path) -> None:
    """Three calls of nobody, and one without a called number."""
    declare(book, tmp_path)
    calls = [Call(f"n{n}", account_code="nobody") for n in range(3)]
    book.import_calls([write_calls(tmp_path / "c.csv", [*calls, Call("m", called=""), Call("ok")])])


@pytest.mark.usefixtures("waiting")
def test_what_waits_is_counted_and_chosen(minutebook: Callable[..., Ran]) -> None:
    """By reason, source and day; a filter chooses, and a reason that is none is refused by name."""
    json = ("--format", "json", "quarantine")
    ran = minutebook(*json, "--by", "reason")
    assert ran.err == ""
    counts = ran.json
    assert [(row["reason"], row["records"]) for row in counts["counts"]] == [
        ("no_account", 3),
        ("missing_value", 1),
    ]
    assert counts["records"] == 4
    assert minutebook(*json, "--by", "day").json["counts"][0]["day"] == str(today())
    assert minutebook(*json, "--by", "source").json["counts"][0]["source"] == "minutebook"
    chosen = minutebook(*json, "--because", "missing_value").json["quarantine"]
    assert [record["call_id"] for record in chosen] == ["m"]
    assert minutebook(*json, "--source", "proxy").json["quarantine"] == []
    assert minutebook(*json, "--to", str(today() - ONE_DAY)).json["quarantine"] == []
    refused = minutebook("quarantine", "--because", "no_acount")
    assert refused.status == 2
    assert "no_account" in refused.err


@pytest.mark.usefixtures("waiting")
def test_what_is_chosen_is_discarded_after_a_dry_run(minutebook: Callable[..., Ran]) -> None:
    """The dry run says how many and does nothing; then so many go, and no other."""
    json = ("--format", "json", "quarantine")
    words = (*json, "--because", "no_account", "--discard-all", "--reason", "tests")
    assert minutebook(*words, "--dry-run").json == {"chosen": 3}
    assert minutebook(*json, "--by", "reason").json["records"] == 4
    assert minutebook(*words).json == {"discarded": 3}
    assert [r["call_id"] for r in minutebook(*json).json["quarantine"]] == ["m"]
    assert minutebook("quarantine", "--discard-all", "--reason", "all").status == 2


@pytest.mark.usefixtures("waiting")
@pytest.mark.provokes(
    "lake/discarded.py: … records begin with …; say more of it",
    when="`minutebook quarantine --restore 3 --reason oops`: two discarded records begin so.",
)
@pytest.mark.parametrize("apart", [False, True], ids=["among what waits", "in files apart"])
def test_what_was_discarded_is_seen_and_waits_again(
    minutebook: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, apart: bool
) -> None:
    """Who, when and why; the file, imported again, says so; restored, it waits as before."""
    if apart:
        monkeypatch.setattr(quarantine_files, "CLOSED_RECORDS", 1)
    json = ("--format", "json", "quarantine")
    minutebook(*json, "--because", "no_account", "--discard-all", "--reason", "tests of ours")
    assert minutebook(*json, "--discarded", "--to", str(today() - ONE_DAY)).json["records"] == []
    seen = minutebook(*json, "--discarded", "--source", "minutebook").json["records"]
    assert [(one["call_id"], one["reason"], one["why"], one["by"]) for one in seen] == [
        (f"n{n}", "no_account", "tests of ours", user()) for n in range(3)
    ]
    again = minutebook("--format", "json", "import", "minutebook", str(tmp_path / "c.csv"))
    counts = [
        again.json[key] for key in ("read", "added", "duplicates", "quarantined", "discarded")
    ]
    assert counts == [5, 0, 1, 1, 3]
    assert "3 records discarded before" in again.err
    assert minutebook("quarantine", "--restore", "", "--reason", "oops").status == 2
    back = (*json, "--restore", seen[0]["id"], "--reason", "the wrong one")
    assert minutebook(*back).json == {"restored": 1}
    assert minutebook(*back).status == 2
    assert {r["call_id"] for r in minutebook(*json).json["quarantine"]} == {"m", "n0"}
    assert len(minutebook(*json, "--discarded").json["records"]) == 2
    for call, ends in (("n1", ["tests of ours."]), ("n0", ["tests of ours.", "the wrong one."])):
        (told,) = minutebook("--format", "json", "explain", call).json["calls"]
        assert [step.rpartition(": ")[2] for step in told["steps"][2:]] == ends
        assert all(user() in step for step in told["steps"][2:])
    deeds = minutebook("--format", "json", "audit").json["deeds"]
    assert [(d["what"], d["reason"]) for d in deeds if d["kind"] == "quarantine"] == [
        ("3 records in quarantine discarded", "tests of ours"),
        ("1 record in quarantine wait again that were discarded", "the wrong one"),
    ]
    minutebook(*json, "--discard", seen[0]["id"], "--reason", "after all")
    assert minutebook(*json, "--discarded").json["records"][-1]["why"] == "after all"
    assert minutebook("verify").status == 0


@pytest.mark.usefixtures("waiting")
def test_what_is_chosen_is_tried_again(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """Only the chosen: the others wait on, and a later try of all still has them."""
    mended = tmp_path / "more.toml"
    mended.write_text(
        '[account.late]\nname = "Late"\nplan = "flat"\nfrom = 2026-10-01\n'
        'match = [ { account_code = "nobody" } ]\n'
    )
    book.apply([mended])
    json = ("--format", "json", "quarantine")
    assert minutebook(*json, "--because", "missing_value", "--retry").json["added"] == 0
    assert minutebook(*json, "--because", "no_account", "--retry", "--dry-run").json["chosen"] == 3
    assert minutebook(*json, "--because", "no_account", "--retry").json["added"] == 3
    assert minutebook(*json, "--by", "reason").json["records"] == 1


def test_whose_waiting_records_would_be(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """By what the record names or the match tables, whatever it waits for; where nobody's can be told it is
    counted so. What is chosen by account is tried again, or discarded, alone."""
    declare(book, tmp_path)
    calls = [
        Call("m", called=""),
        Call("early", "globex", at=on(1, month=8)),
        Call("early2", "globex", at=on(2, month=8)),
        Call("n", "nobody"),
        Call("named", more={"account": "globex"}, called=""),
        Call("undeclared", more={"account": "hooli"}),
        Call("ok"),
    ]
    file = write_calls(tmp_path / "c.csv", calls)
    file.write_text(file.read_text() + "cut,off\n")
    legs = tmp_path / "legs.csv"  # a half of a call, of a format that pairs starts and ends
    legs.write_text(
        "method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user,account_code\n"
        "BYE,a,b,half,200,OK,2026-10-01 12:00:00,442079460999,442079460123,globex\n"
    )
    (tmp_path / "proxy.toml").write_text('[source.proxy]\nformat = "kamailio"\nzone = "UTC"\n')
    book.apply([tmp_path / "proxy.toml"])
    book.import_calls([file])
    book.import_calls([legs], "kamailio", "proxy")
    json = ("--format", "json", "quarantine")
    counts = minutebook(*json, "--by", "account").json
    assert [(row["account"], row["records"]) for row in counts["counts"]] == [
        ("globex", 4),
        (None, 3),
        ("acme", 1),
    ]
    printed = minutebook("quarantine", "--by", "account").out
    assert "no account" in printed
    mine = minutebook(*json, "--account", "globex").json["quarantine"]
    assert {record["call_id"] for record in mine} == {"early", "early2", "named", "half"}
    assert minutebook(*json, "--account", "globex", "--by", "reason").json["records"] == 4
    assert minutebook(*json, "--account", "acme", "--retry", "--dry-run").json == {"chosen": 1}
    unknown = minutebook("quarantine", "--account", "acne")
    assert (unknown.status, "did you mean acme?" in unknown.err) == (2, True)
    discard = ("--discard-all", "--reason", "tests")
    assert minutebook(*json, "--account", "globex", *discard).json == {"discarded": 4}
    assert minutebook(*json, "--by", "account").json["records"] == 4
