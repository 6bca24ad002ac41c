"""A call is found by its id without reading the others, and is found all the same where that is not known."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.imports_support import DAY, Row, Site, write

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY
from minutebook.lake import call_ids, lake

if TYPE_CHECKING:
    from pathlib import Path

_ids = st.lists(st.text("abc1-", min_size=1, max_size=4), min_size=1, max_size=40)


def read_whole(site: Site, call_id: str) -> pl.DataFrame:
    """What reading every call finds."""
    return among(site.lake.scan(site.lake.snapshot().files).collect(), call_id)


def among(calls: pl.DataFrame, call_id: str) -> pl.DataFrame:
    """Those of an id, in order."""
    return calls.filter(pl.col("call_id") == call_id).sort("day", *IDENTITY)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=_ids, second=_ids, block=st.integers(1, 4), window=st.integers(1, 3))
def test_a_call_is_found_as_by_reading_all(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[str],
    second: list[str],
    block: int,
    window: int,
) -> None:
    """Of every file, whatever the blocks, however far an entry lies from its likely place."""
    folder = tmp_path_factory.mktemp("lake")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(call_ids, "BLOCK_ROWS", block)
        patched.setattr(call_ids, "_WINDOW", window)
        site = Site(folder / "lake")
        for n, ids in enumerate((first, second)):
            rows = [
                Row(id_, leg=f"{n}-{k}", day=DAY + timedelta(k % 2), setup_s=36_000 + k)
                for k, id_ in enumerate(ids)
            ]
            site.load(write(folder / f"{n}.csv", rows))
        calls = site.lake.scan(site.lake.snapshot().files).collect()
        for id_ in {*first, *second, "zz"}:
            found = site.lake.find(id_)
            assert found.schema == CALL_SCHEMA
            assert found.equals(among(calls, id_))


def test_what_is_known_of_ids_is_kept_by_imports_and_made_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone, cut, of another machine, or not to be written: calls are found by reading, and then it is there again."""
    site.load(write(tmp_path / "a.csv", [Row("a"), Row("b", setup_s=36_001)]))
    (kept,) = (site.folder / lake.IDS).iterdir()
    whole = kept.read_bytes()
    for damaged in (
        b"",
        whole[:-1],
        whole[:-8],
        b"x" + whole[1:],
        whole[:16] + b"12345678" + whole[24:],
    ):
        kept.write_bytes(damaged)
        assert site.lake.find("b")["call_id"].to_list() == ["b"]
        assert kept.read_bytes() == whole
    kept.unlink()
    kept.parent.rmdir()
    kept.parent.write_text("in the way")
    assert site.lake.find("b")["call_id"].to_list() == ["b"]
    kept.parent.unlink()
    monkeypatch.setattr(lake, "_IDS_AT_ONCE", 0)
    assert site.lake.find("a").height == 1
    assert not kept.exists()


def test_no_more_than_a_block_is_read(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file without the id nothing is: it need not even be there."""
    monkeypatch.setattr(call_ids, "BLOCK_ROWS", 2)
    rows = [Row(f"id-{n}", setup_s=36_000 + n) for n in range(9)]
    site.load(write(tmp_path / "a.csv", rows))
    site.load(write(tmp_path / "b.csv", [Row("other")]))
    paths = [file.path for file in site.lake.snapshot().files if file.rows == 1]
    for path in paths:
        os.truncate(path, 0)
    assert site.lake.find("id-7").height == 1
    assert site.lake.find("nowhere").is_empty()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "lake")
