"""Which days a page is asked for, and as they were known when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import Depends, Query

from minutebook.book.clock import today
from minutebook.days import (
    ONE_DAY,
    instant_text,
    month_end,
    next_month,
    read_day,
    read_instant,
    read_month,
)
from minutebook.errors import InputError
from minutebook.web.blocks import Field, PageForm

_BARE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
"""As a browser's field says it, without an offset: the field is labelled UTC."""


@dataclass(frozen=True, slots=True)
class ShownDays:
    """The days that a page shows; `error`: what was asked is no period, and the page shows this month."""

    first: date
    last: date
    month: bool
    """Whether they are a whole month."""
    error: str | None = None
    asked: tuple[str, str] | None = None

    @property
    def query(self) -> str:
        """To ask for the same days."""
        if self.month:
            return f"month={self.first:%Y-%m}"
        return f"from={self.first}&to={self.last}"

    @property
    def ways(self) -> list[tuple[str, str]]:
        """To the month before and the month after."""
        before = (self.first.replace(day=1) - ONE_DAY).replace(day=1)
        after = next_month(self.last.replace(day=1))
        return [
            (
                f"← {month:%Y-%m}" if month < self.first else f"{month:%Y-%m} →",
                f"?month={month:%Y-%m}",
            )
            for month in (before, after)
        ]

    def ways_with(self, **more: str) -> list[tuple[str, str]]:
        """To the month before and the month after, asked the same of; what is empty is left out."""
        asked = urlencode({name: said for name, said in more.items() if said})
        return [(words, f"{way}&{asked}" if asked else way) for words, way in self.ways]

    def form(self, action: str, *more: Field, live: bool = False) -> PageForm:
        """To choose other days, and what else is asked for; `live`: the page answers while its sliders move."""
        first, last = self.asked or (self.first.isoformat(), self.last.isoformat())
        fields = [
            Field("from", "From (UTC day)", "date", first),
            Field("to", "To (UTC day)", "date", last),
            *more,
        ]
        return PageForm(action, fields, "Show", get=True, error=self.error, live=live)


async def _shown_days(
    first: Annotated[str | None, Query(alias="from")] = None,
    last: Annotated[str | None, Query(alias="to")] = None,
    month: Annotated[str | None, Query()] = None,
) -> ShownDays:
    begins = today().replace(day=1)
    try:
        if month is not None:
            begins = read_month(month, "month")
        elif first is not None or last is not None:
            one, other = read_day(first or "", "from"), read_day(last or "", "to")
            if other < one:
                raise InputError(f"{other} comes before {one}; choose the earlier day first")
            whole = one.day == 1 and other == month_end(one)
            return ShownDays(one, other, whole)
    except InputError as error:
        asked = None if month else (first or "", last or "")
        return ShownDays(begins, month_end(begins), month=True, error=str(error), asked=asked)
    return ShownDays(begins, month_end(begins), month=True)


Days = Annotated[ShownDays, Depends(_shown_days)]
"""The days that a page is asked for: this month, where none are said."""


@dataclass(frozen=True, slots=True)
class KnownAt:
    """The instant as of which a page is asked for; `error`: what was asked is none, and the page shows what is known now."""

    at: datetime | None
    """None: now."""
    said: str = ""
    error: str | None = None

    @property
    def field(self) -> Field:
        """Asks for another."""
        shown = self.said if self.at is None else f"{self.at:%Y-%m-%dT%H:%M:%S}"
        return Field(
            "as_of", "As known at (UTC)", "datetime-local", shown,
            required=False, step="1", error=self.error,
        )  # fmt: skip

    @property
    def words(self) -> list[str]:
        """That the page shows an earlier instant."""
        if self.at is None:
            return []
        return [f"As it was known at {instant_text(self.at)}: what was posted later is not in it."]

    def kept(self, ways: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Ways to other days, as of the same instant."""
        if self.at is None:
            return ways
        return [(words, f"{way}&as_of={quote(instant_text(self.at))}") for words, way in ways]


async def _known_at(as_of: Annotated[str, Query()] = "") -> KnownAt:
    said = as_of.strip()
    if not said:
        return KnownAt(None)
    try:
        return KnownAt(read_instant(f"{said}Z" if _BARE.fullmatch(said) else said, "as_of"), said)
    except InputError as error:
        return KnownAt(None, said, str(error))


Known = Annotated[KnownAt, Depends(_known_at)]
"""As of when a page is asked for: now, where nothing is said."""
