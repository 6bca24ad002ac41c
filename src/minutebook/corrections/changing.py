"""What a correction makes of calls (docs/rules/corrections.md, "What can be corrected")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.billing.schedule import Schedule
from minutebook.calls.numbers import normalised_series
from minutebook.calls.source import MAX_CALL_HOURS, Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.declarations.carrier import Carrier

BY_CORRECTION = "correction"
"""What names the account of a call that a person moved: match tables leave it alone."""
MAX_DURATION_MS = MAX_CALL_HOURS * 3_600_000


@dataclass(frozen=True, slots=True)
class CallChange:
    """What becomes of a call: its length from answer to end, its account, its number; or it is void.

    `cap_ms`: what lasted longer lasted so long.
    """

    duration_ms: int | None = None
    account: str | None = None
    called: str | None = None
    void: bool = False
    cap_ms: int | None = None

    def said(self) -> dict[str, Any]:
        """What is asked for, as JSON; `InputError` where that is nothing, or cannot be."""
        values = (self.duration_ms, self.account, self.called, self.cap_ms)
        if not self.void and all(value is None for value in values):
            raise InputError(
                "nothing is said to be corrected; pass duration_ms, account, called, cap_ms or void",
                shell="say what is right: --duration S, --account A, --called N, --cap S or --void",
            )
        if self.void and any(value is not None for value in values):
            raise InputError("a void call has no length, account or number; say void alone")
        for length in (self.duration_ms, self.cap_ms):
            if length is not None and not 0 <= length <= MAX_DURATION_MS:
                raise InputError(
                    f"a call lasts from 0 to {MAX_DURATION_MS // 1000:,} s ({MAX_CALL_HOURS:,} hours), not"
                    f" {length / 1000:,} s; say a length within that"
                )
        names = ("duration_ms", "account", "called", "cap_ms")
        found = {n: v for n, v in zip(names, values, strict=True) if v is not None}
        return {**found, **({"void": True} if self.void else {})}


def changed(calls: pl.DataFrame, carrier: Carrier, wanted: pl.DataFrame) -> pl.DataFrame:
    """The calls as they are to be, and whether each is `void`.

    `wanted` has a row for each, with `duration_ms`, `account`, `called` (null: as it is) and `void`.
    `InputError` names the first call that cannot be so.
    """
    length, account, called = (wanted[name] for name in ("duration_ms", "account", "called"))
    _check_answered(calls, length)
    _check_accounts(calls, account, carrier)
    numbers = _numbers(calls, called, carrier.sources)
    other_length = pl.lit(length).is_not_null() & pl.col("duration_ms").ne_missing(pl.lit(length))
    other_account = pl.lit(account).is_not_null() & (pl.col("account") != pl.lit(account))
    recorded = pl.coalesce("called_recorded", "called")
    return calls.with_columns(
        duration_ms=pl.when(other_length).then(pl.lit(length)).otherwise("duration_ms"),
        ended_at=pl.when(other_length)
        .then(pl.col("answered_at") + pl.duration(milliseconds=pl.lit(length)))
        .otherwise("ended_at"),
        account=pl.when(other_account).then(pl.lit(account)).otherwise("account"),
        matched_by=pl.when(other_account).then(pl.lit(BY_CORRECTION)).otherwise("matched_by"),
        called=pl.coalesce(pl.lit(numbers), "called"),
        called_recorded=pl.when(pl.lit(numbers).is_not_null())
        .then(recorded)
        .otherwise("called_recorded"),
        void=pl.lit(wanted["void"]),
    )


def _check_answered(calls: pl.DataFrame, length: pl.Series) -> None:
    wrong = calls.filter(pl.lit(length).is_not_null() & pl.col("answered_at").is_null())
    if wrong.height:
        raise InputError(
            f"call {wrong['call_id'][0]} was not answered, and has no length; leave it out, or make it void"
        )


def _check_accounts(calls: pl.DataFrame, account: pl.Series, carrier: Carrier) -> None:
    schedule = Schedule(carrier)
    moved = calls.select("call_id", "day", account=account).drop_nulls("account")
    for call_id, day, name in moved.unique(("day", "account"), maintain_order=True).iter_rows():
        carrier.account_named(name)
        if schedule.plan_of(name, day) is None:
            raise InputError(
                f"call {call_id} is of {day}, when account {name} has no plan; name an account that has one"
            )


def _numbers(calls: pl.DataFrame, called: pl.Series, sources: Mapping[str, Source]) -> pl.Series:
    """The numbers as digits, by the rules of each call's source."""
    found = pl.Series([None] * calls.height, dtype=pl.String)
    rows = pl.DataFrame({"source": calls["source"], "called": called}).with_row_index("at")
    given = rows.drop_nulls("called")
    for (name,), part in given.partition_by("source", as_dict=True).items():
        numbers = normalised_series(part["called"], sources.get(str(name), Source(str(name))))
        wrong = part["called"].filter(~numbers.str.contains(r"^[0-9]+$"))
        if wrong.len():
            raise InputError(f"{wrong[0]!r} is not a number that can be called; write its digits")
        found = found.scatter(part["at"], numbers)
    return found
