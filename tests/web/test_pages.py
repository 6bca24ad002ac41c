"""The portal's pages, by requests as a browser sends them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import threading
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.web.conftest import ROLES

from minutebook.book.clock import today
from minutebook.cli import run
from minutebook.show.statements import StatementView
from minutebook.web.pages import overview
from minutebook.web.pages.accounts import account_list

if TYPE_CHECKING:
    from tests.web.conftest import Answer, Portal, Visitor

    from minutebook.statements.statement import Statement

MOST = 120


def crawl(visitor: Visitor, begin: str = "/") -> dict[str, Answer]:
    """Every page that links lead to."""
    found: dict[str, Answer] = {}
    ways = [begin]
    while ways and len(found) < MOST:
        path = ways.pop(0).split("#")[0]
        if not path.startswith("/") or path in found or "format=csv" in path or "month=" in path:
            continue
        found[path] = visitor.get(path)
        ways += [found[path].leads_to] if found[path].leads_to else found[path].seen.links
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_every_page_leads_to_a_page_that_the_role_may_see(
    portal: Portal, role: str
) -> None:
    """Nobody is sent where nothing is, or where they may not go."""
    pages = crawl(portal.as_(role))
    pages.pop("/me", None)
    wrong = {path: page.status for path, page in pages.items() if page.status not in (200, 303)}
    assert not wrong
    assert len(pages) > (5 if role == "customer" else 25)


def test_pages_run_no_script_and_load_no_file_but_ours(portal: Portal) -> None:
    """What a page may load is said by its header, and it keeps to it."""
    for path, page in crawl(portal.as_("admin")).items():
        if page.status != 200 or "html" not in page.headers["content-type"]:
            continue
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert page.headers["cache-control"] == "no-store", path
        if "sandbox" not in policy:
            assert "<style" not in page.body, path
            assert " style=" not in page.body, path
            assert " onclick" not in page.body, path
            assert "unsafe" not in policy, path


def test_a_customer_sees_its_own_account_and_no_other_by_any_way(portal: Portal) -> None:
    """Another customer's name, calls and charges are on no page, and its pages are not there."""
    customer, admin = portal.as_("customer"), portal.as_("admin")
    for path, page in crawl(customer).items():
        assert "globex" not in page.body, path
        assert "calls.csv" not in page.body, path
    for path in crawl(admin):
        seen = customer.get(path)
        if path.startswith("/accounts/acme") or path in ("/", "/me"):
            continue
        assert seen.status in (303, 404) or "globex" not in seen.body, path
        if "globex" in path:
            assert seen.status == 404, path
    others = admin.get("/accounts/globex/days/2026-10-02").seen.links
    for charge in (link for link in others if link.startswith("/charges/")):
        assert customer.get(charge).status == 404
    for call in ("c1", "odd", "nobodys"):
        assert customer.get(f"/calls/{call}").status == 404


def test_a_customer_follows_a_call_to_its_charge_and_sees_its_own_side(portal: Portal) -> None:
    """From the list to the call, its price, and what was posted; not where it was recorded, who carried it and what it cost."""
    customer = portal.as_("customer")
    listed = customer.get("/accounts/acme/calls?month=2026-10").seen.links
    page = customer.get(next(way for way in listed if way.startswith("/calls/")))
    assert "Its whole way" in page.words
    assert "Called 442079460123" in page.words
    assert any(way.startswith("/charges/") for way in page.seen.links)
    for hidden in ("calls.csv", "vox", "provider", "Bought", "account_code", "Recorded at"):
        assert hidden not in page.words, hidden
    assert "calls.csv" in portal.as_("admin").get("/calls/c0").words


def test_an_account_reads_its_prices_and_takes_them_away(portal: Portal) -> None:
    """Its plan in words; of a card the list, found by a number or a name, and whole as CSV, workbook and page."""
    flat = portal.as_("customer").get("/accounts/acme/prices").words
    assert "On plan flat since 2026-10-01" in flat
    assert "0.005 USD a minute" in flat
    admin, at = portal.as_("admin"), "/accounts/globex/prices"
    assert "United Kingdom Mobile" in admin.get(f"{at}?find=%2B447700900123").words
    assert "North America" not in admin.get(f"{at}?find=kingdom").words
    assert "No destination is called so" in admin.get(f"{at}?find=atlantis").words
    rows = list(csv.DictReader(io.StringIO(admin.get(f"{at}?format=csv").body)))
    assert {row["prefix"]: row["rate"] for row in rows} == {
        "44": "0.010",
        "447": "0.030",
        "1": "0.004",
    }
    assert admin.get(f"{at}?format=html").headers["content-security-policy"].endswith("sandbox")
    assert portal.as_("customer").get(f"{at}?format=csv").status == 404


def test_who_is_not_signed_in_is_sent_to_the_sign_in(portal: Portal) -> None:
    """No page is shown to nobody, and what was asked is shown once somebody has signed in."""
    nobody = portal.as_("nobody")
    for path in ("/", "/accounts", "/accounts/acme?month=2026-10", "/charges/ab"):
        page = nobody.get(path)
        assert page.status == 303
        assert page.leads_to.startswith("/sign-in")
    assert "acme%3Fmonth" in nobody.get("/accounts/acme?month=2026-10").leads_to
    assert nobody.post("/accounts/acme/payments", {"amount": "1"}).status == 303


AGAIN = "looks again by itself"
PAGES = {
    "/accounts/acme?month=2026-10": ("statement", "acme", "--month", "2026-10"),
    "/accounts/acme/calls?month=2026-10": ("calls", "acme", "--month", "2026-10"),
    "/accounts/acme/channels?month=2026-10": ("channels", "acme", "--month", "2026-10"),
    "/accounts/acme/review?month=2026-10": ("review", "acme", "--month", "2026-10"),
    "/accounts/acme/capacity?month=2026-10": ("capacity", "acme", "--month", "2026-10"),
    "/accounts?month=2026-10": ("account", "list", "--month", "2026-10"),
    "/journal?month=2026-10": ("journal", "--month", "2026-10"),
    "/margin?month=2026-10&by=provider": ("margin", "--month", "2026-10", "--by", "provider"),
    "/plans": ("plan", "list"),
    "/plans/flat": ("plan", "show", "flat"),
    "/cards": ("card", "list"),
    "/providers": ("provider", "list"),
    "/route?number=442079460123&seconds=10,180&sold_by=account:acme": (
        "route",
        "442079460123",
        "--seconds",
        "10,180",
        "--account",
        "acme",
    ),
    "/sources": ("source", "list"),
    "/sources/proxy": ("source", "show", "proxy"),
    "/servers?month=2026-10": ("server", "list", "--at", "2026-10-31"),
}


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_on_a_page_is_the_figure_of_the_command(
    portal: Portal, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """To the digit: what the command prints as a table stands on the page, cell by cell."""
    page = portal.as_("admin").get(path)
    assert page.status == 200
    capsys.readouterr()
    book = ["--book", str(portal.book.path)]
    run([*book, "--format", "csv", *PAGES[path]])
    printed = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    run([*book, "--wide", *PAGES[path]])
    shown = capsys.readouterr().out
    assert len(printed) > 1
    cells = {cell for row in printed[1:] for cell in row}
    said = page.words
    for cell in cells:
        if cell and cell in shown:
            assert cell in said or cell.replace("T", " ") in said, cell
    as_csv = portal.as_("admin").get(path + ("&" if "?" in path else "?") + "format=csv")
    if not path.startswith("/accounts/acme?"):  # its first table has the months
        assert list(csv.reader(io.StringIO(as_csv.body))) == printed


def test_the_channels_of_a_long_month_are_shown_as_far_as_they_are_known(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Day after day, each time that the page is asked for, and it says how many it has not; a file of it has all."""
    monkeypatch.setattr("minutebook.web.pages.accounts.accounts._WORKED_OUT_MS", 0)
    shutil.rmtree(portal.book.lake.channel_days)
    at, reader = "/accounts/acme/channels?month=2026-10", portal.as_("read-only")
    said = [reader.get(at) for _ in range(3)]
    assert [f"The channels of {n} of these days" in page.words for n, page in zip((2, 1, 0), said, strict=True)] == [True, True, False]  # fmt: skip
    assert [AGAIN in page.body for page in said] == [True, True, False]
    assert (
        said[2].words.count("2026-10-")
        > said[1].words.count("2026-10-")
        > said[0].words.count("2026-10-")
    )
    shutil.rmtree(portal.book.lake.channel_days)
    assert reader.get(f"{at}&format=csv").body.count("2026-10-") >= 31
    assert AGAIN not in reader.get(at).body


def test_accounts_are_found_by_name_and_leafed_through(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page has every account once; as CSV all of them stand together."""
    reader = portal.as_("read-only")
    names = sorted(portal.book.carrier().accounts)
    assert len(names) > 1
    monkeypatch.setattr(account_list, "_ACCOUNTS_SHOWN", 1)
    seen, way = [], "/accounts?month=2026-10"
    while way:
        answer = reader.get(way)
        seen += [name for name in names if f"/accounts/{name}" in answer.seen.links]
        more = [link for link in answer.seen.links if "after=" in link and "format=" not in link]
        way = f"/accounts{more[0]}" if more else ""
    assert seen == names
    found = reader.get("/accounts?month=2026-10&q=ACME%20tel").seen.links
    assert [name for name in names if f"/accounts/{name}" in found] == ["acme"]
    assert "No account is called so." in reader.get("/accounts?q=%3Cb%3E").words
    listed = csv.reader(io.StringIO(reader.get("/accounts?month=2026-10&format=csv").body))
    assert [row[0] for row in listed][1:] == names


def test_the_overview_says_what_it_leaves_out(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long table the first rows, with a way to all of them."""
    monkeypatch.setattr(overview, "_ROWS_SHOWN", 0)
    reader = portal.as_("read-only")
    (way,) = [link for link in reader.get("/").seen.links if "whole" in link]
    rows = [page.body.count("<tr>") for page in map(reader.get, ("/", way))]
    assert rows[0] < rows[1]


def test_a_page_is_of_one_instant(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is posted between two of its parts is on the next page, and on no half of this one."""
    made, paid = StatementView.of, Decimal("0.31")

    def meanwhile(statement: Statement) -> StatementView:
        payer = threading.Thread(target=portal.book.ledger.pay, args=("acme", paid, "meanwhile"))
        payer.start()
        payer.join()
        return made(statement)

    reader, way = portal.as_("read-only"), f"/accounts/acme?month={today():%Y-%m}"
    before = portal.book.ledger.balances("acme")[0].balance
    with monkeypatch.context() as patched:
        patched.setattr(StatementView, "of", staticmethod(meanwhile))
        first = reader.get(way).words
    second = reader.get(way).words
    assert f"Balance {before:.2f} USD" in first
    assert f" {before + paid:.2f} " not in first
    assert f"Balance {before + paid:.2f} USD" in second
    assert second.count(f" {before + paid:.2f} ") > 1


def test_why_did_i_pay_this_is_found_in_three_clicks(portal: Portal) -> None:
    """From the account, which is found on the first page, to the day, from the day to the charge, and from there to each of
    its calls.
    """
    finance = portal.as_("finance")
    assert "Find" in finance.get("/").words
    assert finance.look("/find", q=" ACME ").leads_to == "/accounts/acme"
    day = next(
        w
        for w in finance.get("/accounts/acme?month=2026-10").seen.links
        if w.endswith("/days/2026-10-01")
    )
    charge = next(w for w in finance.get(day).seen.links if w.startswith("/charges/"))
    page = finance.get(charge)
    assert "How it came about" in page.words
    call = next(w for w in page.seen.links if w.startswith("/calls/"))
    assert "Its whole way" in finance.get(call).words
    assert finance.look("/find", q=call.removeprefix("/calls/")).leads_to == call
    assert finance.get(finance.look("/find", q=charge[9:17]).leads_to).words == page.words
    assert finance.look("/find", q="glob").leads_to == "/accounts?q=glob"
    assert finance.look("/find", q="").leads_to == "/"


def test_a_payment_is_looked_at_first_and_then_posted_once(portal: Portal) -> None:
    """A second click, a reload and a way back post nothing more, and lead to the same posting."""
    finance, at = portal.as_("finance"), "/accounts/acme/payments"
    (before,) = portal.book.ledger.balances("acme")
    looked = finance.look(at, amount="12.50", reference="web-1", at="2026-10-04")
    assert looked.status == 200
    assert "is this right" in looked.words
    assert portal.book.ledger.balances("acme")[0].balance == before.balance
    sent = looked.seen.fields
    first = finance.post(at, sent)
    assert first.status == 303
    assert [finance.post(at, sent).leads_to for _ in range(2)] == [first.leads_to] * 2
    (after,) = portal.book.ledger.balances("acme")
    assert after.balance - before.balance == 12.5
    assert "web-1" in finance.get(first.leads_to).words
    deed = next(d for d in portal.book.ledger.audit("acme") if "web-1" in str(d))
    assert deed.by == "user:finance"


def test_money_is_paid_back_and_a_payment_undone_after_a_look(portal: Portal) -> None:
    """Each once; what is undone says so, and a charge is nothing to be undone."""
    finance, ledger = portal.as_("finance"), portal.book.ledger
    paid, _ = ledger.pay("globex", "40.00", "bank-9")
    at = "/accounts/globex/refunds"
    assert "The reason is missing" in finance.look(at, amount="5", reference="back-9").words
    assert "A refund is above 0" in finance.look(at, amount="-5", reference="x", reason="y").words
    looked = finance.look(at, amount="5.00", reference="back-9", reason="paid twice")
    (before,) = ledger.balances("globex")
    assert f"{before.balance - 5:f}".rstrip("0") in looked.words
    assert finance.post(at, looked.seen.fields).status == 303
    assert ledger.balances("globex")[0].balance == before.balance - 5
    one = f"/charges/{paid.id}"
    assert "Undo it" in finance.get(one).words
    assert "Undo it" not in portal.as_("engineer").get(one).words
    assert finance.look(f"{one}/reverse", reason="").status == 422
    assert finance.look(f"{one}/reverse", reason="it bounced", at="31.10.").status == 422
    looked = finance.look(f"{one}/reverse", reason="it bounced")
    assert "is this right" in looked.words
    done = [finance.post(f"{one}/reverse", looked.seen.fields).leads_to for _ in range(2)]
    assert done[0] == done[1]
    assert ledger.balances("globex")[0].balance == before.balance - 45
    assert "reversal of 'bank-9': it bounced" in finance.get(done[0]).words
    assert "Undo it" not in finance.get(done[0]).words
    other = finance.look(f"{one}/reverse", reason="another")
    again = finance.post(f"{one}/reverse", other.seen.fields)
    assert (again.status, "was reversed on" in again.words) == (422, True)


def test_a_provider_is_paid_after_a_look(portal: Portal) -> None:
    """Once; what it pays back is owed again; both are undone on their own pages."""
    finance, book = portal.as_("finance"), portal.book
    owed = book.providers.show("vox").balance
    assert f"{owed:f}".rstrip("0") in finance.get("/providers/vox?month=2026-10").words
    at = "/providers/vox/payments"
    for wrong, words in (
        ({"amount": "x"}, "'x'"), ({"amount": "0"}, "above 0"), ({"reference": ""}, "The reference is missing"),
        ({"at": "31.10."}, "31.10."),
    ):  # fmt: skip
        page = finance.look(at, **{"amount": "1.50", "reference": "wire-9", **wrong})
        assert (page.status, words in page.words) == (422, True), words
    looked = finance.look(at, amount="1.50", reference="wire-9", at="2026-10-05")
    done = [finance.post(at, looked.seen.fields).leads_to for _ in range(2)]
    assert done[0] == done[1]
    assert book.providers.show("vox").balance == owed - Decimal("1.50")
    back = finance.look("/providers/vox/refunds", amount="0.50", reference="b-9", reason="credit")
    assert finance.post("/providers/vox/refunds", back.seen.fields).status == 303
    assert book.providers.show("vox").balance == owed - 1
    undo = finance.look(f"{done[0]}/reverse", reason="it bounced")
    assert finance.post(f"{done[0]}/reverse", undo.seen.fields).status == 303
    assert book.providers.show("vox").balance == owed + Decimal("0.50")
    assert finance.get("/providers/none").status == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "", "the amount is missing"),
        ("amount", "12,50", "12,50"),
        ("amount", "-1", "above 0"),
        ("amount", "<b>1</b>", "&lt;b&gt;"),
        ("reference", "", "the reference is missing"),
        ("at", "31.10.2026", "31.10.2026"),
    ],
)
def test_what_is_wrong_with_a_payment_is_told_beside_its_field(
    portal: Portal, field: str, value: str, words: str
) -> None:
    """One sentence, beside the field, what was typed kept; nothing is posted."""
    (before,) = portal.book.ledger.balances("acme")
    filled = {"amount": "1.00", "reference": "web-2", "at": "2026-10-04", field: value}
    page = portal.as_("finance").look("/accounts/acme/payments", **filled)
    assert page.status == 422
    assert f"payments-{field}-error" in page.body
    assert words.lower() in page.body.lower()
    assert portal.book.ledger.balances("acme")[0] == before


def test_a_form_of_another_site_or_another_session_does_nothing(portal: Portal) -> None:
    """It is refused, whoever is signed in."""
    finance, at = portal.as_("finance"), "/accounts/acme/payments"
    (before,) = portal.book.ledger.balances("acme")
    sent = finance.look(at, amount="9.00", reference="web-3").seen.fields
    foreign = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://other.example"},
        {"Origin": "null"},
    ]
    for headers in foreign:
        assert finance.post(at, sent, headers).status == 403
    own = portal.as_("admin").get("/accounts").seen.fields["_own"]
    assert finance.post(at, {**sent, "_own": own}).status == 403
    assert finance.post(at, {k: v for k, v in sent.items() if k != "_own"}).status == 403
    assert portal.book.ledger.balances("acme")[0] == before


@pytest.mark.parametrize("role", ["engineer", "read-only", "customer"])
def test_who_has_no_right_to_post_has_no_form_and_posts_nothing(portal: Portal, role: str) -> None:
    """The pages do not lead there, and what is sent all the same is refused."""
    visitor = portal.as_(role)
    (before,) = portal.book.ledger.balances("acme")
    assert "/accounts/acme/payments" not in visitor.get("/accounts/acme").seen.links
    assert visitor.get("/accounts/acme/payments").status in (403, 404)
    own = visitor.get("/accounts/acme").seen.fields["_own"]
    sent = {"amount": "5", "reference": "x", "step": "do", "_own": own, "_once": "x"}
    assert visitor.post("/accounts/acme/payments", sent).status in (403, 404)
    assert portal.book.ledger.balances("acme")[0] == before


def test_a_declaration_is_shown_as_its_text_and_its_changes_before_it_is_made(
    portal: Portal,
) -> None:
    """A form stands for an apply file; HTML in a name stays text; a slip is told with its line."""
    admin = portal.as_("admin")
    filled = {
        "name": "neu",
        "title": "<script>alert(1)</script>",
        "plan": "flat",
        "from": "2026-11-01",
    }
    looked = admin.send("/declare/account", **filled)
    assert looked.status == 200
    assert "<script>alert" not in looked.body
    assert "[account.neu]" in looked.words
    assert "neu" not in portal.book.carrier().accounts
    done = admin.post("/declare", looked.seen.fields)
    assert done.status == 303
    assert portal.book.carrier().accounts["neu"].title == "<script>alert(1)</script>"
    assert "<script>alert" not in admin.get("/accounts/neu").body
    wrong = admin.send("/declare", text='[account.neu]\nplam = "flat"', reason="")
    assert wrong.status == 422
    assert "Line 2: account.neu: unknown key 'plam'" in wrong.words


def test_a_month_is_closed_with_a_reason_and_opened_again(portal: Portal) -> None:
    """Who closes sees what stands in the way; a month that is not billed to its end stays open."""
    finance = portal.as_("finance")
    page = finance.send("/months/2026-10", reason="reported", what="close")
    assert page.status == 422
    assert "not billed to its end" in page.words
    from datetime import date

    portal.book.runs.bill(date(2026, 10, 31))
    assert finance.send("/months/2026-10", reason="reported", what="close").status == 303
    assert "Closed by user:finance" in finance.get("/months/2026-10").words
    assert finance.send("/months/2026-10", reason="too early", what="open").status == 303
    assert portal.book.runs.closed_month(date(2026, 10, 1)) is None


@pytest.mark.parametrize(
    "path", ["/accounts/acme?month=2026-13", "/accounts/acme?from=x&to=y", "/journal?kind=%00", "/calls/%2e%2e%2f", "/cards/..", "/accounts/acme/calls?cursor=zz", "/charges/%27", "/accounts/acme/days/x", "/quarantine?because=<b>", "/margin?from=2026-10-02&to=2026-10-01"]
)  # fmt: skip
def test_what_no_page_is_asked_for_is_told_in_a_sentence(portal: Portal, path: str) -> None:
    """No stack trace, nothing but our words."""
    page = portal.as_("admin").get(path)
    assert page.status in (200, 404, 422), page.body
    assert "Traceback" not in page.body
    assert "<b>" not in page.body


MATRIX = re.compile(r"\| `(GET|POST) (/\S*)` \|(.*)\|")
ASKED = {
    "{account}": "acme", "{day}": "2026-10-02", "{plan}": "flat", "{card}": "a-z", "{month}": "2026-10", "{call_id}": "c0",
    "{user}": "admin", "{webhook}": "1", "{revision}": "1", "{provider}": "vox", "{source}": "proxy", "{server}": "lon-1",
}  # fmt: skip


def test_pages_are_seen_by_the_roles_that_the_rules_name(portal: Portal) -> None:
    """Cell by cell, as in docs/rules/access.md, "Pages"."""
    admin = portal.as_("admin")
    portal.book.webhooks.add("https://crm.example/in")
    day = admin.get("/accounts/acme/days/2026-10-02").seen.links
    charge = next(way for way in day if way.startswith("/charges/")).removeprefix("/charges/")
    record = portal.book.calls.quarantine()["id"][0]
    imported = portal.book.corrections.imports()[0].id
    rules = (Path(__file__).parents[2] / "docs" / "rules" / "access.md").read_text("utf-8")
    wrong = []
    for method, path, cells in MATRIX.findall(rules):
        of = {"quarantine": record, "imports": imported}.get(path.split("/")[1], charge)
        asked = path.replace("{id}", of)
        for name, value in ASKED.items():
            asked = asked.replace(name, value)
        for role, cell in zip(ROLES, cells.split("|"), strict=True):
            visitor = portal.as_(role)
            if method == "GET":
                status = visitor.get(asked).status
            else:
                own = visitor.get("/accounts/acme").seen.fields["_own"]
                status = visitor.post(asked, {"_own": own, "what": "none"}).status
            may = {"yes": True, "its own": True, "no": False}[cell.strip()]
            if may != (status in (200, 303, 422)) or (not may and status not in (403, 404)):
                wrong.append((method, path, role, status))
    assert not wrong
    assert len(MATRIX.findall(rules)) > 30


@pytest.mark.provokes(
    "web/apply_text.py: the name is missing; write one",
    when="A form of the portal that declares something has no name.",
)
@pytest.mark.provokes(
    "web/apply_text.py: … is …; write a whole number, as 120",
    when="A form of the portal has a number of channels that is none.",
)
@pytest.mark.provokes(
    "web/apply_text.py: … is no match; write it as server = lon-1, each on a line of its own",
    when="A form of the portal has a match table that is none.",
)
@pytest.mark.provokes(
    "api/applied_text.py: …",
    when="What is declared in the portal is refused, as `apply` refuses it.",
)
def test_what_is_wrong_with_a_declaration_is_told_and_declares_nothing(portal: Portal) -> None:
    """In a sentence; what was typed stays."""
    before = portal.book.declared().text
    for field, value, words in (
        ("name", "", "the name is missing; write one"),
        ("channels", "many", "channels is 'many'; write a whole number, as 120"),
        ("match", "lon-1", "'lon-1' is no match; write it as server = lon-1"),
        ("plan", "flta", "'flta'"),
    ):
        filled = {"name": "odd", "plan": "flat", "from": "2026-11-01", field: value}
        page = portal.as_("admin").send("/declare/account", **filled)
        assert page.status == 422
        assert words.lower() in page.words.lower()
    assert portal.book.declared().text == before


@pytest.mark.provokes(
    "web/period.py: … comes before …; choose the earlier day first",
    when="A page of the portal is asked for days in the wrong order.",
)
def test_days_in_the_wrong_order_are_told_above_the_page(portal: Portal) -> None:
    """And the page shows this month."""
    page = portal.as_("admin").get("/accounts/acme?from=2026-10-09&to=2026-10-01")
    assert "2026-10-01 comes before 2026-10-09; choose the earlier day first" in page.words
