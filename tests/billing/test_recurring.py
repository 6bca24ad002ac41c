"""Channels and minimums on the ledger, against a count day by day, in any rhythm of runs."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, take_in
from tests.histories import PLANS, UP4, History

from minutebook.billing.differences import WrongPeak
from minutebook.errors import InputError
from minutebook.statements.recurring import DayShare, MonthPrice
from minutebook.statements.steps import DueLessPosted, Posting

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 30)


def declared(book: Book, tmp_path: Path, text: str) -> None:
    file = tmp_path / "more.toml"
    file.write_text(text, "utf-8")
    book.apply([file], force="drawn")


@pytest.mark.parametrize("seed", range(7))
def test_any_history_in_any_rhythm_is_charged_to_the_digit(
    book: Book, tmp_path: Path, seed: int
) -> None:
    """Terms, servers and calls that come late included: once, and again, and proved."""
    history = History.drawn(seed, FIRST, LAST)
    chance = random.Random(seed)
    early = {day for day in history.made if chance.random() < 0.6}
    declare(book, tmp_path, PLANS + history.toml(history.terms[:3]), deck=None)
    take_in(book, tmp_path, *history.calls(early))
    through = FIRST + timedelta(days=chance.randint(0, 60))
    while through < LAST:
        book.bill(through)
        through += timedelta(days=chance.choice([1, 7, 31]))
        if chance.random() < 0.3:
            declared(book, tmp_path, history.server_toml())
    declared(book, tmp_path, history.toml(history.terms, history.closed) + history.server_toml())
    take_in(book, tmp_path, *history.calls(history.made.keys() - early))
    book.bill(LAST)
    expected = history.owed()
    assert expected
    assert ledger(book) == expected
    assert book.bill(LAST).postings == 0
    assert [check for check in book.verify() if check.differences] == []


CHANNELS = (
    PLANS
    + """
[account.acme]
plan = "daily"
channels = 120
from = 2026-01-01
debit_limit = "1000.00"
match = [ { account_code = "acme" } ]
"""
)


MORE_CHANNELS = """
[account.acme]
terms = [ { from = 2026-03-15, plan = "daily", channels = 200 } ]
"""


def test_more_channels_from_a_billed_day_are_charged_as_a_difference(
    book: Book, tmp_path: Path
) -> None:
    """To the days that they change, with the reason; the days before keep their charge."""
    declare(book, tmp_path, CHANNELS, deck=None)
    book.bill(date(2026, 3, 31))
    declared(book, tmp_path, MORE_CHANNELS)
    result = book.bill(date(2026, 3, 31))
    assert result.postings == 17
    march = [
        Decimal(amount) for (_, day, _), amount in ledger(book).items() if day.startswith("2026-03")
    ]
    assert sum(march) == Decimal("-155.6774")
    reasons = set(book.journal(date(2026, 3, 15), date(2026, 3, 15))["reason"])
    assert reasons == {"channels", "terms, plans or servers changed"}


def test_a_late_call_lowers_a_minimum_that_was_charged(book: Book, tmp_path: Path) -> None:
    """By a difference under the same kind, on the month's last day; never below nothing."""
    text = PLANS + (
        '[account.acme]\nplan = "minutes"\nfrom = 2026-01-01\ndebit_limit = "100.00"\n'
        'match = [ { account_code = "acme" } ]\n'
        '[server.lon-1]\naccount = "acme"\ndeployed = 2026-01-01\n'
    )
    declare(book, tmp_path, text, deck=None)
    book.bill(date(2026, 1, 30))
    assert ledger(book) == {}
    book.bill(date(2026, 1, 31))
    assert ledger(book) == {("acme", "2026-01-31", "minimum"): "-20.00"}
    at = datetime(2026, 1, 10, 9, tzinfo=UTC)
    take_in(book, tmp_path, Call("late", at=at, seconds=600))
    book.bill(date(2026, 2, 3))
    assert ledger(book) == {
        ("acme", "2026-01-10", "usage"): "-6.00",
        ("acme", "2026-01-31", "minimum"): "-14.00",
    }
    take_in(book, tmp_path, Call("later", at=at + timedelta(hours=2), seconds=6000))
    book.bill(date(2026, 2, 3))
    assert ledger(book) == {("acme", "2026-01-10", "usage"): "-66.00"}
    assert [check for check in book.verify() if check.differences] == []
    statement = book.statement("acme", date(2026, 1, 31), date(2026, 1, 31))
    assert [day.minimum for day in statement.days] == [0]


def test_a_closed_month_takes_no_other_channels(book: Book, tmp_path: Path) -> None:
    """Terms that begin in it are refused."""
    declare(book, tmp_path, CHANNELS, deck=None)
    book.bill(date(2026, 1, 31))
    book.close_month(date(2026, 1, 1), "the books are done")
    with pytest.raises(InputError, match="closed month"):
        declared(
            book,
            tmp_path,
            '[account.acme]\nterms = [ { from = 2026-01-10, plan = "daily", channels = 200 } ]\n',
        )


def test_minutes_cost_nothing_beside_channels(book: Book, tmp_path: Path) -> None:
    """They are counted and shown, and charged neither by the call nor by the day."""
    declare(book, tmp_path, CHANNELS, deck=None)
    take_in(book, tmp_path, Call("a", at=datetime(2026, 1, 1, 9, tzinfo=UTC), seconds=600))
    book.bill(date(2026, 1, 1))
    (day,) = book.statement("acme", date(2026, 1, 1), date(2026, 1, 1)).days
    assert (day.sums.calls, day.sums.duration_ms, day.per_minute) == (1, 600_000, 0)
    assert day.per_channel == -UP4.of(Fraction(114, 31))


def test_a_changed_plan_needs_a_day_once_channels_are_billed_under_it(
    book: Book, tmp_path: Path
) -> None:
    """Even if no call was made."""
    declare(book, tmp_path, CHANNELS, deck=None)
    book.bill(date(2026, 1, 1))
    dearer = PLANS.replace('price = "0.95"', 'price = "0.99"')
    with pytest.raises(InputError, match="needs from = DATE"):
        declared(book, tmp_path, dearer)
    from_february = dearer.replace("[plan.monthly]", "from = 2026-02-01\n[plan.monthly]")
    declared(book, tmp_path, from_february)
    book.bill(date(2026, 2, 28))
    months: dict[str, Decimal] = {}
    for (_, day, _), amount in ledger(book).items():
        months[day[:7]] = months.get(day[:7], Decimal(0)) + Decimal(amount)
    assert months == {"2026-01": Decimal(-114), "2026-02": Decimal("-118.8")}


def test_what_was_posted_is_explained(book: Book, tmp_path: Path) -> None:
    """The month's price and the day's share; servers, days, required, spent and short."""
    servers = '[server.a]\naccount = "acme"\ndeployed = 2026-01-01\n' + "".join(
        f'[server.{name}]\naccount = "acme"\ndeployed = 2026-01-1{n}\n'
        for n, name in enumerate("bcdefgh")
    )
    declare(book, tmp_path, CHANNELS.replace("channels = 120", "channels = 10"), deck=None)
    declared(book, tmp_path, servers)
    book.bill(date(2026, 1, 31))
    said = {}
    for row in book.journal(date(2026, 1, 31), date(2026, 1, 31)).iter_rows(named=True):
        said[row["kind"]] = "\n".join(map(str, book.explain_charge(row["journal"]).steps))
    assert "10 channels a month cost 10 x 1.20 = 12.00" in said["channels"]
    assert "Day 31 of 31 costs what 31 days do less what 30 days do" in said["channels"]
    assert "Server a: 0 days of 31 cost 0.00, 31 days free." in said["minimum"]
    assert "Server h: 16 days of 31 cost 16.00." in said["minimum"]
    assert "Required for 2026-01: 133.00 USD" in said["minimum"]
    assert "Spent on calls and channels of 2026-01: 12.00." in said["minimum"]
    assert "121.00 USD is charged here" in said["minimum"]


def test_what_was_posted_is_explained_as_data(book: Book, tmp_path: Path) -> None:
    """Each step is of a kind, with its figures: no program needs to read a sentence."""
    declare(book, tmp_path, CHANNELS.replace("channels = 120", "channels = 10"), deck=None)
    book.bill(date(2026, 1, 31))
    last = date(2026, 1, 31)
    (row,) = book.journal(last, last).filter(line=1, kind="channels").iter_rows(named=True)
    posting, month, share, difference = book.explain_charge(row["journal"]).steps
    assert isinstance(posting, Posting)
    assert (posting.kind, posting.run, posting.amount) == ("channels", 1, row["amount"])
    assert isinstance(month, MonthPrice)
    assert (month.parts, month.price) == (((10, Decimal("1.2")),), 12)
    assert isinstance(share, DayShare)
    assert (share.day, share.upto - share.before) == (last, -row["amount"])
    assert difference == DueLessPosted(-row["amount"], Decimal(0), -row["amount"], "USD")


PEAKS = """
[account.burst]
plan = "burst"
channels = 2
from = 2026-01-01
debit_limit = "1000.00"
match = [ { account_code = "burst" } ]

[account.p95]
plan = "p95"
from = 2026-01-01
debit_limit = "1000.00"
match = [ { account_code = "p95" } ]
"""


def test_bursts_and_percentiles_are_explained(book: Book, tmp_path: Path) -> None:
    """The day's peak against the channels bought; the month's percentile and its price."""
    declare(book, tmp_path, PLANS + PEAKS, deck=None)
    for code in ("burst", "p95"):
        take_in(
            book,
            tmp_path,
            *(
                Call(
                    f"{code}{n}-{d}",
                    code,
                    at=datetime(2026, 1, 31 - d, 0, 5, tzinfo=UTC),
                    seconds=43_000,
                )
                for n in range(5)
                for d in range(5)
                if n < 5 - d
            ),
        )
    book.bill(date(2026, 1, 31))
    said = {}
    for row in book.journal(date(2026, 1, 31), date(2026, 1, 31)).iter_rows(named=True):
        said[row["account"]] = "\n".join(map(str, book.explain_charge(row["journal"]).steps))
    assert (
        "The day's peak is 5 channels, 3 above the 2 bought, at 0.123456 each: 0.3704."
        in said["burst"]
    )
    # 31 days of 288 intervals, 446 of them may lie above: 145 each of 5, 4, 3 and 2
    peaks = "Of the 8,928 five-minute peaks of 31 days, 446 may lie above their 95th percentile"
    assert f"{peaks}, which is 2." in said["p95"]
    assert "2 channels a month cost 2 x 5.55 = 11.10" in said["p95"]
    assert "31 days of 31 cost 11.10." in said["p95"]
    assert [check for check in book.verify() if check.differences] == []


def test_late_calls_change_what_channels_held(book: Book, tmp_path: Path) -> None:
    """A burst on its day, a percentile on the month's last; kept peaks are proved."""
    declare(book, tmp_path, PLANS + PEAKS, deck=None)
    book.bill(date(2026, 2, 5))
    assert ("p95", "2026-01-31", "channels") not in ledger(book)
    late = datetime(2026, 1, 10, 23, 59, tzinfo=UTC)
    for code in ("burst", "p95"):
        take_in(
            book,
            tmp_path,
            *(Call(f"{code}{n}", code, at=late, seconds=200_000) for n in range(3)),
        )
    result = book.bill(date(2026, 2, 5))
    posted = ledger(book)
    more = UP4.of(Fraction("0.123456"))
    for day in (10, 11, 12, 13):
        whole = Fraction("2.40")
        share = UP4.of(whole * day / 31) - UP4.of(whole * (day - 1) / 31)
        expected = share + more
        assert Decimal(posted["burst", f"2026-01-{day}", "channels"]) == -expected, day
    assert posted["p95", "2026-01-31", "channels"] == "-16.65"
    assert result.postings == 5
    assert book.bill(date(2026, 2, 5)).postings == 0
    reasons = book.journal(date(2026, 1, 10), date(2026, 1, 10))["reason"].to_list()
    assert set(reasons) == {"channels", "late calls held channels"}
    with book.database.transaction() as connection:
        connection.execute(
            "insert into run (run, through, lake_version, summary, run_by) select max(run) + 1, '2026-02-05', 1, '{}', 'ada' from run"
        )
        connection.execute(
            "insert into channel_peak select max(run.run), 'burst', '2026-01-11', 9, '{9}', '{288}' from run"
        )
    (wrong,) = [check for check in book.verify() if check.name == "channels"]
    assert wrong.differences == [WrongPeak("burst", date(2026, 1, 11), 3, 9)]
    assert [*map(str, wrong.differences)] == [
        "burst, 2026-01-11: its calls held 3 channels at most, 9 were charged by"
    ]


def test_a_server_owes_for_its_owner_alone(book: Book, tmp_path: Path) -> None:
    """Whoever's calls go over it: of two accounts matched on one server, only the owner's are spent."""
    accounts = "".join(
        f'[account.{name}]\nplan = "minutes"\nfrom = 2026-01-01\ndebit_limit = "100.00"\n'
        f'match = [ {{ server = "s", caller_prefix = "{prefix}" }} ]\n'
        for name, prefix in (("owner", "44"), ("guest", "1"))
    )
    server = '[server.s]\naccount = "owner"\ndeployed = 2026-01-01\n'
    declare(book, tmp_path, PLANS + accounts + server, deck=None)
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    take_in(
        book,
        tmp_path,
        Call("a", "", at=at, seconds=300, server="s", more={"caller": "442079460900"}),
        Call("b", "", at=at, seconds=3000, server="s", more={"caller": "12125550100"}),
    )
    book.bill(date(2026, 1, 31))
    assert ledger(book) == {
        ("owner", "2026-01-05", "usage"): "-3.00",
        ("guest", "2026-01-05", "usage"): "-30.00",
        ("owner", "2026-01-31", "minimum"): "-17.00",
    }
    (server_standing,) = book.minimum("owner", date(2026, 1, 1)).servers
    assert server_standing.calls == 2


def test_a_run_tells_how_far_it_is(book: Book, tmp_path: Path) -> None:
    """Calls priced, accounts charged, postings made; each up to all of them."""
    declare(book, tmp_path, CHANNELS, deck=None)
    take_in(book, tmp_path, Call("a", at=datetime(2026, 1, 1, 9, tzinfo=UTC), seconds=600))
    told: list[tuple[str, int, int]] = []
    book.bill(date(2026, 1, 31), progress=lambda *numbers: told.append(numbers))
    assert [step for step in told if step[1] == step[2]] == [
        ("calls", 1, 1),
        ("accounts", 1, 1),
        ("postings", 31, 31),
    ]


def test_where_a_months_minimum_stands(book: Book, tmp_path: Path) -> None:
    """Required, spent, and what it will be if calls go on as on the billed days; by server."""
    text = PLANS + (
        '[account.acme]\nplan = "minutes"\nfrom = 2026-04-01\ndebit_limit = "100.00"\n'
        'match = [ { account_code = "acme" } ]\n'
        '[account.globex]\nplan = "minutes"\nfrom = 2026-04-01\nmatch = [ { account_code = "globex" } ]\n'
        '[server.lon-1]\naccount = "acme"\ndeployed = 2026-01-01\n'
        '[server.par-1]\naccount = "acme"\ndeployed = 2026-04-16\n'
    )
    declare(book, tmp_path, text, deck=None)
    april = date(2026, 4, 1)
    before = book.minimum("acme", april)
    assert (before.required, before.spent, before.expected, before.met) == (30, 0, None, False)
    at = datetime(2026, 4, 2, 9, tzinfo=UTC)
    take_in(book, tmp_path, Call("a", at=at, seconds=500), Call("g", "globex", at=at, seconds=100))
    book.bill(date(2026, 4, 10))
    standing = book.minimum("acme", april)
    assert (standing.required, standing.spent, standing.expected) == (30, 5, 15)
    assert not standing.met
    assert [(s.server, s.days, s.owed, s.calls, s.duration_ms) for s in standing.servers] == [
        ("lon-1", 30, 20, 2, 600_000),
        ("par-1", 15, 10, 0, 0),
    ]
    book.bill(date(2026, 4, 30))
    assert ledger(book)["acme", "2026-04-30", "minimum"] == "-25.00"
    with pytest.raises(InputError, match="is not declared"):
        book.minimum("nobody", april)


def test_a_run_of_earlier_days_leaves_the_later_ones_to_the_next(
    book: Book, tmp_path: Path
) -> None:
    """Changed terms are charged up to the day that a run is asked for, and none is forgotten."""
    declare(book, tmp_path, CHANNELS, deck=None)
    book.bill(date(2026, 3, 31))
    declared(book, tmp_path, MORE_CHANNELS)
    assert book.bill(date(2026, 3, 20)).postings == 6
    assert book.bill(date(2026, 3, 20)).postings == 0
    assert book.bill(date(2026, 3, 31)).postings == 11
    assert [check for check in book.verify() if check.differences] == []


def test_a_statement_of_before_a_change_shows_what_was_known(book: Book, tmp_path: Path) -> None:
    """Channels and minimums too are corrected by postings, never edited."""
    declare(book, tmp_path, CHANNELS, deck=None)
    book.bill(date(2026, 1, 31))
    known = datetime.now(UTC)
    declared(
        book,
        tmp_path,
        '[account.acme]\nterms = [ { from = 2026-01-31, plan = "daily", channels = 600 } ]\n',
    )
    book.bill(date(2026, 1, 31))
    day = date(2026, 1, 31)
    before, after = (
        book.statement("acme", day, day, as_of).days[0].per_channel for as_of in (known, None)
    )
    assert before == -(UP4.of(114) - UP4.of(Fraction(114 * 30, 31)))
    assert after == -(UP4.of(570) - UP4.of(Fraction(570 * 30, 31)))


EARLIER = (
    PLANS
    + PEAKS
    + """
[account.acme]
plan = "minutes"
from = 2026-01-01
debit_limit = "1000.00"
match = [ { account_code = "acme" } ]
"""
)


def test_a_run_of_earlier_days_forgets_no_minimum_and_no_peak(book: Book, tmp_path: Path) -> None:
    """What late calls change at the end of the month is posted by the next run that reaches it."""
    declare(book, tmp_path, EARLIER, deck=None)
    book.deploy_server("s", "acme", date(2026, 1, 1), force="test")
    book.bill(date(2026, 2, 28))
    late = datetime(2026, 1, 5, 9, tzinfo=UTC)
    take_in(
        book, tmp_path, Call("a", at=late, seconds=60), Call("p", "p95", at=late, seconds=300_000)
    )
    book.bill(date(2026, 1, 12))
    posted = ledger(book)
    assert posted["acme", "2026-01-05", "usage"] == "-0.60"
    assert posted["acme", "2026-01-31", "minimum"] == "-20.00"
    assert [check for check in book.verify() if check.differences] == []
    book.bill(date(2026, 1, 20))
    book.bill(date(2026, 2, 28))
    posted = ledger(book)
    assert posted["acme", "2026-01-31", "minimum"] == "-19.40"
    assert posted["p95", "2026-01-31", "channels"] == "-7.77"
    assert [check for check in book.verify() if check.differences] == []
    assert book.bill(date(2026, 2, 28)).postings == 0


def test_what_was_paid_ahead_is_explained(book: Book, tmp_path: Path) -> None:
    """The rest of a month, what a change takes off, and what closing gives back."""
    text = PLANS + (
        '[account.acme]\nterms = [ { from = 2026-01-01, plan = "monthly", channels = 10 },'
        ' { from = 2026-01-17, plan = "monthly", channels = 20 } ]\nclosed = 2026-02-14\n'
    )
    declare(book, tmp_path, text, deck=None)
    book.bill(date(2026, 2, 28))
    said = {}
    for day in (date(2026, 1, 1), date(2026, 1, 17), date(2026, 2, 14)):
        (row, *_) = book.journal(day, day).iter_rows(named=True)
        said[day] = "\n".join(map(str, book.explain_charge(row["journal"]).steps))
    assert "carries all days from it to the month's end, 31 days: 20.00." in said[date(2026, 1, 1)]
    assert "carries all days from it to the month's end, 15 days: 16.94." in said[date(2026, 1, 17)]
    assert "their part from 2026-01-17 on, 9.68, is taken off" in said[date(2026, 1, 17)]
    assert "Due 7.26 less posted before 0.00" in said[date(2026, 1, 17)]
    assert "charged ahead for the days after it, 17.50, comes back" in said[date(2026, 2, 14)]


def test_minimums_of_two_plans_show_their_parts(book: Book, tmp_path: Path) -> None:
    """So many days at each, and the whole of one that is owed whole."""
    text = PLANS + (
        '[account.acme]\nterms = [ { from = 2026-01-01, plan = "minutes" },'
        ' { from = 2026-01-17, plan = "monthly", channels = 1 } ]\n'
    )
    declare(book, tmp_path, text, deck=None)
    book.deploy_server("s", "acme", date(2026, 1, 1), force="test")
    book.bill(date(2026, 1, 31))
    (minimum,) = [
        row["journal"]
        for row in book.journal(date(2026, 1, 31), date(2026, 1, 31)).iter_rows(named=True)
        if row["kind"] == "minimum" and row["line"] == 1
    ]
    said = "\n".join(map(str, book.explain_charge(minimum).steps))
    assert (
        "Server s: 31 days of 31 cost about 22.667581 (16 days at 20, the whole of 12.345)" in said
    )
