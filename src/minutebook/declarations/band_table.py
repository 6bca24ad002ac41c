"""What the prices of a card differ by: the grammar of its bands, its jurisdictions and its origins in an apply file, one or several
(docs/reference/apply.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from minutebook.cards.bands import (
    Bands,
    BandTime,
    check_bands,
    clock,
    days_named,
    second_of_day,
)
from minutebook.cards.callers import Callers, check_callers
from minutebook.cards.classes import of_parts
from minutebook.cards.combined import Combined, check_combined
from minutebook.cards.holiday_calendars import check_calendar
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.declarations.values import Day, Text, TomlTable, Zone, as_written, input_error
from minutebook.errors import InputError

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass


def _days(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        raise InputError(f'{as_written(value)} is not a list of days; write ["mon-fri", "holiday"]')
    return days_named(words)


def _clock(value: Any) -> str:
    return clock(second_of_day(str(value)))


def _country(value: Any) -> str:
    if not re.fullmatch("[A-Z]{2}", str(value)):
        raise InputError(f"{as_written(value)} is not a country's two capital letters, as in GB")
    return str(value)


Clock = Annotated[str, input_error(_clock)]
Country = Annotated[str, input_error(_country)]


class BandTimeTable(TomlTable):
    """One of `times`: when a band holds."""

    band: Text
    """The band's name; of several times the same band may hold. A deck's columns are named by it."""
    days: Annotated[tuple[str, ...], input_error(_days)] = ()
    """Days of the week, `["mon-fri", "sun"]`, and `"holiday"`, which takes the place of its day of the week. Left out: the rest, whatever no other time covers."""
    start: Annotated[Clock, Field(alias="from")] = "00:00"
    """The local time of day with which it begins."""
    to: Clock = "24:00"
    """The local time before which it ends."""

    @model_validator(mode="after")
    def _rest(self) -> BandTimeTable:
        if not self.days and (self.start, self.to) != ("00:00", "24:00"):
            raise ValueError(
                f"days: {self.start} to {self.to} of which days? say them; a time without days is the rest"
            )
        return self


class BandsTable(TomlTable):
    """`bands = { … }`: times of the week at which the card's prices differ."""

    zone: Zone
    """The IANA time zone of the times, `"Europe/London"`."""
    times: list[BandTimeTable]
    """When which band holds; together they cover the week, each instant once."""
    split: bool = False
    """Each second of a call by its own band; else the band at its answer holds for the whole call."""
    holidays: list[Day] = Field(default_factory=list)
    """The dates of holidays, in the zone."""
    holidays_of: list[Annotated[str, input_error(lambda name: check_calendar(str(name)))]] = Field(
        default_factory=list
    )
    """Countries whose public holidays are holidays too, by their two letters, or parts of them: `["GB-SCT"]`."""

    @model_validator(mode="after")
    def _sound(self) -> BandsTable:
        try:
            check_bands(self.bands())
        except InputError as error:
            raise ValueError(error.message) from None
        return self

    def bands(self) -> Bands:
        """The bands in the core's words."""
        return Bands(
            self.zone,
            tuple(
                BandTime(t.band, t.days, second_of_day(t.start), second_of_day(t.to))
                for t in self.times
            ),
            self.split,
            tuple(sorted(set(self.holidays))),
            tuple(sorted(set(self.holidays_of))),
        )


class JurisdictionsTable(TomlTable):
    """`jurisdictions = { … }`: the card's prices differ by jurisdiction; `{}` where there is nothing to say."""

    lrn: bool = False
    """A called number that was ported is priced by its routing number."""


class OriginGroupTable(TomlTable):
    """`group = { … }` of origins: both lists are needed, and the way matters."""

    callers: Annotated[list[Country], Field(min_length=1)]
    """The countries that calls of the group come from, by their two letters: `"GB"`."""
    called: Annotated[list[Country], Field(min_length=1)]
    """The countries that they go to."""


class OriginsTable(TomlTable):
    """`origins = { … }`: the card's prices differ by the countries of both numbers; `{}` where there is no group."""

    group: OriginGroupTable | None = None
    """Calls from some countries to others, which are neither local nor international. Left out: there are none."""

    def origins(self) -> Origins:
        """The origins in the core's words."""
        if self.group is None:
            return Origins()
        callers, called = (tuple(sorted(set(c))) for c in (self.group.callers, self.group.called))
        return Origins(callers, called)


def declared_classes(
    bands: BandsTable | None,
    jurisdictions: JurisdictionsTable | None,
    origins: OriginsTable | None,
    callers: list[str] | None,
) -> PriceClasses | None:
    """What a card's prices differ by, as its table says it; `InputError` where they would differ by too much, or unclearly."""
    parts: list[PriceClass] = []
    if bands is not None:
        parts.append(bands.bands())
    if jurisdictions is not None:
        parts.append(Jurisdictions(jurisdictions.lrn))
    if origins is not None:
        parts.append(origins.origins())
    if callers is not None:
        try:
            parts.append(check_callers(Callers(tuple(sorted(set(callers))))))
        except InputError as error:
            raise InputError(f"callers: {error.message}") from None
    classes = of_parts(parts)
    return check_combined(classes) if isinstance(classes, Combined) else classes
