"""Which columns of a list of calls mean what (docs/rules/disputes.md, "Which columns are read"). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.calls.parsing.columns import USUAL
from minutebook.disputes.reading.amount_column import is_amount, named
from minutebook.disputes.reading.headings import heading, plain_heading

if TYPE_CHECKING:
    from collections.abc import Mapping

CALL_ID: Final = (
    *USUAL["call_id"], "call_uuid", "uuid", "uniqueid", "session_id", "cdr_id", "record_id", "id",
)  # fmt: skip
CALLED: Final = (
    "called", "called_number", "destination_number", "dst_user", "to_user", "dst_number", "dst", "to",
    "callee", "called_party", "called_id", "dialed", "dialled", "dialed_number", "dialled_number",
    "number_dialed", "number_dialled", "b_number", "bnumber", "b_party", "cld", "dnis", "to_number",
    "ruri_user", "dst_ouser", "number", "phone_number",
)  # fmt: skip
CALLER: Final = (
    "caller", "caller_number", "caller_id_number", "caller_id", "callerid", "src_user", "from_user",
    "src_number", "src", "from", "calling", "calling_number", "calling_party", "a_number", "anumber",
    "a_party", "cli", "ani", "source_number", "origin", "from_number",
)  # fmt: skip
_START: Final = (
    "start", "start_time", "start_at", "started_at", "starttime", "start_date", "call_start",
    "call_start_time", "begin", "begin_time", "connect_time", "datetime", "date_time", "call_date_time",
    "call_datetime", "timestamp", "call_time", "calldate", "call_date", "date", "time", "dt", "day",
)  # fmt: skip
_TIMES: Final = {
    "setup_at": ("setup_at", "setup_time", "invite_time"),
    "answered_at": ("answered_at", "answer_time", "answered_time", "answer"),
    "ended_at": (
        "ended_at", "end_time", "ended_time", "endtime", "end", "stop_time", "disconnect_time",
        "hangup_time", "release_time",
    ),
}  # fmt: skip
_LENGTH: Final = (
    "duration", "call_duration", "talk_time", "length", "call_length", "billsec", "bill_sec",
    "billed_duration", "billable_duration", "charged_duration", "seconds", "secs", "sec", "minutes",
    "mins", "duration_seconds", "duration_secs", "duration_sec", "duration_s", "duration_minutes",
    "duration_min", "duration_ms", "ms_duration", "billed_seconds", "billed_minutes",
    "billable_seconds", "call_seconds", "call_minutes", "usage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallColumns:
    """Which column of a list says what; None where none does."""

    called: str | None
    start: str | None
    time: str | None
    times: Mapping[str, str | None]
    length: str | None
    length_ms: int
    caller: str | None
    call_id: str | None

    @property
    def lacking(self) -> list[str]:
        """What a list of calls cannot do without, and has no column for."""
        lacks = [] if self.called else ["called"]
        if not self.start and not self.times["answered_at"] and not self.times["setup_at"]:
            lacks.append("start")
        return lacks if self.length or self.times["ended_at"] else [*lacks, "duration"]


def call_columns(names: list[str], columns: Mapping[str, str]) -> CallColumns:
    """The columns of a list of calls, those of `columns` (ours → theirs) before what headings say."""
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain_heading(name), name)

    def column(field: str, usual: tuple[str, ...]) -> str | None:
        if field in columns:
            return named(names, columns[field])
        return next((by_plain[word] for word in usual if word in by_plain), None)

    start, clock = column("start", _START), by_plain.get("time") or by_plain.get("call_time")
    length = column("duration", _LENGTH)
    if length is None and "duration" not in columns:
        length = next((n for n in names if heading(n).length_ms and not is_amount(n)), None)
    return CallColumns(
        called=column("called", (*CALLED, "destination")),
        start=start,
        time=None if clock == start else clock,
        times={field: column(field, usual) for field, usual in _TIMES.items()},
        length=length,
        length_ms=1_000 if length is None else heading(length).length_ms or _unit_of_values(length),
        caller=column("caller", CALLER),
        call_id=column("call_id", CALL_ID),
    )


def _unit_of_values(name: str) -> int:
    """Milliseconds of one of a column whose heading names no unit beside it."""
    words = set(plain_heading(name).split("_"))
    if words & {"minutes", "mins", "minute", "min"}:
        return 60_000
    return 1 if words & {"ms", "msec"} else 1_000
