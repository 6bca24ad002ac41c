"""A book on a real port, with a key of each role."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import polars as pl
import pytest
from tests.carriers import Call, on, write_calls
from tests.serving import carrier_book, on_port

from minutebook.api.application import application
from minutebook.cli import run
from minutebook.jobs.kept_disputes import dispute_files, make_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster

    from minutebook.book import Book

RETAIL = """
[card.retail]
currency = "USD"
kind = "sell"
build = { from = ["a-z"], combine = "min", profit = [ { percent = "20" } ] }

[provider.vox]
currency = "USD"
card = "a-z"
match = [ { trunk = "vox" } ]
gateway = "sip:203.0.113.5:5060"

[schedule.nightly]
do = "bill"
every = "day"
at = "02:00"
"""
THEIRS = """call_id,server,caller,called,setup_at,answered_at,ended_at,cost
c0,x,442079460999,442079460123,2026-10-01T00:00:00Z,2026-10-01T00:00:02Z,2026-10-01T00:01:02Z,0.0060
"""
ROLES = ("admin", "engineer", "finance", "read-only", "customer")
OCTOBER = {"month": "2026-10"}


FORM = "multipart/form-data; boundary=BoUnDaRy"


def form(name: str, content: bytes, **fields: str) -> bytes:
    """A form with a file, as browsers send it."""
    parts = [
        f'--BoUnDaRy\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--BoUnDaRy\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join([*parts, head]).encode() + content + b"\r\n--BoUnDaRy--\r\n"


@dataclass
class Served:
    """A book on a port, with a key of each role."""

    book: Book
    at: str
    keys: dict[str, str]

    def ask(
        self,
        path: str,
        role: str = "admin",
        body: object = None,
        once: str | None = None,
        method: str | None = None,
        content_type: str = "application/json",
        **query: object,
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and headers of an answer."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        where = self.at + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        request = urllib.request.Request(where, sent, method=method)
        if role:
            request.add_header("Authorization", f"Bearer {self.keys.get(role, role)}")
        request.add_header("Content-Type", content_type)
        if once is not None:
            request.add_header("Idempotency-Key", once)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), dict(error.headers)

    def send(
        self, name: str, content: bytes, role: str = "admin", once: str | None = None, **fields: str
    ) -> tuple[int, Any, dict[str, str]]:
        """As `ask`, of a file to import."""
        sent = form(name, content, **fields)
        return self.ask("/api/v1/imports", role, sent, once, content_type=FORM)

    def printed(self, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
        """What a command prints as JSON."""
        capsys.readouterr()
        run(["--book", str(self.book.path), "--format", "json", *words])
        return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Served]:
    with carrier_book(tmp_path_factory.mktemp("served"), cluster) as book:
        keys = {
            role: book.access.add_key(role, role, "acme" if role == "customer" else None)[1]
            for role in ROLES
        }
        with on_port(application(book)) as at:
            yield Served(book, at, keys)


@pytest.fixture(scope="module")
def named(served: Served) -> dict[str, str]:
    """Of what the requests name: a correction, a record that waits, one that was discarded, a dispute, a built card …"""
    book, folder = served.book, served.book.path
    (folder / "retail.toml").write_text(RETAIL, "utf-8")
    book.apply(folder / "retail.toml")
    book.cards.build("retail", live_at=on(1, 0))
    book.cards.edit("retail", rates={"44": "0.5"})
    book.cards.import_deck("a-z", folder / "deck.csv", save_profile="vox")
    gone = Call("gone", "nobody", at=on(2, 13))
    book.calls.import_files(write_calls(folder / "gone.csv", [gone]))
    waiting = book.calls.quarantine().filter(pl.col("call_id") == "gone")["id"][0]
    book.calls.discard(waiting, "a test call")
    corrected = book.corrections.correct("c39", "BYE was lost", duration_ms=60_500).correction
    assert corrected is not None
    book.users.add("anna", "finance")
    book.webhooks.add("https://crm.example/in")
    (folder / "theirs.csv").write_text(THEIRS, "utf-8")
    dispute = str(uuid4())
    asked = {"theirs": "theirs.csv", "from": "2026-10-01", "to": "2026-10-03", "account": "acme"}
    job = book.jobs.add("reconcile", {**asked, "kept": dispute}, dispute)
    make_room(folder)
    differences, report = map(str, dispute_files(folder, job.id))
    run([
        "--book", str(folder), "--format", "csv", "reconcile", "lake", str(folder / "theirs.csv"), "--from", "2026-10-01",
        "--to", "2026-10-03", "--account", "acme", "--csv", differences, "--report", report, "--force",
    ])  # fmt: skip
    return {
        "import": book.corrections.imports()[0].id[:12],
        "correction": str(corrected.number),
        "record": book.calls.quarantine()["id"][0],
        "discarded": waiting,
        "dispute": dispute,
    }
