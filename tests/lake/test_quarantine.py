"""Records that wait: kept once, with their reason, until a person or a declaration helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.imports_support import ACME, DAY, Row, Site, write

from minutebook.book.clock import now
from minutebook.calls.identify import AccountSpan, MatchRule
from minutebook.calls.schema import Reason
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.lake import quarantine_files
from minutebook.lake.delta import LakeTable
from minutebook.lake.discarded import discarded_records, restore_records
from minutebook.lake.quarantine import ASIDE_SCHEMA, Quarantine, record_ids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B, C = (Row(name, setup_s=36_000 + n) for n, name in enumerate("abc"))
NOBODYS = Row("n", server="nyc-1")
INVITE = "INVITE|{0}1|{0}2|{0}@pbx|200|OK|{1}|*prepaid|acme|12025550100|442079460000|7:1"
BYE = "BYE|{0}1|{0}2|{0}@pbx|200|OK|{1}|||||7:1"
PROXY = Source("proxy", format="opensips", server="lon-1")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "lake")


def lines(path: Path, *texts: str) -> Path:
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def aside(raw: str, reason: Reason = Reason.BAD_TIME, **fields: object) -> pl.LazyFrame:
    row = {"source": "s", "format": "minutebook", "file": "f", "line": 2, "raw": raw,
           "reason": reason.value, "detail": "d", "call_id": None}  # fmt: skip
    return pl.LazyFrame([{**row, **fields}], schema=ASIDE_SCHEMA)


def test_what_nobody_claims_waits_with_its_row_and_reason(site: Site, tmp_path: Path) -> None:
    """Nothing is dropped: the row as it was, where it stood, and what is wrong with it."""
    result = site.load(write(tmp_path / "a.csv", [A, NOBODYS]))
    assert (result.added, result.reasons) == (1, {"no_account": 1})
    (row,) = site.quarantine.open().to_dicts()
    assert (row["file"], row["line"], row["call_id"]) == (str(tmp_path / "a.csv"), 3, "n")
    assert (row["source"], row["format"], row["reason"]) == (
        "minutebook",
        "minutebook",
        "no_account",
    )
    assert '"server":"nyc-1"' in row["raw"]
    assert "server nyc-1" in row["detail"]


def test_a_record_set_aside_twice_waits_once(site: Site, tmp_path: Path) -> None:
    """Importing the file again counts it again, and keeps it once, with its first date."""
    file = write(tmp_path / "a.csv", [NOBODYS])
    site.load(file)
    first = site.quarantine.open()
    assert site.load(file).quarantined == 1
    assert site.load(file, file).quarantined == 2
    assert site.quarantine.open().equals(first)


def test_a_declared_account_frees_what_waited_for_it(site: Site, tmp_path: Path) -> None:
    """The round trip: aside, declared, tried again, in the lake under its first file and line."""
    site.load(write(tmp_path / "a.csv", [A, NOBODYS, NOBODYS.but(call_id="m", server="ams-1")]))
    site.directory = replace(ACME, rules=(*ACME.rules, MatchRule("globex", server="nyc-1")))
    result = site.retry()
    assert (result.read, result.added, result.duplicates, result.quarantined) == (2, 1, 0, 1)
    freed = site.calls.filter(pl.col("call_id") == "n").row(0, named=True)
    assert (freed["account"], freed["line"]) == ("globex", 3)
    assert freed["file"] == str(tmp_path / "a.csv")
    assert site.quarantine.open()["call_id"].to_list() == ["m"]
    again = site.retry()
    assert (again.added, again.quarantined) == (0, 1)


def test_importing_again_after_declaring_frees_it_too(site: Site, tmp_path: Path) -> None:
    """Not everybody knows of --retry: what came in as a call waits no longer."""
    file = write(tmp_path / "a.csv", [A, NOBODYS])
    site.load(file)
    site.directory = replace(ACME, rules=(*ACME.rules, MatchRule("globex", server="nyc-1")))
    result = site.load(file)
    assert (result.added, result.duplicates, result.quarantined) == (1, 1, 0)
    assert site.quarantine.count() == 0


def test_a_released_record_is_a_duplicate_from_then_on(site: Site, tmp_path: Path) -> None:
    """Its call is in the lake, even if today's declarations would not take it."""
    file = write(tmp_path / "a.csv", [NOBODYS])
    site.load(file)
    site.directory = replace(ACME, rules=(*ACME.rules, MatchRule("globex", server="nyc-1")))
    site.retry()
    site.directory = ACME
    result = site.load(file)
    assert (result.duplicates, result.quarantined) == (1, 0)
    assert site.quarantine.count() == 0


def test_a_record_that_fails_otherwise_now_says_so(site: Site, tmp_path: Path) -> None:
    """A declared account whose first day is later: the reason changes, the record is one."""
    site.load(write(tmp_path / "a.csv", [NOBODYS]))
    later = AccountSpan("late", DAY + timedelta(1))
    site.directory = replace(
        ACME, rules=(MatchRule("late", server="nyc-1"),), spans=(*ACME.spans, later)
    )
    assert site.retry().reasons == {"no_plan": 1}
    (row,) = site.quarantine.open().to_dicts()
    assert (row["reason"], row["detail"]) == (
        "no_plan",
        "2026-10-05 is before late's first day 2026-10-06",
    )
    assert row["raw"]
    assert site.quarantine.open(Reason.NO_ACCOUNT).is_empty()


def test_a_mended_source_frees_what_it_could_not_read(site: Site, tmp_path: Path) -> None:
    """Times without an offset wait until the source names its zone."""
    file = tmp_path / "a.csv"
    text = write(file, [A]).read_text().replace("+00:00", "")
    file.write_text(text)
    assert site.load(file, source=Source("pbx")).reasons == {"no_zone": 1}
    site.sources = {"pbx": Source("pbx", zone="Europe/London")}
    assert site.retry().added == 1
    assert site.calls["setup_at"].dt.hour().to_list() == [9]  # 10:00 in London, summer time


def test_a_conflict_stays_one_when_tried_again(site: Site, tmp_path: Path) -> None:
    """The call that came first is still there."""
    site.load(write(tmp_path / "a.csv", [A, A.but(talk_s=1)]))
    before = site.quarantine.open()
    result = site.retry()
    assert (result.added, result.duplicates, result.reasons) == (0, 0, {"conflict": 1})
    assert site.quarantine.open().equals(before)


def test_records_of_one_call_from_one_line_are_told_apart(site: Site, tmp_path: Path) -> None:
    """The file was written anew between two imports: one is the call, the other conflicts."""
    file = tmp_path / "a.csv"
    for talk_s in (60, 61):
        site.load(write(file, [NOBODYS.but(talk_s=talk_s)]))
    site.directory = replace(ACME, rules=(MatchRule("globex", server="nyc-1"),))
    result = site.retry()
    assert (result.added, result.reasons) == (1, {"conflict": 1})
    (kept,), (waiting,) = site.calls["ended_at"], site.quarantine.open()["raw"]
    assert kept.isoformat() not in waiting
    assert site.retry().reasons == {"conflict": 1}


def test_waiting_records_of_one_call_become_one_call(site: Site, tmp_path: Path) -> None:
    """Two files set aside the same call: freed, it is added once, and both are settled."""
    site.load(write(tmp_path / "a.csv", [NOBODYS]))
    site.load(write(tmp_path / "b.csv", [NOBODYS.but(account_code="x"), NOBODYS.but(talk_s=1)]))
    assert site.quarantine.count() == 3
    site.directory = replace(ACME, rules=(MatchRule("globex", server="nyc-1"),))
    result = site.retry()
    assert (result.added, result.duplicates, result.reasons) == (1, 1, {"conflict": 1})
    assert site.calls["duration_ms"].to_list() == [60_000]
    assert site.quarantine.open()["reason"].to_list() == ["conflict"]


def test_a_broken_line_waits_as_it_stands(site: Site, tmp_path: Path) -> None:
    """It is no row; a retry leaves it, a person can discard it."""
    file = write(tmp_path / "a.csv", [A])
    file.write_text(file.read_text() + "b,lon-1,x\n")
    assert site.load(file).reasons == {"broken_line": 1}
    (row,) = site.quarantine.open().to_dicts()
    assert row["raw"] == '[{"_line": "b,lon-1,x"}]'
    assert site.retry().reasons == {"broken_line": 1}
    assert site.quarantine.discard([row["id"]], "cut by the switch") == 1
    assert site.quarantine.count() == 0


def test_a_discarded_record_stays_discarded(site: Site, tmp_path: Path) -> None:
    """Also when its file is imported again: then it counts as discarded."""
    file = write(tmp_path / "a.csv", [NOBODYS])
    site.load(file)
    site.quarantine.discard(site.quarantine.open()["id"], "a test call")
    result = site.load(file)
    assert (result.discarded, result.quarantined) == (1, 0)
    assert site.retry().read == 0


class Killed(Exception):  # noqa: N818  the process is no more
    """Where the process ends."""


@pytest.mark.parametrize("apart", [False, True], ids=["among what waits", "in files apart"])
def test_a_deed_that_is_killed_is_not_done_and_is_done_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, apart: bool
) -> None:
    """At whichever commit: a discarding, and a letting wait again; who does it is told before."""
    if apart:
        monkeypatch.setattr(quarantine_files, "CLOSED_RECORDS", 1)
    quarantine, told = Quarantine(tmp_path, now), list[tuple[int, int]]()
    quarantine.add([aside('[{"a":"1"}]'), aside('[{"a":"2"}]')])
    record, other = quarantine.open()["id"]
    whole = LakeTable.commit
    left = 0

    def dies(table: LakeTable, *given: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        whole(table, *given)

    def kills(deed: Callable[[], int], commits: int) -> None:
        nonlocal left
        states = quarantine.open()["id"].to_list(), discarded_records(quarantine.table())["id"]
        with monkeypatch.context() as patch:
            patch.setattr(LakeTable, "commit", dies)
            for commits_left in range(commits):
                left = commits_left
                with pytest.raises(Killed):
                    deed()
                assert quarantine.open()["id"].to_list() == states[0]
                assert discarded_records(quarantine.table())["id"].equals(states[1])
        assert deed() == 1

    kills(lambda: quarantine.discard([record], "why", lambda *said: told.append(said)), 1)
    assert told == [(1, 2), (1, 2)]
    quarantine.add([aside('[{"a":"3"}]')])  # the discarded one goes apart
    kills(lambda: restore_records(quarantine, [record]), 2 if apart else 1)
    assert record in quarantine.open()["id"]
    assert discarded_records(quarantine.table()).is_empty()
    kills(lambda: quarantine.discard([record], "after all"), 1)
    assert other in quarantine.open()["id"]


def test_discarding_what_does_not_wait_is_refused(tmp_path: Path) -> None:
    """And discards none of the others."""
    quarantine = Quarantine(tmp_path, now)
    quarantine.add([aside('[{"a":"1"}]')])
    (record,) = quarantine.open()["id"]
    with pytest.raises(InputError, match="no record beef waits"):
        quarantine.discard([record, "beef"], "why")
    assert quarantine.count() == 1
    quarantine.discard([record], "why")
    with pytest.raises(InputError, match="no record"):
        quarantine.discard([record], "why")


def test_the_beginning_of_an_id_is_enough_where_it_is_of_one_record(tmp_path: Path) -> None:
    """As on a terminal; an ambiguous one is refused."""
    quarantine = Quarantine(tmp_path, now)
    quarantine.add([aside(f'[{{"a":"{n}"}}]') for n in range(40)])
    ids = quarantine.open()["id"].to_list()
    assert quarantine.discard([ids[0][:8]], "why") == 1
    twice = next(i[0] for i in ids[1:] if sum(j.startswith(i[0]) for j in ids[1:]) > 1)
    with pytest.raises(InputError, match="say more"):
        quarantine.discard([twice], "why")
    assert quarantine.count() == 39


def test_open_can_be_asked_by_reason_and_source(tmp_path: Path) -> None:
    """For a list of what a person has to do."""
    quarantine = Quarantine(tmp_path, now)
    quarantine.add([aside("[1]"), aside("[2]", source="t"), aside("[3]", Reason.CONFLICT)])
    assert quarantine.open(Reason.CONFLICT)["raw"].to_list() == ["[3]"]
    assert quarantine.open(source="t")["raw"].to_list() == ["[2]"]
    assert quarantine.open(Reason.CONFLICT, "t").is_empty()
    assert quarantine.count() == 3


def test_an_empty_quarantine_answers(tmp_path: Path) -> None:
    """Before anything was set aside."""
    quarantine = Quarantine(tmp_path / "none", now)
    assert quarantine.open().is_empty()
    assert (quarantine.count(), quarantine.add([]).waiting) == (0, {})
    quarantine.release(["x"])
    assert quarantine.count() == 0


def test_many_small_commits_are_merged_and_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file an hour for years does not make the quarantine slow, nor forgetful."""
    monkeypatch.setattr(quarantine_files, "SMALL_FILES", 5)
    quarantine = Quarantine(tmp_path, now)
    for n in range(12):
        quarantine.add([aside(f"[{n}]")])
        if n % 3 == 0:
            quarantine.release([quarantine.open()["id"][0]])
    assert quarantine.count() == 8
    table = quarantine.table()
    assert table.files().height < 8
    assert quarantine.open().height == 8


def test_what_is_closed_is_not_read_to_see_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Years of mended records cost nothing: what waits is told from files that hold none of them."""
    monkeypatch.setattr(quarantine_files, "CLOSED_RECORDS", 10)
    quarantine = Quarantine(tmp_path, now)
    for start in range(0, 40, 10):
        quarantine.add([aside(f"[{n}]") for n in range(start, start + 10)])
        waiting = quarantine.open()["id"]
        quarantine.release(waiting[:5])
        quarantine.discard(waiting[5:9], "test calls")
    quarantine.add([aside("[new]")])
    assert quarantine.add([aside(f"[{n}]") for n in range(40)]).waiting == {"bad_time": 4}
    open_before, listed = quarantine.open(), set(quarantine.table().files()["path"])
    assert open_before.height == quarantine.count() == 5
    closed = [name for name in listed if name.startswith(quarantine_files.CLOSED_FILES)]
    assert closed
    for name in closed:
        (tmp_path / "quarantine" / name).unlink()
    assert quarantine.open().equals(open_before)
    assert quarantine.count() == 5


def test_ends_find_their_starts_where_more_wait_than_come(site: Site, tmp_path: Path) -> None:
    """Of thousands of calls in progress those are looked at whose end is there, and no other is lost."""
    starts = [INVITE.format(f"c{n}", 1791194400 + n) for n in range(60)]
    site.load(lines(tmp_path / "1", *starts), format="opensips", source=PROXY)
    ends = [BYE.format(f"c{n}", 1791194500 + n) for n in (3, 40)]
    result = site.load(lines(tmp_path / "2", *ends), format="opensips", source=PROXY)
    assert (result.read, result.added, result.quarantined) == (2, 2, 0)
    assert site.ids == ["c3@pbx", "c40@pbx"]
    assert site.quarantine.count() == 58


def test_start_and_end_in_two_imports_make_one_call(site: Site, tmp_path: Path) -> None:
    """A proxy's processes write files of their own; the halves meet when the second comes."""
    one = lines(tmp_path / "1", INVITE.format("a", 1791194400), INVITE.format("b", 1791194401))
    two = lines(tmp_path / "2", BYE.format("a", 1791194460), BYE.format("c", 1791194461))
    first = site.load(one, format="opensips", source=PROXY)
    assert (first.read, first.reasons) == (2, {"unpaired": 2})
    second = site.load(two, format="opensips", source=PROXY)
    assert (second.read, second.added, second.reasons) == (2, 1, {"unpaired": 1})
    assert site.calls.select("call_id", "duration_ms", "file", "line").rows() == [
        ("a@pbx", 60_000, str(one), 1)
    ]
    assert sorted(site.quarantine.open()["call_id"]) == ["b@pbx", "c@pbx"]


def test_halves_of_a_known_call_are_duplicates(site: Site, tmp_path: Path) -> None:
    """Either file again, alone, is nothing new; nor is a BYE that was sent again."""
    one = lines(tmp_path / "1", INVITE.format("a", 1791194400))
    two = lines(tmp_path / "2", BYE.format("a", 1791194460), BYE.format("a", 1791194461))
    site.load(one, two, format="opensips", source=PROXY)
    late = lines(tmp_path / "3", BYE.format("a", 1791194462))
    for file in (one, two, late):
        again = site.load(file, format="opensips", source=PROXY)
        assert (again.added, again.duplicates, again.quarantined) == (0, again.read, 0)
    assert site.quarantine.count() == 0


def test_a_waiting_bye_that_was_sent_again_is_settled_with_its_call(
    site: Site, tmp_path: Path
) -> None:
    """Both BYEs waited in files of their own; one ends the call, neither waits on."""
    for n in range(2):
        bye = lines(tmp_path / f"{n}", BYE.format("a", 1791194460 + n))
        site.load(bye, format="opensips", source=PROXY)
    invite = lines(tmp_path / "2", INVITE.format("a", 1791194400))
    assert site.load(invite, format="opensips", source=PROXY).added == 1
    assert site.calls["duration_ms"].to_list() == [60_000]
    assert site.quarantine.count() == 0


def test_paired_halves_that_nobody_claims_wait_as_one_record(site: Site, tmp_path: Path) -> None:
    """The halves are settled by the record of both, which is freed by a declaration."""
    nyc = replace(PROXY, server="nyc-1")
    one = lines(tmp_path / "1", INVITE.format("a", 1791194400))
    two = lines(tmp_path / "2", BYE.format("a", 1791194460))
    site.load(one, format="opensips", source=nyc)
    assert site.load(two, format="opensips", source=nyc).reasons == {"no_account": 1}
    assert site.quarantine.open()["reason"].to_list() == ["no_account"]
    site.directory = replace(ACME, rules=(MatchRule("globex", server="nyc-1"),))
    site.sources = {"proxy": nyc}
    assert site.retry().added == 1
    assert site.quarantine.count() == 0
    again = site.load(one, two, format="opensips", source=nyc)
    assert (again.duplicates, again.quarantined) == (1, 0)


def test_a_record_of_an_import_that_was_taken_back_waits_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it had gone into the lake, and stands apart with those that wait no longer."""
    monkeypatch.setattr(quarantine_files, "CLOSED_RECORDS", 1)
    quarantine = Quarantine(tmp_path, now)
    first = quarantine.add([aside("[1]"), aside("[2]")])
    ids = record_ids(pl.concat([aside("[1]"), aside("[2]")]).collect())
    quarantine.release(ids)
    quarantine.add([aside("[3]")])
    quarantine.release(record_ids(aside("[3]").collect()))
    calls = aside("[1]").select("source", "file", "line").collect()
    quarantine.withdraw(first.event, calls)
    assert quarantine.count() == 0
    assert quarantine.add([aside("[1]")]).waiting
    assert quarantine.open()["raw"].to_list() == ["[1]"]
    quarantine.discard(quarantine.open()["id"], "test")
    assert quarantine.add([aside("[1]")]).waiting == {}
