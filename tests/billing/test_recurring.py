"""Channels and minimums on the ledger, against a count day by day, in any rhythm of runs."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, take_in

from minutebook import money
from minutebook.errors import InputError
from minutebook.money import Method, Rounding

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

PLANS = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.6"
minimum_per_server = "20.00"

[plan.daily]
model = "per_channel"
currency = "USD"
minimum_per_server = "31.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]

[plan.monthly]
model = "per_channel"
currency = "USD"
minimum_per_server = "12.345"
prorate = "none"
tiers = [ { channels = 10, price = "2", free_servers = 0 }, { channels = 20, price = "1.5", free_servers = 2 } ]
tier_mode = "graduated"
charge = "monthly"
rounding = { method = "half_even", precision = 2 }

[plan.burst]
model = "per_channel"
currency = "USD"
minimum_per_server = "31.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]
over = { policy = "burst", price = "0.123456" }

[plan.p95]
model = "per_channel"
currency = "USD"
minimum_per_server = "25.00"
tiers = [ { channels = 1, price = "7.77", free_servers = 1 }, { channels = 3, price = "5.55", free_servers = 2 } ]
bill_by = "p95"
"""
UP4, EVEN2 = Rounding(Method.UP, 4), Rounding(Method.HALF_EVEN, 2)
FIRST, LAST = date(2026, 1, 1), date(2026, 4, 30)


@dataclass(frozen=True)
class Said:
    """What the test knows of a plan, written anew: price of n channels, free servers, rounding."""

    rounding: Rounding
    minimum: Fraction
    whole: bool = False
    ahead: bool = False
    by_channel: bool = True
    burst: Fraction = Fraction(0)
    p95: bool = False

    def price(self, n: int) -> Fraction:
        if self.p95:
            return Fraction(n) * (Fraction("7.77") if n <= 1 else Fraction("5.55"))
        if not self.ahead:
            return Fraction(n) * (Fraction("1.20") if n <= 100 else Fraction("0.95"))
        return Fraction(min(n, 10) * 2) + Fraction(max(0, n - 10)) * Fraction("1.5")

    def free(self, n: int) -> int:
        if not self.by_channel:
            return 0
        if self.p95:
            return 1 if n <= 1 else 2
        return (0 if n <= 10 else 2) if self.ahead else (1 if n <= 100 else 3)


SAID = {
    "minutes": Said(UP4, Fraction(20), by_channel=False),
    "daily": Said(UP4, Fraction(31)),
    "monthly": Said(EVEN2, Fraction("12.345"), whole=True, ahead=True),
    "burst": Said(UP4, Fraction(31), burst=Fraction("0.123456")),
    "p95": Said(UP4, Fraction(25), p95=True),
}
DAY = timedelta(days=1)
FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True)
class History:
    """One account: terms (day, plan, channels), servers (name, from, to), by day its calls (setup,
    seconds), and perhaps its last day."""

    terms: list[tuple[date, str, int]]
    servers: list[tuple[str, date, date | None]]
    made: dict[date, list[tuple[datetime, int]]]
    closed: date | None

    @classmethod
    def drawn(cls, seed: int) -> History:
        chance = random.Random(seed)
        span = (LAST - FIRST).days

        def day() -> date:
            return FIRST + timedelta(days=chance.randint(0, span))

        closed = LAST - timedelta(days=chance.randint(0, 50)) if chance.random() < 0.4 else None
        end_day = closed or LAST
        days = sorted({FIRST + timedelta(days=chance.randint(0, 40)), *(day() for _ in range(5))})
        days = [d for d in days if d <= end_day]
        terms = [
            (d, chance.choice(list(SAID)), chance.choice([0, 1, 2, 9, 10, 11, 25, 100, 101, 600]))
            for d in days
        ]
        servers = []
        for n in range(chance.randint(1, 4)):
            begin = min(end_day, day()) - timedelta(days=chance.choice([0, 200]))
            end = chance.choice([None, begin + timedelta(days=chance.randint(0, 60))])
            servers.append((f"s{n}", begin, end))
        made = {
            d: [
                (
                    datetime.combine(d, time(), UTC) + timedelta(seconds=chance.randint(0, 86_000)),
                    chance.choice([chance.randint(1, 400), chance.randint(1, 90_000)]),
                )
                for _ in range(chance.randint(1, 5))
            ]
            for d in {day() for _ in range(70)}
            if days[0] <= d <= end_day
        }
        return cls(terms, servers, made, closed)

    def on(self, day: date) -> tuple[Said, int] | None:
        if self.closed is not None and day > self.closed:
            return None
        held = [(plan, n) for first, plan, n in self.terms if first <= day]
        return (SAID[held[-1][0]], held[-1][1]) if held else None

    def toml(self, terms: list[tuple[date, str, int]], last: date | None = None) -> str:
        spelled = ", ".join(
            f'{{ from = {first}, plan = "{plan}", override = "drawn"'
            + (f", channels = {n}" if SAID[plan].by_channel else "")
            + " }"
            for first, plan, n in terms
        )
        closed = "" if last is None else f"closed = {last}\n"
        return f'[account.acme]\nterms = [ {spelled} ]\nmatch = [ {{ account_code = "acme" }} ]\n{closed}'

    def server_toml(self) -> str:
        return "".join(
            f'[server.{name}]\naccount = "acme"\ndeployed = {begin}\n'
            + (f"retired = {end}\n" if end else "")
            for name, begin, end in self.servers
        )

    def calls(self, days: set[date]) -> list[Call]:
        return [
            Call(f"{day}-{n}", at=at, seconds=seconds)
            for day in sorted(days)
            for n, (at, seconds) in enumerate(self.made[day])
        ]

    def owed(self) -> dict[tuple[str, str, str], str]:
        """Everything that is due by LAST, counted day by day."""
        found: dict[tuple[date, str], Decimal] = {}
        spent: dict[tuple[int, int], Decimal] = {}
        day = FIRST
        while day <= LAST:
            now = self.on(day)
            for kind, amount in (
                ("usage", self._usage(day, now)),
                ("channels", self._channels(day)),
            ):
                found[day, kind] = amount
                month = (day.year, day.month)
                spent[month] = spent.get(month, Decimal(0)) + amount
            day += DAY
        for (year, month), paid in spent.items():
            last = date(year, month, calendar.monthrange(year, month)[1])
            due_on = last if self.closed is None else min(last, self.closed)
            if due_on.month == month:
                found[due_on, "minimum"] = self._minimum(last, due_on, paid)
        return {
            ("acme", day.isoformat(), kind): money.text(-amount)
            for (day, kind), amount in found.items()
            if amount
        }

    def _usage(self, day: date, now: tuple[Said, int] | None) -> Decimal:
        if now is None or now[0].by_channel:
            return Decimal(0)
        seconds = sum(seconds for _, seconds in self.made.get(day, []))
        return UP4.of(Fraction(seconds) * Fraction("0.6") / 60)

    def peaks(self, day: date) -> list[int]:
        """The most calls at once in each five minutes of a day, counted at every instant that counts."""
        dawn = datetime.combine(day, time(), UTC)
        spans = [
            (at, at + timedelta(seconds=2 + seconds))
            for made in self.made.values()
            for at, seconds in made
        ]
        spans = [(b, e) for b, e in spans if b < dawn + DAY and e > dawn]
        found = []
        for n in range(288):
            begin = dawn + n * FIVE_MINUTES
            instants = [begin, *(b for b, _ in spans if begin <= b < begin + FIVE_MINUTES)]
            found.append(max(sum(b <= t < e for b, e in spans) for t in instants))
        return found

    def percentile(self, day: date, name: str) -> tuple[int, list[date]]:
        """The month's 95th percentile under a plan, and its days."""
        length = calendar.monthrange(day.year, day.month)[1]
        days = [d for n in range(length) if self._named(d := day.replace(day=n + 1)) == name]
        peaks = sorted(peak for d in days for peak in self.peaks(d))
        return peaks[-(-95 * len(peaks) // 100) - 1], days

    def _named(self, day: date) -> str | None:
        held = [plan for first, plan, _ in self.terms if first <= day]
        return held[-1] if held and self.on(day) else None

    def _channels(self, day: date) -> Decimal:
        length = calendar.monthrange(day.year, day.month)[1]

        def share(held: tuple[Said, int], k: int) -> Decimal:
            price = held[0].price(held[1])
            upto, less = (held[0].rounding.of(price * n / length) for n in (k, k - 1))
            return upto - less

        def rest(held: tuple[Said, int]) -> Decimal:
            return sum((share(held, k) for k in range(day.day, length + 1)), Decimal(0))

        now = self.on(day)
        before = self.on(day - DAY) if day.day > 1 else None
        if now is not None and now[0].p95:
            return self._by_percentile(day, now[0]) - (
                rest(before) if before is not None and before[0].ahead else Decimal(0)
            )
        amount = Decimal(0)
        if now is not None and now[0].burst:
            amount += now[0].rounding.of(now[0].burst * max(0, max(self.peaks(day)) - now[1]))
        if now is not None and now[0].ahead and day == self.closed:
            amount -= sum((share(now, k) for k in range(day.day + 1, length + 1)), Decimal(0))
        if now is None:
            return amount
        if before is not None and before[0].by_channel and before[0].ahead:
            amount -= rest(before)
        if now is not None and now[0].by_channel:
            amount += rest(now) if now[0].ahead else share(now, day.day)
        return amount

    def _by_percentile(self, day: date, said: Said) -> Decimal:
        n, days = self.percentile(day, "p95")
        if day != days[-1]:
            return Decimal(0)
        length = calendar.monthrange(day.year, day.month)[1]
        return said.rounding.of(said.price(n) * len(days) / length)

    def _minimum(self, last: date, due_on: date, spent: Decimal) -> Decimal:
        total, whole = Fraction(0), {}
        for k in range(1, last.day + 1):
            day = last.replace(day=k)
            now = self.on(day)
            if now is None:
                continue
            there = sorted(
                (begin, name)
                for name, begin, end in self.servers
                if begin <= day and (end is None or day <= end)
            )
            n = self.percentile(day, "p95")[0] if now[0].p95 else now[1]
            for _, name in there[now[0].free(n) :]:
                if now[0].whole:
                    whole[name] = now[0].minimum
                else:
                    total += now[0].minimum / last.day
        held = self.on(due_on)
        if held is None:
            return Decimal(0)
        return max(Decimal(0), held[0].rounding.of(total + sum(whole.values())) - spent)


def declared(book: Book, tmp_path: Path, text: str) -> None:
    file = tmp_path / "more.toml"
    file.write_text(text, "utf-8")
    book.apply([file], force="drawn")


@pytest.mark.parametrize("seed", range(10))
def test_any_history_in_any_rhythm_is_charged_to_the_digit(
    book: Book, tmp_path: Path, seed: int
) -> None:
    """Terms, servers and calls that come late included: once, and again, and proved."""
    history = History.drawn(seed)
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
        said[row["kind"]] = "\n".join(book.explain_charge(row["journal"]).steps)
    assert "10 channels a month cost 10 x 1.20 = 12.00" in said["channels"]
    assert "Day 31 of 31 owes what 31 days do less what 30 days do" in said["channels"]
    assert "Server a: 0 days of 31 owe 0.00, 31 days free." in said["minimum"]
    assert "Server h: 16 days of 31 owe 16.00." in said["minimum"]
    assert "Required for 2026-01: 133.00 USD" in said["minimum"]
    assert "Spent on calls and channels of 2026-01: 12.00." in said["minimum"]
    assert "121.00 USD is charged here" in said["minimum"]


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
        said[row["account"]] = "\n".join(book.explain_charge(row["journal"]).steps)
    assert (
        "The day's peak is 5 channels, 3 above the 2 bought, at 0.123456 each: 0.3704."
        in said["burst"]
    )
    # 31 days of 288 intervals, 446 of them may lie above: 145 each of 5, 4, 3 and 2
    peaks = "Of the 8,928 five-minute peaks of 31 days, 446 may lie above their 95th percentile"
    assert f"{peaks}, which is 2." in said["p95"]
    assert "2 channels a month cost 2 x 5.55 = 11.10" in said["p95"]
    assert "31 days of 31 owe 11.10." in said["p95"]
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
            "insert into run (run, through, lake_version, summary) select max(run) + 1, '2026-02-05', 1, '{}' from run"
        )
        connection.execute(
            "insert into channel_peak select max(run.run), 'burst', '2026-01-11', 9, '{9}', '{288}' from run"
        )
    (wrong,) = [check for check in book.verify() if check.name == "channels"]
    assert wrong.differences == [
        "burst, 2026-01-11: its calls held 3 channels at most, 9 were charged by"
    ]


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
