"""Stores that do not belong together: yesterday's lake under today's ledger, a book copied or moved."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.faults.stage import Stage, holds, one_line, proved, said, same

from minutebook import settings

if TYPE_CHECKING:
    import random


def old_lake(stage: Stage, chance: random.Random) -> str:
    """A run under a lake, or a part of it, that went back posts nothing; with the right one the book goes on."""
    step = len(stage.story)
    book, old = stage.at(step), stage.at(chance.choice([1, 2, 3, 6]))
    lake, then = (settings.read(path).lake_folder for path in (book, old))
    part = chance.choice([".", "calls", "calls/_delta_log", "cards", "corrections"])
    apart = stage.path("apart")
    shutil.move(lake / part, apart)
    if (then / part).exists() and chance.random() < 0.8:
        shutil.copytree(then / part, lake / part)
    ran = one_line(said(book, "bill", "--through", "2026-10-31"))
    told = one_line(said(book, "verify"))
    holds(ran.status == 2 or '"postings": 0' in ran.out, "it posted:", ran.out)
    holds(
        ran.status == 2 or told.status != 0 or part in ("cards", "corrections"),
        part,
        "is old, and nobody says so",
    )
    shutil.rmtree(lake / part, ignore_errors=True)
    shutil.move(apart, lake / part)
    said(book, "bill", "--through", "2026-10-31")
    same(book, stage.twin(step))
    proved(book)
    stage.drop(book)
    stage.drop(old)
    return "refused" if ran.status == 2 else "held"


def copied(stage: Stage, chance: random.Random) -> str:
    """Of a book and its copy, or the folder that it was moved to, one alone writes."""
    step = chance.choice([3, 5, 9])
    book, other = stage.at(step), stage.path("copy")
    shutil.copytree(book, other)
    refused = one_line(said(other, *stage.story[step]))
    holds(refused.status == 2, "a copy wrote:", refused.out)
    if chance.random() < 0.5:
        holds(said(other, "adopt").status == 0, "adopt")
        refused = one_line(said(book, *stage.story[step]))
        holds(refused.status == 2, "the book wrote that was given up:", refused.out)
        book, other = other, book
    ran = said(book, *stage.story[step])
    holds(ran.status < 2, ran.err)
    same(book, stage.twin(step + 1))
    proved(book)
    stage.drop(other)
    return "refused"
