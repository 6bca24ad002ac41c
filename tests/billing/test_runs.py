"""Runs: each call is charged once, exactly, whatever comes late or is corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, DECK, Call, declare, ledger, october, on, take_in

from minutebook.book.clock import user
from minutebook.errors import InputError
from minutebook.show.declarations.plans import PlanView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book


def test_a_second_run_posts_nothing(book: Book, tmp_path: Path) -> None:
    """Bill twice, and the ledger is as after the first."""
    take_in(declare(book, tmp_path), tmp_path, Call("a"), Call("b", "globex", "447700900123"))
    first = book.bill(october(1))
    assert (first.calls, first.postings, first.accounts) == (2, 2, 2)
    assert first.total == {"USD": Decimal("-0.035")}
    again = book.bill(october(1))
    assert (again.run, again.calls, again.postings, again.total) == (first.run, 0, 0, {})
    assert ledger(book) == {
        ("acme", "2026-10-01", "usage"): "-0.005",
        ("globex", "2026-10-01", "usage"): "-0.03",
    }


def test_a_daily_tally_is_rounded_once(book: Book, tmp_path: Path) -> None:
    """100 calls of 10 s at 0.005 a minute: 0.0834, not 100 × 0.0009 (docs/rules/cost.md, "By the call or by the day")."""
    take_in(declare(book, tmp_path), tmp_path, *(Call(str(n), seconds=10) for n in range(100)))
    book.bill(october(1))
    assert ledger(book)["acme", "2026-10-01", "usage"] == "-0.0834"


def test_a_call_tally_rounds_each_call(book: Book, tmp_path: Path) -> None:
    """The same calls under a call tally: 0.09."""
    plan = CARRIER.replace('rate = "0.005"', 'rate = "0.005"\ntally = "call"')
    take_in(
        declare(book, tmp_path, plan), tmp_path, *(Call(str(n), seconds=10) for n in range(100))
    )
    book.bill(october(1))
    assert ledger(book)["acme", "2026-10-01", "usage"] == "-0.09"


def test_a_late_call_is_charged_once_to_its_own_day(book: Book, tmp_path: Path) -> None:
    """The difference is posted to the day of the call, by the next run, which says why."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", at=on(2)))
    book.bill(october(2))
    take_in(book, tmp_path, Call("late", at=on(1, 23)))
    result = book.bill(october(2))
    assert (result.calls, result.postings, result.total) == (1, 1, {"USD": Decimal("-0.005")})
    assert ledger(book)["acme", "2026-10-01", "usage"] == "-0.01"
    reasons = {
        call_id: [posting.reason for posting in book.explain_call(call_id)[0].postings]
        for call_id in ("a", "late")
    }
    assert reasons == {"a": ["usage", "1 late call"], "late": ["1 late call"]}
    assert book.bill(october(2)).postings == 0


def test_a_card_corrected_after_the_fact_posts_the_difference(book: Book, tmp_path: Path) -> None:
    """A revision taken live in the past: the next run corrects the days since, and says by what."""
    declare(book, tmp_path)
    take_in(book, tmp_path, *(Call(f"g{day}", "globex", at=on(day)) for day in (1, 2, 3)))
    book.bill(october(3))
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(DECK.replace("0.01", "0.02"))
    taken, _ = book.import_card("a-z", dearer)
    assert taken.revision.live_at is None
    assert book.bill(october(3)).postings == 0
    book.take_card_live("a-z", 2, on(2, 12, 0))
    result = book.bill(october(3))
    assert (result.calls, result.postings, result.total) == (0, 2, {"USD": Decimal("-0.02")})
    assert ledger(book) == {
        ("globex", "2026-10-01", "usage"): "-0.01",
        ("globex", "2026-10-02", "usage"): "-0.02",
        ("globex", "2026-10-03", "usage"): "-0.02",
    }
    reason = book.explain_call("g3")[0].postings[-1].reason
    assert "card a-z revision 2 instead of" in reason
    assert "revision 1" in reason


def test_a_revision_that_goes_live_within_a_day_prices_from_that_instant(
    book: Book, tmp_path: Path
) -> None:
    """The revision in force at the answer prices the call, and no other."""
    declare(book, tmp_path)
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(DECK.replace("0.01", "0.02"))
    book.import_card("a-z", dearer, live_at=on(1, 12, 30))
    before = Call("before", "globex", at=on(1, 12, 29))  # answered 12:29:02
    after = Call(
        "after", "globex", at=datetime(2026, 10, 1, 12, 29, 58, tzinfo=UTC)
    )  # answered 12:30:00
    take_in(book, tmp_path, before, after)
    book.bill(october(1))
    assert ledger(book)["globex", "2026-10-01", "usage"] == "-0.03"
    costs = {
        row["call_id"]: row["cost"]
        for row in book.calls("globex", october(1), october(1)).iter_rows(named=True)
    }
    assert costs == {"before": Decimal("0.01"), "after": Decimal("0.02")}


def test_an_unpriced_call_waits_and_is_priced_once_a_card_covers_it(
    book: Book, tmp_path: Path
) -> None:
    """It is not billed, not lost, listed, and billed by the first run after."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("cuba", "globex", "5370001"), Call("uk", "globex"))
    result = book.bill(october(1))
    assert (result.calls, result.unpriced_calls, result.unpriced_ms) == (1, 1, 60_000)
    assert book.calls(None, october(1), october(1), unpriced=True)["call_id"].to_list() == ["cuba"]
    wider = tmp_path / "wider.csv"
    wider.write_text(DECK + "53,Cuba,0.7\n")
    book.import_card("a-z", wider, live_at=on(1, 0))
    result = book.bill(october(1))
    assert (result.calls, result.unpriced_calls, result.total) == (1, 0, {"USD": Decimal("-0.70")})


def test_a_blocked_prefix_is_never_billed_at_its_parents_price(book: Book, tmp_path: Path) -> None:
    """Blocked means unpriced, not the shorter prefix."""
    deck = "prefix,rate,status\n44,0.01,open\n449,,blocked\n"
    declare(book, tmp_path, deck=deck)
    take_in(book, tmp_path, Call("premium", "globex", "449098790123"))
    result = book.bill(october(1))
    assert (result.calls, result.unpriced_calls, result.postings) == (0, 1, 0)
    calls = book.calls("globex", october(1), october(1))
    assert calls["status"].to_list() == ["blocked"]


def test_a_statement_can_be_asked_for_as_it_was_known(book: Book, tmp_path: Path) -> None:
    """--as-of shows calls and charges of before the late call."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    book.bill(october(1))
    known = datetime.now(UTC)
    take_in(book, tmp_path, Call("late", seconds=120.5))
    book.bill(october(1))
    then = book.statement("acme", october(1), october(1), known)
    now = book.statement("acme", october(1), october(1))
    assert [(d.sums.calls, d.per_minute) for d in then.days] == [(1, Decimal("-0.005"))]
    assert [(d.sums.calls, d.per_minute) for d in now.days] == [(2, Decimal("-0.0151"))]
    assert now.days[0].sums.duration_ms == 180_500
    assert now.days[0].sums.billed_seconds == 181


def test_terms_begin_at_midnight_utc_of_the_answer(book: Book, tmp_path: Path) -> None:
    """A call set up before midnight and answered after it is the new day's, under its plan."""
    terms = 'terms = [ { from = 2026-10-01, plan = "flat" }, { from = 2026-10-02, plan = "a-z" } ]'
    text = CARRIER.replace('plan = "flat"\nfrom = 2026-10-01', terms, 1)
    declare(book, tmp_path, text)
    before = datetime(2026, 10, 1, 23, 59, 57, tzinfo=UTC)  # answered 23:59:59
    after = datetime(2026, 10, 1, 23, 59, 58, tzinfo=UTC)  # answered 00:00:00
    take_in(book, tmp_path, Call("before", at=before), Call("after", at=after))
    book.bill(october(2))
    assert ledger(book) == {
        ("acme", "2026-10-01", "usage"): "-0.005",
        ("acme", "2026-10-02", "usage"): "-0.01",
    }


def test_history_that_is_declared_later_corrects_days_already_billed(
    book: Book, tmp_path: Path
) -> None:
    """A term added in the past moves the day's charge from one plan to the other."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a", at=on(5)))
    book.bill(october(5))
    more = tmp_path / "more.toml"
    more.write_text(
        '[account.acme]\nname = "Acme Telecom"\ndebit_limit = "100.00"\nmatch = [ { account_code = "acme" } ]\nterms = [ { from = 2026-10-04, plan = "a-z" } ]\n'
    )
    book.apply([more])
    assert book.bill(october(5)).total == {"USD": Decimal("-0.005")}
    assert ledger(book) == {("acme", "2026-10-05", "usage"): "-0.01"}


def test_a_billed_plan_changes_only_from_a_day(book: Book, tmp_path: Path) -> None:
    """Once a day is billed under a plan, its price is changed from a day on, never in place."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", at=on(3)))
    book.bill(october(3))
    file = tmp_path / "new.toml"
    plan = '[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.006"\n'
    file.write_text(plan)
    with pytest.raises(InputError, match="needs from = DATE"):
        book.apply([file])
    file.write_text(plan + "from = 2026-10-02\n")
    book.apply([file])
    assert book.bill(october(3)).total == {"USD": Decimal("-0.001")}


def test_another_rounding_alone_is_charged(book: Book, tmp_path: Path) -> None:
    """The day's sums are the same, and what is due for them is not."""
    text = '[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.0051"\n'
    account = (
        '[account.acme]\nplan = "flat"\nfrom = 2026-10-01\nmatch = [ { account_code = "acme" } ]\n'
    )
    declare(book, tmp_path, text + account, deck=None)
    take_in(book, tmp_path, Call("a", seconds=1), Call("b", at=on(2), seconds=1))
    book.bill(october(2))
    rounded = tmp_path / "rounded.toml"
    rounded.write_text(f'{text}from = 2026-10-02\nrounding = {{ method = "up", precision = 2 }}\n')
    book.apply([rounded])
    book.bill(october(2))
    assert ledger(book) == {
        ("acme", "2026-10-01", "usage"): "-0.0001",
        ("acme", "2026-10-02", "usage"): "-0.01",
    }
    assert not any(check.differences for check in book.verify())


def test_a_wrong_price_of_a_revision_is_mended_from_its_own_first_day(
    book: Book, tmp_path: Path
) -> None:
    """The same `from` again replaces it; what was charged too much is posted back, until the month is closed."""
    declare(book, tmp_path)
    file = tmp_path / "new.toml"

    def revised(rate: str, from_day: str) -> None:
        file.write_text(
            f'[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "{rate}"\n{from_day}'
        )
        book.apply([file])

    revised("6.00", "from = 2026-10-02\n")
    take_in(book, tmp_path, Call("a"), Call("b", at=on(2)))
    assert book.bill(october(31)).total == {"USD": Decimal("-6.005")}
    revised("0.60", "from = 2026-10-02\n")
    assert book.bill(october(31)).total == {"USD": Decimal("5.4")}
    assert not any(check.differences for check in book.verify())
    said = [
        deed.said for deed in book.ledger.audit() if deed.kind == "plan" and deed.name == "flat"
    ]
    assert [one["after"]["rate"] for one in said][-2:] == ["6", "0.6"]
    shown = PlanView.of(book.plans.show("flat"))
    assert [(one.from_, one.words[0].is_, one.by) for one in shown.replaced] == [
        (october(2), "6.00 USD a minute, to every destination", user())
    ]
    with pytest.raises(
        InputError, match=r"lies in a closed month; the first open day is 2026-11-01"
    ):
        book.close_month(october(1), "sent")
        revised("0.70", "from = 2026-10-02\n")
    revised("0.70", "from = 2026-11-01\n")
    with pytest.raises(InputError, match=r"first revision holds from always.*needs from = DATE"):
        revised("0.70", "")


def test_quarantined_calls_go_in_at_the_next_bill_once_declared(book: Book, tmp_path: Path) -> None:
    """An account declared late takes its waiting calls with it."""
    from tests.carriers import write_calls

    declare(book, tmp_path)
    result = book.import_calls([write_calls(tmp_path / "c.csv", [Call("x", "initech"), Call("a")])])
    assert (result.added, result.quarantined, result.reasons) == (1, 1, {"no_account": 1})
    assert book.bill(october(1)).quarantined == 1
    more = tmp_path / "more.toml"
    more.write_text(
        '[account.initech]\nplan = "flat"\nfrom = 2026-10-01\nmatch = [ { account_code = "initech" } ]\n'
    )
    book.apply([more])
    result2 = book.bill(october(1))
    assert (result2.quarantined, result2.calls) == (0, 1)
    assert ledger(book)["initech", "2026-10-01", "usage"] == "-0.005"


def test_day_by_day_and_the_month_at_once_post_the_same(
    new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """Whatever the order of import and the number of runs, the ledger's sums are equal."""
    calls = [
        Call(
            f"{day}-{n}",
            ["acme", "globex"][n % 2],
            ["442079460123", "447700900123"][n % 3 % 2],
            on(day, n),
            7 * n,
        )
        for day in range(1, 8)
        for n in range(1, 12)
    ]
    at_once, daily = (declare(new_book(), tmp_path) for _ in range(2))
    take_in(at_once, tmp_path, *calls)
    at_once.bill(october(7))
    for day in range(1, 8):
        take_in(daily, tmp_path, *(c for n, c in enumerate(reversed(calls)) if n % 7 == day - 1))
        daily.bill(october(day))
    assert ledger(daily) == ledger(at_once)
    assert daily.totals(october(1), october(7)) == at_once.totals(october(1), october(7))
    assert not any(check.differences for check in daily.verify())


def test_months_close_in_order_and_stay_closed(book: Book, tmp_path: Path) -> None:
    """A closed month refuses what is dated into it; a later difference goes to the first open day."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", at=on(2, month=11)))
    with pytest.raises(InputError, match="is not billed to its end"):
        book.close_month(october(1), "done")
    book.bill(on(2, month=11).date())
    with pytest.raises(InputError, match="close 2026-10 first"):
        book.close_month(on(1, month=11).date(), "done")
    assert book.close_month(october(1), "done") == on(1, month=11).date()
    assert book.close_month(october(1), "done") == on(1, month=11).date()
    with pytest.raises(InputError, match="closed already, with the reason: done"):
        book.close_month(october(1), "done twice")
    with pytest.raises(InputError, match="closed month"):
        book.pay("acme", "5", "r1", on(31))
    with pytest.raises(InputError, match="closed month"):
        book.adjust("acme", "5", "why", "r1", october(31))
    take_in(book, tmp_path, Call("late", at=on(31)))
    book.bill(on(2, month=11).date())
    days = {
        d.day.isoformat(): d
        for d in book.statement("acme", october(31), on(2, month=11).date()).days
    }
    assert days["2026-10-31"].per_minute == 0
    assert days["2026-11-01"].per_minute == Decimal("-0.005")
    assert days["2026-11-01"].corrections == ((october(31), "usage", Decimal("-0.0050")),)
    assert book.bill(on(2, month=11).date()).postings == 0
    assert not any(check.differences for check in book.verify())


def test_a_month_that_is_not_over_cannot_be_closed(book: Book, tmp_path: Path) -> None:
    """However far it is billed already."""
    declare(book, tmp_path)
    book.bill(date(2999, 1, 31), ahead=True)
    with pytest.raises(InputError, match="2999-01 is not over"):
        book.close_month(date(2999, 1, 1), "done")


def test_calls_newly_priced_are_told_also_where_others_lose_their_price(
    book: Book, tmp_path: Path
) -> None:
    """A card that covers other prefixes: one call gains a price, three lose theirs."""
    declare(book, tmp_path)
    take_in(book, tmp_path, *(Call(str(n), "globex") for n in range(3)))
    book.bill(october(1))
    other = tmp_path / "other.csv"
    other.write_text("prefix,rate\n33,0.05\n")
    book.import_card("a-z", other, live_at=on(1, 0))
    take_in(book, tmp_path, Call("fr", "globex", "33145678901"))
    result = book.bill(october(1))
    assert (result.calls, result.unpriced_calls, result.total) == (1, 3, {"USD": Decimal("-0.02")})
