"""The lake: versions, scans, and what proves that it is whole."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from tests.imports_support import DAY, Row, Site, write

from minutebook.calls.schema import CALL_SCHEMA
from minutebook.cards.number_key import number_head, number_key
from minutebook.lake import delta
from minutebook.lake import staging as staging_module
from minutebook.lake.delta import CommitFailedError
from minutebook.lake.duplicates import duplicate_identities
from minutebook.lake.lake import IDS, Lake
from minutebook.lake.scans import FILE_STATISTICS
from minutebook.lake.staging import staging

A, B, C = (Row(name, setup_s=36_000 + n) for n, name in enumerate("abc"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "lake")


def test_a_lake_before_its_first_import_is_empty(site: Site) -> None:
    """It need not be made; asking it makes nothing."""
    snapshot = site.lake.snapshot()
    assert (snapshot.version, snapshot.files) == (-1, [])
    assert site.lake.scan([]).collect().schema == CALL_SCHEMA
    assert site.lake.find("a").is_empty()
    assert site.lake.missing_files() == []
    assert duplicate_identities(site.lake).is_empty()
    assert not site.folder.exists()


def test_a_snapshot_does_not_see_later_imports(site: Site, tmp_path: Path) -> None:
    """A run prices what its version holds, and that version can be read again later."""
    site.load(write(tmp_path / "a.csv", [A]))
    before = site.lake.snapshot()
    site.load(write(tmp_path / "b.csv", [B, C.but(day=DAY + timedelta(1))]))
    after = site.lake.snapshot()
    assert after.version == before.version + 1
    assert sum(file.rows for file in before.files) == 1
    assert [(file.day, file.rows) for file in after.files] == [
        (DAY, 1),
        (DAY, 1),
        (DAY + timedelta(1), 1),
    ]
    assert site.lake.snapshot(before.version).files == before.files


def test_a_scan_of_some_files_gives_their_calls_with_their_day(site: Site, tmp_path: Path) -> None:
    """In the schema of calls, whatever engine reads it."""
    rows = [Row(f"{n}", day=DAY + timedelta(n % 3)) for n in range(9)]
    site.load(write(tmp_path / "a.csv", rows))
    files = [file for file in site.lake.snapshot().files if file.day == DAY]
    scan = site.lake.scan(files)
    assert scan.collect_schema() == CALL_SCHEMA
    for engine in ("streaming", "in-memory"):
        calls = scan.sort("call_id").collect(engine=engine)
        assert calls["call_id"].to_list() == ["0", "3", "6"]
        assert calls["day"].unique().to_list() == [DAY]


def test_the_calls_of_a_tally_stand_together_in_a_file(site: Site, tmp_path: Path) -> None:
    """By account, then server, then order of arrival; from one import, and after a merge."""
    accounts, servers = ["globex", "acme"], ["par-1", "lon-1", "ber-1"]
    rows = [
        Row(f"{n}", account=accounts[n % 2], server=servers[n % 3], day=DAY + timedelta(n // 12))
        for n in range(24)
    ]
    site.load(write(tmp_path / "a.csv", rows))
    for file in site.lake.snapshot().files:
        calls = site.lake.scan([file]).select("account", "server", "line").collect()
        assert calls.height == 12
        assert calls.rows() == sorted(calls.rows())


def test_calls_carry_their_numbers_key(site: Site, tmp_path: Path) -> None:
    """So that rating reads no numbers."""
    site.load(write(tmp_path / "a.csv", [A, B.but(called="+44 20"), C.but(called="anonymous")]))
    calls = site.lake.scan(site.lake.snapshot().files).collect()
    assert calls["called_key"].equals(calls.select(key=number_key(pl.col("called")))["key"])
    assert calls["called_key"].n_unique() == 3
    heads = calls.select(head=number_head(pl.col("caller")))["head"]
    assert calls["caller_head"].equals(heads)


def test_calls_of_before_have_their_callers_head_too(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is worked out where a file lacks it; the next import's has it, and the table names it from then on."""
    without = {name: dtype for name, dtype in CALL_SCHEMA.items() if name != "caller_head"}
    with monkeypatch.context() as before:  # as a program wrote it that did not know it
        before.setattr(delta, "LATER_COLUMNS", {})
        before.setattr(staging_module, "FILE_STATISTICS", FILE_STATISTICS[:-1])
        site.lake.table().create(without, partition_by=["day"])
        site.load(write(tmp_path / "a.csv", [A.but(caller="33140000000"), B]))
    (old,) = site.lake.snapshot().files
    pl.read_parquet(old.path).drop("caller_head").write_parquet(old.path)
    read = site.lake.scan([old]).collect()
    site.load(write(tmp_path / "b.csv", [C.but(caller="12125550100")]))
    files = site.lake.snapshot().files
    assert [file.headed for file in files if file.path == old.path] == [False]
    assert sorted(file.headed for file in files) == [False, True]
    calls = site.lake.scan(files).collect()
    assert calls.schema == CALL_SCHEMA
    heads = calls.select(head=number_head(pl.col("caller")))["head"]
    assert calls["caller_head"].equals(heads)
    assert heads.n_unique() == 3
    assert calls.filter(pl.col("call_id") != "c").sort("call_id").equals(read.sort("call_id"))
    assert "caller_head" in DeltaTable(site.folder / "calls").schema().to_json()
    site.load(write(tmp_path / "again.csv", [A.but(caller="33140000000"), B]))
    assert site.lake.snapshot().files == files


def test_find_gives_every_call_of_an_id(site: Site, tmp_path: Path) -> None:
    """Of all days, legs and servers; nothing for an id that is not there."""
    rows = [A, A.but(leg="2"), A.but(leg="3", day=DAY + timedelta(3)), B]
    site.load(write(tmp_path / "a.csv", rows))
    assert site.lake.find("a")["leg"].to_list() == ["", "2", "3"]
    assert site.lake.find("zz").is_empty()


def test_a_missing_or_cut_file_is_named(site: Site, tmp_path: Path) -> None:
    """What the log promises is on the disk, or `verify` says which is not."""
    site.load(write(tmp_path / "a.csv", [A, B.but(day=DAY + timedelta(1))]))
    first, second = (site.folder / file.path for file in site.lake.snapshot().files)
    assert site.lake.missing_files() == []
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    assert site.lake.missing_files() == [
        str(path.relative_to(site.folder / "calls")) for path in (first, second)
    ]


def test_an_identity_that_is_there_twice_is_found(site: Site, tmp_path: Path) -> None:
    """Imports never do it; another program that writes to the table can."""
    site.load(write(tmp_path / "a.csv", [A, B, C.but(leg="2")]))
    twice = site.calls.filter(pl.col("call_id") != "b")
    twice.write_delta(site.folder / "calls", mode="append")
    found = duplicate_identities(site.lake)
    assert found.select("call_id", "leg", "calls").rows() == [("a", "", 2), ("c", "2", 2)]


def test_the_table_is_read_by_others_and_refuses_deletes(site: Site, tmp_path: Path) -> None:
    """An open format: any Delta reader sees the calls; no writer can remove them."""
    site.load(write(tmp_path / "a.csv", [A, B]))
    table = DeltaTable(site.folder / "calls")
    assert set(table.to_pyarrow_table()["call_id"].to_pylist()) == {"a", "b"}
    assert table.metadata().partition_columns == ["day"]
    with pytest.raises(DeltaError, match=r"(?i)append"):
        table.delete()


def test_every_file_says_how_many_calls_it_holds(site: Site, tmp_path: Path) -> None:
    """Readers plan, and skip files, by the log alone."""
    site.load(write(tmp_path / "a.csv", [A, B.but(ring_s=None, talk_s=9)]))
    actions = pl.DataFrame(DeltaTable(site.folder / "calls").get_add_actions(flatten=True))
    row = actions.row(0, named=True)
    assert row["num_records"] == 2
    assert (row["min.account"], row["max.call_id"]) == ("acme", "b")
    assert (row["min.source"], row["max.source"]) == ("minutebook", "minutebook")
    calls = site.calls
    assert row["min.setup_at"] == calls["setup_at"].min()
    assert row["max.ended_at"] == calls["ended_at"].max()


def test_everything_is_on_the_disk_before_an_import_returns(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data files, their folders, the log entry and its folder are fsynced, the entry last."""
    synced: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    site.load(write(tmp_path / "a.csv", [A]))
    monkeypatch.setattr(delta.os, "fsync", note)
    site.load(write(tmp_path / "b.csv", [B]))
    log = site.folder / "calls" / "_delta_log"
    synced = [name for name in synced if Path(name).parent.name != IDS]
    assert synced[-2:] == [str(log / f"{2:020}.json"), str(log)]
    assert str(site.folder / "calls" / f"day={DAY}") in synced
    assert any(name.endswith(".parquet") for name in synced)
    (added,) = [
        json.loads(line)["add"]["path"]
        for line in (log / f"{2:020}.json").read_text().splitlines()
        if "add" in json.loads(line)
    ]
    folder = synced.index(str(site.folder / "calls" / f"day={DAY}"))
    assert any(".parquet" in name for name in synced[:folder])
    assert (site.folder / "calls" / added).is_file()


def test_of_two_commits_from_one_version_the_second_fails(site: Site, tmp_path: Path) -> None:
    """So that no import adds what it compared with a lake of yesterday."""
    site.load(write(tmp_path / "a.csv", [A]))
    one, two = site.lake.table(), site.lake.table()
    one.commit([])
    with pytest.raises(CommitFailedError):
        two.commit([])


def test_a_long_log_gets_checkpoints_and_stays_readable(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening does not replay every import since the beginning; old versions stay."""
    monkeypatch.setattr(delta, "CHECKPOINT_EVERY", 3)
    for n in range(7):
        site.load(write(tmp_path / "a.csv", [Row(f"{n}")]))
    log = site.folder / "calls" / "_delta_log"
    assert len(list(log.glob("*.checkpoint*.parquet"))) == 2
    assert sum(file.rows for file in site.lake.snapshot().files) == 7
    assert sum(file.rows for file in site.lake.snapshot(3).files) == 3


def test_left_overs_of_a_dead_import_are_removed_and_a_living_ones_stay(
    site: Site, tmp_path: Path
) -> None:
    """Its staging, and the files that it moved into the lake and never committed."""
    site.load(write(tmp_path / "a.csv", [A]))
    dead = site.folder / "staging" / "dead"
    dead.mkdir()
    orphan = site.folder / "calls" / f"day={DAY}" / "orphan.parquet"
    orphan.write_bytes(b"x")
    kept = site.lake.snapshot().files[0].path.removeprefix(f"{site.folder}/calls/")
    (dead / "placed").write_text(f"{kept}\nday={DAY}/orphan.parquet")
    with staging(Lake(site.folder)) as living:
        (living.folder / "note").write_text("here")
        assert not dead.exists()
        assert not orphan.exists()
        site.load(write(tmp_path / "b.csv", [B]))
        assert (living.folder / "note").read_text() == "here"
    assert not living.folder.exists()
    assert site.ids == ["a", "b"]
    assert site.lake.missing_files() == []
