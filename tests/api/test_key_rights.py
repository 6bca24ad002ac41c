"""Keys that may do but a part of what their role may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.access.job_rights import sees_result
from minutebook.show.sentences.deeds import deed_words

if TYPE_CHECKING:
    import pytest
    from tests.api.conftest import Served


def test_a_key_may_have_a_part_of_what_its_role_may(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it has not is refused, though its role has it; lists, pages and the audit tell what it has."""
    made = served.printed(
        capsys, "key", "add", "bank", "--role", "finance", "--may", "jobs", "--may", "postings"
    )
    assert made["may"] == ["postings", "jobs"]
    paid = {"amount": "1.00", "reference": "narrow", "at": "2026-10-03"}
    assert served.ask("/api/v1/accounts/acme/payments", made["key"], paid)[0] == 201
    for path in ("accounts", "accounts/acme/balance", "journal", "margin"):
        status, said, _ = served.ask(f"/api/v1/{path}", made["key"], month="2026-10")
        assert status == 403
        assert "a key made for a part of what its role may has no right to" in said["detail"]
    job = served.book.jobs.add("verify", {}).id
    assert served.ask(f"/api/v1/jobs/{job}", made["key"])[0] == 200
    assert served.ask(f"/api/v1/jobs/{job}", made["key"], method="DELETE")[0] == 403
    assert served.ask(f"/api/v1/jobs/{job}", "finance", method="DELETE")[0] == 200
    (kept,) = (key for key in served.book.access.list() if key.name == "bank")
    assert not sees_result(kept.rights, "margin")
    listed = served.printed(capsys, "key", "list")
    assert {one["name"]: one["may"] for one in listed}["bank"] == ["postings", "jobs"]
    assert {one["name"]: one["may"] for one in listed}["finance"] is None
    (deed,) = served.book.ledger.history("key", "bank")
    assert (
        deed_words(deed)
        == "key bank made, to ask as finance, and of what that may only: postings, jobs"
    )
    served.printed(capsys, "key", "revoke", "bank", "--reason", "tried")
    assert served.ask("/api/v1/accounts/acme/payments", made["key"], paid)[0] == 401
