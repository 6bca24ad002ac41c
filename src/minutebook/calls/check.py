"""The laws that hold for every record, whatever switch wrote it
(docs/rules/time.md, "What every record must keep to").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.numbers import ROUNDED
from minutebook.calls.schema import Reason

if TYPE_CHECKING:
    from minutebook.calls.source import Source

ROUNDING_MS = 2_000
"""So far apart a record's length and its times cannot both be true: each of the two times may have lost
less than a second, and the length have been rounded to one."""
_MINUTES_MS = 61_000  # the same, of times that have lost their seconds
_HOUR_MS = 3_600_000
_CALL_ID, _SETUP, _ANSWERED, _ENDED, _DURATION = (
    pl.col(name) for name in ("call_id", "setup_at", "answered_at", "ended_at", "duration_ms")
)
_SETUP_TEXT, _ANSWERED_TEXT, _ENDED_TEXT = (
    at.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ") for at in (_SETUP, _ANSWERED, _ENDED)
)
_BEGUN = pl.coalesce(_SETUP, _ANSWERED)
_TALKED = (_ENDED - _ANSWERED).dt.total_milliseconds()


def checked(records: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The records with `server`, `leg` and `duration_ms` filled, and `reason` where a law fails
    (docs/rules/duration.md, "The length of a call").

    A reader's own reason stands; of several laws the first of `_laws` names the reason.
    `duration_ms` of an answered call is what the record says, else `ended_at` − `answered_at`,
    truncated; of an unanswered one null. A record with a reason keeps the duration that it came
    with. Order and number of rows stay as they are; columns beyond RECORD_SCHEMA too.
    """
    laws = _laws(source)
    reason: pl.Expr = pl.when(pl.col("reason").is_not_null()).then(pl.col("reason"))
    for law, fails, _ in laws:
        reason = reason.when(fails).then(pl.lit(law.value))  # type: ignore[attr-defined]  # Polars types a chain of when and then link by link
    found = records.with_columns(
        pl.col("server").fill_null(source.server or ""),
        pl.col("leg").fill_null(""),
        reason.alias("reason"),
        (pl.col("reason").is_null()).alias("\0sound"),
    )
    failed = found["reason"].is_not_null()
    if failed.any():
        found = _with_details(found, laws)
    sound = pl.col("reason").is_null()
    return found.drop("\0sound").with_columns(
        pl.when(~sound)
        .then(_DURATION)
        .when(_ANSWERED.is_not_null())
        .then(pl.coalesce(_DURATION, _TALKED))
        .alias("duration_ms")
    )


def _laws(source: Source) -> list[tuple[Reason, pl.Expr, pl.Expr]]:
    """Reason, where it holds, and the words for it, in the order in which they are tried."""
    return [
        (
            Reason.MISSING_VALUE,
            _CALL_ID.is_null() | (_CALL_ID == ""),
            pl.lit("no call_id"),
        ),
        (Reason.MISSING_VALUE, _ENDED.is_null(), pl.lit("no time of its end")),
        (Reason.MISSING_VALUE, _BEGUN.is_null(), pl.lit("neither set up nor answered")),
        *(
            (
                Reason.BAD_VALUE,
                pl.col(name).str.contains(ROUNDED),
                pl.lit(f"{name} ")
                + pl.col(name)
                + " has lost digits to a spreadsheet; export the numbers as text",
            )
            for name in ("caller", "called")
        ),
        (
            Reason.END_BEFORE_START,
            _ENDED < _ANSWERED,
            pl.format("ended {} before it was answered {}", _ENDED_TEXT, _ANSWERED_TEXT),
        ),
        (
            Reason.END_BEFORE_START,
            _ENDED < _SETUP,
            pl.format("ended {} before it was set up {}", _ENDED_TEXT, _SETUP_TEXT),
        ),
        (
            Reason.END_BEFORE_START,
            _ANSWERED < _SETUP,
            pl.format("answered {} before it was set up {}", _ANSWERED_TEXT, _SETUP_TEXT),
        ),
        *_length_laws(source),
    ]


def _length_laws(source: Source) -> list[tuple[Reason, pl.Expr, pl.Expr]]:
    """The laws of how long a call may be."""
    longest_ms = source.max_call_hours * _HOUR_MS
    longest = pl.max_horizontal((_ENDED - _BEGUN).dt.total_milliseconds(), _DURATION)
    return [
        (
            Reason.NEGATIVE_DURATION,
            _DURATION < 0,
            pl.format("duration_ms is {}", _DURATION),
        ),
        (
            Reason.STATUS_DISAGREES,
            _ANSWERED.is_null() & (_DURATION > 0),
            pl.format("not answered, yet duration_ms is {}", _DURATION),
        ),
        (
            Reason.TOO_LONG,
            longest > longest_ms,
            pl.format(
                "{} hours, and the source's max_call_hours is {}",
                longest // _HOUR_MS,
                pl.lit(longest_ms // _HOUR_MS),
            ),
        ),
        (
            Reason.STATUS_DISAGREES,
            (_DURATION - _TALKED).abs() >= _rounding_ms(source),
            pl.format(
                "duration_ms is {}, and from the answer to the end it is {}", _DURATION, _TALKED
            ),
        ),
    ]


def _rounding_ms(source: Source) -> pl.Expr:
    """How far apart a length and the times of its call must be to deny each other."""
    if source.options.get("whole_minutes") is not True:
        return pl.lit(ROUNDING_MS)
    minutes = (_ANSWERED.dt.second() == 0) & (_ENDED.dt.second() == 0)
    return pl.when(minutes).then(_MINUTES_MS).otherwise(ROUNDING_MS)


def _with_details(found: pl.DataFrame, laws: list[tuple[Reason, pl.Expr, pl.Expr]]) -> pl.DataFrame:
    """`detail` where a law failed; a detail that the reader gave stays."""
    words: pl.Expr = pl.when(~pl.col("\0sound")).then(pl.col("detail"))
    for _, fails, why in laws:
        words = words.when(fails).then(why)  # type: ignore[attr-defined]  # Polars types a chain of when and then link by link
    position = pl.int_range(pl.len(), dtype=pl.UInt32).alias("\0at")
    indexed = found.with_columns(position)
    failed = indexed.filter(pl.col("reason").is_not_null()).select("\0at", words.alias("detail"))
    return (
        indexed.drop("detail")
        .join(failed, on="\0at", how="left", maintain_order="left")
        .drop("\0at")
        .select(found.columns)
    )
