"""Calls that the lake has under another source (docs/rules/identity.md, "Under another source").

The source is a part of a call's identity, so a file that comes again under another one, its `--source`
forgotten, is new to `dedupe`. Here the same call is told by its id, its instant and its numbers, on one
server or where a record names none; also where the two sources read one row by another zone or country:
by its id, its length and its numbers, as digits or as recorded, at instants that zones are apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.lake.comparing import CONFLICT_SCHEMA
from minutebook.lake.corrections import IMPORT_OF_PATH
from minutebook.lake.scans import staged_scan
from minutebook.lake.snapshot import as_files
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from minutebook.lake.lake import Lake
    from minutebook.lake.snapshot import Snapshot
    from minutebook.lake.staging import Staging

_AT = pl.coalesce("answered_at", "setup_at").alias("at")
OTHER_CALLS = "other_calls"
"""What the log keeps of an import whose calls were said to be others than those of other sources."""
ASKED_FROM = "asked_from"
"""Where the log keeps the network address that an import was asked from."""
_NUMBERS = ("caller", "called")
_RECORDED = tuple(pl.coalesce(f"{name}_recorded", name).alias(f"{name}_text") for name in _NUMBERS)
_COMPARED = (
    "source", "server", "call_id", "at", "duration_ms", *_NUMBERS,
    *(f"{name}_text" for name in _NUMBERS),
)  # fmt: skip
_ZONES_APART = pl.duration(hours=26)
_ZONE_STEP_US = 15 * 60 * 1_000_000
_NEAR = 2
"""Days before and after a call's on which another zone may put it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """`calls` that are in the lake under `source` and under `other`; `call_id` is one of them.

    `otherwise`: of one at least the two say another instant, or other digits.
    """

    source: str
    other: str
    calls: int
    call_id: str
    otherwise: bool = False


def refuse_shared(staged: Staging, lake: Lake, snapshot: Snapshot) -> None:
    """`InputError` where the lake has calls of an import under another source."""
    for found in shared_with_others(staged, lake, snapshot):
        are = "is" if found.calls == 1 else "are"
        if found.otherwise:
            raise InputError.advised(
                f"{counted(found.calls, 'call')} of source {found.source}, {found.call_id} among them, "
                f"{are} in the lake already, under source {found.other}, at another time or with other numbers",
                f"pass source={found.other!r} if they are the same, and where its zone or country was wrong, "
                "mend it and use book.calls.import_again; other_calls=True if they are others",
                shell=f"say --source {found.other} if they are the same, and where its zone or country was "
                "wrong, mend it, then: minutebook import again ID; --other-calls if they are others",
            )
        raise InputError.advised(
            f"{counted(found.calls, 'call')} of source {found.source}, {found.call_id} among them, "
            f"{are} in the lake already, under source {found.other}",
            f"pass source={found.other!r} if they are the same, other_calls=True if they are others",
            shell=f"say --source {found.other} if they are the same, --other-calls if they are others",
        )


def shared_with_others(staged: Staging, lake: Lake, snapshot: Snapshot) -> list[Shared]:
    """What of an import the lake has under other sources, on the days of the import and near them."""
    files = snapshot.recorded.filter(_near(staged), _of_others(staged.sources))
    if files.is_empty():
        return []
    own = staged_scan([str(file.path) for file in staged.files])
    theirs = lake.scan(as_files(files)).filter(~pl.col("source").is_in(list(staged.sources)))
    return _shared(own, theirs)


def shared_in_lake(lake: Lake, snapshot: Snapshot) -> list[Shared]:
    """What the whole lake has under several sources, for `verify`, and nobody said to be other calls."""
    frame = snapshot.frame
    said = snapshot.table.imports().items()
    others = [name for name, about in said if about.get(OTHER_CALLS)]
    frame = frame.filter(~IMPORT_OF_PATH.is_in(others).fill_null(value=False))
    if frame.is_empty():
        return []
    if not frame.select(_of_others(frame["source_min"].head(1).to_list()).any()).item():
        return []
    found: list[Shared] = []
    for day in frame["day"].unique().sort():
        near = frame.filter(pl.col("day").is_in(_around(day)))
        own, theirs = (
            lake.scan(as_files(some)) for some in (near.filter(pl.col("day") == day), near)
        )
        found += _shared(own, theirs, once=True)
    sums: dict[tuple[str, str], Shared] = {}
    for each in found:
        pair = (each.source, each.other)
        before = sums.get(pair, Shared(*pair, 0, each.call_id))
        sums[pair] = Shared(*pair, before.calls + each.calls, before.call_id)
    return list(sums.values())


def _near(staged: Staging) -> pl.Expr:
    """Whether a day is one on which a call of the import may be, by another zone."""
    days = {span.day for file in staged.files for span in file.spans}
    return pl.col("day").is_in(sorted(near for day in days for near in _around(day)))


def _around(day: date) -> list[date]:
    return [day + ONE_DAY * n for n in range(-_NEAR, _NEAR + 1)]


def _of_others(sources: Collection[str]) -> pl.Expr:
    """Whether a file may hold calls of other sources than these."""
    one = pl.col("source_min") == pl.col("source_max")
    return ~(one & pl.col("source_min").is_in(list(sources))).fill_null(value=False)


def _shared(own: pl.LazyFrame, theirs: pl.LazyFrame, *, once: bool = False) -> list[Shared]:
    which = (
        pl.col("source") < pl.col("source_other")
        if once
        else pl.col("source") != pl.col("source_other")
    )
    joined = _paired(_comparable(own), _comparable(theirs)).filter(which)
    counted = joined.group_by("source", "source_other").agg(
        pl.len(), pl.col("call_id").min(), pl.col("otherwise").any()
    )
    rows = counted.collect(engine="streaming").sort("source", "source_other").iter_rows()
    return [Shared(*row) for row in rows]


def _comparable(calls: pl.LazyFrame, *more: str) -> pl.LazyFrame:
    return calls.with_columns(_AT, *_RECORDED).select(*_COMPARED, *more)


def _paired(own: pl.LazyFrame, theirs: pl.LazyFrame) -> pl.LazyFrame:
    """Each of `own` with those of `theirs` that tell the same call; columns of these end in `_other`."""
    joined = own.join(theirs, on="call_id", suffix="_other")

    def same(name: str) -> pl.Expr:
        return pl.col(name).eq_missing(pl.col(f"{name}_other"))

    server, other = pl.col("server"), pl.col("server_other")
    apart = pl.col("at") - pl.col("at_other")
    digits = same("caller") & same("called")
    texts = pl.all_horizontal(same(name) | same(f"{name}_text") for name in _NUMBERS)
    zones = (apart.abs() <= _ZONES_APART) & (apart.dt.total_microseconds() % _ZONE_STEP_US == 0)
    alike = digits & same("at")
    read_otherwise = texts & zones & same("duration_ms")
    return joined.filter(
        (server == other) | (server == "") | (other == ""), alike | read_otherwise
    ).with_columns(otherwise=~alike)


def told_by_others(
    staged: Staging, lake: Lake, snapshot: Snapshot, dropped: pl.Series
) -> pl.DataFrame:
    """Staged calls, but for the `dropped`, that the lake or an earlier staged one has under another source.

    `number`, which is a call's place among all that is staged, and CONFLICT_SCHEMA.
    """
    of_days = snapshot.recorded.filter(_near(staged))
    if not staged.rows or not (
        len(staged.sources) > 1 or of_days.select(_of_others(staged.sources).any()).item()
    ):
        return pl.DataFrame(schema={"number": pl.UInt32, **CONFLICT_SCHEMA})
    own = staged_scan([str(file.path) for file in staged.files], "number")
    own = own.filter(~pl.lit(dropped).gather(pl.col("number")))
    in_lake = lake.scan(as_files(of_days)).with_columns(number=pl.lit(None, pl.UInt32))
    theirs = pl.concat([_comparable(in_lake, "number"), _comparable(own, "number")])
    own = own.with_columns(_AT, *_RECORDED)
    later = pl.col("number_other").is_null() | (pl.col("number_other") < pl.col("number"))
    found = _paired(own, theirs).filter(later, pl.col("source") != pl.col("source_other"))
    first = found.sort("number", "number_other", nulls_last=False).unique(
        "number", keep="first", maintain_order=True
    )
    what = "source {} has this call; discard it, or import its file again as one of other calls"
    return first.select(
        "number",
        *(name for name in CONFLICT_SCHEMA if name != "detail"),
        detail=pl.format(what, pl.col("source_other")),
    ).collect(engine="streaming")
