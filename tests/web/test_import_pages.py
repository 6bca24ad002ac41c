"""Records taken in by the portal: sent, looked at, imported, taken back, read again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.carriers import Call, on, write_calls
from tests.web.conftest import worked

if TYPE_CHECKING:
    from tests.web.conftest import Portal

NEW = "/imports/new"


def calls_file(folder: Path, *calls: Call) -> bytes:
    return write_calls(folder / "sent.csv", list(calls)).read_bytes()


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sent")
    return calls_file(folder, Call("u1", at=on(2)), Call("u2", "globex", at=on(3)), Call("u3", "nobody", at=on(3)))  # fmt: skip


def test_a_file_is_sent_looked_at_and_imported_once(portal: Portal, calls: bytes) -> None:
    """What would be read is shown before anything is; clicked twice, and sent again by another, it is one import."""
    engineer = portal.as_("engineer")
    sent = engineer.send_file(NEW, "oct.csv", calls)
    assert sent.status == 303
    looked = engineer.get(sent.leads_to)
    assert looked.status == 200
    assert "Read as minutebook" in looked.words
    assert "1 of the first 3 records" in looked.words
    for told in ("no_account", "2026-10-02T12:00:02", "442079460123", "acme", "called number"):
        assert told in looked.words, told
    assert portal.book.jobs.list() == []
    assert sent.leads_to.partition("?")[0] in " ".join(engineer.get(NEW).seen.links)
    at = urlsplit(sent.leads_to).path
    done = [engineer.post(at, looked.seen.fields).leads_to for _ in range(2)]
    assert done[0].startswith("/jobs/")
    assert done[0] == done[1]
    assert at not in " ".join(engineer.get(NEW).seen.links)
    worked(portal.book)
    page = engineer.get(done[0])
    assert "Calls added" in page.words
    assert "1 no_account" in page.words
    assert len(portal.book.corrections.imports()) == 2
    again = portal.as_("admin").send_file(NEW, "oct.csv", calls)
    told = portal.as_("admin").get(again.leads_to)
    assert "This very file was imported" in told.words
    assert portal.book.ledger.audit(by="user:engineer")


def test_a_file_is_read_otherwise_before_it_is_imported(portal: Portal, calls: bytes) -> None:
    """Another format, another source: the same file is looked at again; what cannot be read says so beside the choice."""
    engineer = portal.as_("engineer")
    at = engineer.send_file(NEW, "oct.csv", calls).leads_to
    path, said = urlsplit(at).path, parse_qs(urlsplit(at).query)
    wrong = engineer.look(path, name=said["name"][0], format="kamailio")
    assert wrong.status == 422
    assert "Line 1: " in wrong.words
    assert re.search(r'id="f-[^"]*-source-error"', wrong.body)
    assert "Import it" not in wrong.words
    assert engineer.look(path, name=said["name"][0], source="nobody's").status == 422
    asked = {**wrong.seen.fields, "name": said["name"][0], "source": "nobody's", "format": "auto"}
    assert engineer.post(path, asked).status == 422
    assert engineer.look(path, name="other.csv").status == 404
    assert engineer.look(path, name="../../book.toml").status == 404


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.csv", b"", "is empty, so its format cannot be recognised"),
        ("invoice.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type /Catalog>>", "is of no known format"),
        ("<script>alert(1)</script>.csv", b"a,b\n1,2\n", "is of no known format"),
        ("../../../etc/passwd", b"a,b\n1,2\n", "is of no known format"),
        ("cdr.xml", b"<cdr/>", "is XML, which no format here reads"),
        ("nul.csv", b"call_id\0,b\n", "How nul.csv would be read"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_calls_is_told_and_nothing_is_taken_in(
    portal: Portal, name: str, data: bytes, words: str
) -> None:
    """In one sentence beside the choice; names are names, HTML in them is text, and nothing leaves the book's folder."""
    engineer, before = portal.as_("engineer"), len(portal.book.jobs.list())
    sent = engineer.send_file(NEW, name, data)
    page = engineer.get(sent.leads_to) if sent.status == 303 else sent
    assert page.status == 422
    assert words in page.words.replace("Is ", "is ").replace("Line", "line")
    assert "<script>alert" not in page.body
    assert "Traceback" not in page.body
    assert len(portal.book.jobs.list()) == before
    kept = [file for file in (portal.book.path / "uploads").rglob("*") if file.is_file()]
    assert all(file.parent.parent.name == "uploads" for file in kept)


def test_a_form_without_a_file_or_of_another_session_sends_nothing(portal: Portal) -> None:
    """Beside the field, or refused."""
    engineer = portal.as_("engineer")
    page = engineer.send_file(NEW, "", b"")
    assert page.status == 422
    assert "No file is chosen; choose one" in page.words
    assert re.search(r'id="f-[^"]*-file-error"', page.body)
    assert engineer.post(NEW, {"source": "x"}).status == 422
    assert engineer.send_file(NEW, "a.csv", b"a", _own="other").status == 403
    for role in ("finance", "read-only"):
        assert portal.as_(role).send_file(NEW, "a.csv", b"a").status == 403
    assert portal.as_("customer").get(NEW).status == 404


def test_an_import_is_taken_back_after_its_effect_was_seen(portal: Portal, tmp_path: Path) -> None:
    """What each account's money comes to, as the command says it; then once, with the reason, in the name of who did it."""
    engineer = portal.as_("engineer")
    portal.book.calls.import_files(
        write_calls(tmp_path / "extra.csv", [Call("x1", at=on(2)), Call("x2", at=on(3))])
    )
    meant = portal.book.corrections.imports()[-1]
    at = f"/imports/{meant.id[:12]}"
    assert at in engineer.get("/imports").seen.links
    page = engineer.look(f"{at}/undo", reason="")
    assert (page.status, "The reason is missing" in page.words) == (422, True)
    looked = engineer.look(f"{at}/undo", reason="twice")
    tried = portal.book.corrections.undo_import(meant.id, "twice", dry_run=True)
    assert "is this right?" in looked.words
    assert [effect.account for effect in tried.accounts] == ["acme"]
    assert "acme 2" in looked.words
    assert portal.book.corrections.imports()[-1].undone is None
    sent = looked.seen.fields
    assert [engineer.post(f"{at}/undo", sent).leads_to for _ in range(2)] == [at, at]
    assert len(portal.book.corrections()) == 1
    assert portal.book.corrections()[0].by == "user:engineer"
    assert "taken back" in engineer.get(at).words
    assert portal.as_("finance").look(f"{at}/undo", reason="x").status == 403


def test_a_job_is_stopped_by_who_may_ask_for_it_in_the_portal(portal: Portal) -> None:
    """An import by who may send files, a run by who may have days billed; a job that is not there is said to be none."""
    engineer = portal.as_("engineer")
    own = portal.book.jobs.add("import", {"file": "nothing.csv"})
    run = portal.book.jobs.add("bill", {"through": "2026-10-03"})
    assert engineer.send(f"/jobs/{own.id}").status == 303
    assert "Is cancelled" in engineer.get(f"/jobs/{own.id}").words
    assert engineer.send(f"/jobs/{run.id}").status == 403
    assert portal.as_("finance").send(f"/jobs/{run.id}").status == 303
    assert engineer.get(f"/jobs/{own.id}0").status == 404


def test_an_import_is_read_again_after_its_effect_was_seen(portal: Portal, calls: bytes) -> None:
    """Of files that are no longer there it says so; else what it would come to, then a job does it."""
    engineer = portal.as_("engineer")
    first = portal.book.corrections.imports()[0]
    one, file = f"/imports/{first.id[:12]}", Path(first.files[0])
    data = file.read_bytes()
    file.unlink()
    page = engineer.look(f"{one}/again", reason="zone")
    assert page.status == 422
    assert "is no file here" in page.words
    assert engineer.send_file(f"{one}/file", "", b"", one, reason="zone").status == 422
    others = engineer.send_file(f"{one}/file", "calls.csv", calls, one, reason="zone")
    told = engineer.get(others.leads_to)
    assert (told.status, "None of the calls of import" in told.words) == (422, True)
    sent = engineer.send_file(f"{one}/file", "calls.csv", data, one, reason="zone")
    looked = engineer.get(sent.leads_to)
    assert looked.status == 200, looked.words
    assert "acme 20 20" in looked.words
    job = engineer.post(urlsplit(sent.leads_to).path, looked.seen.fields).leads_to
    worked(portal.book)
    assert "Is done" in engineer.get(job).words
    by_portal = next(one for one in portal.book.corrections.imports() if "uploads/" in one.files[0])
    at = f"/imports/{by_portal.id[:12]}/again"
    looked = engineer.look(at, reason="the zone was wrong", other_calls="yes")
    assert looked.status == 200
    assert "Calls out" in looked.words
    job = engineer.post(at, looked.seen.fields).leads_to
    worked(portal.book)
    assert "Is done" in engineer.get(job).words
    assert "other_calls True" in engineer.get(job).words


def test_a_form_without_a_file_that_is_too_large_is_refused(portal: Portal) -> None:
    """In a sentence, before it fills the memory."""
    page = portal.as_("engineer").post("/quarantine", {"reason": "x" * 1_000_001})
    assert page.status == 413
    assert (
        "has a field of more than 1,000,000 letters; send it again, with less in it" in page.words
    )


def test_a_file_that_is_too_large_is_told_beside_its_field(
    portal: Portal, calls: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is not kept."""
    monkeypatch.setattr("minutebook.web.uploading.largest_upload", lambda _: 100)
    page = portal.as_("engineer").send_file(NEW, "large.csv", calls)
    assert page.status == 413
    assert "The file has more than 100 bytes; send it in parts, or compressed" in page.words
    assert not list((portal.book.path / "uploads").rglob("large.csv"))
