"""A provider's table of an apply file, and what it makes of what is declared."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, model_validator

from minutebook.declarations.short_calls_table import SurchargeTable  # noqa: TC001  (Pydantic reads it)
from minutebook.declarations.values import Currency, Limit, Text, TomlTable, input_error
from minutebook.errors import InputError
from minutebook.plans.gateway import Gateway, gateway_of
from minutebook.plans.provider import Provider

if TYPE_CHECKING:
    from typing import Any


def _tech_prefix(value: Any) -> str:
    text = str(value).removesuffix("#")
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{value!r} is not the digits before a called number, as in 9901 or 9901#")
    return text


_as_gateway = input_error(lambda value: gateway_of(str(value)))


class ProviderMatchTable(TomlTable):
    """One of a provider's `match`: all of its keys must hold."""

    trunk: Text | None = None
    """The record's trunk: the gateway by which the call went out."""
    tech_prefix: Annotated[str, BeforeValidator(_tech_prefix)] | None = None
    """The called number as the switch recorded it begins with these digits, with or without `#`; the longest wins."""
    server: Text | None = None
    """The switch that carried the call."""

    @model_validator(mode="after")
    def _asks(self) -> ProviderMatchTable:
        if not self.keys():
            raise ValueError("a match table without a key matches nothing")
        return self

    def keys(self) -> dict[str, str]:
        """The keys that it has, with their values."""
        return self.model_dump(exclude_none=True)


class ProviderTable(TomlTable):
    """`[provider.NAME]`: whom calls are bought from."""

    name: Text | None = None
    """For people. Left out: the table's name."""
    currency: Currency | None = None
    """That of its card and of what we owe it; it cannot change. Left out: the card's."""
    card: Text | None = None
    """The buy card that prices the calls that it carries. Left out: required of a new one."""
    credit_limit: Limit | None = None
    """Money: what we may owe it at most. Left out: as much as comes."""
    gateway: Annotated[Gateway, _as_gateway] | None = None
    """A SIP address, `"sip:203.0.113.5:5060"`: where it takes calls, for the tables of switches (`route export`)."""
    short_calls: list[SurchargeTable] | None = None
    """What it asks for [short calls](#short-calls), the earliest first; `[]`: nothing, not of billed days either."""
    match: list[ProviderMatchTable] | None = None
    """Which calls it carries: all keys of a table must hold; any of the tables will do."""

    @model_validator(mode="after")
    def _limit(self) -> ProviderTable:
        if self.credit_limit is not None and self.credit_limit < 0:
            raise ValueError(
                f"credit_limit: {self.credit_limit} is below 0; write what may be owed"
            )
        return self

    @model_validator(mode="after")
    def _one_after_another(self) -> ProviderTable:
        for before, after in pairwise(self.short_calls or []):
            if (
                after.from_day is None
                or (before.until or before.from_day or date.min) >= after.from_day
            ):
                raise ValueError(
                    "short_calls: one is to begin after the one before it ends; give each its from"
                )
        return self

    def over(self, name: str, before: Provider | None, of_card: str | None) -> Provider:
        """The provider that it makes of what was declared; `of_card` is the card's currency."""
        card = self.card or (before.card if before else None)
        if card is None:
            raise InputError("card is missing; name the buy card that prices its calls")
        known = before.currency if before else None
        currency = self.currency or known or of_card
        if currency is None:
            raise InputError(f"currency is missing; add it, as there is no card {card!r} yet")
        if known is not None and currency != known:
            raise InputError(
                f"its currency is {known} and cannot become {currency}; declare another provider"
            )
        title = self.name or (before.title if before else name)
        limit = self.credit_limit
        if limit is None and before is not None:
            limit = before.credit_limit
        matches = before.matches if before else ()
        if self.match is not None:
            matches = tuple(match.keys() for match in self.match)
        gateway = self.gateway or (before.gateway if before else None)
        short = before.short_calls if before else ()
        if self.short_calls is not None:
            short = tuple(one.surcharge() for one in self.short_calls)
        return Provider(name, title, currency, card, limit, matches, gateway, short)
