"""Who may stop a job, and who sees what came of it (docs/rules/access.md, "Jobs")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.access.roles import Right

if TYPE_CHECKING:
    from collections.abc import Set

_STOPPED_BY: Final = {
    "import": Right.IMPORTS,
    "import folder": Right.IMPORTS,
    "import again": Right.IMPORTS,
}
_RESULT_SEEN_BY: Final = {
    "reconcile": Right.MONEY,
    "margin": Right.MONEY,
    "review": Right.MONEY,
}


def right_to_stop(kind: str) -> Right:
    """What it needs to stop a job of a kind; of those that are not of records, what a run needs."""
    return _STOPPED_BY.get(kind, Right.RUNS)


def sees_result(rights: Set[Right], kind: str) -> bool:
    """Whether who has some rights sees what came of a job of a kind: a dispute tells what providers are paid, the margin and
    an account's review what is earned. What the others tell of these is left out of them (`show.without_cost`).
    """
    return right_to_see(kind) in rights


def right_to_see(kind: str) -> Right:
    """What it needs to see what came of a job of a kind."""
    return _RESULT_SEEN_BY.get(kind, Right.JOBS)
