"""What engineers and finance mend by the portal: records that wait, calls, disputes with another side."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, on, write_calls
from tests.web.conftest import worked

from minutebook.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Portal


@pytest.mark.provokes(
    "web/pages/records/quarantine.py: nothing is chosen; choose a reason, a source or an account first",
    when="Records that wait are to be discarded in the portal, and none are chosen.",
)
@pytest.mark.provokes(
    "web/pages/records/quarantine.py: … records were shown, and … wait now; look at them again",
    when="More or fewer records wait than the portal showed to who discards them.",
)
def test_records_that_wait_are_chosen_tried_again_and_discarded(
    portal: Portal, tmp_path: Path
) -> None:
    """By reason, source and account; all that are shown at once, and no more than were shown; let wait again."""
    engineer, at = portal.as_("engineer"), "/quarantine"
    portal.book.calls.import_files(
        write_calls(tmp_path / "odd.csv", [Call("q1", "nobody2", at=on(2)), Call("q2", "nobody2", at=on(3))])
    )  # fmt: skip
    page = engineer.look(at, because="no_account", source="minutebook")
    assert page.status == 200
    assert "Try 3 records again" in page.words
    assert "Discard 3 records" in page.words
    assert (
        "Discard"
        not in engineer.get(at).words.split("Records that wait")[-1].split("Records that were")[0]
    )
    own = page.seen.fields
    chosen = {"because": "no_account", "what": "discard", "_own": own["_own"]}
    for filled, words in (
        ({**chosen, "count": "2", "reason": "test calls"}, "2 records were shown, and 3 wait now"),
        ({**chosen, "count": "3", "reason": ""}, "reason"),
        (
            {"what": "discard", "count": "3", "reason": "x", "_own": own["_own"]},
            "nothing is chosen",
        ),
    ):
        wrong = engineer.post(at, filled)
        assert (wrong.status, words in wrong.words.lower()) == (422, True), words
    assert portal.book.calls.quarantine().height == 3
    assert (
        engineer.post(at, {"because": "no_account", "what": "retry", "_own": own["_own"]}).status
        == 303
    )
    id = portal.book.calls.quarantine()["id"][0]
    shown = engineer.get(f"{at}/{id}")
    assert "Add a match table to the account whose call it is" in shown.words
    assert "/declare" not in " ".join(shown.seen.links)
    assert "/declare/account" in portal.as_("admin").get(f"{at}/{id}").seen.links
    assert engineer.post(at, {**chosen, "count": "3", "reason": "test calls"}).status == 303
    assert portal.book.calls.quarantine().height == 0
    gone = engineer.get(f"{at}/discarded")
    assert "test calls" in gone.words
    assert engineer.send(f"{at}/discarded/{id}", reason="").status == 422
    assert engineer.send(f"{at}/discarded/{id}", reason="a customer asked").leads_to == f"{at}/{id}"
    assert portal.book.calls.quarantine()["id"].to_list() == [id]
    assert portal.as_("read-only").get(f"{at}/discarded").status == 200


def test_a_call_is_corrected_after_what_that_comes_to_was_seen(portal: Portal) -> None:
    """From its page: its length, with a reason; what would be posted is what the command says; once; and taken back."""
    finance = portal.as_("finance")
    way = next(w for w in finance.get("/calls/c0").seen.links if w.startswith("/corrections/new"))
    form = finance.get(way)
    assert form.status == 200
    said = {name: form.seen.fields[name] for name in ("call_id", "source", "server", "leg")}
    for typed, words in (
        ({"duration": "", "reason": "x"}, "Nothing is said to be corrected"),
        ({"duration": "120", "reason": ""}, "The reason is missing"),
        ({"duration": "1,5", "reason": "x"}, "The length"),
        ({"duration": "9", "void": "yes", "reason": "x"}, "A call that never was"),
        ({"account": "nobody", "reason": "x"}, "nobody"),
    ):
        page = finance.look("/corrections/new", **said, **typed)
        assert (page.status, words in page.words) == (422, True), words
    looked = finance.look("/corrections/new", **said, duration="120", reason="BYE was lost")
    tried = portal.book.corrections.correct("c0", "tried", duration_ms=120_000, dry_run=True)
    assert [effect.account for effect in tried.accounts] == ["acme", "provider:vox"]
    for effect in tried.accounts:
        assert f"{effect.account} {effect.calls} {effect.amount.normalize():f}" in looked.words
    seen = portal.as_("engineer").look("/corrections/new", **said, duration="120", reason="x")
    assert "provider:vox" not in seen.words
    assert "What is owed to providers changes, too" in seen.words
    assert len(portal.book.corrections()) == 0
    done = [finance.post("/corrections/new", looked.seen.fields).leads_to for _ in range(2)]
    assert done == ["/corrections/1", "/corrections/1"]
    (made,) = portal.book.corrections()
    assert (made.by, made.reason) == ("user:finance", "BYE was lost")
    undo = finance.look("/corrections/1/undo", reason="it was right")
    assert finance.post("/corrections/1/undo", undo.seen.fields).status == 303
    assert "taken back by 2" in finance.get("/corrections/1").words
    assert portal.as_("read-only").look("/corrections/new", call_id="c0").status == 403


def test_many_calls_are_corrected_by_a_file_after_what_that_comes_to_was_seen(
    portal: Portal,
) -> None:
    """A row that is wrong is told with its line, beside the file; the whole counts once."""
    finance, at = portal.as_("finance"), "/corrections/file"
    before = len(portal.book.corrections())
    for name, data, why, words in (
        ("", b"", "x", "No file is chosen; choose one"),
        ("m.csv", b"call_id,void\nc4,yes\n", "", "The reason is missing"),
        ("m.csv", b"call_id,void\nc4,maybe\n", "x", "Line 2: "),
        ("m.csv", b"", "x", "it"),
        ("m.pdf", b"%PDF\xff\xfe", "x", "is no CSV in UTF-8; save it as that"),
    ):
        page = finance.send_file(at, name, data, reason=why)
        page = finance.get(page.leads_to) if page.status == 303 else page
        assert page.status == 422, words
        assert words.lower() in page.words.lower()
    data = b"call_id,duration_s,void\nc4,30,\nc6,,yes\n"
    looked = finance.get(finance.send_file(at, "m.csv", data, reason="switch was down").leads_to)
    assert "acme 2 " in looked.words
    path = looked.at.split("?")[0]
    done = [finance.post(path, looked.seen.fields).leads_to for _ in range(2)]
    assert done == [f"/corrections/{before + 1}"] * 2
    assert len(portal.book.corrections()) == before + 1


def test_the_calls_of_some_days_are_corrected_after_what_that_comes_to_was_seen(
    portal: Portal,
) -> None:
    """Given to another, cut to a length, or asked of the match tables anew, as the commands do it; once."""
    finance, at = portal.as_("finance"), "/corrections/days"
    days = {"from": "2026-10-02", "to": "2026-10-02"}
    for typed, words in (
        ({"from": "", "cap": "20"}, "From ''"),
        ({"to": "2026-10-01", "cap": "20"}, "2026-10-01"),
        ({}, "Nothing is said to be corrected"),
        ({"cap": "x"}, "The longest"),
        ({"cap": "20", "reason": ""}, "The reason is missing"),
        ({"cap": "20", "rematch": "yes"}, "The match tables are asked of all calls of the days"),
    ):
        page = finance.look(at, **{**days, "reason": "stuck", **typed})
        assert (page.status, words in page.words) == (422, True), words
    tried = portal.book.corrections.correct_many(
        on(2).date(), on(2).date(), "tried", of_account="globex", cap_ms=20_000, dry_run=True
    )
    looked = finance.look(at, **days, of="globex", cap="20", reason="stuck")
    told = next(effect for effect in tried.accounts if effect.account == "globex")
    assert f"globex {told.calls} {told.amount.normalize():f}" in looked.words
    before = len(portal.book.corrections())
    done = [finance.post(at, looked.seen.fields).leads_to for _ in range(2)]
    assert done == [f"/corrections/{before + 1}"] * 2
    again = finance.look(at, **days, rematch="yes", reason="tables")
    assert "No account changes." in again.words
    assert portal.as_("read-only").get(at).status == 403


def test_a_conflict_is_taken_instead_of_the_call_that_stands(
    portal: Portal, tmp_path: Path
) -> None:
    """Once what that comes to was seen."""
    engineer = portal.as_("engineer")
    portal.book.calls.import_files(write_calls(tmp_path / "again.csv", [Call("c2", "acme", at=on(3, 2), seconds=600, more={"trunk": "vox"})]))  # fmt: skip
    waiting = portal.book.calls.quarantine("conflict")
    assert waiting.height == 1
    at = f"/quarantine/{waiting['id'][0]}"
    assert "take it instead" in engineer.get(at).words
    assert engineer.look(f"{at}/accept", reason="").status == 422
    looked = engineer.look(f"{at}/accept", reason="the later is right")
    assert looked.status == 200, looked.words
    assert "is this right?" in looked.words
    assert engineer.post(f"{at}/accept", looked.seen.fields).leads_to.startswith("/corrections/")
    assert portal.book.calls.quarantine("conflict").height == 0


@pytest.fixture
def theirs() -> bytes:
    rows = ["call_id,server,caller,called,setup_at,answered_at,ended_at,cost"]
    for n in range(0, 30, 2):
        begin = f"2026-10-{1 + n % 3:02}T{n % 24:02}"
        rows.append(
            f"c{n},x,442079460999,442079460123,{begin}:00:00Z,{begin}:00:02Z,{begin}:01:02Z,0.0060"
        )
    return "\n".join(rows).encode() + b"\n"


def test_a_dispute_is_held_against_the_calls_and_shown_as_the_command_shows_it(
    portal: Portal, theirs: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Classes, causes, the calls that differ, and the same bytes of CSV as the command writes."""
    finance, at = portal.as_("finance"), "/disputes/new"
    for name, data, typed, words in (
        ("", b"", {}, "No file is chosen; choose one"),
        ("t.csv", theirs, {"from": "x"}, "file"),
        ("t.csv", theirs, {"to": "2026-09-01"}, "2026-09-01"),
        ("t.csv", theirs, {"provider": "vox"}, "A provider's calls are priced by its own buy card"),
        ("t.csv", theirs, {"map": "Net"}, "'Net' says nothing of a column"),
        ("t.csv", theirs, {"tolerance": "-1"}, "'-1' is no number of seconds"),
    ):
        filled = {"from": "2026-10-01", "to": "2026-10-03", "account": "acme", **typed}
        page = finance.send_file(at, name, data, **filled)
        assert page.status == 422
        assert words in page.words
    filled = {"from": "2026-10-01", "to": "2026-10-03", "account": "acme"}
    asked = finance.send_file(at, "<b>theirs</b>.csv", theirs, **filled)
    assert asked.status == 303
    worked(portal.book)
    page = finance.get(asked.leads_to)
    assert page.status == 200, page.body
    assert "<b>" not in page.body
    (tmp_path / "theirs.csv").write_bytes(theirs)
    capsys.readouterr()
    words = [
        "reconcile",
        "lake",
        str(tmp_path / "theirs.csv"),
        "--from",
        "2026-10-01",
        "--to",
        "2026-10-03",
        "--account",
        "acme",
    ]
    run(
        [
            "--book",
            str(portal.book.path),
            "--format",
            "json",
            *words,
            "--csv",
            str(tmp_path / "differ.csv"),
        ]
    )
    told = capsys.readouterr()
    printed = json.loads(told.out)
    for part in (printed["ours"], printed["theirs"], *printed["classes"]):
        assert part["amount"].rstrip("0").rstrip(".") in page.words
    for sentence in printed["words"]:
        assert sentence in page.words
    assert printed["classes"][1]["calls"] > 0
    got = finance.get(f"{asked.leads_to}/differences.csv")
    assert got.body == (tmp_path / "differ.csv").read_text("utf-8")
    some = finance.look(asked.leads_to, **{"class": "missing_theirs"})
    assert "Missing theirs" in some.words
    assert "<html" in finance.get(f"{asked.leads_to}/report").body
    assert portal.as_("read-only").get(asked.leads_to).status == 200
    for path in (asked.leads_to, f"{asked.leads_to}/differences.csv", "/disputes"):
        assert portal.as_("engineer").get(path).status == 403
    job = portal.as_("engineer").get(asked.leads_to.replace("disputes", "jobs"))
    assert job.status == 200
    assert printed["ours"]["amount"] not in job.words
    assert re.search("<b>", finance.get("/disputes").body) is None


def test_a_dispute_whose_file_is_none_says_so(portal: Portal) -> None:
    """In the sentence of the command, with a way to ask again."""
    finance = portal.as_("finance")
    asked = finance.send_file("/disputes/new", "t.pdf", b"%PDF-1.7 nothing", **{"from": "2026-10-01", "to": "2026-10-03"})  # fmt: skip
    worked(portal.book)
    page = finance.get(asked.leads_to)
    assert page.status == 200
    assert "Why not" in page.words
    assert "Traceback" not in page.body
    again = next(way for way in page.seen.links if way.startswith("/disputes/new"))
    assert 'value="2026-10-03"' in finance.get(again).body
