"""Where faults are tried: books at each step of one story, and what they would be without a fault."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.carriers import Call, ledger, on, write_calls

import minutebook
from minutebook import settings
from minutebook.cli import run

if TYPE_CHECKING:
    from tests.conftest import Cluster

ROOT = Path(__file__).resolve().parents[2]
CARRIER = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.005"
minimum_per_server = "20.00"

[plan.a-z]
model = "per_minute"
currency = "USD"
card = "a-z"
increment = "60/6"

[account.acme]
plan = "flat"
from = 2026-09-01
debit_limit = "100.00"
match = [ { account_code = "acme" } ]

[account.globex]
plan = "a-z"
from = 2026-09-01
debit_limit = "100.00"
match = [ { account_code = "globex" } ]
"""
DECKS = ("Prefix,Rate\n44,0.01\n447,0.03\n1,0.004\n", "Prefix,Rate\n44,0.012\n447,0.025\n")
LAST = date(2026, 10, 31)


class NotHeldError(Exception):
    """A law that did not hold."""


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


def holds(law: object, *said: object) -> None:
    """Raise `NotHeldError` unless the law holds."""
    if not law:
        raise NotHeldError(" ".join(str(each)[:600] for each in said))


def one_line(ran: Ran, *, statuses: tuple[int, ...] = (0, 1, 2)) -> Ran:
    """What a command that met a fault may do: its work, or a refusal of a line or two, never a traceback."""
    holds(ran.status in statuses, "status", ran.status, ran.err)
    bug = "Traceback" in ran.err or "MINUTEBOOK_DEBUG" in ran.err
    holds(not bug and len(ran.err.strip().splitlines()) <= 4, "it is no refusal:", ran.err)
    return ran


class Stage:
    """One cluster, one folder; `at(k)` is a fresh book to which the first k steps of the story were done."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self.folder, self._numbers = cluster, folder, itertools.count()
        self.files = folder / "files"
        self.files.mkdir()
        self.story = self._story()
        self._made: dict[int, tuple[str, Path]] = {}
        self._twins: dict[int, Any] = {}

    def _story(self) -> list[list[str]]:
        calls = [
            Call(
                f"{day}-{n}",
                ("acme", "globex", "nobody")[n % 7 % 3],
                ("447700900123", "442079460123")[n % 2],
                on(day, n % 24, n % 60, month),
                n % 200,
            )
            for month, days in ((9, (29, 30)), (10, (1, 2)))
            for day in days
            for n in range(60)
        ]
        file = {
            name: str(write_calls(self.files / f"{name}.csv", part))
            for name, part in (("a", calls[:140]), ("b", calls[100:200]), ("c", calls[180:]))
        }
        decks = [self.text(f"deck{n}.csv", deck) for n, deck in enumerate(DECKS)]
        return [
            ["apply", self.text("carrier.toml", CARRIER)],
            ["card", "import", "a-z", decks[0]],
            ["import", "minutebook", file["a"], file["b"]],
            ["pay", "acme", "50.00", "--reference", "p1", "--at", "2026-09-01"],
            ["bill", "--through", "2026-10-02"],
            ["correct", "29-7", "--duration", "5", "--reason", "stuck"],
            ["card", "import", "a-z", decks[1], "--live", "2026-09-30"],
            ["import", "minutebook", file["c"]],
            ["bill", "--through", "2026-10-31"],
            ["close", "2026-09", "--reason", "reported"],
        ]

    def text(self, name: str, text: str) -> str:
        path = self.files / name
        path.write_text(text, "utf-8")
        return str(path)

    def path(self, name: str) -> Path:
        """A new path in the stage's folder."""
        return self.folder / f"{name}{next(self._numbers)}"

    def at(self, step: int) -> Path:
        """The folder of a fresh book after so many steps."""
        if step not in self._made:
            self._made[step] = self._after(step)
        template, lake = self._made[step]
        return self._book(template, lake)

    def _after(self, step: int) -> tuple[str, Path]:
        if step == 0:
            book = self._book("minutebook_template", None)
        else:
            book = self.at(step - 1)
            ran = said(book, *self.story[step - 1])
            holds(ran.status in (0, 1), self.story[step - 1], ran.err)
        self._twins[step] = figures(book)
        name = settings.read(book).database
        return str(psycopg.conninfo.conninfo_to_dict(str(name))["dbname"]), book

    def twin(self, step: int) -> Any:
        """The figures of a book after so many steps that met no fault."""
        self.at(step)
        return self._twins[step]

    def _book(self, template: str, like: Path | None) -> Path:
        folder, name = self.path("book"), f"fault_{next(self._numbers)}"
        roles = self.cluster.roles
        with psycopg.connect(roles.admin, autocommit=True) as admin:
            words = "create database {} owner minutebook_owner template {}"
            admin.execute(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(template)))
            words = "revoke temporary on database {} from public"
            admin.execute(sql.SQL(words).format(sql.Identifier(name)))
        if like is None:
            folder.mkdir()
        else:
            shutil.copytree(like, folder)
            (folder / settings.FILE).unlink()
        urls = (make_conninfo(role, dbname=name) for role in (roles.application, roles.owner))
        settings.write(folder, "USD", *urls)
        if like is not None:
            with minutebook.open(folder) as book:
                book.adopt()
        return folder

    def drop(self, book: Path) -> None:
        """Take a book away that is no template of others."""
        if book not in [folder for _, folder in self._made.values()]:
            with contextlib.suppress(psycopg.Error):
                self.cluster.drop(str(settings.read(book).database))
            shutil.rmtree(book, ignore_errors=True)


def said(book: Path, *words: str) -> Ran:
    """Run a command on a book, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(["--book", str(book), "--format", "json", *words])
    return Ran(status, out.getvalue(), err.getvalue())


def begun(
    book: Path, *words: str, fault: dict[str, Any] | None = None, **named: Any
) -> subprocess.Popen[str]:
    """Begin a command in a process group of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.faults.child", json.dumps(fault or {})),
            *("--book", str(book), "--format", "json", *words),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **named,
    )


def ended(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def figures(path: Path) -> Any:
    """All that a book says: postings, balances, calls, what waits, declarations, cards, corrections."""
    with minutebook.open(path) as book:
        calls = book.calls(None, date(2026, 9, 1), LAST)
        columns = ["call_id", "account", "duration_ms", "billed_seconds", "cost"]
        columns = [name for name in columns if name in calls.columns]
        return {
            "ledger": ledger(book),
            "balances": [(s.account, str(s.balance)) for s in book.ledger.balances()],
            "calls": sorted(map(str, calls.select(columns).rows())),
            "waits": sorted(book.calls.quarantine()["id"].to_list()),
            "declared": book.declared().text if hasattr(book.declared(), "text") else "",
            "cards": [
                (c.name, [(r.sha256, str(r.taken_live)) for r in c.revisions])
                for c in book.cards.list()
            ],
            "corrections": [(c.number, c.calls) for c in book.corrections()],
        }


def proved(path: Path) -> None:
    """The law: the book is proved, and a run more posts nothing."""
    ran = said(path, "verify")
    holds(ran.status == 0, "verify:", ran.out, ran.err)


def same(path: Path, twin: Any) -> None:
    """The figures are those of a book that met no fault."""
    now = figures(path)
    for name, value in twin.items():
        if now[name] != value:
            holds(False, f"{name} differ:", _first_difference(now[name], value))


def _first_difference(now: Any, then: Any) -> str:
    if isinstance(now, dict):
        now, then = sorted(map(str, now.items())), sorted(map(str, then.items()))
    if isinstance(now, list):
        return f"more: {[x for x in now if x not in then][:3]}; less: {[x for x in then if x not in now][:3]}"
    return f"{now} / {then}"
