"""Calls of one hash, compared string by string: the same call, a conflict, or another call.

A few hundred thousand calls are read at once; of more, one column after the other, so that
millions are compared in little memory.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY
from minutebook.lake import hashes
from minutebook.lake.twins import TOLD, named_by_uuid, twins

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_ONCE_ROWS = 1_000_000
"""So many calls are read with all of their columns."""
COLUMNS_AT_ONCE = 2
"""Columns compared at the same time: the comparing itself keeps one core busy."""
BODY = ("caller", "called", "setup_at", "answered_at", "ended_at", "duration_ms")
"""What must be equal, besides the identity, in a duplicate; numbers as recorded."""
DIGITS = ("caller_digits", "called_digits")
"""The numbers as they are billed; those of BODY are as the switch wrote them."""
COMPARED = ("number", "hash", "kin", "rank", "file", "line", "account", *IDENTITY, *BODY, *DIGITS)
"""The columns that are compared: `number` names the row to the caller, `hash` is the identity's, `kin`
that of all that may be one call, `rank` (Int32) the file's place among the files, -1 in the lake."""
READ_TO_COMPARE = (*IDENTITY, *BODY, "caller_recorded", "called_recorded")
"""The columns of a call in the lake that tell it from others."""
CONFLICT_SCHEMA = {
    **{name: CALL_SCHEMA[name] for name in (*IDENTITY, *BODY, "file", "line")},
    "detail": pl.String(),
}
"""A call whose identity another has that came first: what it is, where it stands, and why."""
_ORDER = (pl.col("rank").cast(pl.Int64) + 1) * 2**40 + pl.col("line")
"""Lake first, then by file and line, in one number."""


@dataclass(frozen=True, slots=True)
class MarkedRows:
    """Rows with the columns of COMPARED; of them those that `mask` marks, if there is one."""

    frame: pl.LazyFrame
    mask: pl.Series | None = None


class Candidates:
    """Calls that are to be compared with each other: all of one hash, or none."""

    def __init__(self, parts: Sequence[MarkedRows], count: int) -> None:
        """`count` rows in these parts."""
        self._parts = parts
        self._all = self._read(COMPARED) if count <= AT_ONCE_ROWS else None

    def columns(self, *names: str) -> pl.DataFrame:
        """These columns of all rows, in one chunk (a gather of many takes five times as long)."""
        return self._read(names) if self._all is None else self._all.select(names)

    def _read(self, names: Sequence[str]) -> pl.DataFrame:
        frames = []
        for part in self._parts:
            frame = part.frame.select(names).collect()
            frames.append(frame if part.mask is None else frame.filter(part.mask))
        return pl.concat(frames, rechunk=True)


@dataclass(frozen=True, slots=True)
class Compared:
    """Of the calls that are not the first of their identity, and not in the lake.

    `numbers` names them; `duplicates` of them have the first one's body, the others are the
    `conflicts` (CONFLICT_SCHEMA). `unanswered` and `duration_ms` are of them all.
    """

    numbers: pl.Series
    duplicates: int
    unanswered: int
    duration_ms: int
    conflicts: pl.DataFrame
    other_account: int
    """Duplicates of which the first one is another account's."""


def compare(rows: Candidates) -> Compared:
    """Compare each call with the first of its identity, the lake's coming before all others
    (docs/rules/identity.md, "Which call").
    """
    keys = rows.columns("hash", "rank", "line", "number")
    pairs = _first_of_hash(keys)
    with ThreadPoolExecutor(COLUMNS_AT_ONCE, thread_name_prefix="comparing") as pool:

        def differing(names: tuple[str, ...]) -> pl.DataFrame:
            return pl.DataFrame(list(pool.map(lambda name: _differs(rows, name, pairs), names)))

        if differing(IDENTITY).select(pl.any_horizontal(pl.all().any())).item():
            pairs = _first_of_identity(rows.columns("rank", "line", *IDENTITY))
        told_twice = _twins(rows, pairs)
        flags = differing((*BODY, *DIGITS))
        flags = flags.select(
            *(pl.col(name) & pl.col(f"{name}_digits") for name in BODY[:2]), *BODY[2:]
        )
    pairs = pl.concat([pairs.select("at", "head"), told_twice.select("at", "head")])
    flags = pl.concat([flags, told_twice.select(BODY)])
    differs = flags.select(pl.any_horizontal(BODY)).to_series()
    conflicts = _conflicts(rows, pairs.filter(differs), flags.filter(differs))
    other_account = int(_differs(rows, "account", pairs.filter(~differs)).sum())
    answered, _ = _of_pairs(rows, "answered_at", pairs)
    duration_ms, _ = _of_pairs(rows, "duration_ms", pairs)
    return Compared(
        keys["number"].gather(pairs["at"]),
        pairs.height - conflicts.height,
        answered.null_count(),
        int(duration_ms.sum()),
        conflicts,
        other_account,
    )


def told_again(calls: pl.DataFrame) -> pl.DataFrame:
    """Of calls of other identities (READ_TO_COMPARE) those that are an earlier row's call (`twins`)."""
    recorded = (pl.coalesce(f"{name}_recorded", name).alias(name) for name in BODY[:2])
    digits = (pl.col(name).alias(f"{name}_digits") for name in BODY[:2])
    rows = calls.with_row_index("at").with_columns(*digits, *recorded, kin=hashes.kin_hash())
    return twins(rows.with_columns(order=pl.col("at").cast(pl.Int64)))


def twice_in_lake(calls: pl.DataFrame) -> pl.DataFrame:
    """Of calls (READ_TO_COMPARE) the identities of those that are there again, or tell an earlier one's call,
    and the number of their `calls`.

    What says otherwise under a server, and where nobody said the server, may be two calls that came so.
    """
    ones = calls.group_by(IDENTITY).agg(pl.all().first(), calls=pl.len()).sort(IDENTITY)
    pairs = told_again(ones)
    rows, heads = ones[pairs["at"].to_list()], ones[pairs["head"].to_list()]
    sure = ~pairs.select(pl.any_horizontal(BODY)).to_series()
    sure |= (rows["server"] == heads["server"]) | named_by_uuid(rows["call_id"])
    told = rows.filter(sure).with_columns(calls=pl.col("calls") + 1)
    again = ones.filter(pl.col("calls") > 1)
    return (
        pl.concat([told, again])
        .unique(IDENTITY, keep="first")
        .select(*IDENTITY, "calls")
        .sort(IDENTITY)
    )


def _differs(rows: Candidates, name: str, pairs: pl.DataFrame) -> pl.Series:
    """Whether a column of the calls `at` is not as in the calls `head`."""
    of_call, of_first = _of_pairs(rows, name, pairs)
    return of_call.ne_missing(of_first).alias(name)


def _of_pairs(rows: Candidates, name: str, pairs: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """A column's values in the calls `at`, and in the calls `head`, of the pairs."""
    column = rows.columns(name)[name]
    return column.gather(pairs["at"]), column.gather(pairs["head"])


def _first_of_hash(keys: pl.DataFrame) -> pl.DataFrame:
    """Row number `at` of each staged call with an earlier one of its hash, `head` the first."""
    ordered = keys.select("hash", "rank", at=pl.arg_sort_by("hash", _ORDER)).select(
        "at", pl.col("hash", "rank").gather(pl.col("at"))
    )
    heads = ordered.with_columns(head=pl.when(hashes.FIRST).then("at").forward_fill())
    return heads.filter((pl.col("at") != pl.col("head")) & (pl.col("rank") >= 0))


def _first_of_identity(rows: pl.DataFrame) -> pl.DataFrame:
    """As `_first_of_hash`, by the identities themselves."""
    ordered = rows.with_row_index("at").sort(_ORDER, maintain_order=True)
    heads = ordered.with_columns(head=pl.col("at").first().over(IDENTITY))
    return heads.filter((pl.col("at") != pl.col("head")) & (pl.col("rank") >= 0))


def _twins(rows: Candidates, pairs: pl.DataFrame) -> pl.DataFrame:
    """Row numbers `at` of staged calls that an earlier one of another identity tells too, `head`, and BODY:
    in what they say otherwise.
    """
    keys = rows.columns("kin", "rank", "line").with_row_index("at")
    keys = keys.join(pairs.select("at"), on="at", how="anti", maintain_order="left")
    keys = keys.filter(pl.len().over("kin") > 1, (pl.col("rank") >= 0).any().over("kin"))
    names = (*IDENTITY, *BODY[:2], *TOLD)
    told = [rows.columns(name)[name].gather(keys["at"]) for name in names]
    heads = keys.select("at", "kin", "rank", order=_ORDER).with_columns(told)
    found = twins(heads).join(heads.select("at", "rank"), on="at", maintain_order="left")
    return found.filter(pl.col("rank") >= 0).drop("rank")


def _conflicts(rows: Candidates, pairs: pl.DataFrame, differing: pl.DataFrame) -> pl.DataFrame:
    """The calls `at` of these pairs, and in what they differ from `head`, and where that is."""
    if pairs.is_empty():
        return pl.DataFrame(schema=CONFLICT_SCHEMA)
    places = [_of_pairs(rows, name, pairs) for name in ("file", "line")]
    names = [pl.when(name).then(pl.lit(name)) for name in BODY]
    detail = differing.select(
        pl.format(
            "{}:{} has this call with another {}",
            *(of_first for _, of_first in places),
            pl.concat_str(names, separator=" and ", ignore_nulls=True),
        ).alias("detail")
    )
    of_calls = [_of_pairs(rows, name, pairs)[0] for name in (*IDENTITY, *BODY)]
    return pl.DataFrame([*of_calls, *(of_call for of_call, _ in places), detail.to_series()])
