"""A review in words that finance understands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.days import month_end
from minutebook.show.sentences.notes import set_aside_words
from minutebook.show.set_aside import AccountAsideView
from minutebook.words import counted, more_text, stretches

if TYPE_CHECKING:
    from minutebook.fit.fitting import PlanCost
    from minutebook.fit.review import Review


def review_words(found: Review) -> list[str]:
    """What the review says, a sentence or two a line."""
    said = [_present(found), *minimum_words(found)]
    best, small = found.recommended, found.at_small_loss
    if best.present:
        said.append(f"No plan that loses no call costs less than {_named(best)}: stay with it.")
    else:
        said.append(
            f"The cheapest that loses no call is {_named(best)}: {_money(best, found)}, that is"
            f" {_compared(found, best)}. {_may_switch(found, best)}"
        )
    if small != best:
        said.append(
            f"If 1% of the calls may be lost: {_named(small)} for {_money(small, found)}; it would have"
            f" lost {counted(small.lost.calls, 'call')} and {small.lost.talk_ms / 60_000:,.1f} minutes."
        )
    if (even := found.break_even) is not None:
        named = f"plan {even.by_channel} with {counted(even.channels, 'channel')}"
        if even.minutes_a_month:
            said.append(
                f"From {float(even.minutes_a_month):,.0f} minutes in 30 days, that is with"
                f" {float(even.utilisation):.1%} of {even.channels:,} channels in use, plan"
                f" {even.by_channel} costs less than plan {even.by_minute}."
            )
        else:
            said.append(
                f"With the minimum of its servers, plan {even.by_minute} costs more than {named}, even"
                " without any call."
            )
    return said + earned_words(found) + _cautions(found)


def earned_words(found: Review) -> list[str]:
    """What the account earns, where providers are declared."""
    if found.earned is None:
        return []
    total, currency = found.earned.total, found.account.currency
    share = "" if total.margin_percent is None else f", {total.margin_percent:.1f}% of the sale"
    said = [
        f"It earns {money.text(total.margin)} {currency}: calls sold for {money.text(total.sale)} {currency} cost"
        f" {money.text(total.cost)} {currency}{share}."
    ]
    if total.unknown_calls:
        said.append(
            f"Not in it are {counted(total.unknown_calls, 'answered call')} that no declared provider carried or no"
            f" card prices: charged {money.text(total.unknown_sale)} {currency}, owed"
            f" {money.text(total.unknown_cost)} {currency}."
        )
    return said


def _present(found: Review) -> str:
    charges = found.current.charges
    parts = [
        f"{money.text(amount)} {found.account.currency} for {what}"
        for amount, what in (
            (charges.usage, "minutes"),
            (charges.channels, "channels"),
            (charges.short_calls, "short calls"),
            (charges.minimum, "the shortfall of the servers' minimum"),
        )
        if amount
    ]
    what = f" ({', '.join(parts)})" if parts else ""
    name = found.account.name
    bought = "" if found.bought is None else f" with {counted(found.bought, 'channel')} bought"
    return (
        f"{name} is on plan {found.plan}{bought}. {found.traffic.first} to {found.traffic.last} costs it"
        f" {_money(found.current, found)}{what}, for {float(found.minutes):,.0f} minutes in"
        f" {found.traffic.attempts:,} calls."
    )


def minimum_words(found: Review) -> list[str]:
    """Whether each month's minimum is met, and the servers that cost without carrying a call."""
    said = []
    currency = found.account.currency
    for standing in found.months:
        if not standing.required:
            continue
        through = standing.billed_through
        over = through is not None and through >= min(month_end(standing.month), found.traffic.last)
        met = "met" if standing.met else "not met" if over else "not billed to its end yet"
        idle = [server for server in standing.servers if not server.calls and server.owed]
        unused = (
            f" No call came over {', '.join(server.server for server in idle)}." if idle else ""
        )
        said.append(
            f"The minimum of {standing.month:%Y-%m}, {money.text(standing.required)} {currency} for"
            f" {counted(len(standing.servers), 'server')}, is {met}: {money.text(standing.spent)}"
            f" {currency} is billed on calls and channels.{unused}"
        )
    return said


def _compared(found: Review, best: PlanCost) -> str:
    """What the best plan costs more or less than the present one."""
    more = best.cost - found.current.cost
    if not more:
        return "as much as now"
    share = Fraction(abs(more)) / Fraction(found.current.cost) if found.current.cost > 0 else None
    shown = "" if share is None else f" or {float(share):.1%}"
    less = "less" if more < 0 else "more"
    return f"{money.text(abs(more))} {found.account.currency}{shown} {less}"


def _may_switch(found: Review, best: PlanCost) -> str:
    if found.account.closed is not None:
        return f"The account is closed since {found.account.closed}."
    if best.plan == found.plan:
        return "It is on that plan already."
    if best.model == found.current.model:
        return "It is of the same model, so it can move on any day."
    return f"It can switch from {found.switch_from} on."


def _cautions(found: Review) -> list[str]:
    said = []
    traffic = found.traffic
    if found.growth:
        how = "with copies of the calls" if found.growth > 0 else "without some of the calls"
        said.append(
            f"All with {more_text(found.growth)} traffic: costs of minutes are scaled, channels"
            f" are replayed {how}."
        )
    if found.days_over:
        said.append(
            f"On {counted(found.days_over, 'day')} it held more channels than it bought, at most"
            f" {found.fitting.curve.peak:,}."
        )
    refused = min(row.lost.calls for row in found.plans)
    if refused:
        said.append(
            f"The limit of attempts a second refuses {counted(refused, 'call')} whatever is bought: channels"
            " are sized for the others, and minutes, bursts and percentiles are priced with all."
        )
    if by_month := sorted({row.plan for row in found.plans if row.by_month}):
        said.append(
            f"Charged for the month, and these are no whole months: {', '.join(by_month)}. They are not"
            " recommended; review whole months to compare them."
        )
    if not found.ends_month:
        said.append(
            "No month ends in these days, so no minimum is in the costs; review whole months to see it."
        )
    if found.billed_through is None or found.billed_through < traffic.last:
        said.append(
            f"Billed through {found.billed_through or 'no day yet'}: of these days"
            f" {money.text(found.paid.total)} {found.account.currency} is billed so far."
        )
    elif found.paid.total != found.current.cost and not found.growth:
        said.append(
            f"{money.text(found.paid.total)} {found.account.currency} is billed; the next run posts the"
            " difference."
        )
    if found.set_aside is not None:
        said.append(set_aside_words(AccountAsideView.of(found.set_aside)))
    partly = [row.plan for row in found.plans if row.unpriced_calls]
    if partly:
        said.append(f"Without a price for every call, and not recommended: {', '.join(partly)}.")
    if traffic.days_without_calls:
        days = stretches(traffic.days_without_calls)
        said.append(f"Not a single call on {days}: the recommendation rests on the other days.")
    if traffic.without_setup:
        said.append(
            f"{counted(traffic.without_setup, 'call')} without a setup time: ringing is not counted there,"
            " so channels are sized a little low."
        )
    if found.foreign:
        said.append(
            f"Left out, being in another currency: {', '.join(found.foreign)}. An account keeps its"
            " currency."
        )
    return said


def _named(row: PlanCost) -> str:
    if row.channels is None:
        return f"plan {row.plan}"
    return f"plan {row.plan} with {counted(row.channels, 'channel')}"


def _money(row: PlanCost, found: Review) -> str:
    return f"{money.text(row.cost)} {found.account.currency}"
