"""Whatever a carrier does, in any order: the state machine of `tests/properties`, with longer stories."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.faults.stage import ROOT, NotHeldError, Stage

if TYPE_CHECKING:
    import random

_TEST = "tests/properties/test_whole_book.py"
_STORIES = {"STORIES": "3", "STEPS": "40"}
_SHOWN = 1500
"""So many of the last characters are shown of what did not hold."""


def stories(_stage: Stage, chance: random.Random) -> str:
    """Some stories from a seed; what does not hold is told in as few steps as were found."""
    seed = f"--hypothesis-seed={chance.randrange(2**32)}"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", seed, _TEST]
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | _STORIES, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise NotHeldError(f"{seed} {_STORIES}: {ran.stdout[-_SHOWN:]}")
    return "held"
