"""Requests that are done once, however often they are sent (docs/rules/access.md, "Once")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.errors import InputError, LedgerError
from minutebook.ledger.request_answers import (
    RequestAnswer,
    answer_given,
    is_in_flight,
    keep_answer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.ledger.database import Database


def asked_once(
    database: Database,
    asked_by: str,
    idempotency_key: str,
    request_digest: str,
    do: Callable[[], tuple[int, str]],
) -> RequestAnswer:
    """What `do` answers, status and JSON; the first answer where it was asked before. What it does and that it
    was answered are kept together, or neither is.

    `InputError` where the key came with another request, `LedgerError` while the same one is being done.
    """
    with database.transaction() as connection:
        if is_in_flight(connection, asked_by, idempotency_key):
            raise LedgerError(
                f"the request {idempotency_key!r} is being done; ask again later for its answer"
            )
        given = answer_given(connection, asked_by, idempotency_key)
        if given is None:
            status, body = do()
            given = RequestAnswer(status, body, request_digest)
            keep_answer(connection, asked_by, idempotency_key, given)
    if given.request_digest != request_digest:
        raise InputError(
            f"{idempotency_key!r} was sent before with another request; send this one with a key of its own"
        )
    return given
