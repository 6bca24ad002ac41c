"""The tables that a revision of a card goes by beside its prices, ready to look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.cards.bands import Bands
from minutebook.cards.classes import of_parts, part_of, parts_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.rating.band_times import with_holidays

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses
    from minutebook.rating.band_times import Holidays
    from minutebook.rating.countries import Countries
    from minutebook.rating.numbering import Numbering


@dataclass(frozen=True, slots=True)
class LookUps:
    """Of each thing that prices differ by its table; None where they need none."""

    numbering: Numbering | None = None
    """Of states and ported numbers."""
    countries: Countries | None = None
    """Of the countries of numbers."""
    holidays: Holidays | None = None
    """Of the holidays of countries."""


NO_LOOKUPS: Final = LookUps()


def with_calendars(classes: PriceClasses | None, lookups: LookUps) -> PriceClasses | None:
    """What prices differ by, the bands with the holidays of their calendars among their own."""
    if lookups.holidays is None:
        return classes
    return of_parts(
        with_holidays(part, lookups.holidays) if isinstance(part, Bands) and part.calendar else part
        for part in parts_of(classes)
    )


def are_whole(classes: PriceClasses | None, lookups: LookUps) -> bool:
    """Whether there is a table for each thing that needs one."""
    return (
        (part_of(classes, Jurisdictions) is None or lookups.numbering is not None)
        and (part_of(classes, Origins) is None or lookups.countries is not None)
        and (
            (bands := part_of(classes, Bands)) is None
            or not bands.calendar
            or lookups.holidays is not None
        )
    )
