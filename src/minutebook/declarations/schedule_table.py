"""A schedule's table of an apply file."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from minutebook.calls import readers
from minutebook.declarations.declared_schedule import DeclaredSchedule
from minutebook.declarations.values import Text, TomlTable, as_written
from minutebook.errors import InputError


def _at(value: Any) -> str:
    found = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{as_written(value)} is no time of the day; write it as "02:00", in UTC')
    return found[0]


def _format(value: Any) -> Any:
    try:
        readers.options(value)
    except InputError as error:
        raise ValueError(error.message) from None
    return value


class ScheduleTable(TomlTable):
    """`[schedule.NAME]`: what is to be done again and again; a table says all of it anew."""

    do: Literal["bill", "import", "verify", "reviews", "margin"]
    """`"bill"`: bill up to the UTC day before; `"import"`: take the finished files of a folder in; `"verify"`: prove the book; with every month `"reviews"`: whether every account's plan fits, and `"margin"`: what was earned, both of the month before, kept with the job."""
    every: Literal["5 minutes", "10 minutes", "15 minutes", "30 minutes", "hour", "day", "month"]
    """How often. Minutes count from the full hour; `"month"` is on its first day."""
    at: Annotated[str, BeforeValidator(_at)] | None = None
    """With `"day"` and `"month"`: the time of the day, UTC, as `"02:00"`. Left out: midnight."""
    folder: Text | None = None
    """Of imports, and needed there: the folder of the files, from that of the book. Files that were taken in go to `done` in it, refused ones to `refused`."""
    format: Annotated[Text, BeforeValidator(_format)] | None = None
    """Of imports: the format. Left out: that which each file shows."""
    source: Text | None = None
    """Of imports: the declared source that the files come from."""
    quiet_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Of imports: so long a file is unchanged before it counts as finished. Left out: 60."""

    @model_validator(mode="after")
    def _fits(self) -> ScheduleTable:
        if self.at is not None and self.every not in ("day", "month"):
            raise ValueError(f"at: says nothing with every {self.every}; leave it out")
        if self.do in ("reviews", "margin") and self.every != "month":
            raise ValueError(f'every: {self.do} are of a month; write every = "month"')
        if self.do == "import" and self.folder is None:
            raise ValueError("folder: is missing; name the folder whose files are taken in")
        if self.do != "import":
            for key in ("folder", "format", "source", "quiet_seconds"):
                if getattr(self, key) is not None:
                    raise ValueError(f"{key}: is of imports; leave it out")
        return self

    def schedule(self, name: str) -> DeclaredSchedule:
        """The schedule that it says."""
        return DeclaredSchedule(
            name=name,
            do=self.do,
            every=self.every,
            at=time.fromisoformat(self.at or "00:00"),
            folder=self.folder,
            format=self.format,
            source=self.source,
            quiet_seconds=60 if self.quiet_seconds is None else self.quiet_seconds,
        )
