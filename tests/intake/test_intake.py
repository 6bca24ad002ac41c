"""Files of calls into the lake: each call once, whatever comes twice or goes wrong."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.imports_support import ACME, DAY, Row, Site, write

import minutebook
from minutebook.calls.identify import AccountSpan, Directory
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake import committing, intake
from minutebook.intake.intake import InputFile
from minutebook.lake import comparing, dedupe, hashes, staging
from minutebook.lake.duplicates import duplicate_identities
from minutebook.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = (Row(name, setup_s=36_000 + n) for n, name in enumerate("abc"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "lake")


def test_calls_come_back_as_they_were_written(site: Site, tmp_path: Path) -> None:
    """Every column of a call, its account and where it was read are in the lake."""
    site.load(write(tmp_path / "a.csv", [A, B.but(ring_s=None, talk_s=9, caller="+1 (202) 555")]))
    first, second = site.calls.to_dicts()
    assert (first["account"], first["matched_by"]) == ("acme", "server lon-1")
    assert (first["day"], first["source"], first["leg"]) == (DAY, "minutebook", "")
    assert (first["duration_ms"], second["duration_ms"]) == (60_000, None)
    assert (second["caller"], second["caller_recorded"]) == ("1202555", "+1 (202) 555")
    assert first["caller_recorded"] is None
    assert [row["line"] for row in (first, second)] == [2, 3]
    assert first["file"] == str(tmp_path / "a.csv")


def test_a_file_imported_twice_adds_its_calls_once(site: Site, tmp_path: Path) -> None:
    """The second time all are duplicates, counted."""
    file = write(tmp_path / "a.csv", [A, B, C])
    first, second = site.load(file), site.load(file)
    assert (first.added, first.duplicates) == (3, 0)
    assert (second.added, second.duplicates, second.quarantined) == (0, 3, 0)
    assert site.ids == ["a", "b", "c"]


def test_a_file_named_twice_in_one_import_counts_once(site: Site, tmp_path: Path) -> None:
    """The same file through two patterns of a shell is no second call."""
    file = write(tmp_path / "a.csv", [A, B])
    result = site.load(file, file)
    assert (result.files, result.read, result.added, result.duplicates) == (2, 4, 2, 2)


def test_a_file_that_grew_adds_only_what_is_new(site: Site, tmp_path: Path) -> None:
    """A switch appends to its file all day."""
    site.load(write(tmp_path / "a.csv", [A, B]))
    result = site.load(write(tmp_path / "a.csv", [A, B, C]))
    assert (result.added, result.duplicates) == (1, 2)
    assert site.ids == ["a", "b", "c"]


def test_a_call_in_two_files_of_one_import_is_one_call(site: Site, tmp_path: Path) -> None:
    """Switches write a call into the common file and the account's own."""
    result = site.load(write(tmp_path / "m.csv", [A, B]), write(tmp_path / "acme.csv", [B, C]))
    assert (result.added, result.duplicates) == (3, 1)


def test_sums_of_the_result_are_of_the_added_calls(site: Site, tmp_path: Path) -> None:
    """Unanswered calls and seconds count what is new, not what was read."""
    quiet = B.but(ring_s=None)
    site.load(write(tmp_path / "a.csv", [A]))
    result = site.load(write(tmp_path / "b.csv", [A, quiet, quiet, C]))
    assert (result.unanswered, result.duration_ms) == (1, 60_000)


@pytest.mark.parametrize(
    "other", [{"server": "lon-2"}, {"leg": "2"}, {"call_id": "A"}, {"call_id": "a "}]
)
def test_another_server_leg_or_id_is_another_call(
    site: Site, tmp_path: Path, other: dict[str, str]
) -> None:
    """Identity is source, server, call_id and leg: all four."""
    site.directory = Directory((), (AccountSpan("acme", DAY),))
    mine = A.but(account="acme")
    assert site.load(write(tmp_path / "a.csv", [mine, mine.but(**other)])).added == 2


def test_the_same_records_of_another_source_are_other_calls(site: Site, tmp_path: Path) -> None:
    """Two switches may count alike; the source tells them apart, once somebody says that they are others."""
    file = write(tmp_path / "a.csv", [A])
    assert site.load(file, source=Source("one")).added == 1
    with pytest.raises(InputError, match="under source one"):
        site.load(file, source=Source("two"))
    assert site.load(file, source=Source("two"), other_calls=True).added == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"called": "12025550199"}, "called"),
        ({"caller": "442079460001"}, "caller"),
        ({"talk_s": 61}, "ended_at and duration_ms"),
        ({"day": DAY + timedelta(1)}, "setup_at and answered_at and ended_at"),
        ({"day": DAY - timedelta(40)}, "setup_at and answered_at and ended_at"),
    ],
)
@pytest.mark.parametrize("separately", [True, False])
def test_same_identity_with_another_body_waits_as_a_conflict(
    site: Site, tmp_path: Path, change: dict[str, object], named: str, separately: bool
) -> None:
    """The first stays; the later one is kept aside, and says what differs and where the first is."""
    site.directory = Directory(ACME.rules, (AccountSpan("acme", date(2026, 1, 1)),))
    first, second = (
        write(tmp_path / "1.csv", [B, A]),
        write(tmp_path / "2.csv", [A.but(**change), C]),
    )
    for files in [[first], [second]] if separately else [[first, second]]:
        result = site.load(*files)
    assert result.reasons == {"conflict": 1}
    kept = site.calls.filter(pl.col("call_id") == "a").row(0, named=True)
    assert kept["file"] == str(first)
    (waiting,) = site.quarantine.open().to_dicts()
    assert (waiting["file"], waiting["line"], waiting["call_id"]) == (str(second), 2, "a")
    assert waiting["detail"] == f"{first}:3 has this call with another {named}"
    assert f'"call_id":"{waiting["call_id"]}"' in waiting["raw"]
    assert site.load(second).reasons == {"conflict": 1}
    assert site.quarantine.count() == 1


def test_a_conflict_in_a_file_named_twice_waits_once(site: Site, tmp_path: Path) -> None:
    """It is counted twice, as it was read twice, and kept once."""
    file = write(tmp_path / "a.csv", [A, A.but(talk_s=1)])
    result = site.load(file, file)
    assert (result.added, result.duplicates, result.reasons) == (1, 1, {"conflict": 2})
    assert site.quarantine.count() == 1


@pytest.mark.parametrize("rows", [[B, C], [A], []])
@pytest.mark.provokes(
    "intake/reading.py: changed while it was imported; import it again",
    when="A switch still writes to a file that is imported.",
)
def test_a_file_that_changes_while_it_is_imported_is_refused(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Row]
) -> None:
    """The row that a conflict came from must still be there to be kept; a longer file is fine."""
    file = write(tmp_path / "a.csv", [A, A.but(talk_s=1)])
    real = committing.dedupe

    def judged(*arguments: object) -> object:
        write(file, rows)
        return real(*arguments)

    monkeypatch.setattr(committing, "dedupe", judged)
    with pytest.raises(InputError, match="changed while it was imported"):
        site.load(file)
    assert site.lake.snapshot().files == []
    rows[:] = [A, A.but(talk_s=1), C]
    assert site.load(write(file, rows[:2])).reasons == {"conflict": 1}


def test_of_three_records_of_one_call_each_is_compared_with_the_first(
    site: Site, tmp_path: Path
) -> None:
    """Call, conflict, duplicate: a conflict never becomes the measure of a later record."""
    rows = [A, A.but(talk_s=61), A, A.but(talk_s=61), A.but(talk_s=62)]
    result = site.load(write(tmp_path / "a.csv", rows))
    assert (result.added, result.duplicates, result.quarantined) == (1, 1, 3)
    assert site.calls["duration_ms"].to_list() == [60_000]


def test_the_lakes_record_comes_before_a_files_first_one(site: Site, tmp_path: Path) -> None:
    """What was billed perhaps is not replaced by what comes later."""
    site.load(write(tmp_path / "z.csv", [A]))
    result = site.load(write(tmp_path / "a.csv", [A.but(talk_s=61), A]))
    assert (result.added, result.duplicates, result.quarantined) == (0, 1, 1)


def test_an_identity_on_a_far_day_conflicts_too(site: Site, tmp_path: Path) -> None:
    """Unless the lake is huge, all of its days are compared."""
    far = A.but(day=DAY + timedelta(20))
    site.load(write(tmp_path / "a.csv", [A]))
    assert site.load(write(tmp_path / "b.csv", [far])).reasons == {"conflict": 1}


def test_in_a_huge_lake_the_days_beside_the_imports_are_still_compared(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the bound only the days touched and their neighbours count; that bound is documented."""
    monkeypatch.setattr(dedupe, "WINDOW_CALLS", 0)
    site.load(write(tmp_path / "a.csv", [A, B.but(day=DAY + timedelta(9))]))
    near = site.load(write(tmp_path / "b.csv", [A.but(day=DAY + timedelta(1))]))
    far = site.load(write(tmp_path / "c.csv", [A.but(day=DAY + timedelta(20))]))
    assert (near.reasons, far.added) == ({"conflict": 1}, 1)


def test_equal_hashes_of_different_calls_lose_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes only point at what to compare: with two bits of hash the outcome is the same."""
    weak = hashes.identity_hash() % 4
    monkeypatch.setattr(hashes, "identity_hash", lambda: weak.alias("hash"))
    rows = [Row(f"c{n}", day=DAY + timedelta(n % 3), setup_s=n) for n in range(200)]
    assert site.load(write(tmp_path / "a.csv", rows)).added == 200
    again = site.load(write(tmp_path / "b.csv", [*rows, *(r.but(talk_s=1) for r in rows[:5]), A]))
    assert (again.added, again.duplicates, again.quarantined) == (1, 200, 5)


def test_small_batches_ranges_and_comparisons_give_the_same(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bounds the memory of a large import does not change what it does."""
    for module, name, value in (
        (staging, "BATCH_ROWS", 20),
        (staging, "OWN_FILE_ROWS", 4),
        (staging, "FILE_ROWS", 50),
        (hashes, "RANGE_ROWS", 30),
        (dedupe, "COMPARED_ROWS", 16),
        (comparing, "AT_ONCE_ROWS", 8),
    ):
        monkeypatch.setattr(module, name, value)
    rows = [Row(f"c{n}", day=DAY + timedelta(n * n % 7), setup_s=n) for n in range(300)]
    assert site.load(write(tmp_path / "a.csv", rows[:200])).added == 200
    moved = [row.but(day=row.day + timedelta(1)) for row in rows[:40]]
    result = site.load(write(tmp_path / "b.csv", moved), write(tmp_path / "c.csv", rows))
    assert (result.added, result.duplicates, result.quarantined) == (100, 200, 40)
    assert site.calls.height == 300
    assert duplicate_identities(site.lake).is_empty()


def test_files_of_the_lake_hold_one_day_sorted_by_account(site: Site, tmp_path: Path) -> None:
    """A scan of one account can skip the others' row groups."""
    site.directory = Directory((), tuple(AccountSpan(f"a{n}", DAY) for n in range(9)))
    rows = [Row(f"{n}", account=f"a{n * 5 % 9}", day=DAY + timedelta(n % 2)) for n in range(50)]
    site.load(write(tmp_path / "a.csv", rows))
    files = site.lake.snapshot().files
    assert [(file.day, file.rows) for file in files] == [(DAY, 25), (DAY + timedelta(1), 25)]
    for file in files:
        accounts = pl.read_parquet(file.path, hive_partitioning=False)["account"]
        assert accounts.is_sorted()


def test_a_call_after_midnight_belongs_to_the_day_of_its_answer(site: Site, tmp_path: Path) -> None:
    """Set up at 23:59:58, answered after midnight: the next day's; unanswered: the first day's."""
    late = A.but(setup_s=86_398)
    site.load(write(tmp_path / "a.csv", [late, late.but(call_id="b", ring_s=None)]))
    assert site.calls["day"].to_list() == [DAY + timedelta(1), DAY]


def test_an_unreadable_file_refuses_the_whole_command(site: Site, tmp_path: Path) -> None:
    """A missing column in the last file: nothing of the first is imported or set aside."""
    good = write(tmp_path / "a.csv", [A, B.but(server="nobodys")])
    bad = tmp_path / "b.csv"
    bad.write_text("call_id,server\nx,lon-1\n")
    with pytest.raises(InputError, match=r"b\.csv"):
        site.load(good, bad)
    assert site.lake.snapshot().version == -1
    assert site.quarantine.count() == 0
    assert list((site.folder / "staging").iterdir()) == []


def test_a_file_is_named_as_the_user_named_it(site: Site, tmp_path: Path) -> None:
    """Standard input is spooled to a file whose name nobody wants to see."""
    spooled = write(tmp_path / "spool-1234", [A])
    site.load(InputFile(spooled, "-"))
    assert site.calls["file"].to_list() == ["-"]
    spooled.write_text("call_id,server\nx,lon-1\n")
    with pytest.raises(InputError, match=r"^-:") as refused:
        site.load(InputFile(spooled, "-"))
    assert "spool" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(site: Site, tmp_path: Path) -> None:
    """In one line, with its name."""
    with pytest.raises(InputError, match=r"no\.csv: cannot be read"):
        site.load(tmp_path / "no.csv")


def test_a_source_of_another_format_is_refused(site: Site, tmp_path: Path) -> None:
    """`import asterisk --source proxy`, where proxy is declared as kamailio."""
    with pytest.raises(InputError, match="source proxy is declared as kamailio, not as minutebook"):
        site.load(write(tmp_path / "a.csv", [A]), source=Source("proxy", format="kamailio"))


def test_auto_recognises_each_file(site: Site, tmp_path: Path) -> None:
    """CSV and Parquet of our own format in one import, by their content."""
    csv = write(tmp_path / "a", [A])
    parquet = tmp_path / "b"
    pl.read_csv(write(tmp_path / "c", [B]), infer_schema=False).write_parquet(parquet)
    assert site.load(csv, parquet, format="auto").added == 2
    assert set(site.calls["source"]) == {"minutebook"}


def test_progress_ends_with_all_bytes_and_rows(site: Site, tmp_path: Path) -> None:
    """Told at least once a file, never beyond the total."""
    files = [write(tmp_path / f"{n}.csv", [A, B]) for n in range(3)]
    told: list[tuple[int, int, int]] = []
    intake.import_files(
        site.lake, site.quarantine, files, format="minutebook", directory=ACME,
        progress=lambda *numbers: told.append(numbers),
    )  # fmt: skip
    total = sum(file.stat().st_size for file in files)
    assert told[-1] == (total, total, 6)
    assert all(done <= whole == total for done, whole, _ in told)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_an_empty_file_is_no_error(site: Site, tmp_path: Path) -> None:
    """A quiet hour has a header and no calls."""
    result = site.load(write(tmp_path / "a.csv", []))
    assert (result.read, result.added) == (0, 0)


@pytest.mark.parametrize("name", ["a b", "a#b", "a?b", "ü é", "a[b]", "a*b", "100%", "a'b\"c"])
def test_folders_with_odd_names_hold_lakes_like_others(tmp_path: Path, name: str) -> None:
    """Nothing in a folder's name is taken for a pattern or an address."""
    site = Site(tmp_path / name)
    site.load(write(tmp_path / "a.csv", [A, B.but(server="nobodys")]))
    assert site.load(write(tmp_path / "a.csv", [A])).duplicates == 1
    assert site.calls["day"].to_list() == [DAY]
    assert site.lake.missing_files() == []
    assert site.quarantine.open()["call_id"].to_list() == ["b"]


@pytest.mark.parametrize("name", ["account=acme", "a%20b", "a\\b", "s3://bucket"])
def test_folders_that_cannot_hold_a_lake_are_refused(tmp_path: Path, name: str) -> None:
    """Under `account=acme` every call would become acme's, silently."""
    with pytest.raises(InputError, match=r"move the book, or name|object stores"):
        Settings(tmp_path, lake=name).lake_folder.mkdir()
    if "://" not in name:
        with pytest.raises(InputError, match="no lake can lie"):
            minutebook.init(tmp_path / name, database="postgresql://nobody@127.0.0.1:1/none")
        assert not (tmp_path / name).exists()
