"""From where something was asked is kept with who asked, for the audit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tests.carriers import Call, on, write_calls
from tests.web.conftest import worked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.api.conftest import Served

HERE = "127.0.0.1"
PAID = {"amount": "3.00", "at": "2026-10-06"}


def told(served: Served, capsys: pytest.CaptureFixture[str], kind: str) -> dict[str, Any]:
    """The last deed of a kind, as `audit` prints it."""
    deeds = served.printed(capsys, "audit")["deeds"]
    last: dict[str, Any] = next(deed for deed in reversed(deeds) if deed["kind"] == kind)
    return last


def test_what_is_asked_over_the_network_is_kept_with_its_address(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is typed at the machine has none; both are in the chain, which holds."""
    at = "/api/v1/accounts/acme/payments"
    assert served.ask(at, "finance", {**PAID, "reference": "far"}, "from-where")[0] == 201
    far = told(served, capsys, "payment")
    assert (far["by"], far["asked_from"]) == ("key:finance", HERE)
    served.book.ledger.pay("acme", "3.00", "near")
    near = told(served, capsys, "payment")
    assert (near["what"].count("near"), near["asked_from"]) == (1, None)
    assert not any(check.differences for check in served.book.verify())


def test_a_job_is_done_as_asked_from_where_it_was_asked(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whichever machine does it."""
    status, job, _ = served.ask("/api/v1/runs", "finance", {"through": "2026-10-07"}, "run-from")
    assert status == 202
    stop = threading.Event()
    worker = threading.Thread(target=served.book.jobs.work, args=(stop,))
    worker.start()
    try:
        for _ in range(600):
            state = served.ask(f"/api/v1/jobs/{job['id']}")[1]["state"]
            if state in ("done", "failed"):
                break
            stop.wait(0.1)
    finally:
        stop.set()
        worker.join()
    assert state == "done"
    run = told(served, capsys, "run")
    assert (run["by"], run["asked_from"]) == ("key:finance", HERE)


def test_an_import_is_told_with_its_address(
    served: Served, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The lake keeps it with the import: the audit tells it as of all else."""
    served.book.calls.import_files(write_calls(tmp_path / "near.csv", [Call("near", at=on(3))]))
    assert told(served, capsys, "import")["asked_from"] is None
    far = write_calls(tmp_path / "far.csv", [Call("far", at=on(3))]).read_bytes()
    assert served.send("far.csv", far, "engineer")[0] == 202
    worked(served.book)
    taken = told(served, capsys, "import")
    assert (taken["by"], taken["asked_from"]) == ("key:engineer", HERE)
    assert served.book.corrections.imports()[-1].asked_from == HERE
