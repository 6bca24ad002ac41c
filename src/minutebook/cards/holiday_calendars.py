"""Public holidays by country, from a library that keeps the world's: `holidays` (docs/rules/bands.md, "Holidays of a country")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

HOLIDAYS_SCHEMA: Final[dict[str, pl.DataType]] = {"date": pl.Date(), "name": pl.String()}
"""A table of holidays: local dates, each once, and what they are called."""
_YEARS: Final = range(2000, 2100)
_SHOWN: Final = 12


def check_calendar(name: str) -> str:
    """The name of a calendar, as in GB or GB-SCT; `InputError` where the library has none of it."""
    from holidays import list_supported_countries

    country, _, part = name.partition("-")
    parts = list_supported_countries().get(country) if re.fullmatch("[A-Z]{2}", country) else None
    if parts is None:
        raise InputError(
            f"{name!r} is no country with a calendar; write its two capital letters, as in GB or GB-SCT, or list the dates under holidays"
        )
    if part and part not in parts:
        more = ", …" if len(parts) > _SHOWN else ""
        known = f"write one of {', '.join(parts[:_SHOWN])}{more}" if parts else "leave it out"
        raise InputError(f"{part!r} is no part of {country} with a calendar of its own; {known}")
    return name


def holiday_table(calendars: Iterable[str]) -> pl.DataFrame:
    """The holidays of calendars that were checked (HOLIDAYS_SCHEMA), as the library has them now."""
    from holidays import country_holidays

    found: dict[object, str] = {}
    for name in calendars:
        country, _, part = name.partition("-")
        known = country_holidays(country, subdiv=part or None, years=_YEARS)
        found |= {day: called for day, called in known.items() if day not in found}
    table = {"date": list(found), "name": list(found.values())}
    return pl.DataFrame(table, schema=HOLIDAYS_SCHEMA).sort("date")
