"""Margin: what is charged less what is owed, to the digit in every grouping, what is not known apart."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.carriers import Call, ledger, october, on, take_in

from minutebook import money
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.statements.both_sides import GROUPS
from minutebook.statements.day_shares import day_shares

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.statements.margin import Margin

BY_VOX, BY_TELE = {"trunk": "vox-1"}, {"server": "fra-1"}


def margin(book: Book, *by: str, currency: str | None = None) -> Margin:
    """Of October's first three days."""
    return book.statements.margin(october(1), october(3), by or "account", currency=currency)


def lines(found: Margin) -> dict[tuple[str, ...], tuple[str, str, str, int]]:
    """Sale, cost, margin and unknown calls by group."""
    return {
        one.groups: (*(money.text(a) for a in (one.sale, one.cost, one.margin)), one.unknown_calls)
        for one in found
    }


def test_the_margin_of_a_day_by_hand(carrier: Book, tmp_path: Path) -> None:
    """Globex is sold UK mobile at 0.03, 60/6, a call at a time; vox is owed 0.02 a minute for it."""
    take_in(
        carrier,
        tmp_path,
        Call("m", "globex", "447700900123", more=BY_VOX),  # 0.03 − 0.02
        Call("n", "globex", seconds=10, more=BY_TELE),  # 60 s at 0.01 − 60 s at 0.006
        Call("o", "globex", more={"trunk": "unknown"}),  # 0.01, nobody knows the cost
        Call("p", "globex", "33170189900", more=BY_VOX),  # neither card prices France
        Call("q", "globex", seconds=None),  # an attempt that nobody carried costs nothing
    )
    carrier.bill(october(3))
    assert lines(margin(carrier)) == {("globex",): ("0.04", "0.026", "0.014", 2)}
    assert lines(margin(carrier, "provider")) == {
        ("",): ("0.00", "0.00", "0.00", 1),
        ("provider:tele",): ("0.01", "0.006", "0.004", 0),
        ("provider:vox",): ("0.03", "0.02", "0.01", 1),
    }
    assert lines(margin(carrier, "destination", "card"))["United Kingdom", "a-z"] == (
        *("0.01", "0.006", "0.004"),
        1,
    )
    total = margin(carrier).total
    assert (total.unknown_sale, total.unknown_cost) == (Decimal("0.01"), Decimal(0))
    assert total.no_provider == 1
    assert (total.sums.calls, total.sums.answered, total.sums.asr_percent) == (5, 4, 80)
    assert total.margin_percent == Decimal("35.0")


def test_calls_that_no_provider_carried_are_listed_with_the_reason(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many as the margin counts; an attempt is none of them, nor a call that a technical prefix gives away."""
    take_in(
        carrier,
        tmp_path,
        Call("a", more=BY_VOX),
        Call("b", more={"trunk": "unknown"}),
        Call("c", "globex"),
        Call("d", seconds=None),
        Call("e", "globex", "9901#442079460123"),
    )
    found = carrier.calls.without_provider(None, october(1), october(3))
    reasons = {row["call_id"]: row["no_provider"] for row in found.iter_rows(named=True)}
    assert reasons == {"b": "unknown_trunk", "c": "no_trunk"}
    assert carrier.calls.without_provider("acme", october(1), october(3))["call_id"].to_list() == [
        "b"
    ]
    carrier.bill(october(3))
    assert margin(carrier).total.no_provider == found.height
    words = ("calls", "--no-provider", "--month", "2026-10")
    assert run(["--book", str(carrier.path), *words]) == 0
    out = capsys.readouterr().out
    assert "no match table holds" in out
    assert "no trunk recorded" in out


def test_a_daily_charge_is_shared_by_the_calls_own_prices(carrier: Book, tmp_path: Path) -> None:
    """Acme's day, 0.0084 rounded from 100 s at 0.005 a minute, goes to its calls as 30 to 70, to the last unit."""
    take_in(
        carrier,
        tmp_path,
        Call("a", seconds=30, more=BY_VOX),
        Call("b", seconds=70, more=BY_TELE),
    )
    carrier.bill(october(3))
    found = lines(margin(carrier, "provider"))
    assert found == {
        ("provider:vox",): ("0.00252", "0.002", "0.00052", 0),
        ("provider:tele",): ("0.00588", "0.012", "-0.00612", 0),
    }


def test_what_is_known_of_a_day_comes_to_the_same_by_any_group(
    carrier: Book, tmp_path: Path
) -> None:
    """Acme's 0.0037 for 44 s, of which 39 s are known: 0.0032795455, to three destinations or to one account."""
    take_in(
        carrier,
        tmp_path,
        Call("a", seconds=13, more=BY_VOX),
        Call("b", called="447700900123", seconds=13, more=BY_VOX),
        Call("c", called="12125550100", seconds=13, more=BY_TELE),
        Call("d", seconds=5),
    )
    carrier.bill(october(3))
    for group in GROUPS:
        assert margin(carrier, group).total.sale == Decimal("0.0032795455"), group


def test_channels_are_shared_by_time_and_idle_days_stand_alone(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day's channels go to its calls by seconds; of a day without calls the revenue has no destination,
    and is told from calls that nobody carried: in a table, and on the page.
    """
    toml = tmp_path / "lines.toml"
    toml.write_text(
        '[plan.lines]\nmodel = "per_channel"\ncurrency = "USD"\ntiers = [ { channels = 10, price = "3.10" } ]\n'
        '[account.initech]\nplan = "lines"\nchannels = 1\nfrom = 2026-10-01\ndebit_limit = "9.00"\n'
        'match = [ { account_code = "initech" } ]\n'
    )
    carrier.apply([toml])
    take_in(
        carrier,
        tmp_path,
        Call("a", "initech", seconds=60, more=BY_VOX),
        Call("b", "initech", at=on(1, 13), seconds=180, more=BY_TELE),
    )
    carrier.bill(october(3))
    found = margin(carrier, "provider")
    assert [one.without_calls for one in found] == [True, False, False]
    assert lines(found) == {
        ("",): ("0.20", "0.00", "0.20", 0),
        ("provider:vox",): ("0.025", "0.004", "0.021", 0),
        ("provider:tele",): ("0.075", "0.018", "0.057", 0),
    }
    assert lines(margin(carrier, "account"))["initech",] == ("0.30", "0.022", "0.278", 0)
    take_in(carrier, tmp_path, Call("c", "initech", more={"trunk": "unknown"}))
    carrier.bill(october(3))
    found = margin(carrier, "provider", "destination")
    assert [(one.groups, one.without_calls) for one in found if not one.groups[0]] == [
        (("", ""), False),
        (("", ""), True),
    ]
    page = tmp_path / "margin.html"
    words = ["margin", "--month", "2026-10", "--by", "provider", "--report", str(page)]
    assert run(["--book", str(carrier.path), *words]) == 0
    printed = capsys.readouterr().out
    assert "days without calls" in printed
    assert "no provider" in printed
    text = page.read_text("utf-8")
    assert text.count("<svg") == 4
    titles = ("By provider", "By account", "By destination", "By day")
    assert all(f"<h2>{title}</h2>" in text for title in titles)
    assert "days without calls" in text
    asked = carrier.statements.earnings(october(1), october(3), ("day", "provider"))
    for of, by in ((asked.by_day, "day"), (asked.by_provider, "provider")):
        assert lines(of) == lines(margin(carrier, by))
    assert lines(asked.asked) == lines(margin(carrier, "day", "provider"))


def test_other_currencies_by_the_rate_of_the_day(carrier: Book, tmp_path: Path) -> None:
    """Turned where the pair is declared the other way; a day before the first rate is unknown, never 1 to 1."""
    take_in(
        carrier,
        tmp_path,
        Call("a", "globex", more=BY_VOX),
        Call("b", "globex", at=on(2), more=BY_VOX),
    )
    carrier.bill(october(3))
    without = margin(carrier, "day", currency="EUR")
    assert without.unconverted == ("USD",)
    assert [line.unknown_calls for line in without] == [1, 1]
    assert without.total.sale == without.total.cost == 0
    toml = tmp_path / "fx.toml"
    toml.write_text('[fx]\nEUR_USD = [ { from = 2026-10-02, rate = "1.25" } ]\n')
    carrier.apply([toml])
    found = lines(margin(carrier, "day", currency="EUR"))
    assert found["2026-10-01",] == ("0.00", "0.00", "0.00", 1)
    assert found["2026-10-02",] == ("0.008", "0.0032", "0.0048", 0)


@pytest.mark.parametrize("of", range(1, 4))
def test_every_grouping_comes_to_what_is_posted(carrier: Book, tmp_path: Path, of: int) -> None:
    """Known and unknown together are the ledger's usage and cost, by whatever they are grouped."""
    calls = [
        Call(
            f"{account}{n}",
            account,
            called,
            at=on(1 + n % 3, n),
            seconds=None if n % 5 == 0 else 7.0 * n + 0.3,
            more=more,
        )
        for account in ("acme", "globex")
        for n, (called, more) in enumerate(
            (called, more)
            for called in ("442079460123", "447700900123", "33170189900", "12125550100")
            for more in (BY_VOX, BY_TELE, {})
        )
    ]
    take_in(carrier, tmp_path, *calls)
    carrier.bill(october(3))
    posted = {kind: Decimal(0) for kind in ("usage", "cost")}
    for (_, _, kind), amount in ledger(carrier).items():
        posted[kind] += Decimal(amount)
    known = margin(carrier, "account").total
    for groups in combinations(GROUPS, of):
        found = margin(carrier, *groups)
        assert (found.total.sale, found.total.cost) == (known.sale, known.cost)
        total = found.total
        assert total.sale + total.unknown_sale == -posted["usage"]
        assert total.cost + total.unknown_cost == posted["cost"]
        assert total.sums.calls == len(calls)
        assert all(line.sale - line.cost == line.margin for line in found)


def test_a_group_that_is_none_is_refused(carrier: Book) -> None:
    """With what there is."""
    with pytest.raises(InputError, match="'accounts' is none of them"):
        margin(carrier, "accounts")


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
)
def test_shares_are_whole_and_come_to_the_total(total: int, weights: list[int]) -> None:
    """Each within one unit of its part, of one sign, none for no weight."""
    shares = money.shared(total, weights)
    assert sum(shares) == total
    assert all(share * total >= 0 for share in shares)
    if whole := sum(weights):
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share * whole - total * weight) < whole


_SUMS = st.tuples(
    st.booleans(),
    st.sampled_from(["Germany", "France", "Spain"]),
    st.integers(1, 9),
    st.integers(0, 9),
    st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 10**30)),
)


@given(st.integers(-(10**20), 10**20), st.lists(_SUMS, min_size=1, max_size=9))
def test_a_day_is_shared_as_money_is_whatever_the_size_of_its_figures(
    amount: int, sums: list[tuple[bool, str, int, int, int]]
) -> None:
    """Known and unknown first, then the sums of calls of each, in the order of their groups; none is lost."""
    names = ["is_known", "to", "calls", "duration_ms", "weight"]
    sums.sort(key=lambda one: one[1])
    found = pl.DataFrame(
        [("acme", october(1), *one) for one in sums],
        schema={
            **{"account": pl.String, "day": pl.Date},
            **dict(zip(names, (pl.Boolean, pl.String, *(pl.Int64,) * 2, pl.Int128), strict=True)),
        },
        orient="row",
    )
    place = ("acme", october(1))
    other = ("acme", october(2))
    shares, without = day_shares(found, {place: amount, other: 7}, "account", "weight", ["to"])
    assert without == [other]
    by = next(n for n in (4, 3, 2) if any(one[n] for one in sums))
    parts = [[one for one in sums if one[0] is known] for known in (True, False)]
    of_parts = money.shared(amount, [sum(one[by] for one in part) for part in parts])
    expected: dict[tuple[str, str], int] = {}
    for name, part, units in zip(("known", "unknown"), parts, of_parts, strict=True):
        each = money.shared(units, [one[by] for one in part]) if part else []
        for one, share in zip(part, each, strict=True):
            expected[one[1], name] = expected.get((one[1], name), 0) + share
    told = {
        (to, name): row[name]
        for to, row in shares.rows_by_key("to", named=True, unique=True).items()
        for name in ("known", "unknown")
    }
    assert {key: n for key, n in told.items() if n} == {k: n for k, n in expected.items() if n}


def test_a_review_says_what_the_account_earns_and_a_customers_page_does_not(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `margin` has it, whatever others' calls share its provider's day; in words, in JSON, on the carrier's page."""
    take_in(
        carrier,
        tmp_path,
        Call("m", "globex", "447700900123", more=BY_VOX),  # 0.03 − 0.02
        Call("n", "globex", seconds=10, more=BY_TELE),  # 0.01 − 0.006
        Call("o", "globex", more={"trunk": "unknown"}),
        Call("a", more=BY_VOX),
    )
    carrier.bill(october(3))
    words = ["--book", str(carrier.path), "--format", "json", "review", "globex"]
    words += ["--from", "2026-10-01", "--to", "2026-10-03", "--report"]
    pages = [tmp_path / "ours.html", tmp_path / "theirs.html"]
    assert run([*words, str(pages[0])]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [told["earned"][key] for key in ("sale", "cost", "margin")] == ["0.04", "0.026", "0.014"]
    assert (
        "It earns 0.014 USD: calls sold for 0.04 USD cost 0.026 USD, 35.0% of the sale."
        in told["words"]
    )
    assert "What it earns, by destination" in pages[0].read_text("utf-8")
    assert run([*words, str(pages[1]), "--for", "customer"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["earned"] is None
    assert "earns" not in pages[1].read_text("utf-8") + str(told["words"])
