"""A call as it happened, and what a layout is: how a switch writes such calls."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from minutebook.calls.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Clock = Callable[[int], str]
    """How a switch writes an instant, given in epoch seconds."""


@dataclass(frozen=True)
class Call:
    """What happened: set up at `setup_s` (epoch seconds, UTC), rang, was answered or not."""

    number: int
    setup_s: int
    ring_s: int = 5
    talk_s: int | None = 60
    """None: nobody answered."""
    caller: str = "442079460000"
    called: str = "12025550100"
    account: str = "acme"
    name: str = "Ann Lee"

    @property
    def id(self) -> str:
        return f"aaaaaaaa-0000-4000-8000-{self.number:012d}"

    @property
    def answer_s(self) -> int | None:
        return None if self.talk_s is None else self.setup_s + self.ring_s

    @property
    def end_s(self) -> int:
        return self.setup_s + self.ring_s + (self.talk_s or 0)

    @property
    def facts(self) -> dict[str, object]:
        """What a record of it must say."""
        return {
            "call_id": self.id,
            "caller": self.caller,
            "called": self.called,
            "account_code": self.account,
            "setup_at": instant(self.setup_s),
            "answered_at": None if self.answer_s is None else instant(self.answer_s),
            "ended_at": instant(self.end_s),
            "duration_ms": None if self.talk_s is None else self.talk_s * 1000,
        }


def instant(epoch_s: int) -> datetime:
    """An instant of whole seconds."""
    return datetime.fromtimestamp(epoch_s, UTC)


def local(epoch_s: int) -> str:
    """As a switch writes it whose clock shows UTC: without an offset."""
    return f"{instant(epoch_s):%Y-%m-%d %H:%M:%S}"


def east(epoch_s: int) -> str:
    """With an offset of five hours and a half."""
    return instant(epoch_s).astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()


@dataclass(frozen=True)
class Variant:
    """One layout: `rows` gives the texts of one call's rows, without their ends.

    `silent` are facts that it never says, `silent_missed` those that it does not say of a call that
    nobody answered. `clock` is how it writes times.
    """

    name: str
    format: str
    rows: Callable[[Call, Clock], list[str]]
    head: str = ""
    end: str = "\n"
    options: dict[str, Any] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    silent_missed: frozenset[str] = frozenset()
    clock: Clock = local
    unanswered: bool = True
    """It can say that a call was not answered."""
    instant: bool = True
    """It can say that a call was answered and lasted no second."""
    offsets: bool = False
    """Its times may have an offset."""
    quotes: str = ""
    """What its quoting protects in a name or an account: characters."""
    binary: Callable[[Sequence[Call]], bytes] | None = None

    @property
    def source(self) -> Source:
        return Source("site", zone="UTC", server="lon-1", options=self.options)

    @property
    def local(self) -> bool:
        """Whether its times are those of a clock on a wall."""
        return self.clock is local

    def can(self, calls: Sequence[Call]) -> list[Call]:
        """Those of these calls that the layout can say."""
        return [
            call
            for call in calls
            if (self.unanswered or call.talk_s is not None) and (self.instant or call.talk_s != 0)
        ]

    def pieces(self, calls: Sequence[Call], clock: Clock | None = None) -> list[str]:
        """The rows of these calls, each with its end."""
        return [row + self.end for call in calls for row in self.rows(call, clock or self.clock)]

    def content(self, calls: Sequence[Call], clock: Clock | None = None) -> bytes:
        """A file of these calls."""
        if self.binary:
            return self.binary(calls)
        return (self.head + "".join(self.pieces(calls, clock))).encode()

    def said(self, *, answered: bool) -> list[str]:
        """The facts that this layout says of a call."""
        silent = self.silent | (frozenset() if answered else self.silent_missed)
        return [name for name in Call(0, 0).facts if name not in silent]


def csv_row(values: Sequence[object], delimiter: str = ",") -> str:
    """A row as most programs write it: quotes where they are needed, and doubled within."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(values)
    return out.getvalue().removesuffix("\n")
