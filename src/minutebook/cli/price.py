"""`minutebook price`: what a call would cost."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from minutebook.cards.terms_told import tariff_terms
from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.show.listings.prices import CALL_PRICE, price_sheet
from minutebook.show.tables import Column, Sheet

CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True}
"""A negative number is no option; what is one too many is told by `_refuse_more`."""

MONTH = [
    Column("plan", "Plan"),
    Column("channels", "Channels", number=True),
    Column("servers", "Servers", number=True),
    Column("free_servers", "Free servers", number=True),
    Column("channels_total", "For channels", money=True),
    Column("minimum_required", "Minimum required", money=True),
    Column("minimum_shortfall", "Shortfall", money=True),
    Column("month_total", "Total of the month", money=True),
    Column("currency", "Currency"),
]


Called = Annotated[str | None, typer.Argument(help="The number dialled.")]
Seconds = Annotated[str | None, typer.Argument(help="Answered seconds; may have decimals.")]
Card = Annotated[str | None, typer.Option(metavar="C", help="Price by a card.")]
Plan = Annotated[str | None, typer.Option(metavar="P", help="Price by a plan.")]
Rate = Annotated[
    str | None, typer.Option(metavar="R", help="Price by a rate a minute; needs no book.")
]
Caller = Annotated[
    str | None,
    typer.Option(
        metavar="N", help="The caller's number, for prices by jurisdiction, origin or caller."
    ),
]
Increment = Annotated[str | None, typer.Option(metavar="M/P", help="With --rate, as in 60/6.")]
ConnectFee = Annotated[str | None, typer.Option(metavar="F", help="With --rate.")]
Grace = Annotated[
    str | None, typer.Option(metavar="S", help="With --rate: seconds that cost nothing.")
]
DurationRounding = Annotated[
    str | None, typer.Option(metavar="M", help="With --rate: up, down, half_up, half_down.")
]
Rounding = Annotated[
    str | None,
    typer.Option(metavar="M", help="With --rate: up, down, half_up, half_down, half_even, none."),
]
Precision = Annotated[int | None, typer.Option(metavar="N", help="With --rate: decimals kept.")]
MinimumCost = Annotated[
    str | None, typer.Option(metavar="F", help="With --rate: the least a billed call costs.")
]
MaximumCost = Annotated[
    str | None, typer.Option(metavar="F", help="With --rate: the most a call costs.")
]
Channels = Annotated[
    int | None, typer.Option(metavar="N", help="Price a month of channels, by --plan.")
]
Servers = Annotated[
    int | None,
    typer.Option(metavar="K", help="With --channels: servers deployed. Left out: 0."),
]
Month = Annotated[
    str | None, typer.Option(metavar="M", help="With --channels, as in 2026-10. Left out: now.")
]


@prints(CALL_PRICE, MONTH)
def price_(
    context: typer.Context,
    called: Called = None,
    seconds: Seconds = None,
    card: Card = None,
    plan: Plan = None,
    rate: Rate = None,
    caller: Caller = None,
    at: options.AnsweredAt = None,
    increment: Increment = None,
    connect_fee: ConnectFee = None,
    grace: Grace = None,
    duration_rounding: DurationRounding = None,
    rounding: Rounding = None,
    precision: Precision = None,
    minimum_cost: MinimumCost = None,
    maximum_cost: MaximumCost = None,
    channels: Channels = None,
    servers: Servers = None,
    month: Month = None,
) -> None:
    """Show what a call, or a month of channels, would cost, without recording it.

    A daily plan prices the call as if it were alone that day. A month of channels and servers is
    priced with nothing else spent.

    \b
    Examples:
      minutebook price 442079460123 73 --card a-z
      minutebook price +442079460123 73 --plan minutes --at 2026-10-01T12:00:00Z
      minutebook price 12125550123 60 --card us --caller 12015550100
      minutebook price 442079460123 7 --rate 0.015 --increment 30/6
      minutebook price --plan channels --channels 120 --servers 4 --month 2026-10
    """
    from minutebook.show.prices import call_price
    from minutebook.show.sentences.prices import refusal_words
    from minutebook.show.serialise import as_json

    _refuse_more([word for word in (called, seconds, *context.args) if word])
    if channels is not None:
        if plan is None or (called, seconds, card, rate, at) != (None,) * 5:
            raise typer.BadParameter("--channels goes with --plan, and without a call")
        _price_month(context, plan, channels, servers or 0, month)
        return
    if (servers, month) != (None, None):
        raise typer.BadParameter("--servers and --month go with --channels")
    if called is None or seconds is None:
        raise typer.BadParameter("say the number and the seconds of a call, or --channels N")
    if sum(way is not None for way in (card, plan, rate)) != 1:
        raise typer.BadParameter("say one of --card, --plan and --rate")
    words = (
        increment, connect_fee, grace, duration_rounding, rounding, precision, minimum_cost, maximum_cost,
    )  # fmt: skip
    if rate is None and any(word is not None for word in words):
        raise typer.BadParameter(
            "increments, fees, grace and rounding go with --rate; a card and a plan have their own"
        )
    when = None if at is None else arguments.instant(at, "--at")
    if rate is not None:
        from minutebook import money
        from minutebook.statements.quote import by_rate

        terms = tariff_terms(
            increment, connect_fee, None, grace, duration_rounding, rounding, precision,
            minimum_cost=minimum_cost, maximum_cost=maximum_cost,
        )  # fmt: skip
        lasted, price = money.parse_price(seconds, "seconds"), money.parse_price(rate, "--rate")
        priced = by_rate(called, lasted, price, terms)
    else:
        with book_of(context) as book:
            priced = book.statements.price(
                called, seconds, card=card, plan=plan, at=when, caller=caller
            )
    value: dict[str, Any] = as_json(call_price(priced))
    show(format_of(context), value, price_sheet(value, priced.steps))
    if priced.refusal is not None:
        say(f"minutebook: {refusal_words(priced.refusal)}")
        raise typer.Exit(2)


def _refuse_more(words: list[str]) -> None:
    """An option that there is not, and words beyond the number and the seconds, are refused by name."""
    unknown = [word for word in words if re.match(r"--?[A-Za-z]", word)]
    if unknown:
        raise typer.BadParameter(f"no option {unknown[0]}; write NUMBER SECONDS, and the options")
    if more := words[2:]:
        raise typer.BadParameter(
            f"{more[0]!r} is a word too many; write NUMBER SECONDS, the number without blanks"
        )


def _price_month(
    context: typer.Context, plan: str, channels: int, servers: int, month: str | None
) -> None:
    from minutebook.show.prices import MonthPriceView
    from minutebook.show.sentences.months import month_step

    first = None if month is None else arguments.month(month, "--month")
    with book_of(context) as book:
        quote = book.statements.price_month(plan, channels, servers, first)
    view = MonthPriceView.of(quote)
    show(format_of(context), view, Sheet(MONTH, [view], notes=[*map(month_step, quote.steps)]))
