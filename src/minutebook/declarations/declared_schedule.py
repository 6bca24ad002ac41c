"""What is to be done again and again, and when that is due (docs/rules/runs.md, "By the clock").

Pure: times are UTC, and handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Final

from minutebook.days import ONE_DAY, next_month
from minutebook.notebook import Shown

EVERY: Final = ("5 minutes", "10 minutes", "15 minutes", "30 minutes", "hour", "day", "month")
"""How often something may be done."""
_MIDNIGHT: Final = time(0)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, repr=False)
class DeclaredSchedule(Shown):
    """Something that is to be done again and again, by jobs."""

    _TOLD: ClassVar = ("name", "do", "every", "at")
    name: str
    """Its name."""
    do: str
    """`"bill"`, up to the UTC day before; `"import"`, of the finished files of a folder; `"verify"`; of the month before `"reviews"` of
    all accounts, and the `"margin"`."""
    every: str
    """How often: `"10 minutes"`, `"hour"`, `"day"`, `"month"`."""
    at: time = _MIDNIGHT
    """Of those by the day and the month, when: UTC; by the month on its first day."""
    folder: str | None = None
    """Of imports: the folder, from that of the book."""
    format: str | None = None
    """Of imports: the format; None: found by the files."""
    source: str | None = None
    """Of imports: the declared source."""
    quiet_seconds: int = 60
    """Of imports: how long a file is unchanged before it counts as finished."""

    def to_body(self) -> dict[str, Any]:
        """As JSON, by the keys of an apply file; silent keys are absent."""
        said = {
            "do": self.do,
            "every": self.every,
            "at": f"{self.at:%H:%M}" if self.by_day else None,
            "folder": self.folder,
            "format": self.format,
            "source": self.source,
            "quiet_seconds": self.quiet_seconds if self.do == "import" else None,
        }
        return {key: value for key, value in said.items() if value is not None}

    @classmethod
    def from_body(cls, name: str, body: dict[str, Any]) -> DeclaredSchedule:
        """The inverse of `to_body`."""
        at = time.fromisoformat(body.get("at", "00:00"))
        return cls(name, **{**body, "at": at})

    @property
    def by_day(self) -> bool:
        """Whether it is due at a time of the day."""
        return self.every in ("day", "month")

    def due_after(self, instant: datetime) -> datetime:
        """The first time after an instant at which it is due."""
        day = instant.replace(hour=0, minute=0, second=0, microsecond=0)
        if not self.by_day:
            found = re.match(r"\d+", self.every)
            step = timedelta(minutes=int(found[0])) if found else _HOUR
            return day + ((instant - day) // step + 1) * step
        at = day + timedelta(hours=self.at.hour, minutes=self.at.minute)
        if self.every == "day":
            return at if at > instant else at + ONE_DAY
        at = at.replace(day=1)
        return at if at > instant else datetime.combine(next_month(at.date()), self.at, at.tzinfo)

    def last_due(self, after: datetime, now: datetime) -> datetime | None:
        """The last time at which it was due after one instant and up to another; None: at none.

        What was missed between is done once, not as often as it was missed.
        """
        back = now - (timedelta(days=32) if self.every == "month" else ONE_DAY + ONE_DAY)
        found, due = None, self.due_after(max(after, back))
        while due <= now:
            found, due = due, self.due_after(due)
        return found

    def job_at(self, due: datetime) -> tuple[str, dict[str, Any]]:
        """The kind and the arguments of the job that does it at a time."""
        if self.do == "bill":
            return "bill", {"through": (due.date() - ONE_DAY).isoformat()}
        if self.do == "import":
            asked = {
                "folder": self.folder,
                "format": self.format,
                "source": self.source,
                "quiet_seconds": self.quiet_seconds,
            }
            return "import folder", {key: said for key, said in asked.items() if said is not None}
        if self.do in ("reviews", "margin"):
            last = due.date().replace(day=1) - ONE_DAY
            return self.do, {"from": last.replace(day=1).isoformat(), "to": last.isoformat()}
        return self.do, {}
