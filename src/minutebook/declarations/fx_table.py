"""Rates of exchange of an apply file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from minutebook.declarations.values import Day, Price, TomlTable


class FxTable(TomlTable):
    """One of a pair's rates, as in `[fx]` `USD_EUR = [ { from = 2026-10-01, rate = "0.92" } ]`."""

    from_day: Annotated[Day, Field(alias="from")]
    """The first UTC day that it holds on, until the next. Rates are merged by it; those that a file does not name stay."""
    rate: Price
    """How many of the second currency one of the first is; above 0."""

    @model_validator(mode="after")
    def _above_zero(self) -> FxTable:
        if not self.rate:
            raise ValueError("rate: 0 is no rate; write how many of the second one of the first is")
        return self
