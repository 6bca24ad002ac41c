"""`short_calls` of a plan in an apply file: a fee where too many of the answered calls are short."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal  # noqa: TC003  (Pydantic reads it)
from typing import Annotated, Any

from pydantic import Field, model_validator

from minutebook.declarations.values import Day, TomlTable, as_written, input_error
from minutebook.errors import InputError
from minutebook.money import parse_amount, parse_price, parse_seconds_ms
from minutebook.plans.provider import Surcharge
from minutebook.plans.short_calls import MOST_BELOW_SECONDS, ChargedPer, ShortCalls

_MS = 1000


def _below_ms(value: Any) -> int:
    ms = parse_seconds_ms(value, "below_seconds")
    if not _MS <= ms <= MOST_BELOW_SECONDS * _MS:
        raise InputError(
            f"{as_written(value)} seconds are out of range; write 1 to {MOST_BELOW_SECONDS:,}"
        )
    return ms


def _share(value: Any) -> Decimal:
    with suppress(InputError):
        share = parse_price(value)
        if share < 1:
            return share
    raise InputError(
        f'{as_written(value)} is no share; write one from 0 to below 1, as in "0.15" for 15 of a hundred'
    )


def _surcharge(value: Any) -> Decimal:
    if parse_amount(value, "fee") <= 0:
        raise InputError(
            f"a fee of {as_written(value)} charges nothing; write more than 0, or leave short_calls out"
        )
    return parse_price(value, "fee")


class ShortCallsTable(TomlTable):
    """`short_calls = { below_seconds = …, share_over = …, fee = … }`: a surcharge on short calls."""

    below_seconds: Annotated[int, input_error(_below_ms)]
    """Seconds, to the millisecond, from 1 to 3,600: an answered call that lasted less, unrounded, is short."""
    share_over: Annotated[Decimal, input_error(_share)]
    """From 0 to below 1: the fee is due where short calls are more than this share of those answered."""
    fee: Annotated[Decimal, input_error(_surcharge)]
    """Money, more than 0, for each short call."""
    per: Annotated[ChargedPer, Field(strict=False)] = ChargedPer.DAY
    """The share is that of each UTC day, or, `"month"`, of the month's days on the plan, charged on the last of them."""

    def short_calls(self) -> ShortCalls:
        """The surcharge in the core's words."""
        return ShortCalls(self.below_seconds, self.share_over, self.fee, self.per)


class SurchargeTable(ShortCallsTable):
    """One of a provider's `short_calls`: of which days it asks for what."""

    from_day: Annotated[Day | None, Field(alias="from")] = None
    """The first UTC day. Left out: from always, billed days too."""
    until: Day | None = None
    """The last UTC day. Left out: until further notice, or until the next begins."""

    @model_validator(mode="after")
    def _days_in_order(self) -> SurchargeTable:
        if self.until is not None and self.until < (self.from_day or self.until):
            raise ValueError(f"until: {self.until} lies before {self.from_day}, its first day")
        return self

    def surcharge(self) -> Surcharge:
        """It in the core's words."""
        return Surcharge(self.short_calls(), self.from_day, self.until)
