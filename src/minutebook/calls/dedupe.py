"""Which of an import's calls the lake already has (domain.md, "Whose call").

The same identity (source, server, call_id, leg) with the same body is a duplicate, with another
body a conflict; the first in the lake, then the first by file and line, is the call. Hashes of
all identities, of the import and of the lake, are compared first, a range at a time: a hash that
occurs once needs no second look, which is true of nearly all calls of a usual import. The few
others are compared string by string. Memory stays flat whatever the import or the lake holds.

The days of the lake that are looked at: those that the import touches and their neighbours,
always; then further ones, the nearest first, as long as no more than `WINDOW_CALLS` are read. In
a lake of more than that, a second record of a call that carries a time further away is not seen.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls import hashes
from minutebook.calls.ahead import one_ahead
from minutebook.calls.lake import as_files
from minutebook.calls.schema import IDENTITY
from minutebook.calls.spill import Spill
from minutebook.calls.staging import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from minutebook.calls.lake import Snapshot
    from minutebook.calls.staging import Staging

WINDOW_CALLS = 20_000_000
"""Calls of the lake that an import compares itself with, beyond the days that it touches."""
COMPARED_ROWS = 1_500_000
"""Calls compared string by string at a time."""
PASSES = 4
"""So often the same files are read, at most, before it is cheaper to write their calls down."""

BODY = ("caller", "called", "setup_at", "answered_at", "ended_at", "duration_ms")
"""What must be equal, besides the identity, in a duplicate; numbers as recorded."""

_ORDER = (pl.col("rank").cast(pl.Int64) + 1) * 2**40 + pl.col("line")
"""Lake first, then by file and line, in one number."""
CONFLICT_SCHEMA = {
    **dict.fromkeys((*IDENTITY, "file"), pl.String()),
    "line": pl.Int64(),
    "detail": pl.String(),
}
"""A call whose identity another has that came first: who it is, where it stands, and why."""


@dataclass(slots=True)
class Verdict:
    """What becomes of the staged calls; sums are of those that are not added."""

    dropped: pl.Series
    """True for the staged calls that are not added, in the order of the staged files."""
    conflicts: Spill
    """Calls of CONFLICT_SCHEMA."""
    duplicates: int = 0
    unanswered: int = 0
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Calls of one day in one file; the first of them is number `first` of all compared."""

    span: Span
    first: int
    in_lake: bool


def judge(staged: Staging, snapshot: Snapshot) -> Verdict:
    """Compare the staged calls with each other and with those of the snapshot."""
    nothing = pl.repeat(value=False, n=staged.rows, dtype=pl.Boolean, eager=True)
    verdict = Verdict(nothing, Spill(staged.folder / "conflicts"))
    if not staged.rows:
        return verdict
    pieces, keys = _pieces(staged, snapshot)
    lake_rows = sum(piece.span.rows for piece in pieces if piece.in_lake)
    suspects = _suspects(pieces, keys)
    if suspects is None:
        return verdict
    same_day, across_days = suspects
    by_day: dict[date, list[_Piece]] = {}
    for piece in pieces:
        by_day.setdefault(piece.span.day, []).append(piece)
    frames = chain(
        chain.from_iterable(_marked(staged, of_day, same_day) for of_day in by_day.values()),
        _marked(staged, pieces, across_days),
    )
    for frame in one_ahead(frames):
        verdict.conflicts.write(_judge_rows(frame, lake_rows, verdict))
    return verdict


def window(snapshot: Snapshot, days: list[date], sources: Collection[str]) -> pl.DataFrame:
    """The rows of `Snapshot.frame` that calls of these days and sources are compared with."""
    may_hold = pl.any_horizontal(
        *((pl.col("source_min") <= name) & (pl.col("source_max") >= name) for name in sources),
        pl.col("source_min").is_null(),
    )
    frame = snapshot.frame.filter(may_hold)
    by_day = frame.group_by("day").agg(pl.col("rows").sum())
    ranked = sorted((_days_away(day, days), day, rows) for day, rows in by_day.iter_rows())
    chosen: list[date] = []
    total = 0
    for distance, day, rows in ranked:
        total += rows
        if distance > 1 and total > WINDOW_CALLS:
            break
        chosen.append(day)
    return frame.filter(pl.col("day").is_in(chosen))


def _days_away(day: date, days: list[date]) -> int:
    """Days to the nearest of `days`, which are sorted."""
    at = bisect_left(days, day)
    return min(abs((day - near).days) for near in days[max(at - 1, 0) : at + 1])


def _pieces(staged: Staging, snapshot: Snapshot) -> tuple[list[_Piece], list[Path]]:
    """All that is to be compared, lake first, and the files of hashes in the same order."""
    days = sorted({span.day for file in staged.files for span in file.spans})
    pieces: list[_Piece] = []
    keys: list[Path] = []
    first = 0
    files = as_files(window(snapshot, days, staged.sources))
    if files:
        keys.append(staged.folder / "lake.keys")
        _write_keys([file.path for file in files], keys[0], sum(file.rows for file in files))
    for file in files:
        pieces.append(_Piece(Span(Path(file.path), file.day, 0, file.rows), first, True))
        first += file.rows
    for staged_file in staged.files:
        keys.append(staged_file.keys)
        for span in staged_file.spans:
            pieces.append(_Piece(span, first, False))
            first += span.rows
    return pieces, keys


def _write_keys(paths: list[str], keys: Path, rows: int) -> None:
    """The hash of every call in these files, in order, as a file at `keys`."""
    scan = pl.scan_parquet(paths, glob=False, hive_partitioning=False)
    scan.select(hashes.identity_hash()).sink_ipc(keys)
    written = (
        pl.scan_ipc(keys, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
    )
    if written != rows:
        raise RuntimeError(f"the lake's log counts {rows} calls where its files hold {written}")


def _suspects(pieces: list[_Piece], keys: list[Path]) -> tuple[pl.Series, pl.Series] | None:
    """Two masks over all that is compared: calls whose hash occurs twice or more.

    In the first mask on one day only, in the second on several days; None where there are none.
    """
    total = sum(piece.span.rows for piece in pieces)
    starts = pl.Series([piece.first for piece in pieces], dtype=pl.UInt32)
    days = pl.Series([piece.span.day for piece in pieces], dtype=pl.Date)
    masks = None
    for twice in hashes.repeated(keys, total):
        piece = starts.search_sorted(twice["number"], side="right") - 1
        dated = twice.with_columns(day=days.gather(piece))
        of_several_days = ~hashes.FIRST & (pl.col("day") != pl.col("day").shift())
        across = pl.col("hash").is_in(dated.filter(of_several_days)["hash"].implode())
        if masks is None:
            masks = [pl.repeat(False, total, dtype=pl.Boolean, eager=True) for _ in range(2)]
        for mask, rows in zip(masks, (~across, across), strict=True):
            mask.scatter(twice.filter(rows)["number"], True)
    return None if masks is None else (masks[0], masks[1])


def _marked(staged: Staging, pieces: list[_Piece], mask: pl.Series) -> Iterator[pl.DataFrame]:
    """The calls of these pieces that `mask` marks; all of one identity are in one frame."""
    counted = [(piece, int(mask.slice(piece.first, piece.span.rows).sum())) for piece in pieces]
    pieces = [piece for piece, rows in counted if rows]
    parts = -(-sum(rows for _, rows in counted) // COMPARED_ROWS)
    if parts > PASSES:
        yield from _by_hash(staged, (_read(staged, piece, mask) for piece in pieces), parts)
        return
    for part in range(parts):
        read = (
            _read(staged, piece, mask, hashes.identity_hash() % parts == part) for piece in pieces
        )
        yield pl.concat(read, rechunk=True)


def _read(
    staged: Staging, piece: _Piece, mask: pl.Series, part: pl.Expr | bool = True
) -> pl.DataFrame:
    """The marked calls of a piece: number, rank (of the file, the lake's -1), identity, body.

    Of these, those in `part`. Columns with few values are categories, to take less room.
    """
    span = piece.span
    order = staged.file_order
    rank = (
        pl.lit(-1)
        if piece.in_lake
        else pl.col("file").replace_strict(list(order), list(order.values()))
    )
    recorded = [pl.coalesce(f"{name}_recorded", name).alias(name) for name in BODY[:2]]
    scan = pl.scan_parquet(span.path, glob=False, hive_partitioning=False)
    numbered = scan.slice(span.offset, span.rows).with_row_index("number", piece.first)
    frame = numbered.filter(part).select(
        "number",
        *(pl.col(name).cast(pl.Categorical) for name in ("source", "server", "file")),
        *IDENTITY[2:],
        *recorded,
        *BODY[2:],
        "line",
        rank=rank.cast(pl.Int32),
        hash=hashes.identity_hash(),
    )
    calls = frame.collect()
    return calls.filter(mask.gather(calls["number"]))


def _by_hash(staged: Staging, frames: Iterator[pl.DataFrame], parts: int) -> Iterator[pl.DataFrame]:
    """The same rows, in `parts` frames, all of one identity in the same frame."""
    folder = staged.folder / "compared"
    waiting: list[pl.DataFrame] = []

    def spill(number: int) -> None:
        rows = pl.concat(waiting, rechunk=True)
        waiting.clear()
        part = (pl.col("hash") % parts).alias("part")
        for (index,), frame in rows.with_columns(part).partition_by("part", as_dict=True).items():
            path = folder / f"{index}"
            path.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(path / f"{number}", compression="lz4", statistics=False)

    spills = 0
    for frame in frames:
        waiting.append(frame)
        if sum(f.height for f in waiting) >= COMPARED_ROWS // 2:
            spill(spills := spills + 1)
    if waiting:
        spill(spills + 1)
    for path in sorted(folder.iterdir()):
        yield pl.read_parquet(sorted(path.iterdir()), glob=False).drop("part").rechunk()
        shutil.rmtree(path)


def _judge_rows(frame: pl.DataFrame, lake_rows: int, verdict: Verdict) -> pl.DataFrame:
    """Compare each call with the first of its identity; all of an identity are in `frame`.

    Gives the conflicts.
    """
    pairs = _first_of_hash(frame)
    if not _equal(frame, pairs, IDENTITY).all():  # identities that share a hash: rare, slower
        pairs = _first_of_identity(frame)
    same = _equal(frame, pairs, BODY)
    sums = ("number", "answered_at", "duration_ms")
    dropped = frame.select(pl.col(sums).gather(pairs["at"]))
    verdict.dropped.scatter(dropped["number"] - lake_rows, True)
    verdict.duplicates += int(same.sum())
    verdict.unanswered += dropped["answered_at"].null_count()
    verdict.duration_ms += int(dropped["duration_ms"].sum())
    return _conflicts(frame, pairs.filter(~same))


def _first_of_hash(frame: pl.DataFrame) -> pl.DataFrame:
    """Row number `at` of each staged call with an earlier one of its hash, `head` the first."""
    ordered = frame.select("hash", "rank", at=pl.arg_sort_by("hash", _ORDER)).select(
        "at", pl.col("hash", "rank").gather(pl.col("at"))
    )
    heads = ordered.with_columns(head=pl.when(hashes.FIRST).then("at").forward_fill())
    return heads.filter((pl.col("at") != pl.col("head")) & (pl.col("rank") >= 0))


def _first_of_identity(frame: pl.DataFrame) -> pl.DataFrame:
    """As `_first_of_hash`, by the identities themselves."""
    ordered = frame.with_row_index("at").sort(_ORDER, maintain_order=True)
    heads = ordered.with_columns(head=pl.col("at").first().over(IDENTITY))
    return heads.filter((pl.col("at") != pl.col("head")) & (pl.col("rank") >= 0))


def _equal(frame: pl.DataFrame, pairs: pl.DataFrame, names: tuple[str, ...]) -> pl.Series:
    """Whether these columns are equal in the rows `at` and `head` of each pair."""
    at, head = pairs["at"], pairs["head"]
    equal = (pl.col(name).gather(at).eq_missing(pl.col(name).gather(head)) for name in names)
    return frame.select(pl.all_horizontal(equal)).to_series()


def _conflicts(frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Identity and place of the calls `at`, and where the call `head`, which was first, is."""
    calls, heads = (frame.select(pl.all().gather(pairs[name])) for name in ("at", "head"))
    differing = [
        pl.when(pl.col(name).ne_missing(pl.lit(heads[name]))).then(pl.lit(name)) for name in BODY
    ]
    detail = pl.format(
        "{}:{} has this call with another {}",
        pl.lit(heads["file"]),
        pl.lit(heads["line"]),
        pl.concat_str(differing, separator=" and ", ignore_nulls=True),
    )
    return calls.with_columns(detail=detail).select(
        pl.col(name).cast(dtype) for name, dtype in CONFLICT_SCHEMA.items()
    )
