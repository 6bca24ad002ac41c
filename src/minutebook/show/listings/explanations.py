"""The steps of an explanation as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STEPS = [Column("step", "Step", number=True), Column("explanation", "Explanation")]


def steps_sheet(explained: Iterable[Sequence[str]]) -> Sheet:
    """The steps of each thing that is explained, numbered from one."""
    rows = [
        {"step": n, "explanation": words}
        for steps in explained
        for n, words in enumerate(steps, start=1)
    ]
    return Sheet(STEPS, rows)
