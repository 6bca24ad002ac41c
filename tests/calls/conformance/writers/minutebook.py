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


VARIANTS = [
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
