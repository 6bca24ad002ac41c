"""Calls that the lake has under another source (docs/rules/identity.md, "Under another source").

The source is a part of a call's identity, so a file that comes again under another one, its `--source`
forgotten, is new to `dedupe`. Here the same call is told by its id, its instant and its numbers, on one
server or where a record names none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.errors import InputError
from minutebook.lake.snapshot import as_files
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from minutebook.lake.lake import Lake
    from minutebook.lake.snapshot import Snapshot
    from minutebook.lake.staging import Staging

_AT = pl.coalesce("answered_at", "setup_at").alias("at")
_TOLD = ("call_id", "caller", "called", "at")


@dataclass(frozen=True, slots=True)
class Shared:
    """`calls` that are in the lake under `source` and under `other`; `call_id` is one of them."""

    source: str
    other: str
    calls: int
    call_id: str


def refuse_shared(staged: Staging, lake: Lake, snapshot: Snapshot) -> None:
    """`InputError` where the lake has calls of an import under another source."""
    for found in shared_with_others(staged, lake, snapshot):
        raise InputError.advised(
            f"{counted(found.calls, 'call')} of source {found.source}, {found.call_id} among them, "
            f"{'is' if found.calls == 1 else 'are'} in the lake already, under source {found.other}",
            f"pass source={found.other!r} if they are the same, other_calls=True if they are others",
            shell=f"say --source {found.other} if they are the same, --other-calls if they are others",
        )


def shared_with_others(staged: Staging, lake: Lake, snapshot: Snapshot) -> list[Shared]:
    """What of an import the lake has under other sources, on the days of the import."""
    days = {span.day for file in staged.files for span in file.spans}
    files = snapshot.recorded.filter(pl.col("day").is_in(list(days)), _of_others(staged.sources))
    if files.is_empty():
        return []
    own = pl.scan_parquet([file.path for file in staged.files], glob=False, hive_partitioning=False)
    theirs = lake.scan(as_files(files)).filter(~pl.col("source").is_in(list(staged.sources)))
    return _shared(own, theirs)


def shared_in_lake(lake: Lake, snapshot: Snapshot) -> list[Shared]:
    """What the whole lake has under several sources, for `verify`."""
    frame = snapshot.frame
    if not frame.select(_of_others(frame["source_min"].head(1).to_list()).any()).item():
        return []
    found: list[Shared] = []
    for (_,), files in frame.group_by("day", maintain_order=True):
        calls = lake.scan(as_files(files))
        found += _shared(calls, calls, once=True)
    sums: dict[tuple[str, str], Shared] = {}
    for each in found:
        pair = (each.source, each.other)
        before = sums.get(pair, Shared(*pair, 0, each.call_id))
        sums[pair] = Shared(*pair, before.calls + each.calls, before.call_id)
    return list(sums.values())


def _of_others(sources: Collection[str]) -> pl.Expr:
    """Whether a file may hold calls of other sources than these."""
    one = pl.col("source_min") == pl.col("source_max")
    return ~(one & pl.col("source_min").is_in(list(sources))).fill_null(value=False)


def _shared(own: pl.LazyFrame, theirs: pl.LazyFrame, *, once: bool = False) -> list[Shared]:
    columns = ["source", "server", *_TOLD]
    one = own.with_columns(_AT).select(columns)
    two = theirs.with_columns(_AT).select(columns)
    joined = one.join(two, on=list(_TOLD), suffix="_other", nulls_equal=True)
    server, other = pl.col("server"), pl.col("server_other")
    which = (
        pl.col("source") < pl.col("source_other")
        if once
        else pl.col("source") != pl.col("source_other")
    )
    joined = joined.filter(which, (server == other) | (server == "") | (other == ""))
    counted = joined.group_by("source", "source_other").agg(pl.len(), pl.col("call_id").min())
    rows = counted.collect(engine="streaming").sort("source", "source_other").iter_rows()
    return [Shared(source, whose, calls, call_id) for source, whose, calls, call_id in rows]
