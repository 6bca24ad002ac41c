"""The call, as one schema from every switch: what readers give, and what the lake keeps.

A *record* is what a reader makes of a switch's row: times in UTC, numbers as the switch wrote
them. A *call* is a record whose account is known and whose numbers are normalised; only calls
reach the lake. A record that cannot become a call waits in quarantine under a `Reason`.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

RECORD_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.UInt32(),  # index of the table's row that it was made from (the first, of several)
    "call_id": pl.String(),
    "server": pl.String(),
    "leg": pl.String(),
    "account": pl.String(),  # explicit account, if the record names one
    "account_code": pl.String(),
    "trunk": pl.String(),
    "direction": pl.String(),
    "caller": pl.String(),  # as the switch wrote it
    "called": pl.String(),
    "setup_at": INSTANT,
    "answered_at": INSTANT,  # null: not answered
    "ended_at": INSTANT,
    "duration_ms": pl.Int64(),  # null: the record does not say, ended_at - answered_at holds
    "cause": pl.String(),
    "meta": pl.String(),
    "reason": pl.String(),  # a Reason, or null where the record is sound so far
    "detail": pl.String(),  # the reason in words, with the value that is wrong
}

CALL_SCHEMA: dict[str, pl.DataType] = {
    "day": pl.Date(),  # UTC day of answered_at, unanswered: of setup_at; the partition
    "account": pl.String(),
    "server": pl.String(),
    "source": pl.String(),
    "call_id": pl.String(),
    "leg": pl.String(),
    "caller": pl.String(),  # normalised: digits without + or international prefix, where it is a number
    "called": pl.String(),
    "called_key": pl.Int64(),  # cards.number_key.number_key of `called`: rating finds prices by it
    "caller_head": pl.Int32(),  # cards.number_key.number_head of `caller`: rating finds classes by it
    "caller_recorded": pl.String(),  # as the switch wrote it, where that differs
    "called_recorded": pl.String(),
    "setup_at": INSTANT,
    "answered_at": INSTANT,
    "ended_at": INSTANT,
    "duration_ms": pl.Int64(),  # null: not answered; it prices
    "account_code": pl.String(),
    "trunk": pl.String(),
    "direction": pl.String(),
    "cause": pl.String(),
    "meta": pl.String(),
    "matched_by": pl.String(),  # the key that named the account, as in "server lon-1"
    "file": pl.String(),
    "line": pl.Int64(),
}

IDENTITY = ("source", "server", "call_id", "leg")
"""What makes two records the same call (docs/rules/identity.md, "Which call"); a missing part is ""."""


class Reason(StrEnum):
    """Why a record waits in quarantine."""

    BROKEN_LINE = "broken_line"  # not a record of this format: too few columns, cut, not JSON
    MISSING_VALUE = "missing_value"  # no call_id, no called number column value, no time
    BAD_VALUE = "bad_value"  # a duration or status that cannot be understood
    BAD_TIME = "bad_time"  # a date that does not exist, a time that cannot be read
    NO_ZONE = "no_zone"  # a time without an offset, and the source has no zone
    AMBIGUOUS_TIME = "ambiguous_time"  # the hour that a clock change repeats
    NONEXISTENT_TIME = "nonexistent_time"  # the hour that a clock change skips
    END_BEFORE_START = "end_before_start"
    NEGATIVE_DURATION = "negative_duration"
    TOO_LONG = "too_long"  # longer than the source's max_call_hours
    STATUS_DISAGREES = (
        "status_disagrees"  # not answered, yet it lasts; a length that its times deny
    )
    UNPAIRED = "unpaired"  # a start without its end, or an end without its start
    UNKNOWN_ACCOUNT = "unknown_account"  # names an account that nobody declared
    NO_ACCOUNT = "no_account"  # no match table holds
    AMBIGUOUS = "ambiguous"  # match tables of several accounts hold equally
    NO_PLAN = "no_plan"  # before the account's first term, or after its closing day
    CONFLICT = "conflict"  # the same identity with other times or numbers
