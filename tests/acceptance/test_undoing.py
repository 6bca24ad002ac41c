"""What was closed or declared by mistake is taken back while nothing followed, and doing a thing again is no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, Call, declare, ledger, on, take_in, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

WITH_MINIMUM = CARRIER.replace('rate = "0.005"', 'rate = "0.005"\nminimum_per_server = "31.00"')


def test_the_same_words_again_change_nothing(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """After a kill a closing, a deployment or a retirement is said again; other values are refused."""
    take_in(declare(book, tmp_path), tmp_path, Call("a"))
    minutebook("bill", "--through", "2026-10-31")
    for words, note in (
        ("close 2026-10 --reason done", "2026-10 was closed already, on "),
        ("server deploy lon-1 --account acme --on 2026-11-02", "lon-1 was deployed already, on 2026-11-02"),
        ("server retire lon-1 --on 2026-11-20", "lon-1 was retired already, on 2026-11-20"),
        ("account close acme --on 2026-11-25 --reason gone", "acme was closed already, on 2026-11-25"),
    ):  # fmt: skip
        assert minutebook("--format", "json", *words.split()).json["new"] is True, words
        again = minutebook(*words.split())
        assert (again.status, note in again.out) == (0, True), again
        assert minutebook("--format", "json", *words.split()).json["new"] is False
    for words, said in (
        ("close 2026-10 --reason other", "2026-10 is closed already, with the reason: done"),
        ("close 2026-09 --reason done", "2026-09 lies before a month that is closed; the first open day is 2026-11-01"),
        ("server deploy lon-1 --account globex", "server 'lon-1' is acme's, deployed 2026-11-02, retired 2026-11-20"),
        ("server retire lon-1 --on 2026-11-21", "retired already, its last day is 2026-11-20"),
        ("account close acme --on 2026-11-24 --reason gone", "its last day is 2026-11-25, with the reason: gone"),
    ):  # fmt: skip
        refused = minutebook(*words.split())
        assert (refused.status, said in refused.err) == (2, True), refused


def test_months_close_from_the_first_that_has_postings(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """Months without any are not asked for, neither before nor between. What waits still is told."""
    declare(book, tmp_path, CARRIER.replace("2026-10-01", "2026-06-01"))
    take_in(book, tmp_path, Call("free", at=on(5, month=6), seconds=None))
    take_in(book, tmp_path, Call("first", at=on(5, month=7)), Call("last", at=on(5, month=10)))
    minutebook("bill", "--through", "2026-10-31")
    assert "close 2026-07 first" in minutebook("close", "2026-10", "--reason", "done").err
    stray = write_calls(tmp_path / "stray.csv", [Call("stray", "nobody")])
    minutebook("import", "minutebook", str(stray))
    for month in ("2026-07", "2026-10"):
        closed = minutebook("close", month, "--reason", "done")
        assert closed.status == 0, closed
        assert "1 record waits in quarantine" in closed.out + closed.err


@pytest.mark.provokes(
    "accounts/status.py: account … stays closed: …; declare another from the day after, with its match tables, and give it the later calls by book.corrections.rematch",
    when="`minutebook account reopen acme --reason oops`: a run has charged by its closing, or its month is closed.",
)
def test_an_account_that_was_closed_by_mistake_is_opened_again(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """Its calls that waited are billed; once a posting leans on the closing, it stays."""
    declare(book, tmp_path, WITH_MINIMUM)
    minutebook("server", "deploy", "lon-1", "--account", "acme", "--on", "2026-10-01")
    minutebook("account", "suspend", "acme", "--reason", "fraud")
    minutebook("account", "close", "acme", "--on", "2026-10-10", "--reason", "gone")
    late = write_calls(tmp_path / "late.csv", [Call("late", at=on(12))])
    assert book.import_calls([late]).quarantined == 1
    assert "is not closed" in minutebook("account", "reopen", "globex", "--reason", "oops").err
    opened = minutebook("--format", "json", "account", "reopen", "acme", "--reason", "wrong one")
    assert (opened.json["status"], opened.json["reason"]) == (
        "suspended",
        "opened again: wrong one",
    )
    again = minutebook("--format", "json", "account", "reopen", "acme", "--reason", "wrong one")
    assert (again.status, again.json["new"]) == (0, False)
    history = minutebook("--format", "json", "account", "show", "acme").json["history"]
    said = [(event["change"], event["reason"]) for event in history if event["what"] == "status"]
    assert ("closed", "gone") in said
    assert ("suspended", "opened again: wrong one") in said
    assert minutebook("--format", "json", "bill", "--through", "2026-10-20").json["calls"] == 1

    minutebook("account", "close", "acme", "--on", "2026-10-20", "--reason", "gone")
    minutebook("bill", "--through", "2026-10-31")
    refused = minutebook("account", "reopen", "acme", "--reason", "oops")
    assert refused.status == 2
    assert "minimum of 2026-10-20 was posted by its closing" in refused.err
    minutebook("close", "2026-10", "--reason", "done")
    assert "lies in a closed month" in minutebook("account", "reopen", "acme", "--reason", "x").err
    assert minutebook("verify").status == 0


def test_calls_after_a_wrong_closing_become_anothers_as_the_refusal_says(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """Another account from the day after, with the same tables, and a rematch: they are billed."""
    declare(book, tmp_path, WITH_MINIMUM)
    minutebook("server", "deploy", "lon-1", "--account", "acme", "--on", "2026-10-01")
    take_in(book, tmp_path, Call("late", at=on(12)))
    minutebook("account", "close", "acme", "--on", "2026-10-10", "--reason", "gone")
    assert "those after an account's last day" in " ".join(
        minutebook("bill", "--through", "2026-10-31").out.split()
    )
    refused = minutebook("account", "reopen", "acme", "--reason", "oops").err
    assert "declare another from the day after, with its match tables" in refused
    follower = tmp_path / "next.toml"
    follower.write_text(
        '[account.acme2]\nplan = "flat"\nfrom = 2026-10-11\nmatch = [ { account_code = "acme" } ]\n'
    )
    assert minutebook("apply", str(follower)).status == 0
    moved = minutebook("rematch", "--month", "2026-10", "--reason", "closed by mistake")
    assert moved.status == 0, moved
    assert "Unpriced calls" not in minutebook("bill", "--through", "2026-10-31").out
    assert ledger(book)["acme2", "2026-10-12", "usage"] == "-0.005"


def test_what_a_closed_account_matched_is_the_next_ones(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """From the day after its last; its own calls that come late stay its own, and none is a tie."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("before", at=on(9)))
    minutebook("account", "close", "acme", "--on", "2026-10-10", "--reason", "sold to initech")
    after = write_calls(tmp_path / "after.csv", [Call("after", at=on(11))])
    assert dict(book.import_calls([after]).reasons) == {"no_plan": 1}
    follower = tmp_path / "next.toml"
    follower.write_text(
        '[account.initech]\nplan = "flat"\nfrom = 2026-10-11\nmatch = [ { account_code = "acme" } ]\n'
    )
    assert minutebook("apply", str(follower)).status == 0
    take_in(book, tmp_path, Call("late", at=on(10)), Call("next", at=on(12)))
    assert minutebook("--format", "json", "bill", "--through", "2026-10-31").json["calls"] == 4
    assert ledger(book) == {
        ("acme", "2026-10-09", "usage"): "-0.005",
        ("acme", "2026-10-10", "usage"): "-0.005",
        ("initech", "2026-10-11", "usage"): "-0.005",
        ("initech", "2026-10-12", "usage"): "-0.005",
    }


@pytest.mark.provokes(
    "billing/close_month.py: … stays closed: a later month is closed too; open the last one first",
    when="`minutebook close 2026-09 --undo --reason oops`: October is closed too.",
)
@pytest.mark.provokes(
    "billing/close_month.py: … stays closed: what … owes for … was posted to … as it was closed",
    when="`minutebook close 2026-10 --undo --reason oops`: a run has posted a late call to November.",
)
def test_a_month_that_was_closed_by_mistake_is_opened_again(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """It takes postings again, and is closed again; once a posting stands elsewhere it stays closed."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    minutebook("bill", "--through", "2026-10-31")
    assert "2026-10 is not closed" in minutebook("close", "2026-10", "--undo", "--reason", "x").err
    minutebook("close", "2026-09", "--reason", "nothing")
    minutebook("close", "2026-10", "--reason", "done")
    refused = minutebook("close", "2026-09", "--undo", "--reason", "oops")
    assert "a later month is closed too" in refused.err
    opened = minutebook("--format", "json", "close", "2026-10", "--undo", "--reason", "too early")
    assert (opened.status, opened.json) == (0, {"reopened": "2026-10", "new": True})
    again = minutebook("--format", "json", "close", "2026-10", "--undo", "--reason", "too early")
    assert (again.status, again.json["new"]) == (0, False)
    take_in(book, tmp_path, Call("late"))
    minutebook("bill", "--through", "2026-10-31")
    assert ledger(book) == {("acme", "2026-10-01", "usage"): "-0.01"}
    assert minutebook("pay", "acme", "1", "--reference", "r", "--at", "2026-10-31").status == 0
    assert minutebook("close", "2026-10", "--reason", "now").status == 0
    assert minutebook("pay", "acme", "1", "--reference", "s", "--at", "2026-10-31").status == 2
    take_in(book, tmp_path, Call("later"))
    minutebook("bill", "--through", "2026-11-01")
    stays = minutebook("close", "2026-10", "--undo", "--reason", "too late")
    assert (
        stays.status,
        "what acme owes for 2026-10-01 was posted to 2026-11-01" in stays.err,
    ) == (
        2,
        True,
    )
    assert "month 2026-10 opened again" in minutebook("audit").out
    assert minutebook("verify").status == 0


@pytest.mark.provokes(
    "accounts/removing.py: … … stays: …",
    when="`minutebook account remove acme --reason oops`, or of a server, plan, source or card: something leans on it.",
)
def test_what_was_declared_by_mistake_is_taken_back(
    book: Book, tmp_path: Path, minutebook: Callable[..., Ran]
) -> None:
    """While nothing leans on it; the name can be declared anew, otherwise; what it was stays told."""
    declare(book, tmp_path)
    slip = tmp_path / "slip.toml"
    slip.write_text(
        '[plan.euro]\nmodel = "per_minute"\ncurrency = "EUR"\ncard = "eur"\n'
        '[account.slip]\nplan = "euro"\nfrom = 2026-10-01\nmatch = [ { account_code = "slip" } ]\n'
        '[server.slip-1]\naccount = "slip"\ndeployed = 2026-10-01\n[source.sip]\nzone = "UTC"\n'
    )
    minutebook("apply", str(slip))
    minutebook("card", "import", "eur", str(tmp_path / "deck.csv"), "--currency", "EUR")
    for words, said in (
        ("account remove slip", "server 'slip-1' is its"),
        ("plan remove euro", "account 'slip' is on it"),
        ("card remove eur", "plan 'euro' uses it"),
    ):
        refused = minutebook(*words.split(), "--reason", "oops")
        assert (refused.status, said in refused.err) == (2, True), refused
    for words in (
        "server remove slip-1", "account remove slip", "plan remove euro", "card remove eur", "source remove sip",
    ):  # fmt: skip
        done = minutebook("--format", "json", *words.split(), "--reason", "oops")
        assert (done.status, done.json["new"]) == (0, True), done
        again = minutebook("--format", "json", *words.split(), "--reason", "oops")
        assert (again.status, again.json["new"]) == (0, False), again
        assert minutebook(*words.split(), "--reason", "other").status == 2
    declared = minutebook("declared").out
    assert not any(name in declared for name in ("slip", "euro", "sip"))
    assert "account slip: taken back" in minutebook("audit").out

    slip.write_text('[account.slip]\nplan = "flat"\nfrom = 2026-10-05\n')
    assert minutebook("apply", str(slip)).status == 0
    account = book.carrier().accounts["slip"]
    assert (account.currency, len(account.terms), account.matches) == ("USD", 1, ())
    card = minutebook("--format", "json", "card", "import", "eur", str(tmp_path / "deck.csv"))
    assert (card.json["revision"], card.json["currency"]) == (2, "USD")

    take_in(book, tmp_path, Call("a"), Call("b", "globex"))
    assert "it has 1 call;" in minutebook("account", "remove", "acme", "--reason", "x").err
    minutebook("bill", "--through", "2026-10-31")
    assert "it has 1 posting;" in minutebook("account", "remove", "acme", "--reason", "x").err
    assert minutebook("verify").status == 0
