"""One call that files tell in different ways is one call, whichever comes first."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, write_calls
from tests.imports_support import Site

from minutebook.calls.identify import AccountSpan, Directory, MatchRule
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake import committing

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

PBX = Source("pbx", "asterisk", zone="Europe/London", server="lon-1", country="44")
PROXY = Source("proxy", "kamailio", zone="UTC", server="lon-1", options={"start": "answer"})
SWITCH = Source("switch", "freeswitch", zone="UTC")
UUID = "0d5ed7a8-9a5e-4f4e-8a52-1f3c5f1f7d10"
OURS = Directory(
    (MatchRule("acme", server="lon-1"), MatchRule("acme", account_code="acme")),
    (AccountSpan("acme", date(2026, 10, 1)),),
)
HEAD = "calldate,src,dst,duration,billsec,disposition,uniqueid"


def written(tmp_path: Path, *texts: str) -> list[Path]:
    """A file for each text."""
    files = [tmp_path / f"told{n}" for n in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text + "\n", "utf-8")
    return files


def is_one_call(tmp_path: Path, source: Source, *texts: str) -> None:
    """The files have one call, one after the other in any order, and all at once.

    Of more than three, each comes first and last, forwards and backwards: any two, either way round.
    """
    files = written(tmp_path, *texts)
    orders = [*permutations(files)]
    if len(files) > 3:
        turned = [files[n:] + files[:n] for n in range(len(files))]
        orders = [*map(tuple, turned), *(tuple(reversed(order)) for order in turned)]
    for number, order in enumerate(orders):
        site = Site(tmp_path / f"lake{number}", OURS)
        results = [site.load(file, format=str(source.format), source=source) for file in order]
        assert [(r.added, r.duplicates) for r in results] == [(1, 0)] + [(0, 1)] * (len(files) - 1)
        whole = Site(tmp_path / f"whole{number}", OURS)
        assert whole.load(*order, format=str(source.format), source=source).added == 1


def test_dates_and_numbers_spelt_otherwise_are_one_call(tmp_path: Path) -> None:
    """Instants and digits make a call, not their text; nor does a sequence that one file has."""
    is_one_call(
        tmp_path,
        PBX,
        f"{HEAD}\n2026-10-13 12:15:39,442079460106,442079460107,65,60,ANSWERED,1792836000.69",
        f"{HEAD}\n13/10/2026 12:15:39,442079460106,442079460107,65,60,ANSWERED,1792836000.69",
        f"{HEAD}\n2026-10-13T11:15:39Z,+442079460106,02079460107,65,60,ANSWERED,1792836000.69",
        f"{HEAD},sequence\n2026-10-13 12:15:39,442079460106,442079460107,65,60,ANSWERED,1792836000.69,7",
    )


@pytest.mark.parametrize("first", [0, 1])
def test_two_legs_that_say_the_same_stay_two(tmp_path: Path, first: int) -> None:
    """Two phones that rang at once: by their channels in one file, by their sequences in the other."""
    row = "2026-10-13 12:15:39,442079460106,442079460107,65,0,NO ANSWER,1792836000.69"
    files = written(
        tmp_path,
        f"{HEAD},dstchannel\n{row},SIP/a-1\n{row},SIP/b-2",
        f"{HEAD},sequence\n{row},7\n{row},8",
    )
    site = Site(tmp_path / "lake")
    results = [
        site.load(file, format="asterisk", source=PBX) for file in (files[first], files[1 - first])
    ]
    assert [(r.added, r.duplicates) for r in results] == [(2, 0), (0, 2)]


def test_what_says_otherwise_is_another_leg_or_a_conflict(tmp_path: Path) -> None:
    """A row of another length is no twin; one with the same text and other instants is a conflict."""
    row = "2026-10-13 12:15:39,442079460106,442079460107,{},{},ANSWERED,1792836000.69"
    files = written(
        tmp_path, f"{HEAD}\n{row.format(65, 60)}", f"{HEAD},sequence\n{row.format(95, 90)},7"
    )
    site = Site(tmp_path / "lake")
    assert site.load(*files, format="asterisk", source=PBX).added == 2
    mended = Source("pbx", "asterisk", zone="UTC", server="lon-1")
    again = site.load(files[0], format="asterisk", source=mended)
    assert again.reasons == {"conflict": 1}


def test_both_tables_of_a_proxy_tell_one_call(tmp_path: Path) -> None:
    """Kamailio's `acc` knows the dialog's tags and whole seconds, its `acc_cdrs` the length."""
    told = "k-1@203.0.113.5,442079460001,4930111222,acme"
    names = "callid,src_user,dst_user,account_code"
    is_one_call(
        tmp_path,
        PROXY,
        f"start_time,end_time,duration,{names}\n2026-10-14 10:00:05,2026-10-14 10:01:05,60.123900,{told}",
        f"method,from_tag,to_tag,sip_code,sip_reason,time,{names}\n"
        f"INVITE,f1,t1,200,OK,2026-10-14 10:00:05,{told}\nBYE,t1,f1,200,OK,2026-10-14 10:01:05,{told}",
    )


def test_both_formats_of_a_switch_tell_one_call(tmp_path: Path) -> None:
    """FreeSWITCH's JSON knows the server and microseconds, its CSV neither."""
    document = {
        "core-uuid": "1", "switchname": "fs-1", "channel_data": {"direction": "inbound"},
        "variables": {
            "uuid": UUID, "start_uepoch": "1791979200123456", "answer_uepoch": "1791979202345678",
            "end_uepoch": "1791979263456789", "billusec": "61111111", "billsec": "61",
            "hangup_cause": "NORMAL_CLEARING", "accountcode": "acme",
        },
        "callflow": [{"profile_index": "1", "caller_profile": {"caller_id_number": "442079460001", "destination_number": "4930111222"}}],
    }  # fmt: skip
    values = (
        "Ann", "442079460001", "4930111222", "default", "2026-10-14 12:00:00", "2026-10-14 12:00:02",
        "2026-10-14 12:01:03", "63", "61", "NORMAL_CLEARING", UUID, "", "acme", "PCMU", "PCMU",
    )  # fmt: skip
    is_one_call(tmp_path, SWITCH, json.dumps(document), ",".join(f'"{value}"' for value in values))


@pytest.mark.provokes(
    "lake/sources.py: … of source …, … among them, … in the lake already, under source …; "
    "pass source=… if they are the same, other_calls=True if they are others",
    when="`minutebook import`: the lake has calls of the file under another source.",
)
def test_a_file_under_another_source_is_refused_until_somebody_says(
    book: Book, tmp_path: Path
) -> None:
    """A `--source` forgotten bills nothing twice: nothing is added, and either answer is taken."""
    declare(book, tmp_path)
    (tmp_path / "source.toml").write_text('[source.pbx]\nformat = "minutebook"\n')
    book.apply([tmp_path / "source.toml"])
    file = write_calls(tmp_path / "calls.csv", [Call("a"), Call("b"), Call("missed", seconds=None)])
    assert book.calls.import_files(file, source="pbx").added == 3
    says = "3 calls of source minutebook, a among them, are in the lake already, under source pbx"
    with pytest.raises(InputError, match=f"{says}; pass source='pbx' if they are the same"):
        book.calls.import_files(file)
    assert book.calls.import_files(file, source="pbx").duplicates == 3
    other = write_calls(tmp_path / "other.csv", [Call("a", called="442079460124"), Call("c")])
    assert book.calls.import_files(other).added == 2
    said = book.calls.import_files(file, other_calls=True)
    assert (said.added, said.reasons) == (2, {"conflict": 1})
    (check,) = (check for check in book.runs.verify() if check.name == "lake")
    assert list(check.differences) == []


def test_verify_finds_what_two_sources_have(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As books have it whose imports did not look at other sources yet."""
    declare(book, tmp_path)
    (tmp_path / "source.toml").write_text('[source.pbx]\nformat = "minutebook"\n')
    book.apply([tmp_path / "source.toml"])
    file = write_calls(tmp_path / "calls.csv", [Call("a"), Call("b"), Call("missed", seconds=None)])
    book.calls.import_files(file, source="pbx")
    monkeypatch.setattr(committing, "refuse_shared", lambda *_: None)
    assert book.calls.import_files(file).added == 3
    (check,) = (check for check in book.runs.verify() if check.name == "lake")
    assert [str(found) for found in check.differences] == [
        "3 calls, a among them, in the lake under source minutebook and under source pbx"
    ]


@pytest.mark.parametrize("one_waits", [True, False])
def test_what_waits_under_two_sources_goes_in_once(
    book: Book, tmp_path: Path, one_waits: bool
) -> None:
    """A file that was imported again under another source before its account was declared."""
    declare(book, tmp_path)
    (tmp_path / "source.toml").write_text('[source.pbx]\nformat = "minutebook"\n')
    book.apply([tmp_path / "source.toml"])
    file = write_calls(
        tmp_path / "calls.csv", [Call("a", account_code="new"), Call("b", account_code="new")]
    )
    assert book.calls.import_files(file, source="pbx").quarantined == 2
    if not one_waits:
        assert book.calls.import_files(file).quarantined == 2
    (tmp_path / "new.toml").write_text(
        '[account.new]\nname = "New"\nplan = "flat"\nfrom = 2026-10-01\n'
        'match = [ { account_code = "new" } ]\n'
    )
    book.apply([tmp_path / "new.toml"])
    result = book.calls.retry()
    assert result.added == 2
    assert result.reasons == ({} if one_waits else {"conflict": 2})
    assert book.calls.retry().added == 0
    (check,) = (check for check in book.runs.verify() if check.name == "lake")
    assert list(check.differences) == []
    details = set(book.calls.quarantine()["detail"])
    told = "source {} has this call; discard it, or import its file again as one of other calls"
    assert details <= {told.format("pbx"), told.format("minutebook")}
    assert len(details) == (not one_waits)


def test_a_duplicate_that_would_be_anothers_now_is_told(book: Book, tmp_path: Path) -> None:
    """It changes nothing by itself: whose call it is is asked again by `rematch`."""
    declare(book, tmp_path)
    calls = [Call("a"), Call("b")]
    file = write_calls(tmp_path / "calls.csv", calls)
    assert book.calls.import_files(file).added == 2
    assert book.calls.import_files(file).other_account == 0
    named = [Call(call.call_id, server=call.server, more={"account": "globex"}) for call in calls]
    again = book.calls.import_files(write_calls(tmp_path / "named.csv", named))
    assert (again.duplicates, again.other_account) == (2, 2)
