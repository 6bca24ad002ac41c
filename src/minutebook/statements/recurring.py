"""How a charge for channels or a minimum came about: its steps as data, from what was kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from minutebook.days import days_of_month
from minutebook.facts import Fact
from minutebook.money import Method, Rounding
from minutebook.statements.steps import DueLessPosted

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.journal import Journal


@dataclass(frozen=True, slots=True)
class MonthPrice(Fact):
    """What a month of channels costs: so many at a price each."""

    plan: str
    channels: int
    parts: tuple[tuple[int, Decimal], ...]
    price: Decimal


@dataclass(frozen=True, slots=True)
class DayShare(Fact):
    """A day costs what the days up to it do less what those before it do, each rounded."""

    day: date
    rounding: Rounding
    upto: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class MonthAhead(Fact):
    """A day carries all days from it to the month's end."""

    day: date
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Burst(Fact):
    """The day's peak above the channels bought, at a price each."""

    peak: int
    channels: int
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PeaksPercentile(Fact):
    """The 95th percentile of the five-minute peaks of so many days, in channels."""

    days: int
    intervals: int
    above: int
    channels: int


@dataclass(frozen=True, slots=True)
class DaysOfMonth(Fact):
    """What so many days of the month of `day` cost."""

    days: int
    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ChargedAhead(Fact):
    """What was charged ahead for the days from `day` on is taken off."""

    day: date
    plan: str
    channels: int
    month_price: Decimal
    owed: Decimal


@dataclass(frozen=True, slots=True)
class ClosesToday(Fact):
    """The account's last day: what was charged ahead for the days after it comes back."""

    back: Decimal


@dataclass(frozen=True, slots=True)
class NoChannelsDue(Fact):
    """No channels are due for the day."""

    day: date


@dataclass(frozen=True, slots=True)
class NoMinimumDue(Fact):
    """The day is no longer the account's last in its month."""

    day: date


@dataclass(frozen=True, slots=True)
class ServerOwes(Fact):
    """What a server's days of the month of `day` cost, exactly.

    `parts` are (monthly price, days); `whole` the price that is owed for the month whole.
    """

    server: str
    day: date
    days: int
    free_days: int
    owed: Fraction
    parts: tuple[tuple[Decimal, int], ...]
    whole: Decimal | None


@dataclass(frozen=True, slots=True)
class MonthRequires(Fact):
    """What the servers require of the month of `day`, rounded once by the plan."""

    day: date
    required: Decimal
    currency: str
    plan: str | None


@dataclass(frozen=True, slots=True)
class Spent(Fact):
    """What was spent on calls and channels of the month of `day`."""

    day: date
    spent: Decimal


ChannelStep: TypeAlias = (
    MonthPrice
    | DayShare
    | MonthAhead
    | Burst
    | PeaksPercentile
    | DaysOfMonth
    | ChargedAhead
    | ClosesToday
    | NoChannelsDue
)
MinimumStep: TypeAlias = NoMinimumDue | ServerOwes | MonthRequires | Spent
RecurringStep: TypeAlias = ChannelStep | MinimumStep | DueLessPosted


def channel_steps(posting: Journal) -> list[RecurringStep]:
    """The month's price, and the day's share of it."""
    details, day = posting.details, posting.corrects
    steps: list[RecurringStep] = []
    now, before = details.get("now"), details.get("before")
    if now is not None:
        steps += [_month_price(now), _of_month(now, day)]
    if "burst" in details:
        found = details["burst"]
        price, amount = Decimal(found["price"]), Decimal(found["amount"])
        steps.append(Burst(found["peak"], found["channels"], price, amount))
    if "percentile" in details:
        found = details["percentile"]
        days, channels = found["days"], found["channels"]
        steps += [
            PeaksPercentile(days, found["intervals"], found["above"], channels),
            _month_price(found),
            DaysOfMonth(days, day, Decimal(found["amount"])),
        ]
    if before is not None and before["charge"] == "monthly" and day.day > 1:
        price, owed = Decimal(before["month_price"]), Decimal(before["owed"])
        steps.append(ChargedAhead(day, before["plan"], before["channels"], price, owed))
    if "closing" in details:
        steps.append(ClosesToday(Decimal(details["closing"]["back"])))
    return [*(steps or [NoChannelsDue(day)]), due_less_posted(posting)]


def minimum_steps(posting: Journal) -> list[RecurringStep]:
    """Servers and days, what they require, what was spent, and what is short."""
    details, day = posting.details, posting.corrects
    if "servers" not in details:
        return [NoMinimumDue(day), due_less_posted(posting)]
    required = Decimal(details["required"])
    return [
        *(_server(server, day) for server in details["servers"]),
        MonthRequires(day, required, posting.currency, details["plan"]),
        Spent(day, Decimal(details["spent"])),
        due_less_posted(posting),
    ]


def due_less_posted(posting: Journal) -> DueLessPosted:
    """What a charge adds to what was posted before."""
    due, before = (Decimal(posting.details[key]) for key in ("due", "posted_before"))
    return DueLessPosted(due, before, -posting.amount, posting.currency)


def _server(server: dict[str, Any], day: date) -> ServerOwes:
    whole = server["whole"]
    return ServerOwes(
        server["server"],
        day,
        server["days"],
        server["free_days"],
        Fraction(server["owed"]),
        tuple((Decimal(price), days) for price, days in server["parts"]),
        None if whole is None else Decimal(whole),
    )


def _month_price(bought: dict[str, Any]) -> MonthPrice:
    parts = tuple((count, Decimal(price)) for count, price in bought["parts"])
    return MonthPrice(bought["plan"], bought["channels"], parts, Decimal(bought["month_price"]))


def _of_month(bought: dict[str, Any], day: date) -> DayShare | MonthAhead:
    if bought["charge"] != "daily":
        return MonthAhead(day, Decimal(bought["owed"]))
    rounding = Rounding(Method(bought["rounding"]["method"]), bought["rounding"]["precision"])
    upto, before = (
        rounding.of(Fraction(bought["month_price"]) * days / days_of_month(day))
        for days in (day.day, day.day - 1)
    )
    return DayShare(day, rounding, upto, before)
