"""The first answers to requests that are to be done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """An answer that was given: the status, the body as JSON, and the SHA-256 of what was asked."""

    status: int
    body: str
    request_digest: str


def is_in_flight(connection: Connection, asked_by: str, idempotency_key: str) -> bool:
    """Whether another transaction is doing the request; else this one is, until its end."""
    row = connection.execute(
        "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"minutebook request {asked_by} {idempotency_key}"],
    ).fetchone()
    return row is None or not row[0]


def answer_given(
    connection: Connection, asked_by: str, idempotency_key: str
) -> RequestAnswer | None:
    """The answer that was given; None: none was."""
    row = connection.execute(
        "select status, body, request_digest from request_answer"
        " where asked_by = %s and idempotency_key = %s",
        [asked_by, idempotency_key],
    ).fetchone()
    return None if row is None else RequestAnswer(*row)


def keep_answer(
    connection: Connection, asked_by: str, idempotency_key: str, answer: RequestAnswer
) -> None:
    """Keep an answer."""
    connection.execute(
        "insert into request_answer (asked_by, idempotency_key, request_digest, status, body)"
        " values (%s, %s, %s, %s, %s)",
        [asked_by, idempotency_key, answer.request_digest, answer.status, answer.body],
    )
