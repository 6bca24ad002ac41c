"""Calls recorded by a real Kamailio, taken in and compared one by one with the SIP messages themselves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from minutebook.calls.schema import INSTANT

if TYPE_CHECKING:
    from minutebook.book import Book

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EVERYONE = """
[account.others]
plan = "platform"
from = 2026-10-01
match = [ { trunk = "in-resale" }, { trunk = "in-lab" } ]
"""
CLOCKS_AGREE = timedelta(milliseconds=100)  # what the proxy took to write a time down, at most


@pytest.fixture
def recorded(book: Book, tmp_path: Path) -> Book:
    """A book of the example's carrier, with an account for every call."""
    others = tmp_path / "others.toml"
    others.write_text(EVERYONE)
    book.apply([EXAMPLES / "carrier" / "carrier.toml", others])
    return book


def truth() -> pl.DataFrame:
    """The calls as the SIP messages tell them."""
    frame = pl.read_csv(EXAMPLES / "cdrs" / "truth.csv", infer_schema=False)
    times = ["invite_at", "answered_at", "ended_at"]
    return frame.with_columns(
        pl.col(times)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ")
        .dt.replace_time_zone("UTC")
        .cast(INSTANT)
    )


@pytest.mark.parametrize("file", ["acc_cdrs.csv", "acc_json.jsonl"])
def test_every_call_is_taken_in_as_the_messages_were(recorded: Book, file: str) -> None:
    """Each call once; answered or not, by whom, to whom, when and how long, as on the wire."""
    result = recorded.import_calls([EXAMPLES / "cdrs" / file], "kamailio", "proxy")
    expected = truth()
    assert (result.read, result.added, result.quarantined) == (expected.height, expected.height, 0)
    lake = recorded.lake
    calls = lake.scan(lake.snapshot().files).collect()
    both = expected.join(calls, on="call_id", suffix="_lake")
    assert both.height == expected.height
    assert (both["answered_at"].is_null() == both["duration_ms"].is_null()).all()
    for number in ("caller", "called"):
        as_recorded = both.select(pl.coalesce(f"{number}_recorded", f"{number}_lake")).to_series()
        assert (as_recorded == both[number]).all()
    for wire, record in (
        ("invite_at", "setup_at"),
        ("answered_at", "answered_at_lake"),
        ("ended_at", "ended_at_lake"),
    ):
        apart = both.select((pl.col(wire) - pl.col(record)).abs().max()).item()
        assert apart <= CLOCKS_AGREE, (wire, apart)
    answered = both.drop_nulls("answered_at")
    talked_ms = (answered["ended_at"] - answered["answered_at"]).dt.total_microseconds() / 1000
    assert (talked_ms - answered["duration_ms"]).abs().max() <= CLOCKS_AGREE / timedelta(
        milliseconds=1
    )
    began = pl.coalesce("answered_at", "invite_at").dt.date()
    assert both.select((began == pl.col("day")).all()).item()
    assert set(both["day"]) == {date(2026, 10, 31), date(2026, 11, 1)}


def test_both_files_tell_of_the_same_calls(recorded: Book) -> None:
    """The second file under the same source adds nothing."""
    recorded.import_calls([EXAMPLES / "cdrs" / "acc_cdrs.csv"], "kamailio", "proxy")
    result = recorded.import_calls([EXAMPLES / "cdrs" / "acc_json.jsonl"], "kamailio", "proxy")
    assert (result.added, result.duplicates + result.quarantined) == (0, result.read)
