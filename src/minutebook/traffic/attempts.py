"""Attempts: how many there were, and what became of them
(docs/rules/capacity.md, "What became of attempts"). Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ENDED_BY_PEOPLE = (
    "16", "17", "18", "19", "21",  # Q.850: clearing, busy, no response, no answer, rejected
    "480", "486", "487", "600", "603",  # SIP: unavailable, busy, cancelled, busy everywhere, declined
    "NORMAL_CLEARING", "USER_BUSY", "NO_USER_RESPONSE", "NO_ANSWER", "CALL_REJECTED", "ORIGINATOR_CANCEL",
    "BUSY", "NO ANSWER", "CANCEL",  # dispositions of Asterisk
)  # fmt: skip
"""Causes of unanswered calls that the network carried: NER counts them
(docs/rules/capacity.md, "What became of attempts").
"""


def attempts_by_day(
    calls: pl.LazyFrame, first: date, last: date, group: Sequence[str] = ()
) -> pl.DataFrame:
    """Attempts and what became of them, by `group` and the call's day; CPS by the second of setup.

    Columns `group`, `day`, `attempts`, `answered`, `ended_by_people`, `duration_ms`,
    `without_setup` and `cps_peak`; days without calls are absent.
    """
    answered = pl.col("duration_ms").is_not_null()
    by_people = ~answered & pl.col("cause").str.to_uppercase().is_in(ENDED_BY_PEOPLE)
    counts = (
        calls.filter(pl.col("day").is_between(first, last))
        .group_by(*group, "day")
        .agg(
            attempts=pl.len(),
            answered=answered.sum(),
            ended_by_people=by_people.sum(),
            duration_ms=pl.col("duration_ms").sum(),
            without_setup=pl.col("setup_at").is_null().sum(),
        )
    )
    begun = pl.coalesce("setup_at", "answered_at").dt.truncate("1s")
    seconds = (
        calls.select(*group, second=begun)
        .group_by(*group, "second")
        .len("begun")
        .group_by(*group, pl.col("second").dt.date().alias("day"))
        .agg(cps_peak=pl.col("begun").max())
        .filter(pl.col("day").is_between(first, last))
    )
    joined = counts.join(seconds, on=[*group, "day"], how="full", coalesce=True)
    return joined.collect(engine="streaming")
