"""A process that imports, to be killed or to run beside another: says so when it begins."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tests.imports_support import ACME, Site

from minutebook.calls.identify import MatchRule
from minutebook.lake import comparing, dedupe, hashes, staging

FREED = replace(ACME, rules=(*ACME.rules, MatchRule("globex", server="nyc-1")))
"""ACME, and an account for what nobody claimed."""


def small_batches() -> None:
    """Several files, ranges and comparisons already in a small import."""
    staging.BATCH_ROWS, staging.OWN_FILE_ROWS, staging.FILE_ROWS = 4_000, 900, 6_000
    hashes.RANGE_ROWS, dedupe.COMPARED_ROWS, comparing.AT_ONCE_ROWS = 5_000, 3_000, 2_000


def work(folder: Path, files: list[Path], *, retry: bool) -> None:
    """Import, and try again what nobody claimed at first."""
    site = Site(folder)
    site.load(*files)
    if retry:
        site.directory = FREED
        site.retry()


if __name__ == "__main__":
    small_batches()
    print("begins", flush=True)
    if sys.argv[1] == "wait":
        sys.stdin.readline()
    work(Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]], retry=sys.argv[1] != "wait")
    print("done", flush=True)
