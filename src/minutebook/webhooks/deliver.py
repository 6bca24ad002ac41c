"""Events told: each until it is taken, or given up (docs/engineer/webhooks.md, "When it is sent again")."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from minutebook.errors import DatabaseError, InputError
from minutebook.ledger.webhooks import forget_told, keep_delivered, keep_undelivered, take_due
from minutebook.webhooks.posted import NoAnswerError, posted
from minutebook.webhooks.signature import signed_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.ledger.database import Database
    from minutebook.ledger.webhooks import DueDelivery

AGAIN_AFTER_S: Final = (5, 30, 2 * 60, 10 * 60, 3600, 6 * 3600, 24 * 3600)
"""After each try that was not taken; after the next one it is given up."""
KEPT_DAYS: Final = 90
"""So long events that were told, or given up, stay in the list."""
_FORGETS_EVERY_S: Final = 3600.0
_LOOKS_EVERY_S: Final = 1.0
_RESTS_S: Final = 5.0
_TAKEN: Final = range(200, 300)
_REDIRECTED: Final = range(300, 400)
_GONE: Final = 410
_log = logging.getLogger("minutebook.webhooks")


def deliver_due(database: Database, go_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due now, while `go_on` says so; gives how many were taken.

    Where one is not taken, its webhook's others are left for the next time, that one place that is away does not hold up the rest.
    """
    taken, failing = 0, set[int]()
    while go_on():
        with database.transaction() as connection:
            due = take_due(connection, failing)
        if due is None:
            break
        if _delivered(database, due):
            taken += 1
        else:
            failing.add(due.webhook)
    return taken


def deliver_until(database: Database, stop: threading.Event) -> None:
    """Send what is due, as it becomes so, until `stop` is set or the book is closed; what was told long ago is removed."""
    forgot_s: float | None = None
    while not stop.is_set():
        rest_s = _LOOKS_EVERY_S
        try:
            deliver_due(database, lambda: not stop.is_set())
            if forgot_s is None or time.monotonic() - forgot_s >= _FORGETS_EVERY_S:
                forgot_s = time.monotonic()
                forget_long_told(database)
        except InputError:  # the book was closed
            return
        except DatabaseError as error:
            _log.warning("%s", error)
            rest_s = _RESTS_S
        except Exception:
            _log.exception("telling of events failed, and goes on")
            rest_s = _RESTS_S
        stop.wait(rest_s)


def forget_long_told(database: Database) -> int:
    """Remove what happened more than `KEPT_DAYS` ago, where all of it was told or given up; gives how many events."""
    with database.transaction() as connection:
        return forget_told(connection, KEPT_DAYS)


@contextmanager
def delivering(database: Database, stop: threading.Event) -> Iterator[None]:
    """Within it a thread sends what is due; ends once `stop` is set, and at most one is being sent."""
    thread = threading.Thread(
        target=deliver_until, args=(database, stop), name="minutebook-webhooks"
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _delivered(database: Database, due: DueDelivery) -> bool:
    """Send one, and keep what came of it."""
    body, status, why = due.body.encode(), None, ""
    headers = {
        "content-type": "application/json",
        "user-agent": "minutebook",
        **signed_headers(due.secrets, str(due.event), due.sent_s, body),
    }
    try:
        status = posted(due.url, headers, body, internal=due.internal)
        why = f"the answer was {status}"
        why += ", and redirects are not followed" if status in _REDIRECTED else ""
    except NoAnswerError as error:
        why = str(error)
    taken = status in _TAKEN
    with database.transaction() as connection:
        if taken:
            keep_delivered(connection, due, status or 0)
        else:
            is_last = status == _GONE or due.tries > len(AGAIN_AFTER_S)
            after_s = None if is_last else AGAIN_AFTER_S[due.tries - 1]
            keep_undelivered(connection, due, status, why, after_s)
    return taken
