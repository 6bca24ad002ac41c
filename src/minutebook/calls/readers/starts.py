"""Our own format without ends: rows of a start, or an answer, and a length
(docs/rules/records.md, "Minutebook's own format").

A file that has neither a column of answers nor one of ends is of starts and lengths. Its column of starts
is named `start` from then on, so that a row that waits in quarantine is known for such a one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.check import ROUNDING_MS
from minutebook.calls.parsing import headers, jsonlines
from minutebook.calls.parsing.columns import Columns, plain
from minutebook.calls.parsing.quantities import scaled
from minutebook.calls.parsing.times import instants_or_epochs
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.calls.parsing.mapping import Findings
    from minutebook.calls.source import Source

TIMES: Mapping[str, tuple[str, ...]] = {
    "account": ("account",),
    "setup_at": ("setup_at", "setup_time"),
    "answered_at": ("answered_at", "answer_time", "answered_time"),
    "ended_at": ("ended_at", "end_time", "ended_time"),
}
STARTS: Mapping[str, tuple[str, ...]] = {
    **TIMES,
    "start": ("start", "start_time", "started_at"),
    "duration": ("duration", "duration_s", "duration_seconds"),
}
"""With what a file without ends may have; in others such a column means nothing to the program."""
OWN = (*STARTS["start"], *STARTS["duration"])
_LENGTHS = ("duration_ms", "duration")
_LENGTH_NAMES = {"duration_ms", *STARTS["duration"]}
_BEGIN_NAMES = {"setup_at", "start", "started_at", "answered_at"}


def looks_right(first: bytes) -> bool:
    """Whether a first line, of CSV or JSON, has the names of such a file."""
    try:
        if first.startswith(b"{"):
            names = {plain(name) for name in jsonlines.decoded(first.decode())}
        else:
            names = {plain(name) for name in headers.header(first + b"\n")[0].names}
    except (ValueError, InputError):
        return False
    called = bool(names & _BEGIN_NAMES) and bool(names & _LENGTH_NAMES)
    return called and {"call_id", "called"} <= names


def spared(names: list[str], source: Source) -> set[str]:
    """The times that these columns need not have, as a start or a length stands in for them."""
    found = Columns(names, source, STARTS)
    begun = found.has("setup_at") or found.has("start")
    fields = {"setup_at"} if begun else set()
    if not found.has("ended_at") and any(found.has(length) for length in _LENGTHS):
        fields |= {"ended_at", "answered_at"} if begun else {"ended_at"}
    return fields


def renamed(names: list[str], source: Source) -> list[str]:
    """The names, that of the setup being `start` where there is neither an answer nor an end, and the
    other way round."""
    found = Columns(names, source, STARTS)
    timed = found.has("answered_at") or found.has("ended_at")
    other, own = ("start", "setup_at") if timed else ("setup_at", "start")
    if found.has(own) or not found.has(other):
        return names
    return [own if name == found.names[other][0] else name for name in names]


def filled(
    frame: pl.DataFrame, times: Mapping[str, pl.Series], source: Source, findings: Findings
) -> dict[str, pl.Series]:
    """The times of `times`, and those that follow from a length where a row has no end; `duration_ms`.

    A start with a length above 0 is the answer; without one nobody answered.
    """
    columns = Columns(frame.columns, source, STARTS)
    given_ms = findings.number("duration_ms", columns.text(frame, "duration_ms"), 0)
    texts = columns.text(frame, "start")
    start = findings.time("start", texts, instants_or_epochs(texts, source.zone))
    _check_length(columns.text(frame, "duration"), times, findings)
    without_end = times["ended_at"].is_null()
    if not without_end.any():
        return {**times, "duration_ms": given_ms}
    seconds = columns.text(frame, "duration")
    wanted = without_end & given_ms.is_null()
    seconds = pl.select(pl.when(wanted).then(seconds).alias("duration")).to_series()
    row = pl.DataFrame({**times, "start": start, "ms": given_ms})
    length = pl.coalesce("ms", pl.lit(findings.number("duration", seconds, 3)))
    none = pl.col("ended_at").is_null()
    from_start = none & pl.col("answered_at").is_null() & pl.col("start").is_not_null()
    answered = pl.when(from_start & (length > 0)).then("start").otherwise("answered_at")
    setup = pl.coalesce("setup_at", pl.when(none).then("start"))
    talk = (length.clip(0) * 1000).cast(pl.Duration("us"))
    ended = pl.when(none & length.is_not_null()).then(pl.coalesce(answered, setup) + talk)
    missed = pl.when(from_start & length.is_null()).then("start")
    found = row.select(
        setup_at=setup,
        answered_at=answered,
        ended_at=pl.coalesce("ended_at", ended, missed),
        duration_ms=length,
    )
    return {name: found[name] for name in found.columns}


def _check_length(texts: pl.Series, times: Mapping[str, pl.Series], findings: Findings) -> None:
    """Note a length in seconds that a row's own times deny: it is neither the talk nor, with the ringing,
    the whole call. It is no length of the call where the times are."""
    stated = scaled(texts, 3)
    if stated.is_null().all():
        return
    row = pl.DataFrame({**times, "stated": stated})
    near = [
        (pl.col("stated") - since).abs() < ROUNDING_MS
        for since in (
            (pl.col("ended_at") - pl.col(begun)).dt.total_milliseconds()
            for begun in ("answered_at", "setup_at")
        )
    ]
    unanswered = pl.col("answered_at").is_null() & (pl.col("stated").abs() < ROUNDING_MS)
    denied = row.select(
        pl.col("ended_at").is_not_null()
        & pl.coalesce("answered_at", "setup_at").is_not_null()
        & ~pl.any_horizontal([one.fill_null(value=False) for one in (*near, unanswered)])
        & pl.col("stated").is_not_null()
    ).to_series()
    findings.add(
        denied,
        Reason.STATUS_DISAGREES,
        pl.lit("duration is ") + pl.lit(texts) + " s, and its times say otherwise",
    )
