"""Which of an import's calls the lake already has (docs/rules/identity.md, "Which call").

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

from minutebook.lake import hashes
from minutebook.lake.comparing import COMPARED, Candidates, MarkedRows, compare
from minutebook.lake.lake import as_files
from minutebook.lake.parquet import write_parquet
from minutebook.lake.scans import scanned
from minutebook.lake.spill import Spill
from minutebook.lake.staging import Span
from minutebook.lake.unnamed_twins import unnamed_twins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from minutebook.lake.lake import LakeFile, Snapshot
    from minutebook.lake.staging import Staging

WINDOW_CALLS = 20_000_000
"""Calls of the lake that an import compares itself with, beyond the days that it touches."""
COMPARED_ROWS = 6_000_000
"""Calls compared string by string at a time."""


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
    other_account: int = 0
    """Duplicates of which the lake's call is another account's."""

    def drop(self, found: pl.DataFrame) -> None:
        """Set further staged calls aside: their `number` and CONFLICT_SCHEMA."""
        self.dropped.scatter(found["number"], True)
        self.conflicts.write(found.drop("number"))
        self.unanswered += found["answered_at"].null_count()
        self.duration_ms += int(found["duration_ms"].sum())

    def drop_again(self, found: pl.DataFrame) -> None:
        """Leave out further staged calls, which are duplicates: SEEN_SCHEMA."""
        self.dropped.scatter(found["number"], True)
        self.duplicates += found.height
        self.unanswered += found["answered_at"].null_count()
        self.duration_ms += int(found["duration_ms"].sum())
        self.other_account += int(found["other_account"].sum())


@dataclass(frozen=True, slots=True)
class _Piece:
    """Calls of one day in one file; the first of them is number `first` of all compared."""

    span: Span
    first: int
    in_lake: bool


def dedupe(staged: Staging, snapshot: Snapshot) -> Verdict:
    """Compare the staged calls with each other and with those of the snapshot."""
    nothing = pl.repeat(value=False, n=staged.rows, dtype=pl.Boolean, eager=True)
    verdict = Verdict(nothing, Spill(staged.folder / "conflicts"))
    if not staged.rows:
        return verdict
    days = sorted({span.day for file in staged.files for span in file.spans})
    files = as_files(window(snapshot, days, staged.sources))
    lake_rows = sum(file.rows for file in files)
    pieces = _pieces(staged, files)
    own = hashes.numbered([file.keys for file in staged.files], lake_rows)
    known = _lake_hashes(files, staged) if files else own.clear()
    suspects = _suspects(pieces, [known, own])
    if suspects is not None:
        _compare(verdict, staged, pieces, suspects)
    verdict.drop_again(unnamed_twins(staged, files, verdict.dropped))
    return verdict


def _compare(
    verdict: Verdict,
    staged: Staging,
    pieces: list[_Piece],
    suspects: tuple[pl.Series, pl.Series],
) -> None:
    """What becomes of the calls that the masks mark, those of one day first."""
    lake_rows = sum(piece.span.rows for piece in pieces if piece.in_lake)
    same_day, across_days = suspects
    by_day: dict[date, list[_Piece]] = {}
    for piece in pieces:
        by_day.setdefault(piece.span.day, []).append(piece)
    compared = chain(
        chain.from_iterable(_marked(staged, of_day, same_day) for of_day in by_day.values()),
        _marked(staged, pieces, across_days),
    )
    for rows in compared:
        found = compare(rows)
        verdict.dropped.scatter(found.numbers - lake_rows, True)
        verdict.conflicts.write(found.conflicts)
        verdict.duplicates += found.duplicates
        verdict.unanswered += found.unanswered
        verdict.duration_ms += found.duration_ms
        verdict.other_account += found.other_account


def window(snapshot: Snapshot, days: list[date], sources: Collection[str]) -> pl.DataFrame:
    """The rows of `Snapshot.recorded` that calls of these days and sources are compared with."""
    may_hold = pl.any_horizontal(
        *((pl.col("source_min") <= name) & (pl.col("source_max") >= name) for name in sources),
        pl.col("source_min").is_null(),
    )
    frame = snapshot.recorded.filter(may_hold)
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


def _pieces(staged: Staging, files: list[LakeFile]) -> list[_Piece]:
    """All that is to be compared, numbered, the lake's files first."""
    of_lake = [Span(Path(file.path), file.day, 0, file.rows) for file in files]
    of_import = [span for file in staged.files for span in file.spans]
    pieces: list[_Piece] = []
    first = 0
    for span in (*of_lake, *of_import):
        pieces.append(_Piece(span, first, in_lake=len(pieces) < len(of_lake)))
        first += span.rows
    return pieces


def _lake_hashes(files: list[LakeFile], staged: Staging) -> pl.LazyFrame:
    """`number` and `hash` of the calls in these files; those that matter, where these are few."""
    scan = scanned([file.path for file in files])
    rows = scan.select(pl.len()).collect().item()
    if rows != sum(file.rows for file in files):
        raise RuntimeError("the lake's log counts other calls than its files hold")
    of_lake = scan.select(hashes.kin_hash())
    if staged.rows <= hashes.RANGE_ROWS // 4:
        own = hashes.numbered([file.keys for file in staged.files]).select("hash").collect()
        asked = pl.col("hash").is_in(own["hash"].unique().implode())
        return of_lake.with_row_index("number").filter(asked).collect(engine="streaming").lazy()
    keys = staged.folder / "lake.keys"
    of_lake.sink_ipc(keys)
    return hashes.numbered([keys])


def _suspects(
    pieces: list[_Piece], numbered: list[pl.LazyFrame]
) -> tuple[pl.Series, pl.Series] | None:
    """Two masks over all that is compared: calls whose hash occurs twice or more.

    In the first mask on one day only, in the second on several days; None where there are none.
    """
    total = sum(piece.span.rows for piece in pieces)
    starts = pl.Series([piece.first for piece in pieces], dtype=pl.UInt32)
    days = pl.Series([piece.span.day for piece in pieces], dtype=pl.Date)
    masks = None
    for twice in hashes.repeated(numbered, total):
        piece = starts.search_sorted(twice["number"], side="right") - 1
        dated = twice.with_columns(day=days.gather(piece))
        of_several_days = ~hashes.FIRST & (pl.col("day") != pl.col("day").shift())
        across = pl.col("hash").is_in(dated.filter(of_several_days)["hash"].implode())
        if masks is None:
            masks = [pl.repeat(False, total, dtype=pl.Boolean, eager=True) for _ in range(2)]
        for mask, rows in zip(masks, (~across, across), strict=True):
            mask.scatter(twice.filter(rows)["number"], True)
    return None if masks is None else (masks[0], masks[1])


def _marked(staged: Staging, pieces: list[_Piece], mask: pl.Series) -> Iterator[Candidates]:
    """The calls of these pieces that `mask` marks; all of one hash are in the same rows."""
    masks = [mask.slice(piece.first, piece.span.rows) for piece in pieces]
    parts = [
        MarkedRows(_compared(staged, piece), marked)
        for piece, marked in zip(pieces, masks, strict=True)
        if marked.any()
    ]
    count = sum(int(part.mask.sum()) for part in parts if part.mask is not None)
    if count > COMPARED_ROWS:
        yield from _by_hash(staged, parts, -(-count // COMPARED_ROWS))
    elif count:
        yield Candidates(parts, count)


def _compared(staged: Staging, piece: _Piece) -> pl.LazyFrame:
    """The calls of a piece with the columns of COMPARED."""
    span = piece.span
    order = staged.file_order
    rank = pl.col("file").replace_strict(list(order), list(order.values()), default=None)
    scan = pl.scan_parquet(span.path, glob=False, hive_partitioning=False)
    numbered = scan.slice(span.offset, span.rows).with_row_index("number", piece.first)
    return numbered.with_columns(
        rank=(pl.lit(-1) if piece.in_lake else rank).cast(pl.Int32),
        hash=hashes.identity_hash(),
        kin=hashes.kin_hash(),
        caller_digits="caller",
        called_digits="called",
        caller=pl.coalesce("caller_recorded", "caller"),
        called=pl.coalesce("called_recorded", "called"),
    ).select(COMPARED)


def _by_hash(staged: Staging, parts: list[MarkedRows], count: int) -> Iterator[Candidates]:
    """The same calls, written down and divided by hash into `count` rows of rows."""
    folder = staged.folder / "compared"
    for number, part in enumerate(parts):
        calls = part.frame.collect()
        calls = calls if part.mask is None else calls.filter(part.mask)
        divided = calls.rechunk().with_columns(part=pl.col("kin") % count)
        for (index,), frame in divided.partition_by("part", as_dict=True).items():
            path = folder / f"{index}"
            path.mkdir(parents=True, exist_ok=True)
            write_parquet(frame, path / f"{number}", compression="lz4", statistics=False)
    for path in sorted(folder.iterdir()):
        scan = pl.scan_parquet(sorted(path.iterdir()), glob=False)
        yield Candidates([MarkedRows(scan)], scan.select(pl.len()).collect().item())
        shutil.rmtree(path)
