"""How a charge for channels or a minimum came about, in words, from what was kept with it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.days import days_of_month
from minutebook.money import Method, Rounding
from minutebook.words import counted

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.journal import Journal

_SHOWN = Rounding(Method.HALF_UP, 6)


def channel_steps(posting: Journal) -> list[str]:
    """The month's price, and the day's share of it."""
    details, day = posting.details, posting.corrects
    steps = []
    now, before = details.get("now"), details.get("before")
    if now is not None:
        steps.append(_month_price(now))
        if now["charge"] == "daily":
            upto, less = (_share(now, day, days) for days in (day.day, day.day - 1))
            steps.append(
                f"Day {day.day} of {days_of_month(day)} costs what {counted(day.day, 'day')} do less what"
                f" {counted(day.day - 1, 'day')} do, each rounded {now['rounding']['method']} at"
                f" {now['rounding']['precision']} decimals: {money.text(upto)} - {money.text(less)}"
                f" = {money.text(upto - less)}."
            )
        else:
            steps.append(
                f"The plan charges by the month: {day} carries all days from it to the month's end,"
                f" {counted(days_of_month(day) - day.day + 1, 'day')}: {now['owed']}."
            )
    if "burst" in details:
        steps.append(_burst(details["burst"]))
    if "percentile" in details:
        steps += _percentile(details["percentile"], day)
    if before is not None and before["charge"] == "monthly" and day.day > 1:
        steps.append(
            f"Charged ahead until then: {before['channels']:,} channels of plan {before['plan']} at"
            f" {before['month_price']} a month; their part from {day} on, {before['owed']}, is"
            " taken off."
        )
    if "closing" in details:
        steps.append(
            "The account closes on this day: what was charged ahead for the days after it,"
            f" {details['closing']['back']}, comes back."
        )
    if not steps:
        steps.append(f"No channels are due for {day}.")
    return [*steps, _difference(posting)]


def minimum_steps(posting: Journal) -> list[str]:
    """Servers and days, what they require, what was spent, and what is short."""
    details, day = posting.details, posting.corrects
    if "servers" not in details:
        return [
            f"No minimum is due on {day}: it is no longer the account's last day in its month.",
            _difference(posting),
        ]
    steps = [
        f"Server {server['server']}: {counted(server['days'], 'day')} of {days_of_month(day)} cost"
        f" {_amount(server['owed'])}{_parts(server)}"
        + (f", {counted(server['free_days'], 'day')} free." if server["free_days"] else ".")
        for server in details["servers"]
    ]
    steps.append(
        f"Required for {day:%Y-%m}: {details['required']} {posting.currency}, rounded once as plan"
        f" {details['plan']} says."
    )
    steps.append(f"Spent on calls and channels of {day:%Y-%m}: {details['spent']}.")
    return [*steps, _difference(posting)]


def _parts(server: dict[str, Any]) -> str:
    """Where a server owes by several minimums, by which."""
    parts = [f"{counted(days, 'day')} at {price}" for price, days in server["parts"]]
    if server["whole"] is not None:
        parts.append(f"the whole of {server['whole']}")
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _month_price(bought: dict[str, Any]) -> str:
    parts = (
        " + ".join(f"{count:,} x {money.text(Decimal(price))}" for count, price in bought["parts"])
        or "0"
    )
    return (
        f"Plan {bought['plan']}: {bought['channels']:,} channels a month cost {parts} ="
        f" {bought['month_price']}."
    )


def _burst(burst: dict[str, Any]) -> str:
    above = max(0, burst["peak"] - burst["channels"])
    return (
        f"The day's peak is {burst['peak']:,} channels, {above:,} above the {burst['channels']:,}"
        f" bought, at {burst['price']} each: {burst['amount']}."
    )


def _percentile(found: dict[str, Any], day: date) -> list[str]:
    return [
        f"Of the {found['intervals']:,} five-minute peaks of {counted(found['days'], 'day')},"
        f" {found['above']:,} may lie above their 95th percentile, which is {found['channels']:,}.",
        _month_price(found),
        f"{counted(found['days'], 'day')} of {days_of_month(day)} cost {found['amount']}.",
    ]


def _share(bought: dict[str, Any], day: date, days: int) -> Decimal:
    rounding = Rounding(Method(bought["rounding"]["method"]), bought["rounding"]["precision"])
    return rounding.of(Fraction(bought["month_price"]) * days / days_of_month(day))


def _difference(posting: Journal) -> str:
    due, before = posting.details["due"], posting.details["posted_before"]
    return (
        f"Due {due} less posted before {before}: {money.text(-posting.amount)} {posting.currency}"
        " is charged here."
    )


def _amount(owed: str) -> str:
    exact = Fraction(owed)
    shown = _SHOWN.of(exact)
    return f"{'' if shown == exact else 'about '}{money.text(shown)}"
