"""What programs post by the API: once, in their name, or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import on

if TYPE_CHECKING:
    from tests.api.conftest import Served

PAYMENTS = "/api/v1/accounts/acme/payments"
PAID = {"amount": "12.50", "at": "2026-10-03"}


def postings(served: Served, reference: str) -> list[dict[str, Any]]:
    frame = served.book.ledger.journal(on(1).date(), on(31).date(), reference=reference)
    return frame.unique("journal").to_dicts()


def test_a_payment_is_posted_once_by_its_reference(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the name of the key; a command says of it what the request did."""
    paid = PAID | {"reference": "by-request"}
    status, said, _ = served.ask(PAYMENTS, "finance", paid)
    assert (status, said["new"], said["amount"]) == (201, True, "12.50")
    again = served.ask(PAYMENTS, "finance", paid)
    assert again[:2] == (200, said | {"new": False})
    words = ("pay", "acme", "12.50", "--reference", "by-request", "--at", "2026-10-03")
    assert served.printed(capsys, *words) == again[1]
    status, wrong, _ = served.ask(PAYMENTS, "finance", paid | {"amount": "13.00"})
    assert status in (409, 422)
    assert "by-request" in wrong["detail"]
    assert len(postings(served, "by-request")) == 1
    deed = next(
        d for d in served.book.ledger.audit("acme") if d.said.get("reference") == "by-request"
    )
    assert deed.by == "key:finance"


def test_an_adjustment_and_a_switch_are_what_the_commands_do(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fee = {"amount": "-3.00", "reference": "fee", "reason": "paper", "on": "2026-10-04"}
    status, said, _ = served.ask("/api/v1/accounts/acme/adjustments", "finance", fee)
    assert status == 201
    words = (
        "adjust",
        "acme",
        "-3.00",
        "--reference",
        "fee",
        "--reason",
        "paper",
        "--on",
        "2026-10-04",
    )
    assert served.printed(capsys, *words) == said | {"new": False}
    asked = {"plan": "lines", "channels": 4, "on": "2026-12-10"}
    status, said, _ = served.ask("/api/v1/accounts/acme/switch", "admin", asked)
    assert (status, said["plan"], said["channels"], said["from"]) == (201, "lines", 4, "2026-12-10")
    assert served.ask("/api/v1/accounts/acme/switch", "admin", asked)[:2] == (200, said)
    words = ("switch", "acme", "lines", "--channels", "4", "--on", "2026-12-10")
    assert served.printed(capsys, *words) == said


@pytest.mark.provokes(
    "accounts/asked_once.py: … was sent before with another request; send this one with a key of its own",
    when="A request of the API sends an Idempotency-Key that came with another request.",
)
def test_the_same_key_and_body_gives_the_first_answer(served: Served) -> None:
    paid = PAID | {"reference": "once"}
    first = served.ask(PAYMENTS, "finance", paid, once="k-1")
    assert first[0] == 201
    assert served.ask(PAYMENTS, "finance", paid, once="k-1")[:2] == first[:2]
    for path, body in (
        (PAYMENTS, paid | {"reference": "twice"}),
        ("/api/v1/accounts/globex/payments", paid),
    ):
        status, said, _ = served.ask(path, "finance", body, once="k-1")
        assert status == 422
        assert (
            said["detail"]
            == "'k-1' was sent before with another request; send this one with a key of its own"
        )
    assert postings(served, "twice") == []
    assert served.ask(PAYMENTS, "admin", paid, once="k-1")[0] == 200  # another's k-1 is another
    assert served.ask(PAYMENTS, "finance", paid, once=" ")[0] == 422
    assert len(postings(served, "once")) == 1


def test_many_at_once_are_one(served: Served) -> None:
    """Who is not the first is told that it is being done, or gets its answer."""
    paid = PAID | {"reference": "at-once"}
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: served.ask(PAYMENTS, "finance", paid, once="k-2")[:2], range(8))
        )
    assert {status for status, _ in found} <= {201, 409}
    answers = [said for status, said in found if status == 201]
    assert answers
    assert all(said == answers[0] for said in answers)
    assert served.ask(PAYMENTS, "finance", paid, once="k-2")[:2] == (201, answers[0])
    assert len(postings(served, "at-once")) == 1


@pytest.mark.provokes(
    "accounts/asked_once.py: the request … is being done; ask again later for its answer",
    when="A request of the API is sent again, by its Idempotency-Key, before it is done.",
)
def test_while_it_is_being_done_another_waits_for_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from minutebook.accounts import asked_once

    paid = PAID | {"reference": "slow"}
    said = []
    kept = asked_once.keep_answer

    def slowly(*given: Any) -> None:
        if not said:
            said.append(served.ask(PAYMENTS, "finance", paid, once="k-3")[:2])
        kept(*given)

    monkeypatch.setattr(asked_once, "keep_answer", slowly)
    assert served.ask(PAYMENTS, "finance", paid, once="k-3")[0] == 201
    ((status, problem),) = said
    assert status == 409
    assert problem["detail"] == "the request 'k-3' is being done; ask again later for its answer"


def test_what_is_not_answered_is_not_done(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the posting and its answer leaves neither."""
    paid = PAID | {"reference": "torn"}

    def torn(*_: object) -> None:
        raise RuntimeError("the machine went down")

    with monkeypatch.context() as broken:
        broken.setattr("minutebook.accounts.asked_once.keep_answer", torn)
        assert served.ask(PAYMENTS, "finance", paid, once="k-4")[0] == 500
    assert postings(served, "torn") == []
    assert served.ask(PAYMENTS, "finance", paid, once="k-4")[0] == 201
    assert len(postings(served, "torn")) == 1


def test_what_is_refused_does_nothing_and_may_be_asked_again(served: Served) -> None:
    paid = PAID | {"reference": "mended"}
    for wrong in (
        {"amount": "12,50"},
        {"amount": "-1"},
        {"amount": 12.5},
        {"at": "3.10."},
        {"sum": "1"},
    ):
        status, said, _ = served.ask(PAYMENTS, "finance", paid | wrong, once="k-5")
        assert status == 422, said
        assert json.dumps(said)
    assert postings(served, "mended") == []
    assert served.ask(PAYMENTS, "finance", paid, once="k-5")[0] == 201
