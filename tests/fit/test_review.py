"""A review says what a run would charge, under every plan, and recommends what fits."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import Call, declare, ledger, october, on, take_in
from tests.histories import PLANS, SAID, History

from minutebook.errors import InputError
from minutebook.show.review.model import ReviewView
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.fit.review import Review

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 30)


def _json(found: Review) -> dict[str, Any]:
    said: dict[str, Any] = as_json(ReviewView.of(found))
    return said


def charged(book: Book, first: date, last: date) -> Decimal:
    """What the ledger holds for the days from `first` to `last`, positive."""
    days = (date.fromisoformat(day) for _, day, _ in ledger(book))
    amounts = (Decimal(amount) for amount in ledger(book).values())
    return -sum((a for d, a in zip(days, amounts, strict=True) if first <= d <= last), Decimal(0))


def made(book: Book, tmp_path: Path, history: History) -> Book:
    declare(book, tmp_path, PLANS + history.toml(history.terms), deck=None)
    file = tmp_path / f"servers{id(book)}.toml"
    file.write_text(history.server_toml(), "utf-8")
    book.apply([file], force="drawn")
    take_in(book, tmp_path, *history.calls(set(history.made)))
    return book


@pytest.mark.parametrize("seed", range(3))
def test_every_plan_costs_what_a_run_would_charge(
    new_book: Callable[[], Book], tmp_path: Path, seed: int
) -> None:
    """The present one, and each as if it had been so from the period's first day: to the digit."""
    chance = random.Random(seed)
    history = replace(History.drawn(seed, FIRST, LAST), closed=None)
    first = FIRST + timedelta(days=chance.randint(45, 60))
    last = chance.choice([date(2026, 3, 31), LAST, date(2026, 4, 17)])
    book = made(new_book(), tmp_path, history)
    review = book.review("acme", first, last)
    book.bill(last)
    assert review.current.cost == charged(book, first, last)
    rows = [row for row in review.plans if not row.present]
    assert {row.plan for row in rows} >= {"minutes", "p95", "burst"} - {review.plan}
    for row in rows:
        bought = row.channels if row.plan != "p95" else 0
        before = [term for term in history.terms if term[0] < first]
        assert SAID[row.plan].by_channel == (row.model == "per_channel")
        other = replace(history, terms=[*before, (first, row.plan, bought or 0)])
        really = made(new_book(), tmp_path, other)
        really.bill(last)
        assert row.cost == charged(really, first, last), row


CARRIER = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.01"
minimum_per_server = "20.00"

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "6.20", free_servers = 1 }, { channels = 100, price = "3.10", free_servers = 1 } ]
minimum_per_server = "20.00"

[plan.euros]
model = "per_minute"
currency = "EUR"
rate = "0.001"

[account.acme]
plan = "minutes"
from = 2026-10-01
match = [ { account_code = "acme" } ]
debit_limit = "1000.00"
"""


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path, CARRIER, deck=None)


def steady(days: range, at_once: int) -> list[Call]:
    """So many calls of eight hours each day: busy, and even."""
    return [Call(f"{d}-{n}", at=on(d, 9), seconds=8 * 3600) for d in days for n in range(at_once)]


def test_steady_traffic_belongs_on_channels(carrier: Book, tmp_path: Path) -> None:
    """Eight channels cost 6.20 each; the eleventh makes all of them cost half: so eleven are bought."""
    take_in(carrier, tmp_path, *steady(range(1, 32), 8))
    found = carrier.review("acme", october(1), october(31))
    value = _json(found)
    assert value["current"] == {
        "plan": "minutes",
        "cost": "1190.40",
        "usage": "1190.40",
        "channels": "0.00",
        "short_calls": "0.00",
        "minimum": "0.00",
        "bought": None,
        "days_over": 0,
        "billed": "0.00",
    }
    assert value["recommended"] == {"plan": "channels", "channels": 11, "saves": "1156.30"}
    assert value["plans"][0]["cost"] == "34.10"
    assert value["other_currency"] == ["euros"]
    even = found.break_even
    assert even is not None
    assert even.minutes_a_month == Fraction("34.10") / Fraction("0.01") * 30 / 31
    assert even.utilisation == Fraction(3410, 11 * 31 * 1440)
    said = " ".join(value["words"])
    assert "cheapest that loses no call is plan channels with 11 channels: 34.10 USD" in said
    assert "It can switch from" in said
    assert "Billed through no day yet" in said


def test_uneven_traffic_belongs_on_minutes(carrier: Book, tmp_path: Path) -> None:
    """A single rush of sixty calls in a month: channels for it cost more than its minutes do."""
    take_in(carrier, tmp_path, *(Call(f"r{n}", at=on(7), seconds=60) for n in range(60)))
    found = carrier.review("acme", october(1), october(31))
    assert (found.recommended.plan, found.recommended.present, found.saves) == ("minutes", True, 0)
    sizes = [(r.channels, r.lost.calls) for r in found.plans if r.plan == "channels"]
    assert sizes == [(60, 0)]  # to lose at most 1 % of 60 is to lose none
    assert "stay with it" in " ".join(ReviewView.of(found).words)


def test_what_one_percent_saves(carrier: Book, tmp_path: Path) -> None:
    """A second size is shown where it takes fewer channels, with what it would have lost."""
    calls = [
        Call(f"a{d}-{n}", at=on(d, n % 24, n // 24), seconds=50)
        for d in range(1, 11)
        for n in range(200)
    ]
    calls += [Call(f"rush{n}", at=on(20), seconds=600) for n in range(20)]
    take_in(carrier, tmp_path, *calls)
    rows = {r.channels: r for r in carrier.review("acme", october(1), october(31)).plans}
    assert rows[20].lost.calls == 0
    fewer = next(r for n, r in rows.items() if n is not None and n < 20)
    assert 0 < fewer.lost.calls <= 20
    assert fewer.lost.talk_ms == fewer.lost.calls * 600_000


def test_plans_that_are_being_considered(carrier: Book, tmp_path: Path) -> None:
    """Those of a file join the book's, in this review alone."""
    take_in(carrier, tmp_path, *steady(range(1, 32), 1))
    offer = tmp_path / "offer.toml"
    offer.write_text(
        '[plan.offer]\nmodel = "per_channel"\ncurrency = "USD"\nbill_by = "p95"\n'
        'tiers = [ { channels = 10, price = "0.31" } ]\n'
    )
    found = carrier.review("acme", october(1), october(31), against=offer)
    assert (found.recommended.plan, found.recommended.channels, found.recommended.cost) == (
        "offer",
        1,
        Decimal("0.31"),
    )
    assert "offer" not in carrier.carrier().plans
    (tmp_path / "none.toml").write_text('[source.x]\nformat = "kamailio"\n')
    with pytest.raises(InputError, match="declares no plan to consider"):
        carrier.review("acme", october(1), october(31), against=tmp_path / "none.toml")


def test_a_plan_without_a_price_for_every_call_is_not_recommended(
    carrier: Book, tmp_path: Path
) -> None:
    """However cheap it looks."""
    take_in(carrier, tmp_path, *steady(range(1, 11), 1))
    offer = tmp_path / "offer.toml"
    offer.write_text('[plan.gaps]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "thin"\n')
    deck = tmp_path / "thin.csv"
    deck.write_text("prefix,rate\n1,0.0001\n")
    carrier.import_card("thin", deck)
    found = carrier.review("acme", october(1), october(10), against=offer)
    (gaps,) = [row for row in found.plans if row.plan == "gaps"]
    assert (gaps.unpriced_calls, gaps.cost) == (10, 0)
    assert found.recommended.plan == "channels"
    said = " ".join(ReviewView.of(found).words)
    assert "Without a price for every call, and not recommended: gaps" in said
    assert "No month ends in these days" in said


def test_growth_scales_minutes_and_channels(carrier: Book, tmp_path: Path) -> None:
    """Minutes by the share, channels by replay of copies; nothing of the book changes."""
    take_in(carrier, tmp_path, *steady(range(1, 32), 4))
    found = carrier.review("acme", october(1), october(31), growth=Fraction(1, 4))
    rows = {row.plan: row for row in found.plans}
    assert rows["minutes"].cost == Decimal("744.00")  # 595.20 and a quarter
    assert found.minutes == 31 * 4 * 480 * Fraction(5, 4)
    assert rows["channels"].channels is not None
    sizes = [row.channels for row in found.plans if row.plan == "channels"]
    assert 5 in sizes or 11 in sizes
    assert carrier.bill(october(31)).total == {"USD": Decimal("-595.20")}


def test_when_it_may_switch(carrier: Book, tmp_path: Path) -> None:
    """Thirty days after the last change of model, and not before tomorrow."""
    take_in(carrier, tmp_path, *steady(range(1, 32), 4))
    today = datetime.now(UTC).date()
    assert carrier.review("acme", october(1), october(31)).switch_from == today + timedelta(days=1)
    carrier.switch("acme", "channels", 4, today)
    found = carrier.review("acme", october(1), october(31))
    assert found.switch_from == today + timedelta(days=30)


def test_what_cannot_be_reviewed_is_said(carrier: Book) -> None:
    """No calls; no plan on the day; nobody of the name."""
    with pytest.raises(InputError, match="acme has no calls from 2026-10-01 to 2026-10-31"):
        carrier.review("acme", october(1), october(31))
    with pytest.raises(InputError, match="acme has no plan on 2026-09-30"):
        carrier.review("acme", date(2026, 9, 1), date(2026, 9, 30))
    with pytest.raises(InputError, match="'nobody' is not declared"):
        carrier.review("nobody", october(1), october(31))


RHYTHMS = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.01"

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "3.10" } ]

[plan.bursts]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "3.41" } ]
over = { policy = "burst", price = "0.20" }

[plan.percentile]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "4.65" } ]
bill_by = "p95"

[account.acme]
plan = "minutes"
from = 2026-10-01
match = [ { account_code = "acme" } ]
debit_limit = "1000.00"
"""
HOUR, DAY = 3600, 86_390


def at_once(day: int, calls: int, seconds: int, hour: int = 0) -> list[Call]:
    return [Call(f"{day}-{hour}-{n}", at=on(day, hour), seconds=seconds) for n in range(calls)]


def days(at: Callable[[int], list[Call]], of: Iterable[int] = range(1, 32)) -> list[Call]:
    return [call for day in of for call in at(day)]


WEEKENDS = [3, 4, 10, 11, 17, 18, 24, 25, 31]
BEST = {
    # eight at once are 24.80 as channels, 1,190.40 as minutes
    "steady": (days(lambda d: at_once(d, 8, 8 * HOUR)), "channels", 8, "24.80"),
    # three minutes a day, in thirty calls that are scattered over it
    "scattered": (
        days(lambda d: [c for hour in range(6, 21) for half in (0, 30) for c in
                        [Call(f"{d}-{hour}-{half}", at=on(d, hour, half), seconds=6)]]),
        "minutes", None, "0.93",
    ),
    # two at once, and twenty for an hour of each day: that is less than 5 % of the time
    "spikes": (
        days(lambda d: at_once(d, 2, DAY) + at_once(d, 18, HOUR - 10, 12)),
        "percentile", 2, "9.30",
    ),
    # two at once, and fifty on two whole days: more than 5 %; 2 x 3.41 + 2 x 48 x 0.20
    "campaign": (
        days(lambda d: at_once(d, 50 if d in (12, 13) else 2, DAY)), "bursts", 2, "26.02",
    ),
    # five at once on nine days: bursts alone are 9 x 5 x 0.20
    "weekends": (days(lambda d: at_once(d, 5, 8 * HOUR), WEEKENDS), "bursts", 0, "9.00"),
    # as many as the day's number: 14 x 3.41 + 0.20 x (1 + ... + 17)
    "growing": (days(lambda d: at_once(d, d, 8 * HOUR)), "bursts", 14, "78.34"),
}  # fmt: skip


@pytest.mark.parametrize("rhythm", BEST)
def test_the_plan_that_fits_a_rhythm_is_recommended(
    book: Book, tmp_path: Path, rhythm: str
) -> None:
    """Histories whose best plan, size and cost are known by construction; and it bills so."""
    calls, plan, channels, cost = BEST[rhythm]
    declare(book, tmp_path, RHYTHMS, deck=None)
    take_in(book, tmp_path, *calls)
    best = book.review("acme", october(1), october(31)).recommended
    assert (best.plan, best.channels, best.cost) == (plan, channels, Decimal(cost))
    bought = f"channels = {channels}\n" if plan in ("channels", "bursts") else ""
    moved = RHYTHMS.replace('plan = "minutes"\n', f'plan = "{plan}"\n{bought}')
    declare(book, tmp_path, moved, deck=None)
    assert book.bill(october(31)).total == {"USD": -Decimal(cost)}


SERVERS = """
[server.lon-1]
account = "acme"
deployed = 2026-09-01
"""


def test_the_minimum_counts_in_the_break_even(carrier: Book, tmp_path: Path) -> None:
    """Channels for two months are 68.20; minutes are 20.00 in the empty one, so 48.20 in the other."""
    declare(carrier, tmp_path, CARRIER + SERVERS, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 32), 8))
    found = carrier.review("acme", october(1), date(2026, 11, 30))
    (row,) = [row for row in found.plans if row.plan == "channels" and not row.lost.calls]
    even = found.break_even_of(row)
    assert even is not None
    assert row.cost == Decimal("68.20")
    assert float(even.minutes_a_month) == pytest.approx(4820 * 30 / 61, rel=1e-4)


def test_where_the_minimum_alone_costs_more_than_channels(carrier: Book, tmp_path: Path) -> None:
    """A channel with its free server is 6.20, a server by the minute 20.00 without any call."""
    declare(carrier, tmp_path, CARRIER + SERVERS, deck=None)
    take_in(carrier, tmp_path, Call("a", at=on(3)))
    value = _json(carrier.review("acme", october(1), october(31)))
    assert value["recommended"] == {"plan": "channels", "channels": 1, "saves": "13.80"}
    assert value["break_even"]["minutes_a_month"] == 0
    said = " ".join(value["words"])
    assert (
        "plan minutes costs more than plan channels with 1 channel, even without any call" in said
    )


def test_what_each_server_owed_and_carried(carrier: Book, tmp_path: Path) -> None:
    """By month, as `minimum` says; servers that no call came over are named."""
    idle = SERVERS.replace("lon-1", "lon-2").replace("2026-09-01", "2026-10-17")
    declare(carrier, tmp_path, CARRIER + SERVERS + idle, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 4), 1))
    carrier.bill(october(31))
    found = carrier.review("acme", october(1), october(31))
    (month,) = _json(found)["months"]
    servers = {s["server"]: (s["owed"], s["calls"], s["seconds"]) for s in month["servers"]}
    assert servers == {"lon-1": ("20.00", 3, 86_400.0), "lon-2": ("9.677419", 0, 0.0)}
    assert (month["required"], month["spent"], month["met"]) == ("29.6775", "14.40", False)
    assert (
        "The minimum of 2026-10, 29.6775 USD for 2 servers, is not met: 14.40 USD is billed on calls"
        " and channels. No call came over lon-2."
    ) in ReviewView.of(found).words


def test_a_considered_plan_stands_beside_the_one_of_its_name(carrier: Book, tmp_path: Path) -> None:
    """What the account pays now is not touched by an offer that is called the same."""
    take_in(carrier, tmp_path, *steady(range(1, 32), 1))
    offer = tmp_path / "offer.toml"
    offer.write_text('[plan.minutes]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.0001"\n')
    found = carrier.review("acme", october(1), october(31), against=offer)
    assert found.current.cost == Decimal("148.80")
    costs = {row.plan: row.cost for row in found.plans if row.model == "per_minute"}
    assert costs == {"minutes": Decimal("148.80"), "minutes (considered)": Decimal("1.488")}


MONTHLY = """
[plan.percentile]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.00" } ]
bill_by = "p95"

[plan.ahead]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "0.31" } ]
charge = "monthly"
"""


def test_plans_by_the_month_are_not_compared_on_part_of_one(carrier: Book, tmp_path: Path) -> None:
    """A fortnight on them costs nothing or a month: they are shown, named, and not recommended."""
    declare(carrier, tmp_path, CARRIER + MONTHLY, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 32), 4))
    part = carrier.review("acme", october(1), october(15))
    assert {row.plan for row in part.plans if not row.comparable} == {"percentile", "ahead"}
    assert part.recommended.plan == "channels"
    said = " ".join(ReviewView.of(part).words)
    assert "Charged for the month, and these are no whole months: ahead, percentile." in said
    whole = carrier.review("acme", october(1), october(31))
    assert (whole.recommended.plan, whole.recommended.cost) == ("ahead", Decimal("1.24"))


def test_a_credit_is_no_saving_by_a_share(carrier: Book, tmp_path: Path) -> None:
    """Days whose month was paid ahead cost nothing more: no share is taken of that."""
    switched = CARRIER.replace('plan = "minutes"\n', 'plan = "ahead"\nchannels = 4\n') + MONTHLY
    declare(carrier, tmp_path, switched, deck=None)
    take_in(carrier, tmp_path, *steady(range(16, 26), 4))
    value = _json(carrier.review("acme", october(16), october(25)))
    assert value["current"]["cost"] == "0.00"
    assert value["words"]


def test_a_plan_that_loses_nothing_may_cost_more(carrier: Book, tmp_path: Path) -> None:
    """An account that bought too few channels hears what enough of them cost, and how often it was over."""
    blocked = CARRIER.replace(
        '[account.acme]\nplan = "minutes"',
        """[plan.blocks]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "3.10" } ]
over = { policy = "block" }

[account.acme]
plan = "blocks"
channels = 1""",
    )
    declare(carrier, tmp_path, blocked, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 32), 2))
    value = _json(carrier.review("acme", october(1), october(31)))
    assert value["current"]["bought"] == 1
    assert value["current"]["days_over"] == 31
    said = " ".join(value["words"])
    assert "plan blocks with 2 channels: 6.20 USD, that is 3.10 USD or 100.0% more." in said
    assert "It is on that plan already." in said
    assert "On 31 days it held more channels than it bought, at most 2." in said


def test_a_closing_ends_its_month(carrier: Book, tmp_path: Path) -> None:
    """The minimum of an account's last month counts, to the digit, however far the period goes."""
    closed = (CARRIER + SERVERS).replace(
        "from = 2026-10-01", "from = 2026-10-01\nclosed = 2026-10-20"
    )
    declare(carrier, tmp_path, closed, deck=None)
    take_in(carrier, tmp_path, Call("a", at=on(3)))
    carrier.bill(october(31))
    for last in (20, 31):
        found = carrier.review("acme", october(1), october(last))
        assert found.current.cost == found.paid.total == charged(carrier, october(1), october(31))
        assert found.current.charges.minimum > 12
        assert "The account is closed since 2026-10-20." in " ".join(ReviewView.of(found).words)


def test_free_servers_and_overage_of_each_plan(carrier: Book, tmp_path: Path) -> None:
    """Which servers are free, and what bursts make of the channels' cost."""
    bursts = """
[plan.bursts]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "31.00", free_servers = 1 } ]
over = { policy = "burst", price = "0.10" }
"""
    declare(carrier, tmp_path, CARRIER + SERVERS + bursts, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 32), 3))
    rows = {
        row["plan"]: row for row in _json(carrier.review("acme", october(1), october(31)))["plans"]
    }
    assert (rows["minutes"]["servers"], rows["minutes"]["free_servers"]) == (1, 0)
    assert rows["bursts"]["channels"] == 0
    assert rows["bursts"]["overage"] == rows["bursts"]["channels_cost"] == "9.30"
    assert rows["channels"]["free_servers"] == 1
    assert rows["channels"]["overage"] == "0.00"


def test_where_the_minimum_costs_as_much_as_channels(carrier: Book, tmp_path: Path) -> None:
    """Up to the minutes that the minimum covers both cost the same: channels win from there on."""
    same = (CARRIER + SERVERS).replace('price = "6.20", free_servers = 1', 'price = "20.00"')
    declare(carrier, tmp_path, same, deck=None)
    take_in(carrier, tmp_path, Call("a", at=on(3)))
    found = carrier.review("acme", october(1), october(31))
    (row,) = [row for row in found.plans if (row.plan, row.channels) == ("channels", 1)]
    even = found.break_even_of(row)
    assert row.cost == 20
    assert even is not None
    assert float(even.minutes_a_month) == pytest.approx(2000 * 30 / 31, rel=1e-4)


def test_bursts_and_percentiles_have_no_break_even(carrier: Book, tmp_path: Path) -> None:
    """They cost with the traffic, so no number of minutes is theirs."""
    declare(carrier, tmp_path, RHYTHMS, deck=None)
    take_in(carrier, tmp_path, *steady(range(1, 32), 3))
    found = carrier.review("acme", october(1), october(31))
    assert {even.by_channel for even in found.break_evens} == {"channels"}
    assert all(even.utilisation <= 1 for even in found.break_evens)
