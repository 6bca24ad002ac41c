"""Kind after kind until the time is over, and an account of it."""

from __future__ import annotations

import random
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults import crowds, damage, disks, kills, names, stale, stories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.stage import Stage

KINDS: dict[str, Callable[[Stage, random.Random], str]] = {
    "kill-point": kills.program_at_a_point,
    "kill-instant": kills.program_at_an_instant,
    "kill-backends": kills.backends,
    "kill-backup": kills.backup,
    "kill-postmaster": kills.postmaster,
    "crowd": crowds.crowd,
    "full-disk": disks.full,
    "power-cut": disks.power,
    "old-lake": stale.old_lake,
    "copied-book": stale.copied,
    "damaged-records": damage.records,
    "damaged-deck": damage.decks,
    "damaged-store": damage.stores,
    "hostile-names": names.hostile,
    "stories": stories.stories,
}
"""Each tries one fault: "held" or "refused", or it raises."""


@dataclass
class Account:
    """What was tried of a kind, and how it ended."""

    held: int = 0
    refused: int = 0
    not_held: list[tuple[int, str]] = field(default_factory=list)
    """Of each the seed, and what did not hold."""
    seconds: float = 0.0


def tried(stage: Stage, kind: str, seed: int, account: Account) -> None:
    """One fault of a kind."""
    began = time.monotonic()
    try:
        outcome = KINDS[kind](stage, random.Random(seed))
    except Exception as error:  # whatever it is, it is told with its seed, and the campaign goes on
        last = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} {error} ({last.filename.rsplit('/', 1)[-1]}:{last.lineno})"
        account.not_held.append((seed, said))
    else:
        account.held += outcome == "held"
        account.refused += outcome == "refused"
    account.seconds += time.monotonic() - began


def run(stage: Stage, seed: int, seconds: float, kinds: Sequence[str]) -> dict[str, Account]:
    """Kinds by turns, each turn with the next seed, until the time is over; every kind once at least."""
    accounts = {kind: Account() for kind in kinds}
    until, turn = time.monotonic() + seconds, 0
    while turn == 0 or time.monotonic() < until:
        for kind in kinds:
            if turn and time.monotonic() >= until:
                break
            tried(stage, kind, seed + turn, accounts[kind])
        turn += 1
    return accounts


def table(accounts: dict[str, Account]) -> str:
    """The account, a line a kind, and below it what did not hold, with how to see it again."""
    lines = [
        f"{'kind':<16} {'tried':>5} {'held':>5} {'refused by name':>15} {'not held':>8} {'s':>6}"
    ]
    wrong = []
    for kind, account in accounts.items():
        bad = len(account.not_held)
        total = account.held + account.refused + bad
        lines.append(
            f"{kind:<16} {total:>5} {account.held:>5} {account.refused:>15} {bad:>8} {account.seconds:>6.1f}"
        )
        wrong += [
            f"{kind}, seed {seed}: {said}\n  again: .venv/bin/python -m tests.faults --kind {kind} --seed {seed} --once"
            for seed, said in account.not_held
        ]
    return "\n".join([*lines, *wrong])
