"""Runs and imports that programs ask for, by a server that does them beside answering."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tests.carriers import Call, on, write_calls

from minutebook.errors import InputError
from minutebook.jobs.uploads import upload_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Served

RUNS, JOBS = "/api/v1/runs", "/api/v1/jobs"
LARGEST_MB = 1


@pytest.fixture(scope="module")
def working(served: Served) -> Iterator[Served]:
    """The same book, served by `minutebook serve`, which ends as it is told to."""
    words = ["serve", "--port", "0", "--upload-mb", str(LARGEST_MB)]
    program = [sys.executable, "-m", "minutebook", "--book", str(served.book.path)]
    process = subprocess.Popen([*program, *words], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    yield replace(served, at=line.split()[-1])
    process.send_signal(signal.SIGTERM)
    assert "Traceback" not in process.communicate(timeout=60)[1]


def ended(served: Served, job: dict[str, Any]) -> dict[str, Any]:
    for _ in range(1200):
        status, said, _ = served.ask(f"{JOBS}/{job['id']}", "read-only")
        assert status == 200
        if said["ended_at"]:
            found: dict[str, Any] = said
            return found
        time.sleep(0.05)
    raise AssertionError(said)


def test_a_file_is_sent_in_and_billed(working: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """As the commands do it, in the name of the key; a record that waits in quarantine names the file that was sent."""
    file = write_calls(
        working.book.path / "sent.csv",
        [*(Call(f"sent{n}", at=on(4)) for n in range(5)), Call("whose", "nobody-yet", at=on(4))],
    )
    status, taken, headers = working.send(
        "../../etc/Z\xfcrich 1.csv", file.read_bytes(), "engineer", "k-1", format="minutebook"
    )
    assert (status, taken["kind"], taken["asked_by"]) == (202, "import", "key:engineer")
    assert headers["location"] == f"{JOBS}/{taken['id']}"
    assert taken["arguments"]["file"].startswith("uploads/")
    assert taken["arguments"]["file"].endswith("/Z\xfcrich 1.csv")
    again = working.send(
        "../../etc/Z\xfcrich 1.csv", file.read_bytes(), "engineer", "k-1", format="minutebook"
    )
    assert again[:2] == (202, taken)
    other = working.send(
        "../../etc/Z\xfcrich 1.csv", b"other", "engineer", "k-1", format="minutebook"
    )
    assert other[0] == 422
    status, billed, headers = working.ask(RUNS, "finance", {"through": "2026-10-06"}, "k-2")
    assert (status, headers["location"]) == (202, f"{JOBS}/{billed['id']}")
    done, run = ended(working, taken), ended(working, billed)
    assert (done["state"], done["result"]["added"], done["result"]["quarantined"]) == ("done", 5, 1)
    waiting = working.printed(capsys, "calls", "--quarantine")["quarantine"]
    (whose,) = [record for record in waiting if record["file"] == taken["arguments"]["file"]]
    assert (working.book.path / whose["file"]).read_bytes() == file.read_bytes()
    assert (run["state"], run["status"], run["result"]["calls"]) == ("done", 0, 5)
    assert working.printed(capsys, "job", "show", run["id"]) == run
    assert {d.by for d in working.book.ledger.audit() if d.kind == "run"} >= {"key:finance"}


def test_a_run_that_cannot_be_fails_by_the_sentence_of_its_command(working: Served) -> None:
    status, job, _ = working.ask(RUNS, "admin", {"through": "2031-01-31"})
    assert status == 202
    failed = ended(working, job)
    assert (failed["state"], failed["status"], failed["result"]) == ("failed", 2, None)
    assert failed["error"].startswith("through 2031-01-31 is far ahead")
    assert working.ask(RUNS, "admin", {"through": "soon"})[0] == 422


def test_a_job_is_stopped_by_who_may_ask_for_it(served: Served) -> None:
    _, job, _ = served.ask(RUNS, "finance", {"through": "2026-10-05"})
    where = f"{JOBS}/{job['id']}"
    status, said, _ = served.ask(where, "finance", method="DELETE")
    assert (status, said["state"], said["cancelled_by"]) == (200, "cancelled", "key:finance")
    status, said, _ = served.ask(JOBS, state="cancelled", limit=1)
    assert (status, [one["id"] for one in said]) == (200, [job["id"]])
    assert served.ask(f"{JOBS}/{uuid4()}")[0] == 404
    assert served.ask(f"{JOBS}/7", method="DELETE")[0] == 404
    assert served.ask(JOBS, state="begun")[0] == 422


def test_what_is_no_file_or_too_large_is_refused_and_not_kept(working: Served) -> None:
    kept = set((working.book.path / "uploads").rglob("*"))
    where = "/api/v1/imports"
    form = "multipart/form-data; boundary=BoUnDaRy"
    for body, kind, status, said in (
        (b"{}", "application/json", 415, "send file as multipart/form-data"),
        (b"{}", form, 422, "the form is cut or none"),
        (b"--BoUnDaRy\r\n", form, 422, "the form is cut or none"),
        (b'--BoUnDaRy\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--BoUnDaRy--\r\n', form, 422, "file is missing"),
    ):  # fmt: skip
        found = working.ask(where, body=body, content_type=kind)
        assert found[0] == status, found
        assert said in found[1]["detail"]
    assert working.send("a.csv", b"x", nonsense="x")[0] == 422
    assert working.send("a.csv", b"x", format="x" * 20_000)[0] == 422
    status, said, _ = working.send("a.csv", b"x" * (LARGEST_MB * 1_000_000 + 1))
    assert (status, "more than 1,000,000 bytes" in said["detail"]) == (413, True)
    left = {path for path in (working.book.path / "uploads").rglob("*") if path not in kept}
    assert {path.name for path in left if path.is_file()} <= {"a.csv"}


@pytest.mark.provokes(
    "api/routes/jobs.py: complete is neither true nor false; send one of them",
    when="A file is sent to the API with another word for complete.",
)
def test_a_file_is_finished_or_not(served: Served) -> None:
    assert served.send("a.csv", b"x", complete="perhaps")[0] == 422
    assert served.send("a.csv", b"x", complete="true")[1]["arguments"]["complete"] is True
    assert "complete" not in served.send("a.csv", b"x", complete="false")[1]["arguments"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("cdr.csv", "cdr.csv"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\cdr\\Master.csv", "Master.csv"),
        ("..", "calls"),
        ("", "calls"),
        ("a/", "calls"),
        ("-rf", "-rf"),
        ("\x1b[31mred\n.csv", "_[31mred_.csv"),
        ("\udcff.csv", "_.csv"),
        ("x" * 300 + ".csv.gz", "x" * 193 + ".csv.gz"),
    ],
)
def test_a_name_is_a_name_alone(sent: str, kept: str) -> None:
    """Whatever it was sent as: no path, nothing that a terminal obeys, no longer than disks take."""
    assert upload_name(sent) == kept


@pytest.mark.provokes(
    "jobs/uploads.py: the file cannot be kept in …: …; free some space, or mend its rights",
    when="The folder uploads of a book takes no file that is sent to it.",
)
def test_a_disk_that_takes_no_file_is_told(served: Served, tmp_path: Path) -> None:
    from minutebook.jobs.uploads import keep_upload

    (tmp_path / "uploads").write_text("a file")
    with pytest.raises(InputError, match=r"cannot be kept in .*; free some space"):
        keep_upload(tmp_path, BytesIO(b"calls"), "calls.csv")
    job = served.book.jobs.upload(BytesIO(b"calls"), "calls.csv", source="pbx")
    assert served.book.jobs.upload(BytesIO(b"calls"), "calls.csv", source="pbx").id != job.id
    file = served.book.path / job.arguments["file"]
    assert file.read_bytes() == b"calls"
    assert file.stat().st_mode & 0o077 == 0
    assert list(file.parent.parent.glob("part-*")) == []
