"""What administrators do in the portal: the overview, accounts, cards, webhooks, schedules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, on, write_calls
from tests.web.conftest import worked

from minutebook.book.clock import today

if TYPE_CHECKING:
    from pathlib import Path

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


def test_an_account_is_suspended_and_resumed_after_a_look(portal: Portal) -> None:
    """What would change is shown, and nothing done; confirmed it is, once, in the name of who asked."""
    admin, at = portal.as_("admin"), "/accounts/globex/change"
    assert at in admin.get("/accounts/globex").seen.links
    assert at not in portal.as_("finance").get("/accounts/globex").seen.links
    looked = admin.look(f"{at}/resume", reason="it pays today")  # a run suspended it
    assert "Status suspended active" in looked.words
    assert portal.book.accounts.show("globex").status == "suspended"
    sent = admin.post(f"{at}/resume", looked.seen.fields)
    assert sent.leads_to == "/accounts/globex/history"
    assert admin.post(f"{at}/resume", looked.seen.fields).status == 303
    told = portal.book.accounts.show("globex")
    assert (told.status, told.history[-1].by) == ("active", "user:admin")
    assert "active already" in admin.look(f"{at}/resume", reason="again").words
    looked = admin.look(f"{at}/suspend", reason="fraud on its trunk")
    assert admin.post(f"{at}/suspend", looked.seen.fields).status == 303
    assert portal.book.accounts.show("globex").status_reason == "fraud on its trunk"


def test_a_plan_is_switched_from_a_day_and_servers_come_and_go(portal: Portal) -> None:
    """The rule of 30 days, and whose a server is, are kept to as by the commands."""
    admin, at = portal.as_("admin"), "/accounts/acme/change"
    day = str(today() + timedelta(days=3))
    looked = admin.look(f"{at}/switch", plan="lines", channels="20", on=day)
    assert f"Plan on {day} flat lines" in looked.words
    assert portal.book.carrier().accounts["acme"].terms[-1].plan == "flat"
    assert admin.post(f"{at}/switch", looked.seen.fields).status == 303
    term = portal.book.carrier().accounts["acme"].terms[-1]
    assert (term.plan, term.channels, str(term.from_day)) == ("lines", 20, day)
    looked = admin.look(f"{at}/channels", channels="30", on=day)
    assert f"Channels on {day} 20 30" in looked.words
    again = admin.look(f"{at}/switch", plan="flat", on=str(today() + timedelta(days=5)))
    assert again.status == 422
    assert "override with a reason" in again.words
    looked = admin.look(f"{at}/deploy", server="lon-9", on=str(today()))
    assert "lon-9 from" in looked.words
    assert admin.post(f"{at}/deploy", looked.seen.fields).status == 303
    looked = admin.look(f"{at}/retire", server="lon-9", on=day)
    assert f"to {day}" in looked.words
    assert admin.post(f"{at}/retire", looked.seen.fields).status == 303
    assert str(portal.book.carrier().servers["lon-9"].retired) == day
    assert admin.get(f"{at}/nothing").status == 404


@pytest.mark.provokes(
    "web/pages/accounts/account_changes.py: the server's name is missing; write one",
    when="A form of the portal that deploys or retires a server names none.",
)
@pytest.mark.provokes(
    "web/pages/accounts/account_changes.py: server … is …'s; retire it there",
    when="A server is retired on the portal's page of an account whose it is not.",
)
@pytest.mark.provokes(
    "web/pages/accounts/account_changes.py: the number of channels is missing; write one",
    when="A form of the portal that changes an account's channels says no number.",
)
def test_what_is_wrong_with_a_change_of_an_account_is_told_above_its_form(portal: Portal) -> None:
    """In a sentence; nothing is changed."""
    admin = portal.as_("admin")
    portal.book.accounts.deploy_server("par-1", "globex", today(), "for the test")
    for what, said, words in (
        ("deploy", {"on": "2026-11-01"}, "the server's name is missing; write one"),
        ("channels", {"on": "2026-11-01"}, "the number of channels is missing; write one"),
        ("retire", {"server": "par-1"}, "server 'par-1' is globex's; retire it there"),
        ("switch", {"plan": "flat", "channels": "x"}, "channels is 'x'; write a whole number"),
    ):
        page = admin.look(f"/accounts/acme/change/{what}", **said)
        assert page.status == 422
        assert words.lower() in page.words.lower()


def test_a_statement_as_known_earlier_says_so_and_its_ways_keep_to_it(portal: Portal) -> None:
    """What was posted later is not in it; the form has the instant, as a browser's field writes it; what is none is told."""
    finance, at = portal.as_("finance"), "/accounts/acme?month=2026-10"
    assert "20.00" in finance.get(at).words
    then = finance.get(f"{at}&as_of=2026-10-01T12:30:00")
    assert "As it was known at 2026-10-01T12:30:00Z" in then.words
    assert "20.00" not in then.words
    assert "Available" not in then.words
    assert then.seen.fields["as_of"] == "2026-10-01T12:30:00"
    before = next(way for way in then.seen.links if "month=2026-09" in way)
    assert "As it was known at 2026-10-01T12:30:00Z" in finance.get(f"/accounts/acme{before}").words
    wrong = finance.get(f"{at}&as_of=yesterday")
    assert "'yesterday' is not an instant" in wrong.words
    assert "20.00" in wrong.words
    assert portal.as_("customer").get(f"{at}&as_of=2026-10-01T12:30").status == 200


def test_what_is_declared_has_its_history_on_its_page(portal: Portal, tmp_path: Path) -> None:
    """Who declared a plan, a source, a server, when and why; what of it changed."""
    file = tmp_path / "changed.toml"
    file.write_text('[source.proxy]\nformat = "kamailio"\nzone = "Europe/Berlin"\n', "utf-8")
    portal.book.apply(file, reason="its clock is Berlin's")
    admin = portal.as_("admin")
    page = admin.get("/sources/proxy").words
    assert "its clock is Berlin's" in page
    assert "carrier.toml" in page
    assert "Its history" in admin.get("/servers/lon-1").words
    assert "Its history" in admin.get("/plans/flat").words
    assert [deed.kind for deed in portal.book.ledger.history("source", "proxy")] == ["source"] * 2
    assert not portal.book.ledger.history("plan", "nothing")
    assert admin.get("/servers/nowhere").status == 404
    assert "from 2026" not in admin.get("/sources/kamailio").words


def test_a_webhook_is_added_tried_given_another_secret_and_removed(portal: Portal) -> None:
    """Its secret is shown once; the same form again adds nothing and shows none; who may not sees no page."""
    admin = portal.as_("admin")
    assert portal.as_("finance").get("/webhooks").status == 403
    form = admin.get("/webhooks").seen.fields
    filled = {**form, "url": "https://crm.example/in", "run.posted": "yes"}
    filled = {
        name: said
        for name, said in filled.items()
        if not name.startswith(("account.", "month.", "import."))
    }
    added = admin.post("/webhooks", filled)
    assert added.status == 200
    assert "whsec_" in added.body
    (hook,) = portal.book.webhooks.list()
    assert (hook.events, hook.made_by) == (("run.posted",), "user:admin")
    again = admin.post("/webhooks", filled)
    assert (again.status, again.leads_to) == (303, f"/webhooks/{hook.id}")
    at = f"/webhooks/{hook.id}"
    own = {"_own": form["_own"]}
    changed = admin.post(f"{at}/secret", {**own, "_once": "other"})
    assert "whsec_" in changed.body
    assert admin.post(f"{at}/secret", {**own, "_once": "other"}).status == 303
    assert admin.post(f"{at}/test", {**own, "_once": "tried"}).leads_to == at
    page = admin.get(at)
    assert "webhook.test" in page.words
    assert "given another secret" in page.words
    assert "whsec_" not in page.body
    assert admin.post(f"{at}/remove", own).status == 422
    assert admin.post(f"{at}/remove", {**own, "reason": "moved"}).leads_to == at
    assert portal.book.webhooks.list()[0].removed_by == "user:admin"
    wrong = admin.post("/webhooks", {**own, "url": "http://crm.example/in", "run.posted": "yes"})
    assert wrong.status == 422
    assert "does not begin with https://" in wrong.words


def test_schedules_are_declared_by_a_form_listed_and_removed(portal: Portal) -> None:
    """With when each is due next; what was looked at is what is declared."""
    admin = portal.as_("admin")
    looked = admin.send(
        "/declare/schedule", name="monthly", do="reviews", every="month", at="06:00"
    )
    assert 'do = "reviews"' in looked.words
    assert admin.post("/declare", looked.seen.fields).status == 303
    wrong = admin.send("/declare/schedule", name="daily", do="margin", every="day")
    assert "margin are of a month" in wrong.words.lower()
    page = admin.get("/schedules")
    assert "monthly" in page.words
    assert "Remove" not in portal.as_("finance").get("/schedules").words
    removed = admin.post("/schedules/remove", {**page.seen.fields, "schedule": "monthly"})
    assert removed.status == 422
    said = {**page.seen.fields, "schedule": "monthly", "reason": "not wanted"}
    assert admin.post("/schedules/remove", said).leads_to == "/schedules"
    assert not portal.book.jobs.schedules()


def test_every_account_is_reviewed_in_a_line(portal: Portal) -> None:
    """With the figures of its own review; who has no calls is named."""
    book, first, last = portal.book, date(2026, 10, 1), date(2026, 10, 31)
    found = book.fit.every_review(first, last)
    alone = book.fit.review("acme", first, last)
    (line,) = (fit for fit in found.fits if fit.account == "acme")
    assert (line.cost, line.saves) == (alone.current.cost, alone.saves)
    assert line.recommended == alone.recommended.plan
    assert {fit.account for fit in found.fits} | found.left_out.keys() == set(
        book.carrier().accounts
    )


def test_what_was_asked_wrongly_is_named_as_it_is_written(portal: Portal) -> None:
    """A parameter's name keeps its letters; other sentences begin with a capital."""
    admin = portal.as_("admin")
    assert "limit is wrong: " in admin.get("/accounts/acme/calls?month=2026-10&limit=0").words
    assert "Account 'x' is not declared" in admin.get("/accounts/x").words


def test_what_a_customer_is_shown_is_declared_by_the_form_and_told(portal: Portal) -> None:
    """Offers and masked numbers stand in the account's history."""
    admin = portal.as_("admin")
    filled = {
        "name": "kunde",
        "plan": "flat",
        "from": "2026-11-01",
        "offers": "flat, lines",
        "mask_numbers": "yes",
    }
    looked = admin.send("/declare/account", **filled)
    assert 'offers = ["flat", "lines"] mask_numbers = true' in " ".join(looked.words.split())
    assert admin.post("/declare", looked.seen.fields).status == 303
    told = admin.get("/accounts/kunde/history").words
    assert "Its customer may compare its plan with flat, lines." in told
    assert "without their last digits" in told


def test_growth_and_loss_are_kept_by_the_ways_to_other_months(portal: Portal) -> None:
    """And a slider takes in what was asked by the address, also beyond its usual bounds."""
    page = portal.as_("admin").get("/accounts/acme/capacity?month=2026-10&growth=300&blocking=0.25")
    assert page.status == 200
    assert "?month=2026-11&growth=300&blocking=0.25" in page.seen.links
    assert page.seen.fields["growth"] == "300"
    assert 'max="300"' in page.body
    assert 'step="any"' in page.body
    assert portal.as_("admin").get("/accounts/acme/review?month=2026-10&growth=x").status == 422


def test_what_came_of_reviews_and_the_margin_is_a_table_for_who_may_see_it(portal: Portal) -> None:
    """As the commands print it; an engineer sees no margin."""
    from minutebook.ledger.jobs import JobEnd, JobState, end_job
    from minutebook.show.margin import MarginView
    from minutebook.show.review.every import EveryFitView
    from minutebook.show.serialise import as_json

    book, first, last = portal.book, date(2026, 10, 1), date(2026, 10, 31)
    days = {"from": str(first), "to": str(last)}
    margin = MarginView.of(
        first, last, ["account"], book.statements.margin(first, last, ["account"])
    )
    results = {
        "reviews": EveryFitView.of(book.fit.every_review(first, last)),
        "margin": margin,
    }
    for kind, view in results.items():
        job = book.jobs.add(kind, days)
        with book.database.transaction() as connection:
            end_job(connection, job.id, JobEnd(JobState.DONE, 0, as_json(view)))
        page = portal.as_("finance").get(f"/jobs/{job.id}")
        assert page.status == 200
        assert "acme" in page.words
        assert "2026-10-01 to 2026-10-31" in page.words
        assert ("acme" in portal.as_("engineer").get(f"/jobs/{job.id}").words) == (
            kind == "reviews"
        )


def test_reviews_and_the_margin_are_asked_for_at_jobs(portal: Portal) -> None:
    """Of the days that the form says; a worker does it."""
    finance = portal.as_("finance")
    form = finance.get("/jobs").seen.fields
    asked = {**form, "kind": "margin", "from": "2026-10-01", "to": "2026-10-31"}
    told = finance.post("/jobs", asked)
    job = portal.book.jobs.show(told.leads_to.removeprefix("/jobs/"))
    assert (job.kind, job.asked_by) == ("margin", "user:finance")
    assert job.arguments == {"from": "2026-10-01", "to": "2026-10-31"}
    portal.book.jobs.cancel(str(job.id))


def test_an_engineer_learns_nothing_of_what_providers_are_paid(
    portal: Portal, tmp_path: Path
) -> None:
    """By a call, a posting, the audit, what came of a run; who may see the carrier's money is told."""
    book, engineer, finance = portal.book, portal.as_("engineer"), portal.as_("finance")
    late = Call("bought", "acme", at=on(3, 5), seconds=600, more={"trunk": "vox"})
    book.calls.import_files(write_calls(tmp_path / "bought.csv", [late]))
    book.ledger.pay("provider:vox", "17.31", "wire-1", on(4))
    run = book.jobs.add("bill", {"through": "2026-10-05"})
    worked(book)
    owed = next(
        p
        for p in book.ledger.postings("provider:vox", on(1).date(), on(5).date())
        if p.kind != "paid"
    )
    for path, words in (
        ("/calls/bought", "What was posted for vox"),
        (f"/charges/{owed.id}", "provider:vox"),
        ("/audit?month=" + f"{today():%Y-%m}", "17.31"),
        (f"/jobs/{run.id}", '"cost"'),
    ):
        assert words in finance.get(path).words, path
        assert words not in engineer.get(path).words, path
    assert "Carried by" in engineer.get("/calls/bought").words
    assert "wire-1 of provider:vox" in engineer.get(f"/audit?month={today():%Y-%m}").words
    assert engineer.get(f"/charges/{owed.id}").status == 403
