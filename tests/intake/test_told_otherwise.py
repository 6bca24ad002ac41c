"""A call that is told again, and not in the same words, is a duplicate or a conflict, and never two calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.carriers import declare
from tests.imports_support import Site

from minutebook.calls.identify import AccountSpan, Directory, MatchRule
from minutebook.calls.source import Source
from minutebook.lake import comparing, dedupe
from minutebook.lake.duplicates import duplicate_identities
from minutebook.lake.twins import twins
from minutebook.lake.unnamed_twins import SEEN_SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

ASTERISK = Source("pbx", "asterisk", zone="UTC")
PROXY = Source("proxy", "kamailio", zone="UTC", options={"start": "answer"})
SWITCH = Source("switch", "freeswitch", zone="UTC")
PLATFORM = Source("cx", "connexcs")
UUID = "0d5ed7a8-9a5e-4f4e-8a52-1f3c5f1f7d10"
OURS = Directory(
    (MatchRule("acme", caller_prefix="4420"), MatchRule("acme", account_code="acme")),
    (AccountSpan("acme", date(2026, 10, 1)),),
)
NAMES = "callid,src_user,dst_user,account_code"
TOLD = "k-1,442079460001,4930111222,acme"
CDRS = (
    f"start_time,end_time,duration,{NAMES}\n2026-10-14 10:00:06,2026-10-14 10:01:05,59.312,{TOLD}"
)
ACC = (
    f"method,from_tag,to_tag,sip_code,sip_reason,time,{NAMES}\n"
    f"INVITE,f1,t1,200,OK,2026-10-14 10:00:05,{TOLD}\n"
    f"BYE,t1,f1,200,OK,2026-10-14 10:01:05,{TOLD}"
)
HEAD = "calldate,src,dst,duration,billsec,disposition"
ROW = "2026-10-13 12:15:39,442079460106,442079460107,65,60,ANSWERED"
LEGS = (f"{HEAD},uniqueid,dstchannel\n{ROW},1792836000.69,SIP/b-2", f"{HEAD},uniqueid,sequence\n{ROW},1792836000.69,7")  # fmt: skip
SHORT = (
    "id,dt,src,dst,duration,charge,customer_id,callid,sip_code\n"
    "1,2026-10-01 09:00:04,442079460999,442079460123,10.0,0.0100,acme,c1@lon-1,200"
)
LONG = (
    "Call ID,Switch,Call Time,Source Number,Destination,Duration,SIP Code,Charge,customer_id\n"
    "c1@lon-1,lon-9,2026-10-01 09:00:04,442079460999,442079460123,10,200,0.0100,acme"
)


def _answers(site: Site, folder: Path, *told: tuple[Source, str]) -> list[str]:
    """What becomes of the one call of each text, imported one after the other."""
    answers = []
    for number, (source, text) in enumerate(told):
        file = folder / f"told{number}"
        file.write_text(text + "\n", "utf-8")
        found = site.load(file, format=str(source.format), source=source)
        assert found.added + found.duplicates + found.quarantined == 1
        answers.append(
            "added" if found.added else "duplicate" if found.duplicates else str(*found.reasons)
        )
    return answers


@pytest.mark.parametrize(
    ("source", "text", "again"),
    [
        (PROXY, CDRS, CDRS),
        (PROXY, CDRS, ACC),
        (ASTERISK, *LEGS),
        (ASTERISK, LEGS[0], LEGS[0]),
        (PLATFORM, SHORT, SHORT),
    ],
    ids=["proxy", "proxy's tables", "asterisk's legs", "asterisk", "platform"],
)
def test_a_source_that_gets_a_server_has_no_new_calls(
    tmp_path: Path, source: Source, text: str, again: str
) -> None:
    """Its files again are duplicates, with the server and without it, whichever came first."""
    named = replace(source, server="lon-1")
    for number, told in enumerate(permutations([(source, text), (named, again)])):
        site = Site(tmp_path / f"lake{number}", OURS)
        assert _answers(site, tmp_path, *told) == ["added", "duplicate"]


def test_servers_with_names_of_their_own_stay_apart(tmp_path: Path) -> None:
    """Two switches may count their calls alike; a file that names neither tells a call of one of them."""
    ams = LONG.replace("lon-9", "ams-1").replace(",10,", ",70,")
    told = [(PLATFORM, text) for text in (LONG, ams, SHORT, SHORT.replace("10.0", "70"))]
    answers = _answers(Site(tmp_path / "lake", OURS), tmp_path, *told)
    assert answers == ["added", "added", "duplicate", "duplicate"]


def test_the_same_id_without_a_server_says_otherwise(tmp_path: Path) -> None:
    """Of a call that nobody said the server of, another length under a server is a conflict."""
    told = (PLATFORM, SHORT), (PLATFORM, LONG.replace(",10,", ",70,"))
    assert _answers(Site(tmp_path / "lake", OURS), tmp_path, *told) == ["added", "conflict"]


def test_an_export_with_the_switch_and_one_without_it_tell_one_call(tmp_path: Path) -> None:
    """The columns that were chosen for an export are no part of a call."""
    for number, told in enumerate(permutations([(PLATFORM, SHORT), (PLATFORM, LONG)])):
        answers = _answers(Site(tmp_path / f"lake{number}", OURS), tmp_path, *told)
        assert answers == ["added", "duplicate"]


def test_a_proxys_tables_on_both_sides_of_a_second_tell_one_call(tmp_path: Path) -> None:
    """`acc` has the OK and `acc_cdrs` the ACK: whole seconds that are one apart."""
    for number, told in enumerate(permutations([(PROXY, CDRS), (PROXY, ACC)])):
        answers = _answers(Site(tmp_path / f"lake{number}", OURS), tmp_path, *told)
        assert answers == ["added", "duplicate"]


@pytest.mark.parametrize("change", [("10:01:05", "10:09:05"), ("4930111222", "4930111333")])
def test_a_proxys_tables_that_contradict_each_other_are_no_two_calls(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    """With and without the dialog's tags a Call-ID is one call: the second, which says otherwise, waits."""
    for number, told in enumerate(permutations([(PROXY, CDRS), (PROXY, ACC.replace(*change))])):
        answers = _answers(Site(tmp_path / f"lake{number}", OURS), tmp_path, *told)
        assert answers == ["added", "conflict"]


def test_a_try_beside_the_answered_call_is_a_record_of_its_own(tmp_path: Path) -> None:
    """A branch that was busy is no contradiction to the one that answered."""
    busy = f"{ACC.splitlines()[0]}\nINVITE,f1,t0,486,Busy,2026-10-14 10:00:04,{TOLD}"
    answers = _answers(Site(tmp_path / "lake", OURS), tmp_path, (PROXY, CDRS), (PROXY, busy))
    assert answers == ["added", "added"]


def test_both_formats_of_a_switch_that_contradict_each_other_are_no_two_calls(
    tmp_path: Path,
) -> None:
    """The CSV names the number after a transfer, the JSON the one before it."""
    values = (
        "Ann", "442079460001", "4930111999", "default", "2026-10-14 12:00:00", "2026-10-14 12:00:02",
        "2026-10-14 12:01:03", "63", "61", "NORMAL_CLEARING", UUID, "", "acme", "PCMU", "PCMU",
    )  # fmt: skip
    row = ",".join(f'"{value}"' for value in values)
    document = (
        '{"core-uuid":"1","switchname":"fs-1","channel_data":{"direction":"inbound"},"variables":{'
        f'"uuid":"{UUID}","start_uepoch":"1791979200123456","answer_uepoch":"1791979202345678",'
        '"end_uepoch":"1791979263456789","billusec":"61111111","hangup_cause":"NORMAL_CLEARING",'
        '"accountcode":"acme"},"callflow":[{"profile_index":"1","caller_profile":{'
        '"caller_id_number":"442079460001","destination_number":"4930111222"}}]}'
    )
    for number, told in enumerate(permutations([(SWITCH, row), (SWITCH, document)])):
        answers = _answers(Site(tmp_path / f"lake{number}", OURS), tmp_path, *told)
        assert answers == ["added", "conflict"]


def _declared(book: Book, tmp_path: Path) -> None:
    declare(book, tmp_path)
    (tmp_path / "cx.toml").write_text('[source.cx]\nformat = "connexcs"\n')
    book.apply([tmp_path / "cx.toml"])


def test_a_conflict_with_a_call_of_another_server_is_accepted(book: Book, tmp_path: Path) -> None:
    """It counts in the place of the first, which nobody had said the server of; both together never do."""
    _declared(book, tmp_path)
    for name, text in (("short", SHORT), ("long", LONG.replace(",10,", ",70,"))):
        (tmp_path / f"{name}.csv").write_text(text + "\n")
        book.calls.import_files(tmp_path / f"{name}.csv", source="cx")
    (record,) = book.calls.quarantine()["id"]
    book.corrections.accept(record, "the second has the switch")
    (call,) = book.calls("acme", date(2026, 10, 1), date(2026, 10, 1)).iter_rows(named=True)
    assert (call["server"], call["duration_ms"]) == ("lon-9", 70_000)
    assert book.calls.quarantine().is_empty()


def test_verify_finds_calls_that_were_told_twice(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As books have them whose imports did not compare with calls without a server yet."""
    _declared(book, tmp_path)
    monkeypatch.setattr(comparing, "twins", lambda heads: twins(heads).clear())
    for name, text in (("short", SHORT), ("long", LONG), ("other", SHORT.replace("c1@", "c2@"))):
        (tmp_path / f"{name}.csv").write_text(text + "\n")
        assert book.calls.import_files(tmp_path / f"{name}.csv", source="cx").added == 1
    monkeypatch.undo()
    (check,) = (check for check in book.runs.verify() if check.name == "lake")
    assert [str(found) for found in check.differences] == [
        "call c1@lon-1 of cx lon-9: is in the lake more than once"
    ]


UNNAMED = {
    "plain": f"{HEAD}\n{ROW}",
    "spelt otherwise": (
        "dst,src,calldate,billsec,duration,disposition\n"
        "+442079460107,+442079460106,13/10/2026 12:15:39,60,65,ANSWERED"
    ),
    "with channels": f"{HEAD},channel,dstchannel\n{ROW},SIP/a-1,SIP/b-2",
    "with a uniqueid": f"{HEAD},uniqueid\n{ROW},1792836000.69",
    "with a sequence": f"{HEAD},uniqueid,sequence\n{ROW},1792836000.69,7",
}


@pytest.mark.parametrize("first", UNNAMED)
def test_a_row_without_a_uniqueid_is_its_call_however_it_is_told(
    tmp_path: Path, first: str
) -> None:
    """Instants and digits make it, whatever other columns another file has, and whichever comes first."""
    told = [(ASTERISK, UNNAMED[name]) for name in (first, *(set(UNNAMED) - {first}))]
    answers = _answers(Site(tmp_path / "lake", OURS), tmp_path, *told)
    assert answers == ["added", *["duplicate"] * (len(UNNAMED) - 1)]
    whole = Site(tmp_path / "whole", OURS)
    files = sorted(tmp_path.glob("told*"))
    found = whole.load(*files, format="asterisk", source=ASTERISK)
    assert (found.added, found.duplicates) == (1, len(UNNAMED) - 1)


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ("plain", "spelt otherwise", 1),
        ("plain", "with a uniqueid", 1),
        ("with a sequence", "spelt otherwise", 1),
        ("with channels", "with a uniqueid", 1),
        (*LEGS, 1),
        (*LEGS[::-1], 1),
        ("plain", f"{HEAD}\n{ROW.replace(',60,', ',61,')}", 0),
    ],
)
def test_a_lake_that_has_a_row_of_asterisk_twice_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, twice: int
) -> None:
    """As lakes are whose imports did not compare such rows yet: `verify` asks this of the lake."""
    site = Site(tmp_path / "lake", OURS)
    monkeypatch.setattr(comparing, "twins", lambda heads: twins(heads).clear())
    monkeypatch.setattr(dedupe, "unnamed_twins", lambda *_: pl.DataFrame(schema=SEEN_SCHEMA))
    for number, told in enumerate((first, second)):
        file = tmp_path / f"{number}.csv"
        file.write_text(f"{UNNAMED.get(told, told)}\n", "utf-8")
        assert site.load(file, format="asterisk", source=ASTERISK).added == 1
    monkeypatch.undo()
    assert duplicate_identities(site.lake).height == twice


@pytest.mark.parametrize("first", [0, 1])
def test_two_phones_that_rang_at_once_stay_two_without_a_uniqueid(
    tmp_path: Path, first: int
) -> None:
    """They say the same but for their channels: as many as the file with more of them has."""
    two = f"{HEAD},channel,dstchannel\n{ROW},SIP/a-1,SIP/b-2\n{ROW},SIP/a-1,SIP/c-3"
    other = f"{HEAD},uniqueid,sequence\n{ROW},1792836000.69,7\n{ROW},1792836000.69,8"
    texts = (two, other) if first == 0 else (other, two)
    site = Site(tmp_path / "lake", OURS)
    for text, expected in zip(texts, [(2, 0), (0, 2)], strict=True):
        (tmp_path / "file").write_text(text + "\n")
        found = site.load(tmp_path / "file", format="asterisk", source=ASTERISK)
        assert (found.added, found.duplicates) == expected


def test_rows_without_a_uniqueid_that_say_otherwise_are_others(tmp_path: Path) -> None:
    """Another length, number or second makes another call, as only their content names them."""
    row = HEAD + "\n" + ROW
    changes = [("65,60", "66,61"), ("460107", "460108"), ("15:39", "15:40")]
    told = [(ASTERISK, row), *((ASTERISK, row.replace(*change)) for change in changes)]
    assert _answers(Site(tmp_path / "lake", OURS), tmp_path, *told) == ["added"] * 4
