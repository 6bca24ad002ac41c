"""Rate cards in the portal: decks sent, looked at and imported; revisions compared, taken live, withdrawn, gone back to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.web.conftest import worked

from minutebook.book.clock import today
from minutebook.web.pages.prices import decks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Portal

DECK = b"Code,Destination,Rate\n44,United Kingdom,0.02\n447,United Kingdom Mobile,0.03\n1,North America,0.004\n"
DATED = b"Code,Destination,Rate,Effective\n44,United Kingdom,0.02,01/02/2027\n1,North America,0.01,01/02/2027\n"


def test_a_deck_is_looked_at_and_imported_as_a_draft_once(portal: Portal) -> None:
    """With its columns, its first rows, what it changes and what the calls come to; the same form again adds nothing."""
    admin = portal.as_("admin")
    assert portal.as_("engineer").get("/decks/new").status == 403
    sent = admin.send_file("/decks/new", "november.csv", DECK, card="a-z")
    assert sent.status == 303, sent.words
    looked = admin.get(sent.leads_to)
    for words in (
        "A preview: nothing was kept.", "Columns of the deck", "The first rows of 3", "1 dearer",
        "Largest changes", "United Kingdom Mobile", "Is this right?",
    ):  # fmt: skip
        assert words in looked.words, words
    assert len(portal.book.cards.show("a-z").revisions) == 1
    at = sent.leads_to.partition("?")[0]
    assert admin.post(at, looked.seen.fields).leads_to == "/cards/a-z"
    assert admin.post(at, looked.seen.fields).leads_to == "/cards/a-z"
    assert len(portal.book.cards.show("a-z").revisions) == 2
    assert "november.csv" in admin.get("/cards/a-z").words
    differs = admin.get("/cards/a-z/diff?before=1&after=2").words
    assert "1 prefixes differ" in differs
    assert admin.get("/cards/a-z/diff?before=1&after=9").status == 422
    taken = portal.as_("engineer").get("/cards/a-z/file?kind=csv&revision=2")
    assert taken.body.encode() == portal.book.cards.export("a-z", "csv", revision=2).content
    assert "a-z-2.csv" in taken.headers["content-disposition"]
    assert [admin.get(f"/cards/a-z/file?{asked}").status for asked in ("kind=pdf", "revision=9")] == [404, 404]  # fmt: skip
    assert admin.get("/decks/new/" + "0" * 64 + "?name=x.csv&card=a-z").status == 404


def test_a_deck_is_charged_as_the_form_says_and_how_it_was_read_is_kept(portal: Portal) -> None:
    """Fees, rounding and bounds as the options of the command; a deck that was sent is found again until it is imported, or
    left.
    """
    admin, asked = portal.as_("admin"), {"card": "told", "currency": "USD"}
    terms = {
        "attempt_fee": "0.001", "grace": "2", "free_seconds": "5", "rounding": "half_up", "precision": "3",
        "minimum_cost": "0.01", "maximum_cost": "2", "duration_rounding": "up", "pulse_anchor": "total",
    }  # fmt: skip
    sent = admin.send_file("/decks/new", "told.csv", DECK, **asked, **terms, save_profile="told")
    listed = admin.get("/decks/new")
    assert "Sent, and not imported yet" in listed.words
    way = next(link for link in listed.seen.links if "name=told.csv" in link)
    assert parse_qs(urlsplit(way).query) == parse_qs(urlsplit(sent.leads_to).query)
    wrong = admin.get(way.replace("minimum_cost=0.01", "minimum_cost=9"))
    assert (wrong.status, "is above" in wrong.words) == (422, True)
    looked, at = admin.get(way), way.partition("?")[0]
    made = {**{k: v for k, v in looked.seen.fields.items() if k[0] == "_" or k == "name"}, **asked, **terms, "save_profile": "told"}  # fmt: skip
    assert admin.post(at, made).leads_to == "/cards/told"
    (revision,) = portal.book.cards.show("told").revisions
    told = revision.terms
    assert (told.attempt_fee, told.grace_ms, told.free_ms) == (Decimal("0.001"), 2000, 5000)
    assert (str(told.rounding.method), told.rounding.precision) == ("half_up", 3)
    assert (told.minimum_cost, told.maximum_cost) == (Decimal("0.01"), 2)
    assert [one.name for one in portal.book.cards.profiles()] == ["told"]
    assert "told.csv" not in admin.get("/decks/new").words
    admin.send_file("/decks/new", "left.csv", DECK, card="a-z")
    way = next(link for link in admin.get("/decks/new").seen.links if "left.csv" in link)
    assert admin.post(f"{way.partition('?')[0]}/leave", admin.get(way).seen.fields).status == 303
    assert "left.csv" not in admin.get("/decks/new").words


def test_what_many_calls_come_to_by_a_deck_is_told_by_a_job(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows at once what the deck changes; the calls are priced by a worker, as the command prices them."""
    monkeypatch.setattr(decks, "_MOST_CALLS", 1)
    admin = portal.as_("admin")
    sent = admin.send_file("/decks/new", "many.csv", DECK, card="a-z", map="rate = Rate")
    looked = admin.get(sent.leads_to)
    assert "Largest changes" in looked.words
    assert "No calls were priced." in looked.words
    asked = {**looked.seen.fields, "what": "price", "partial": "", "strict": ""}
    job = admin.post(sent.leads_to.partition("?")[0], asked).leads_to
    assert job.startswith("/jobs/")
    worked(portal.book)
    told = admin.get(job)
    assert "calls of 2026-10-01 to 2026-10-03" in told.words, told.words
    assert "provider:vox" in told.words
    assert "provider:vox" not in portal.as_("engineer").get(job).words


def test_what_the_reader_asks_stands_beside_the_field_that_answers_it(portal: Portal) -> None:
    """In words of the page; answered, the deck is read."""
    admin = portal.as_("admin")
    sent = admin.send_file("/decks/new", "dated.csv", DATED, card="dated", currency="USD")
    asked = admin.get(sent.leads_to)
    assert asked.status == 422
    assert "“Dates in numbers”" in asked.words
    assert "--dates" not in asked.words
    assert "Import it" not in asked.words
    read = admin.get(f"{sent.leads_to}&dates=dmy&currency=USD")
    assert read.status == 200
    assert "Dates of numbers have the day first" in read.words
    assert admin.get(f"{sent.leads_to}&dates=dmy&map=rate").status == 422


def test_a_revision_is_taken_live_and_withdrawn_after_a_look(
    portal: Portal, tmp_path: Path
) -> None:
    """What it changes of billed days is told first; back over them needs a reason; a draft is made of an earlier one."""
    admin, book = portal.as_("admin"), portal.book
    (tmp_path / "november.csv").write_bytes(DECK)
    book.cards.import_deck("a-z", tmp_path / "november.csv")
    at, day = "/cards/a-z/revisions/2", str(today() + timedelta(days=40))
    assert portal.as_("finance").get(f"{at}/live").status == 403
    looked = admin.look(f"{at}/live", at=day)
    assert "A dry run: nothing was changed. No billed day is priced anew." in looked.words
    assert book.cards.show("a-z").numbered(2).live_at is None
    assert admin.post(f"{at}/live", looked.seen.fields).leads_to == "/cards/a-z"
    assert admin.post(f"{at}/live", looked.seen.fields).status == 303
    assert str(book.cards.show("a-z").numbered(2).live_at)[:10] == day
    looked = admin.look(f"{at}/live", at="2026-10-02", reason="it was agreed")
    assert "It would price 2 billed days anew" in looked.words
    assert "Billed days of each account" in looked.words
    looked = admin.look(f"{at}/withdraw", at=day)
    assert admin.post(f"{at}/withdraw", looked.seen.fields).status == 303
    assert (
        "already, by revision 1"
        in admin.look("/cards/a-z/revisions/1/rollback", at="", reason="x").words
    )
    looked = admin.look(f"{at}/rollback", at="", reason="as before")
    assert admin.post(f"{at}/rollback", looked.seen.fields).status == 303
    assert len(book.cards.show("a-z").revisions) == 3
    assert admin.get("/cards/a-z/revisions/1/nothing").status == 404


@pytest.mark.provokes(
    "web/pages/prices/deck_reading.py: the card is missing; name one",
    when="A deck is sent at the portal, and no card is named.",
)
@pytest.mark.provokes(
    "api/deck_options.py: … names no column; write it as rate = Price, each on a line of its own",
    when="The columns of a deck are told at the portal, and a line of it is none.",
)
@pytest.mark.provokes(
    "web/pages/prices/card_revisions.py: from when is missing; say a UTC day, or an instant",
    when="A revision is to be live, or withdrawn, at the portal, and it is not said from when.",
)
def test_what_is_left_out_is_told(portal: Portal) -> None:
    """Above the form, or beside the field; nothing is kept."""
    admin = portal.as_("admin")
    sent = admin.send_file("/decks/new", "no-card.csv", DECK)
    assert "The card is missing; name one" in admin.get(sent.leads_to).words
    wrong = admin.get(f"{sent.leads_to}&card=new&map=rate").words
    assert "'rate' names no column; say it at “Columns” as rate = Price" in wrong
    late = admin.look("/cards/a-z/revisions/1/live", at="", reason="x")
    assert (late.status, "From when is missing" in late.words) == (422, True)
