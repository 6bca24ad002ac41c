"""Calls of Asterisk's rows without a `uniqueid`, which are named by their text, told in other words
(docs/rules/identity.md, "One call told in two ways").

The text of a date or a number, and the columns that a file has, are no part of a call: such a row is the
call of another row, without a uniqueid or with one, that says the same as instants and digits. Two
phones that rang at once say the same too, of several channels or uniqueids: they stay as many as the
file with more of them has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY
from minutebook.lake.hashes import repeated, said_hash
from minutebook.lake.scans import scanned, staged_scan
from minutebook.lake.twins import TOLD, told_as_asterisk

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from minutebook.lake.snapshot import LakeFile
    from minutebook.lake.staging import Staging

_PARTS = 8
_CHANNELS = (3, 4)
_BARS = pl.col("call_id").str.contains("|", literal=True)
_BY_TEXT = _BARS & (pl.col("leg") == "")
_BY_TEXT &= pl.col("call_id").str.count_matches("|", literal=True) == _PARTS - 1
_SAID = ("source", *(name.removesuffix("_digits") for name in TOLD))
_READ = (*_SAID, "server", "call_id", "leg", "account", "file", "line")
SEEN_SCHEMA = {
    "number": pl.UInt32(),
    **{name: CALL_SCHEMA[name] for name in ("answered_at", "duration_ms")},
    "other_account": pl.Boolean(),
}
"""A staged call that is there already: its place among all that is staged, and whether it is another
account's there."""


def unnamed_twins(staged: Staging, files: Collection[LakeFile], dropped: pl.Series) -> pl.DataFrame:
    """Staged calls, but for the `dropped`, that one of these files of the lake or an earlier staged call
    tells too: SEEN_SCHEMA.
    """
    own = staged_scan([str(file.path) for file in staged.files], "number")
    days = {span.day for file in staged.files for span in file.spans}
    of_days = [file.path for file in files if file.day in days]
    lake = scanned(of_days) if of_days else None
    if not _may_have_some(own, lake):
        return pl.DataFrame(schema=SEEN_SCHEMA)
    frames = [own.select(*_READ, "number").filter(~pl.lit(dropped).gather(pl.col("number")))]
    if lake is not None:
        frames.insert(0, lake.select(_READ).filter(pl.col("source").is_in(sorted(staged.sources))))
    asked = _BY_TEXT | told_as_asterisk()
    hashed = [frame.filter(asked).with_columns(hash=said_hash(_SAID)) for frame in frames]
    rows = [frame.select("hash") for frame in hashed]
    found: list[pl.DataFrame] = []
    for twice in repeated(rows, staged.rows + sum(file.rows for file in files if file.day in days)):
        again = pl.col("hash").is_in(twice["hash"].unique().implode())
        alike = [frame.filter(again).collect(engine="streaming") for frame in hashed]
        found.append(_seen(pl.concat(alike, how="diagonal"), staged.file_order))
    return pl.concat([pl.DataFrame(schema=SEEN_SCHEMA), *found])


def unnamed_in_lake(calls: pl.LazyFrame, rows: int) -> pl.DataFrame:
    """Of the `calls` that count, some `rows`, those that an earlier one tells, of which one has no uniqueid: their
    IDENTITY."""
    if not calls.select(_BARS.any()).collect(engine="streaming").item():
        return pl.DataFrame(schema={name: CALL_SCHEMA[name] for name in IDENTITY})
    hashed = calls.select(_READ).filter(_BY_TEXT | told_as_asterisk())
    hashed = hashed.with_columns(hash=said_hash(_SAID))
    found: list[pl.DataFrame] = []
    for twice in repeated([hashed.select("hash")], rows):
        again = pl.col("hash").is_in(twice["hash"].unique().implode())
        alike = hashed.filter(again).collect(engine="streaming")
        found.append(_again(alike.sort("file", "line")).select(IDENTITY))
    return pl.concat(found) if found else hashed.select(IDENTITY).head(0).collect()


def _may_have_some(own: pl.LazyFrame, lake: pl.LazyFrame | None) -> bool:
    """Whether a row without a uniqueid may be there: nearly all imports have none, and end here."""
    if own.select(_BARS.any()).collect(engine="streaming").item():
        return True
    if lake is None or not own.select(told_as_asterisk().any()).collect(engine="streaming").item():
        return False
    return bool(lake.select(_BARS.any()).collect(engine="streaming").item())


def _seen(rows: pl.DataFrame, file_order: Mapping[str, int]) -> pl.DataFrame:
    """Of calls of which each says what another one says those that an earlier one tells: SEEN_SCHEMA."""
    place = pl.col("file").replace_strict(list(file_order), list(file_order.values()), default=None)
    staged = pl.col("number").is_not_null()
    later = _again(rows.sort(staged, pl.when(staged).then(place), "line"))
    return later.filter(staged).select(SEEN_SCHEMA.keys())


def _again(rows: pl.DataFrame) -> pl.DataFrame:
    """Those of calls, the first first, that an earlier one tells; `other_account`, whether that is another's."""
    parts = pl.col("call_id").str.split("|")
    channels = pl.concat_str(
        *(parts.list.get(n, null_on_oob=True) for n in _CHANNELS), separator="|"
    )
    named = pl.concat_str("call_id", "leg", separator="|")
    server = pl.when(pl.col("server") != "").then("server")
    said = ["hash", *_SAID, "whose"]
    rows = rows.with_columns(
        by_text=_BY_TEXT,
        told=pl.when(_BY_TEXT).then(channels).otherwise(named),
        whose=pl.coalesce(server, server.drop_nulls().first().over("hash", *_SAID)),
    )
    rows = rows.with_columns(
        manner=pl.when(~pl.col("by_text")).then(0).when(pl.col("told") == "|").then(1).otherwise(2)
    )
    rows = rows.with_row_index("at")
    manner = [*said, "manner"]
    first = rows.unique([*manner, "told"], keep="first", maintain_order=True)
    first = first.select(*manner, "told", rank=pl.int_range(pl.len()).over(manner))
    ranked = rows.join(first, on=[*manner, "told"], nulls_equal=True, maintain_order="left")
    one = [*said, "rank"]
    ranked = ranked.with_columns(
        head=pl.col("at").first().over(one),
        other_account=pl.col("account").ne_missing(pl.col("account").first().over(one)),
    )
    return ranked.filter(pl.col("at") != pl.col("head"))
