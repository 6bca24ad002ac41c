"""Histories of an account drawn at random, and what is due for them, counted day by day.

Written anew, from the rules alone: nothing here calls the code that charges.
"""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.carriers import Call

from minutebook import money
from minutebook.money import Method, Rounding

PLANS = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.6"
minimum_per_server = "20.00"
short_calls = { below_seconds = 200, share_over = "0.5", fee = "0.0171" }

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
short_calls = { below_seconds = 300, share_over = "0.25", fee = "0.3", per = "month" }
rounding = { method = "half_even", precision = 2 }

[plan.burst]
model = "per_channel"
currency = "USD"
minimum_per_server = "31.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]
over = { policy = "burst", price = "0.123456" }
short_calls = { below_seconds = 300, share_over = 0, fee = "0.0000000003" }

[plan.p95]
model = "per_channel"
currency = "USD"
minimum_per_server = "25.00"
tiers = [ { channels = 1, price = "7.77", free_servers = 1 }, { channels = 3, price = "5.55", free_servers = 2 } ]
bill_by = "p95"
short_calls = { below_seconds = "150", share_over = "0.2", fee = "1", per = "month" }
"""
UP4, EVEN2 = Rounding(Method.UP, 4), Rounding(Method.HALF_EVEN, 2)


@dataclass(frozen=True)
class Short:
    """What a plan asks for short calls."""

    below: int
    over: Fraction
    fee: Decimal
    by_month: bool = False

    def fees(self, seconds: list[int]) -> Decimal:
        short = [each for each in seconds if each < self.below]
        passes = bool(seconds) and Fraction(len(short), len(seconds)) > self.over
        return sum((self.fee for _ in short), Decimal(0)) if passes else Decimal(0)


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
    short: Short | None = None

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
    "minutes": Said(
        UP4, Fraction(20), by_channel=False, short=Short(200, Fraction(1, 2), Decimal("0.0171"))
    ),
    "daily": Said(UP4, Fraction(31)),
    "monthly": Said(
        EVEN2,
        Fraction("12.345"),
        whole=True,
        ahead=True,
        short=Short(300, Fraction(1, 4), Decimal("0.3"), by_month=True),
    ),
    "burst": Said(
        UP4,
        Fraction(31),
        burst=Fraction("0.123456"),
        short=Short(300, Fraction(0), Decimal("0.0000000003")),
    ),
    "p95": Said(
        UP4, Fraction(25), p95=True, short=Short(150, Fraction(1, 5), Decimal(1), by_month=True)
    ),
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
    first: date
    last: date
    _counted: dict[date, list[int]] = field(default_factory=dict)

    @classmethod
    def drawn(cls, seed: int, first: date, last: date) -> History:
        """A history from `first` to `last`: some six terms and seventy days with calls in four months."""
        chance = random.Random(seed)
        span = (last - first).days
        months = span // 30

        def day() -> date:
            return first + timedelta(days=chance.randint(0, span))

        closed = last - timedelta(days=chance.randint(0, 50)) if chance.random() < 0.4 else None
        end_day = closed or last
        begin_day = first + timedelta(days=chance.randint(0, 40))
        days = sorted({begin_day, *(day() for _ in range(months + 2))})
        days = [d for d in days if d <= end_day]
        terms = [
            (d, chance.choice(list(SAID)), chance.choice([0, 1, 2, 9, 10, 11, 25, 100, 101, 600]))
            for d in days
        ]
        servers = []
        for n in range(chance.randint(1, months)):
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
            for d in sorted({day() for _ in range(18 * months)})
            if days[0] <= d <= end_day
        }
        return cls(terms, servers, made, closed, first, last)

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
        """Everything that is due by the last day, counted day by day."""
        found: dict[tuple[date, str], Decimal] = {}
        spent: dict[tuple[int, int], Decimal] = {}
        day = self.first
        while day <= self.last:
            now = self.on(day)
            for kind, amount in (
                ("usage", self._usage(day, now)),
                ("channels", self._channels(day)),
            ):
                found[day, kind] = amount
                month = (day.year, day.month)
                spent[month] = spent.get(month, Decimal(0)) + amount
            found[day, "short_calls"] = self._short_calls(day, now)
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

    def _short_calls(self, day: date, now: tuple[Said, int] | None) -> Decimal:
        if now is None or now[0].short is None:
            return Decimal(0)
        days = [day]
        if now[0].short.by_month:
            name = self._named(day)
            length = calendar.monthrange(day.year, day.month)[1]
            days = [d for n in range(length) if self._named(d := day.replace(day=n + 1)) == name]
        if day != days[-1]:
            return Decimal(0)
        return now[0].short.fees([seconds for d in days for _, seconds in self.made.get(d, [])])

    def peaks(self, day: date) -> list[int]:
        """The most calls at once in each five minutes of a day, counted at every instant that counts."""
        if day not in self._counted:
            self._counted[day] = self._count(day)
        return self._counted[day]

    def _count(self, day: date) -> list[int]:
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
