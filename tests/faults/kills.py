"""Kills: the program at an instant or at an exact point, the database's backends, and its postmaster."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict
from tests.faults.stage import Stage, begun, ended, holds, one_line, proved, said, same

import minutebook
from minutebook import settings

if TYPE_CHECKING:
    import random
    from pathlib import Path

_counts: dict[int, int] = {}
_SECONDS = (0.2, 2.5)
"""When a command is killed that is killed at an instant: before, in and after its work."""


def points(stage: Stage, step: int) -> int:
    """How many points a step of the story has at which it can be killed."""
    if step not in _counts:
        book, file = stage.at(step), stage.path("count")
        ended(begun(book, *stage.story[step], fault={"count": str(file)}))
        _counts[step] = int(file.read_text())
        stage.drop(book)
    return _counts[step]


def gone_on(stage: Stage, book: Path, step: int) -> None:
    """Said once more the step ends, and the book is as if nothing had happened."""
    ran = said(book, *stage.story[step])
    holds(ran.status in (0, 1) or "already" in ran.err, "said again:", ran.err)
    same(book, stage.twin(step + 1))
    proved(book)


def program_at_a_point(stage: Stage, chance: random.Random) -> str:
    """SIGKILL at one of the syncs, renames, writes and statements of a command."""
    step = chance.randrange(len(stage.story))
    book = stage.at(step)
    fault = {"die_at": chance.randint(1, points(stage, step))}
    ended(begun(book, *stage.story[step], fault=fault))
    gone_on(stage, book, step)
    stage.drop(book)
    return "held"


def program_at_an_instant(stage: Stage, chance: random.Random) -> str:
    """SIGKILL at any moment; what was told as done is done."""
    step = chance.randrange(len(stage.story))
    book = stage.at(step)
    process = begun(book, *stage.story[step])
    time.sleep(chance.uniform(*_SECONDS))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    ran = ended(process)
    if ran.out.strip().endswith(("}", "]")):
        same(book, stage.twin(step + 1))
    gone_on(stage, book, step)
    stage.drop(book)
    return "held"


def backends(stage: Stage, chance: random.Random) -> str:
    """SIGTERM or SIGKILL to the backends that serve a command; the latter starts the server anew."""
    step = chance.randrange(len(stage.story))
    book = stage.at(step)
    process = begun(book, *stage.story[step])
    time.sleep(chance.uniform(*_SECONDS))
    how = chance.choice([signal.SIGTERM, signal.SIGKILL])
    for pid in _backends(stage, book):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
    ran = one_line(ended(process))
    _answers(stage)
    if ran.status < 2:
        same(book, stage.twin(step + 1))
    gone_on(stage, book, step)
    stage.drop(book)
    return "held" if ran.status < 2 else "refused"


def _backends(stage: Stage, book: Path) -> list[int]:
    name = conninfo_to_dict(str(settings.read(book).database))["dbname"]
    query = "select pid from pg_stat_activity where datname = %s"
    with psycopg.connect(stage.cluster.roles.admin, autocommit=True) as admin:
        return [int(row[0]) for row in admin.execute(query, [name]).fetchall()]


def _answers(stage: Stage) -> None:
    """Wait until the server is there again."""
    for _ in range(200):
        try:
            with psycopg.connect(stage.cluster.roles.admin):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    holds(False, "the server does not come back")


def backup(stage: Stage, chance: random.Random) -> str:
    """A backup that is killed is refused by a restore, and hurts no other."""
    step = len(stage.story)
    book, folder = stage.at(step), stage.path("backup")
    process = begun(book, "backup", str(folder), fault={"die_at": chance.randint(1, 120)})
    ran = ended(process)
    if ran.status < 0 and folder.exists():
        again = stage.path("restored")
        refused = said(again, "restore", str(folder))
        holds(
            refused.status == 2 and not (again / settings.FILE).exists(), refused.out, refused.err
        )
        one_line(refused)
    whole = said(book, "backup", str(stage.path("backup")))
    holds(whole.status == 0, whole.err)
    same(book, stage.twin(step))
    stage.drop(book)
    return "refused" if ran.status < 0 else "held"


def postmaster(stage: Stage, chance: random.Random) -> str:
    """SIGKILL to the book's own server, in the midst of a command; the next command starts it anew."""
    book = stage.path("own")
    with minutebook.init(book) as made:
        holds(made.path == book.resolve(), made)
    step = chance.randrange(2, 5)
    for words in stage.story[:step]:
        said(book, *words)
    process = begun(book, *stage.story[step])
    time.sleep(chance.uniform(*_SECONDS))
    (pid_file,) = book.rglob("postmaster.pid")
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    one_line(ended(process))
    gone_on(stage, book, step)
    said(book, "stop")
    return "held"
