"""Which calls are meant: one by its id, or those of some days."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.errors import InputError
from minutebook.lake.correcting import traced
from minutebook.lake.lake import as_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.lake.lake import Lake, Snapshot

PARTS = ("source", "server", "leg")
"""What tells records of one call id apart."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A call by its id, with as much of `source`, `server` and `leg` as tells it from others; or the calls
    of the UTC days from `first` to `last`, of an account, a source or a server where these are named."""

    call_id: str | None = None
    source: str | None = None
    server: str | None = None
    leg: str | None = None
    of_account: str | None = None
    first: date | None = None
    last: date | None = None

    def said(self) -> dict[str, Any]:
        """The choice, as JSON."""
        days = {"from": self.first, "to": self.last}
        texts = {name: getattr(self, name) for name in ("call_id", *PARTS, "of_account")}
        found = texts | {name: day and day.isoformat() for name, day in days.items()}
        return {name: value for name, value in found.items() if value is not None}


def chosen_calls(lake: Lake, choice: Choice) -> pl.DataFrame:
    """The calls that are meant (lake.correcting.TRACED_SCHEMA); `InputError` where there is none, or where
    one is meant and several have its id.
    """
    snapshot = lake.snapshot()
    parts = [
        pl.col(name) == getattr(choice, name) for name in PARTS if getattr(choice, name) is not None
    ]
    if choice.call_id is not None:
        found = of_ids(lake, snapshot, [choice.call_id]).filter(*parts)
        check_one(found, choice.call_id)
        return found
    if choice.of_account is not None:
        parts.append(pl.col("account") == choice.of_account)
    frame = snapshot.frame.filter(pl.col("day").is_between(choice.first, choice.last))
    found = traced(lake, as_files(frame)).filter(*parts).collect(engine="streaming")
    if found.is_empty():
        raise InputError.advised(
            f"there are no such calls from {choice.first} to {choice.last}",
            "name other days",
            shell="name other days, or look with: minutebook calls",
        )
    return found.sort("day", "data_file", "row")


def of_ids(lake: Lake, snapshot: Snapshot, call_ids: Iterable[str]) -> pl.DataFrame:
    """The calls that have these ids, of every source, server and leg."""
    ids = sorted(set(call_ids))

    def may_hold(least: str | None, most: str | None) -> bool:
        at = 0 if least is None else bisect_left(ids, least)
        return at < len(ids) and (most is None or ids[at] <= most)

    bounds = snapshot.frame.select("id_min", "id_max").iter_rows()
    frame = snapshot.frame.filter(pl.Series([may_hold(*row) for row in bounds], dtype=pl.Boolean))
    calls = traced(lake, as_files(frame)).filter(pl.col("call_id").is_in(ids))
    return calls.collect(engine="streaming").sort("call_id", "day", *PARTS)


def check_one(found: pl.DataFrame, call_id: str) -> None:
    """`InputError` unless one call was found."""
    if found.is_empty():
        raise InputError.advised(
            f"no call {call_id!r} is billed",
            "see what is known of it with book.statements.explain_call",
            shell=f"see what is known of it with: minutebook explain {call_id}",
        )
    if found.height > 1:
        tells = [name for name in PARTS if found[name].n_unique() > 1]
        each = ", ".join(
            " ".join(f"{name} {row[name] or '-'}" for name in tells)
            for row in found.iter_rows(named=True)
        )
        options = " or ".join(f"--{name}" for name in tells)
        raise InputError.advised(
            f"{found.height} calls have the id {call_id!r} ({each})",
            f"say which one by {', '.join(tells)}",
            shell=f"say which one by {options}",
        )
