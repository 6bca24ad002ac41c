"""Checks of prices by the time of the week."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.tables import each

from minutebook.cards.bands import Bands, BandTime, check_bands, days_named, second_of_day
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.holiday_calendars import check_calendar, holiday_table
from minutebook.cards.tariff import Tally, Terms
from minutebook.money import units
from minutebook.rating.band_times import band_at
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def told(row: Row, *, split: bool = False) -> Bands:
    """The bands that the page gives."""
    times = [
        BandTime(
            one["Band"],
            days_named(one["Days"].split(", ")) if one["Days"] else (),
            second_of_day(one["From"] or "00:00"),
            second_of_day(one["To"] or "24:00"),
        )
        for one in row.given["bands"]
    ]
    return check_bands(Bands("Europe/London", tuple(times), split, (date(2026, 12, 25),)))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def band_of(row: Row) -> dict[str, str]:
    """The band at an instant."""
    bands = told(row)
    found = pl.select(band_at(bands, pl.lit(instant(row["Answered at (UTC)"])))).item()
    return {"Band": bands.names[found]}


@cache
def holidays_of(calendar: str) -> frozenset[date]:
    return frozenset(holiday_table([check_calendar(calendar)])["date"].to_list())


def holiday(row: Row) -> dict[str, str]:
    """Whether a date is a public holiday."""
    held = date.fromisoformat(row["Date"]) in holidays_of(row["Country"])
    return {"Holiday": "yes" if held else "no"}


def by_band(row: Row) -> dict[str, str]:
    """What a call costs by the band at its answer, and second by second."""
    rates = [
        {
            "band": one["Band"],
            "rate": units(Decimal(one["Rate"])) if one["Rate"] else None,
            "connect_fee": units(Decimal(one["Connect fee"])) if one["Connect fee"] else None,
        }
        for one in row.given["prices"]
    ]
    cells = dict.fromkeys(DECK_SCHEMA) | {
        "prefix": "44",
        "status": "open",
        "rate": units(Decimal(row["Own rate"])),
        "rates": rates,
    }
    costs = []
    for split in (False, True):
        table = RateTable.of_card(
            pl.DataFrame([cells], schema=DECK_SCHEMA),
            plan=Terms(),
            card=Terms(bands=told(row, split=split)),
            tally=Tally.CALL,
        )
        seconds, at = Decimal(row["Duration (s)"]), instant(row["Answered at (UTC)"])
        costs.append(plain(price_one("44", seconds, table, at).cost))
    return {"By the band at the answer": costs[0], "Each second by its band": costs[1]}


CHECKS = {"holiday": each(holiday), "band_at": each(band_of), "by_band": each(by_band)}
