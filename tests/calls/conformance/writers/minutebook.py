"""The format of our own, as text, JSON and Parquet."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import polars as pl
from tests.calls.conformance.variant import Variant, csv_row, local

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.calls.conformance.variant import Call, Clock

_OURS = ("call_id", "server", "caller", "called", "setup_at", "answered_at", "ended_at",
         "account_code")  # fmt: skip


def _own_values(call: Call, clock: Clock) -> list[str]:
    answered = "" if call.answer_s is None else clock(call.answer_s)
    times = [clock(call.setup_s), answered, clock(call.end_s)]
    return [call.id, "lon-1", call.caller, call.called, *times, call.account]


def _zulu(epoch_s: int) -> str:
    return f"{local(epoch_s)}Z".replace(" ", "T")


def _own_rows(delimiter: str) -> Callable[[Call, Clock], list[str]]:
    return lambda call, clock: [csv_row(_own_values(call, clock), delimiter)]


def _own_line(call: Call, clock: Clock) -> list[str]:
    return [json.dumps(dict(zip(_OURS, _own_values(call, clock), strict=True)))]


def _own_table(calls: Sequence[Call]) -> bytes:
    rows = [_own_values(call, _zulu) for call in calls]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_OURS, pl.String), orient="row")
    times = ("setup_at", "answered_at", "ended_at")
    typed = frame.with_columns(pl.col(times).replace("", None).str.to_datetime(time_zone="UTC"))
    out = io.BytesIO()
    typed.write_parquet(out)
    return out.getvalue()


def _starts(names: Sequence[str]) -> Callable[[Call, Clock], list[str]]:
    """Rows of a start, or of a setup and an answer, and a length."""

    def rows(call: Call, clock: Clock) -> list[str]:
        begun = call.setup_s if call.answer_s is None else call.answer_s
        answered = "" if call.answer_s is None else clock(call.answer_s)
        values = {
            "call_id": call.id, "server": "lon-1", "caller": call.caller, "called": call.called,
            "account_code": call.account, "start": clock(begun), "answered_at": answered,
            "setup_at": clock(call.setup_s if "answered_at" in names else begun),
            "duration": str(call.talk_s or 0), "duration_ms": str((call.talk_s or 0) * 1000),
        }  # fmt: skip
        return [csv_row([values[name] for name in names])]

    return rows


_WHO = ("call_id", "server", "caller", "called", "account_code")
_STARTS = {
    "start": (*_WHO, "start", "duration"),
    "setup": (*_WHO, "setup_at", "duration_ms"),
    "answer": (*_WHO, "setup_at", "answered_at", "duration_ms"),
}
VARIANTS = [
    Variant(
        f"minutebook-csv-{name}", "minutebook", _starts(names), head=",".join(names) + "\n",
        clock=str if name == "start" else _zulu, offsets=True, quotes='",;\n',
        silent=frozenset() if name == "answer" else frozenset({"setup_at"}),
        instant=name == "answer",
        silent_missed=frozenset({"ended_at"}),
    )
    for name, names in _STARTS.items()
] + [
    Variant(
        f"minutebook-csv{name}", "minutebook", _own_rows(delimiter),
        head=delimiter.join(_OURS) + "\n", clock=_zulu, offsets=True, quotes='",;\n',
    )
    for name, delimiter in (("", ","), ("-semicolon", ";"), ("-tab", "\t"))
] + [
    Variant(
        "minutebook-csv-local", "minutebook", _own_rows(","), head=",".join(_OURS) + "\n",
        quotes='",;\n',
    ),
    Variant(
        "minutebook-json", "minutebook", _own_line, clock=_zulu, offsets=True, quotes='",;\n|{'
    ),
    Variant(
        "minutebook-parquet", "minutebook", lambda call, clock: [], clock=_zulu,
        binary=_own_table, quotes='",;\n|{',
    ),
]  # fmt: skip
