"""Many commands at once on one book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.stage import Stage, begun, ended, holds, one_line, proved, said, same

if TYPE_CHECKING:
    import random


def crowd(stage: Stage, chance: random.Random) -> str:
    """Imports, runs, payments and decks begun together end as if one had come after the other."""
    book = stage.at(2)
    steps = [2, 2, 3, 3, 4, 4]
    chance.shuffle(steps)
    processes = [begun(book, *stage.story[step]) for step in steps[: chance.randint(3, 6)]]
    for process in processes:
        ran = one_line(ended(process))
        holds(ran.status < 2, "refused in a crowd:", ran.err)
    for step in (2, 3, 4):
        holds(said(book, *stage.story[step]).status < 2, stage.story[step])
    same(book, stage.twin(5))
    proved(book)
    stage.drop(book)
    return "held"
