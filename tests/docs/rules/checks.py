"""Every check by the name that pages call it by.

python -m tests.docs.rules.checks PAGE…     writes what the checks give into pages
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.rules import (
    accounts,
    bands,
    building,
    calls,
    cards,
    channels,
    classes,
    deck_files,
    decks,
    jurisdictions,
    origins,
    providers,
    records,
    short_calls,
    traffic,
)
from tests.docs.rules.tables import update

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docs.rules.tables import Row

CHECKS: dict[str, Callable[[list[Row]], list[dict[str, str]]]] = {
    **calls.CHECKS,
    **cards.CHECKS,
    **deck_files.CHECKS,
    **decks.CHECKS,
    **bands.CHECKS,
    **jurisdictions.CHECKS,
    **origins.CHECKS,
    **classes.CHECKS,
    **building.CHECKS,
    **channels.CHECKS,
    **short_calls.CHECKS,
    **accounts.CHECKS,
    **traffic.CHECKS,
    **records.CHECKS,
    **providers.CHECKS,
}

if __name__ == "__main__":
    for argument in sys.argv[1:]:
        update(Path(argument).resolve(), CHECKS)
