"""Prices asked for, as every door shows them: of a call, of a month of channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.sentences.prices import refusal_words
from minutebook.show.serialise import Amount, Rate

if TYPE_CHECKING:
    from minutebook.statements.month_quote import MonthQuote
    from minutebook.statements.quote import Quote


@dataclass(frozen=True)
class CallPriceView:
    """What a call would cost."""

    prefix: Annotated[str | None, Doc("the longest that prices it; null under `--rate`")]
    destination: Annotated[str | None, Doc("of that prefix; null under `--rate`")]
    rate: Annotated[Rate | None, Doc("a minute; of the first step where there are several")]
    increment: Annotated[str, Doc('seconds, `"60/6"`')]
    billed_seconds: Annotated[int, Doc("what the price counts")]
    connect_fee: Annotated[Rate | None, Doc("for each answered call")]
    cost: Annotated[Rate, Doc("positive")]
    effective_rate: Annotated[
        Rate | None,
        Doc("cost for a minute of actual duration, five decimals; null at 0 s"),
    ]
    currency: Annotated[str | None, Doc("null under `--rate`")]


@dataclass(frozen=True)
class NoPriceView:
    """Why a call has no price; the command ends with status 2."""

    error: Annotated[str, Doc('`"no_rate"`; `"blocked"` where its prefix is')]
    called: Annotated[str, Doc("the number")]
    prefix: Annotated[str | None, Doc("the blocked prefix, where it is one")]
    message: Annotated[str, Doc("in words")]


def call_price(quote: Quote) -> CallPriceView | NoPriceView:
    """The price of a call, or why it has none."""
    priced, refusal = quote.priced, quote.refusal
    if refusal is not None:
        error = "no_rate" if priced.status == "unpriced" else "blocked"
        return NoPriceView(error, quote.called, priced.prefix, refusal_words(refusal))
    return CallPriceView(
        prefix=priced.prefix,
        destination=priced.destination,
        rate=priced.rate,
        increment=str(priced.increment),
        billed_seconds=priced.billed_seconds,
        connect_fee=priced.connect_fee,
        cost=priced.cost,
        effective_rate=priced.effective_rate,
        currency=quote.currency,
    )


@dataclass(frozen=True)
class MonthPriceView:
    """What a month of channels and servers would cost, with nothing else spent. Amounts are positive."""

    plan: Annotated[str, Doc("as asked")]
    channels: Annotated[int, Doc("as asked")]
    servers: Annotated[int, Doc("as asked")]
    free_servers: Annotated[int, Doc("those that come with the channels")]
    channels_total: Annotated[Amount, Doc("the channels, a whole month")]
    minimum_required: Annotated[Amount, Doc("of the servers that are not free")]
    minimum_shortfall: Annotated[Amount, Doc("what the channels leave short of it")]
    month_total: Annotated[Amount, Doc("channels and shortfall")]
    currency: Annotated[str, Doc("of all amounts here")]

    @classmethod
    def of(cls, quote: MonthQuote) -> MonthPriceView:
        """The month."""
        return cls(
            plan=quote.plan.name,
            channels=quote.channels,
            servers=quote.servers,
            free_servers=quote.free_servers,
            channels_total=quote.channels_total,
            minimum_required=quote.minimum_required,
            minimum_shortfall=quote.minimum_shortfall,
            month_total=quote.month_total,
            currency=quote.plan.currency,
        )
