"""How a charge for channels, short calls or a minimum came about: its steps as data, from what was kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from minutebook.days import days_of_month
from minutebook.facts import Fact
from minutebook.money import Method, Rounding
from minutebook.statements.steps import DueLessPosted

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class ShortOfAnswered(Fact):
    """Of the answered calls of the days from `first` to `last` so many lasted less than `below_ms`."""

    first: date
    last: date
    answered: int
    short: int
    below_ms: int


@dataclass(frozen=True, slots=True)
class ShareOfShort(Fact):
    """The share of short calls, which may be above the plan's limit, and the fee for each where it is."""

    plan: str
    share: Fraction
    share_over: Decimal
    short: int
    fee: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class NoShortCallsDue(Fact):
    """The plan charges nothing for the short calls of the day, or of the month that ends on it, or it has no calls."""

    day: date


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
ShortCallStep: TypeAlias = ShortOfAnswered | ShareOfShort | NoShortCallsDue
RecurringStep: TypeAlias = ChannelStep | MinimumStep | ShortCallStep | DueLessPosted


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


def short_call_steps(posting: Journal) -> list[RecurringStep]:
    """The answered calls, the share of short ones, and the fee."""
    details = posting.details
    if "short" not in details:
        return [NoShortCallsDue(posting.corrects), due_less_posted(posting)]
    answered, short = details["answered"], details["short"]
    first, last = (date.fromisoformat(details[key]) for key in ("first", "last"))
    share_over, fee = Decimal(details["share_over"]), Decimal(details["fee"])
    return [
        ShortOfAnswered(first, last, answered, short, details["below_ms"]),
        ShareOfShort(
            details["plan"],
            Fraction(short, answered or 1),
            share_over,
            short,
            fee,
            posting.currency,
        ),
        due_less_posted(posting),
    ]


def due_less_posted(posting: Journal) -> DueLessPosted:
    """What a charge adds to what was posted before."""
    due, before = (Decimal(posting.details[key]) for key in ("due", "posted_before"))
    return DueLessPosted(due, before, due - before, posting.currency)


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
