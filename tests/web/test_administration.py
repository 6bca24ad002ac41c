"""What administrators do in the portal: the overview, accounts, cards, webhooks, schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Portal


def failed(portal: Portal, kind: str, **asked: str) -> None:
    """A job that failed."""
    from minutebook.ledger.jobs import JobEnd, JobState, end_job

    job = portal.book.jobs.add(kind, asked)
    with portal.book.database.transaction() as connection:
        end_job(connection, job.id, JobEnd(JobState.FAILED, 2, None, "no such file"))


def done(portal: Portal, kind: str, **asked: str) -> None:
    """A job that was done."""
    from minutebook.ledger.jobs import JobEnd, JobState, end_job

    job = portal.book.jobs.add(kind, asked)
    with portal.book.database.transaction() as connection:
        end_job(connection, job.id, JobEnd(JobState.DONE, 0, {}))


def test_the_overview_says_when_the_book_was_proved_and_which_jobs_failed(portal: Portal) -> None:
    """A job that failed is named until its like was done; a proof by whatever way counts."""
    admin = portal.as_("admin")
    assert "Verified never" in admin.get("/").words
    failed(portal, "bill", through="2026-10-05")
    failed(portal, "import", file="gone.csv")
    done(portal, "bill", through="2026-10-04")
    page = admin.get("/").words
    assert "Failed jobs 2" in page
    assert "gone.csv" in page
    done(portal, "bill", through="2026-10-06")
    found = portal.book.accounts.attention()
    assert [job.kind for job in found.failed_jobs] == ["import"]
    portal.book.runs.verify()
    proof = portal.book.runs.last_proof()
    assert proof is not None
    assert proof.ok
    assert (proof.links, proof.head) == portal.book.runs.chain()
    assert "Verified every check held" in admin.get("/").words
    figures = admin.get("/metrics").body
    assert "minutebook_jobs_failed 1.0" in figures
    assert "minutebook_jobs_waiting 0.0" in figures
    assert "minutebook_verified_ok 1.0" in figures
    with portal.book.database.transaction() as connection:
        from minutebook.ledger.proofs import keep_proof

        keep_proof(connection, datetime.now(UTC), "schedule:nightly", ["tallies"])
    assert "tallies differ" in admin.get("/").words
