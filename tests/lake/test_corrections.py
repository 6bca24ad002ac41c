"""Corrections beside the lake's calls: what was recorded stays, what counts changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.imports_support import DAY, Row, Site, write

from minutebook.calls.schema import CALL_SCHEMA
from minutebook.errors import InputError
from minutebook.lake.correcting import calls_changed, remove_folders, traced, write_correction
from minutebook.lake.corrections import FOLDER, InForce
from minutebook.lake.duplicates import duplicate_identities
from minutebook.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = (Row(name, setup_s=36_000 + n) for n, name in enumerate("abc"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "lake")
    made.load(write(tmp_path / "a.csv", [A, B, C]))
    return made


def corrected(lake: Lake, **changes: pl.Expr) -> InForce:
    """A correction of call b; without changes, it is void."""
    before = traced(lake, lake.snapshot().files).filter(pl.col("call_id") == "b").collect()
    now = before.with_columns(**changes).with_columns(change=pl.lit(0, pl.UInt32))
    places = before.select("data_file", "row", "import", "source", "server", "call_id", "leg")
    calls = now.select(*CALL_SCHEMA, "import", "change")
    made = write_correction(lake.location, calls if changes else calls.clear(), places)
    return replace(made, number=1)


def test_what_is_corrected_is_read_in_place_of_what_was_recorded(site: Site) -> None:
    """On another day too; and once the correction is no longer in force, all is as before."""
    files = site.lake.snapshot().files
    recorded = site.lake.scan(files).collect()
    longer = corrected(site.lake, duration_ms=pl.lit(7, pl.Int64), day=pl.lit(DAY + timedelta(1)))
    in_force = [longer]
    lake = Lake(site.folder, lambda _: in_force)
    now = {
        (row["call_id"], row["day"]): row["duration_ms"]
        for row in lake.scan(lake.snapshot().files).collect().iter_rows(named=True)
    }
    lengths = dict(recorded.select("call_id", "duration_ms").iter_rows())
    assert now == {("a", DAY): lengths["a"], ("b", DAY + timedelta(1)): 7, ("c", DAY): lengths["c"]}
    assert [file.rows for file in lake.snapshot().files] == [2, 1]
    assert lake.find("b")["duration_ms"].to_list() == [7]
    assert duplicate_identities(lake).is_empty()
    names = {file.name for file in lake.snapshot().files}
    assert names.isdisjoint(file.name for file in files)
    assert lake.snapshot().accounts_for(names | {file.name for file in files})
    assert calls_changed(site.folder, str(longer.folder))["call_id"].to_list() == ["b"]
    in_force.clear()
    assert lake.snapshot().files == files
    assert lake.scan(lake.snapshot().files).collect().equals(recorded)


def test_a_corrected_call_can_be_corrected_again(site: Site) -> None:
    """The last correction holds; a void call is not read, and still not taken in again."""
    first = corrected(site.lake, duration_ms=pl.lit(7, pl.Int64))
    second = corrected(Lake(site.folder, lambda _: [first]))
    lake = Lake(site.folder, lambda _: [first, second])
    assert lake.scan(lake.snapshot().files).collect()["call_id"].sort().to_list() == ["a", "c"]
    assert lake.find("b").is_empty()
    assert len(lake.snapshot().files) == 1
    site.lake = lake
    assert site.load(site.folder.parent / "a.csv").duplicates == 3
    remove_folders(site.folder, kept={str(first.folder)})
    assert [path.name for path in (site.folder / FOLDER).iterdir()] == [first.folder]


def test_calls_of_an_import_that_was_taken_back_can_come_in_anew(site: Site) -> None:
    """They do not count, their corrections neither, and the same file is no duplicate."""
    first = corrected(site.lake, duration_ms=pl.lit(7, pl.Int64))
    (brought_by,) = traced(site.lake, site.lake.snapshot().files).collect()["import"].unique()
    site.lake = Lake(site.folder, lambda _: [first, InForce(2, brought_by)])
    assert site.lake.snapshot().files == []
    result = site.load(site.folder.parent / "a.csv")
    assert (result.added, result.duplicates) == (3, 0)
    calls = site.lake.scan(site.lake.snapshot().files).collect()
    assert calls["call_id"].sort().to_list() == ["a", "b", "c"]
    assert 7 not in calls["duration_ms"]


@pytest.mark.provokes(
    "lake/corrections.py: … is gone or changed: correction … is in it; restore the lake and the ledger from one backup",
    when="A file of corrected calls is missing from the lake, or is not as it was written.",
)
def test_a_correction_whose_file_is_gone_is_never_passed_over(site: Site) -> None:
    """Its calls would be billed as if they had not been corrected."""
    first = corrected(site.lake, duration_ms=pl.lit(7, pl.Int64))
    lake = Lake(site.folder, lambda _: [first])
    folder = site.folder / FOLDER / str(first.folder)
    (kept,) = folder.glob("day=*/*.parquet")
    whole = kept.read_bytes()
    for spoil in (lambda: kept.write_bytes(whole[:-9] + b"?" + whole[-8:]), kept.unlink):
        spoil()
        with pytest.raises(InputError, match="correction 1 is in it"):
            lake.snapshot()
