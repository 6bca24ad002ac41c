"""What bodies of requests have alike: nothing that is not asked for, a reason, days, and a look before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from minutebook.api.asked import DAY
from minutebook.days import in_order, read_day, read_instant

if TYPE_CHECKING:
    from datetime import date, datetime


class AskedBody(BaseModel):
    """A body of JSON; a key that is not asked for is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TriedBody(AskedBody):
    """What may be looked at first."""

    preview: bool = Field(False, description="Only say what it would come to, and do nothing")


class ReasonedBody(AskedBody):
    """What is done for a reason."""

    reason: str = Field(description="Why; it is kept")


class DaysBody(AskedBody):
    """What is done with some UTC days."""

    first: str = Field(alias="from", description="The first UTC day", json_schema_extra=DAY)
    last: str = Field(alias="to", description="The last UTC day, included", json_schema_extra=DAY)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day; `InputError` for what is none, and for a last that comes before."""
        first, last = read_day(self.first, "from"), read_day(self.last, "to")
        in_order(first, last)
        return first, last


def day_or_none(text: str | None, name: str) -> date | None:
    """A UTC day that may be left out; `InputError` for what is none."""
    return None if text is None else read_day(text, name)


def instant_or_none(text: str | None, name: str) -> datetime | None:
    """An instant that may be left out; `InputError` for what is none."""
    return None if text is None else read_instant(text, name)
