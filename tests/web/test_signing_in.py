"""Signing in at a browser, and what administrators do there; and what others try."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyotp
import pytest
from argon2 import PasswordHasher
from tests.carriers import CARRIER
from tests.serving import on_port
from tests.web.browser import Browser

from minutebook import settings
from minutebook.access import password as hashing
from minutebook.access.session import token_digest
from minutebook.book import Book
from minutebook.book.clock import now
from minutebook.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster

PASSWORD = "correct horse battery"
COOKIE = "minutebook"


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes that cost nothing: what they protect is not tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
        hashing._nobodys.cache_clear()
        yield
    hashing._nobodys.cache_clear()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("portal")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    (folder / "carrier.toml").write_text(CARRIER, "utf-8")
    with Book(settings.read(folder)) as book:
        (folder / "deck.csv").write_text("prefix,rate\n44,0.01\n", "utf-8")
        book.apply(folder / "carrier.toml")
        for name, role in (("root", "admin"), ("anna", "finance"), ("ed", "engineer")):
            book.users.add(name, role, password=PASSWORD)
        book.users.add("acme-clerk", "customer", "acme", PASSWORD)
        yield book
    cluster.drop(database)


@pytest.fixture(scope="module")
def at(book: Book) -> Iterator[str]:
    with on_port(site(book)) as at:
        yield at


@pytest.fixture(autouse=True)
def no_wrong_tries(book: Book) -> None:
    """Each test begins without the tries of others, which come from one address."""
    with book.database.transaction() as connection:
        connection.execute("delete from sign_in_try")


def signed_in(at: str, name: str = "root") -> Browser:
    browser = Browser(at)
    assert browser.sign_in(name, PASSWORD).status == 303
    return browser


def test_a_page_is_shown_once_somebody_has_signed_in(at: str) -> None:
    """On to what was asked for; after signing out the cookie opens nothing."""
    browser = Browser(at)
    asked = browser.ask("/me?x=1")
    assert (asked.status, asked.leads_to) == (303, "/sign-in?next=%2Fme%3Fx%3D1")
    assert "anna" not in browser.cookies
    assert browser.sign_in("anna", "a wrong password").status == 422
    assert COOKIE not in browser.cookies
    entered = browser.send(asked.leads_to, "/sign-in", name="Anna", password=PASSWORD)
    assert (entered.status, entered.leads_to) == (303, "/me?x=1")
    page = browser.ask("/me")
    assert (page.status, "anna" in page.text) == (200, True)
    assert browser.ask("/sign-in").leads_to == "/"
    kept = dict(browser.cookies)
    out = browser.send("/me", "/sign-out")
    assert (out.leads_to, browser.cookies) == ("/sign-in", {})
    assert Browser(at, kept).ask("/me").status == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(at: str) -> None:
    """Over TLS it has the name that no other host name can set; the plain one opens nothing there."""
    plain = Browser(at).sign_in("anna", PASSWORD).headers["Set-Cookie"]
    assert re.fullmatch(
        r"minutebook=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", plain
    )
    over_tls = {"X-Forwarded-Proto": "https"}
    browser = Browser(at)
    form = browser.fields("/sign-in", "/sign-in") | {"name": "anna", "password": PASSWORD}
    sure = browser.ask("/sign-in", form, over_tls).headers["Set-Cookie"]
    assert re.fullmatch(
        r"__Host-minutebook=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax; Secure", sure
    )
    assert browser.ask("/me", headers=over_tls).status == 200
    token = browser.cookies["__Host-minutebook"]
    assert Browser(at, {COOKIE: token}).ask("/me", headers=over_tls).status == 303


def test_a_session_is_not_fixed_beforehand(at: str, book: Book) -> None:
    """Who signs in has a new token, whatever the browser had; that of before opens nothing any more."""
    browser = Browser(at, {COOKIE: "planted"})
    browser.sign_in("anna", PASSWORD)
    assert browser.cookies[COOKIE] != "planted"
    before = browser.cookies[COOKIE]
    form = {"name": "ed", "password": PASSWORD, "next": "/"}
    assert browser.ask("/sign-in", form).status == 303
    assert browser.cookies[COOKIE] != before
    assert book.sessions.of(before) is None


def test_signing_in_leads_to_no_other_site(at: str) -> None:
    for wanted in (
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/a b",
        "javascript:alert(1)", "/%0d%0aX: y\r\nX: y", "", "/sign-in", "/sign-out", "/x\x00", "/é",
    ):  # fmt: skip
        form = {"name": "anna", "password": PASSWORD, "next": wanted}
        assert Browser(at).ask("/sign-in", form).leads_to == "/", wanted
    form = {"name": "anna", "password": PASSWORD, "next": "/audit?from=2026-10-01&by=a%20b"}
    assert Browser(at).ask("/sign-in", form).leads_to == "/audit?from=2026-10-01&by=a%20b"


def test_no_other_site_sends_a_form(at: str, book: Book) -> None:
    """Neither with the cookie nor with a session's own form token of somebody else; not to sign in, not to sign out."""
    browser, other = signed_in(at), signed_in(at, "anna")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for path, action, typed in (
            ("/users", "/users", {"name": "eve", "role": "admin"}),
            ("/me", "/sign-out", {}),
        ):
            form = browser.fields(path, action) | typed
            assert browser.ask(action, form, headers).status == 403
        form = {"name": "anna", "password": PASSWORD, "next": "/"}
        assert Browser(at).ask("/sign-in", form, headers).status == 403
    theirs = other.fields("/me", "/sign-out")
    for own in ({}, {"_own": ""}, theirs):
        sent = {"name": "eve", "role": "admin"} | own
        assert browser.ask("/users", sent).status == 403
    assert "eve" not in [user.name for user in book.users.list()]
    assert browser.ask("/me").status == 200


def test_wrong_tries_lock_at_the_browser(at: str) -> None:
    """And say until when; a name that nobody has is told the same."""
    for name in ("ed", "nobody"):
        browser = Browser(at)
        told = [browser.sign_in(name, "a wrong password") for _ in range(6)]
        assert {one.status for one in told} == {422}
        assert "Name, password or code is wrong" in told[4].text
        assert re.search(r"too many wrong tries; try again after \d\d:\d\d:\d\d UTC", told[5].text)
        assert "a wrong password" not in "".join(one.text for one in told)


def test_a_second_factor_is_set_up_and_asked_for(at: str, book: Book) -> None:
    """As a QR code and as text; the page of the code opens nothing by itself."""
    book.users.add("otto", "read-only", password=PASSWORD)
    browser, elsewhere = signed_in(at, "otto"), signed_in(at, "otto")
    begun = browser.send("/me", "/me/second-factor")
    (secret,) = re.findall(r"<pre[^>]*>([A-Z2-7]{32})</pre>", begun.text)
    assert 'src="data:image/svg+xml' in begun.text
    wrong = browser.send_of(begun, "/me/second-factor/confirm", code="000000")
    assert (wrong.status, "code is wrong" in wrong.text) == (422, True)
    code = pyotp.TOTP(secret).at(now())
    done = browser.send_of(begun, "/me/second-factor/confirm", code=code)
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", done.text)
    assert len(codes) == 10
    assert elsewhere.ask("/me").status == 303
    again = Browser(at)
    asked = again.sign_in("otto", PASSWORD, "/plans")
    assert (asked.status, "The second factor" in asked.text) == (200, True)
    waiting = again.cookies[COOKIE]
    assert again.ask("/me").status == 303
    assert again.send_of(asked, "/sign-in/code", code=code).status == 422
    entered = again.send_of(asked, "/sign-in/code", code=codes[0])
    assert (entered.leads_to, again.cookies[COOKIE] != waiting) == ("/plans", True)
    assert "9 left" in again.ask("/me").text
    other = again.send("/me", "/me/second-factor/codes", password=PASSWORD)
    assert not set(codes) & set(re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", other.text))
    assert "10 left" in again.ask("/me").text
    removed = again.send("/me", "/me/second-factor/remove", password=PASSWORD)
    assert removed.leads_to == "/me"
    assert Browser(at).sign_in("otto", PASSWORD).status == 303


@pytest.mark.provokes(
    "web/pages/signing_in/me.py: the new password is typed in two ways; type the same twice",
    when="A new password and its repetition differ.",
)
def test_a_password_made_up_is_changed_before_anything_else(at: str, book: Book) -> None:
    """No page is shown until it is; the API is not asked with a session at all."""
    root = signed_in(at)
    told = root.send("/users", "/users", name="pia", role="finance")
    (made_up,) = re.findall(r"<pre[^>]*>([\w-]{20})</pre>", told.text)
    pia = Browser(at)
    assert pia.sign_in("pia", made_up, "/accounts").leads_to == "/me/password"
    for path in ("/", "/accounts", "/me", "/journal"):
        assert pia.ask(path).leads_to == "/me/password", path
    form = pia.fields("/me/password", "/me/password") | {"name": "x", "role": "admin"}
    assert pia.ask("/users", form).status == 303
    assert pia.ask("/api/v1/plans").status == 401
    twice = {"present": made_up, "new": " a good password ", "again": "a good password"}
    assert pia.send("/me/password", "/me/password", **twice).status == 422
    twice["again"] = twice["new"]
    assert pia.send("/me/password", "/me/password", **twice).leads_to == "/me"
    assert pia.ask("/me").status == 200
    assert Browser(at).sign_in("pia", "a good password").status == 422
    assert Browser(at).sign_in("pia", " a good password ").status == 303
    with book.database.transaction() as connection:
        kept = str(connection.execute("select * from request_answer").fetchall())
    assert "good password" not in kept


def test_administrators_alone_see_users_and_keys(at: str) -> None:
    for name, status in (("anna", 403), ("ed", 403), ("acme-clerk", 404)):
        browser = signed_in(at, name)
        for path in ("/users", "/users/root", "/keys"):
            assert browser.ask(path).status == status, (name, path)
        own = browser.fields("/me", "/sign-out")
        for path in ("/users", "/users/root/role", "/users/root/disable", "/users/root/password", "/users/root/second-factor", "/users/root/sessions", "/keys", "/keys/revoke"):  # fmt: skip
            sent = own | {"name": "x", "role": "admin", "reason": "mine", "key": "x"}
            assert browser.ask(path, sent).status == status, (name, path)


@pytest.mark.provokes(
    "web/pages/administration/users.py: you cannot disable yourself; another administrator can",
    when="Administrators disable themselves.",
)
def test_an_administrator_makes_changes_and_disables_a_user(at: str, book: Book) -> None:
    """In the own name, by reason; whoever is disabled sees nothing more at once."""
    root = signed_in(at)
    book.users.add("rudi", "finance", password=PASSWORD)
    rudi = signed_in(at, "rudi")
    assert (
        root.send("/users/rudi", "/users/rudi/role", role="customer", account="nobody").status
        == 422
    )
    changed = root.send("/users/rudi", "/users/rudi/role", role="read-only")
    assert (changed.status, changed.leads_to) == (303, "/users/rudi")
    assert rudi.ask("/me").status == 303
    rudi = signed_in(at, "rudi")
    assert root.send("/users/rudi", "/users/rudi/disable", reason="").status == 422
    root.send("/users/rudi", "/users/rudi/disable", reason="left <b>us</b>")
    assert rudi.ask("/me").status == 303
    assert "left &lt;b&gt;us&lt;/b&gt;" in root.ask("/users/rudi").text
    root.send("/users/rudi", "/users/rudi/enable", reason="is back")
    assert rudi.ask("/me").status == 303
    rudi = signed_in(at, "rudi")
    root.send("/users/rudi", "/users/rudi/sessions")
    assert rudi.ask("/me").status == 303
    told = root.send("/users/rudi", "/users/rudi/password")
    assert re.search(r"<pre[^>]*>[\w-]{20}</pre>", told.text)
    assert {deed.by for deed in book.ledger.audit() if deed.name == "rudi"} >= {"user:root"}
    assert root.send("/users/root", "/users/root/disable", reason="a slip").status == 422
    assert root.ask("/users/who-is-that").status == 404


def test_people_end_their_own_sessions_alone(at: str, book: Book) -> None:
    mine, other, theirs = signed_in(at, "anna"), signed_in(at, "anna"), signed_in(at, "ed")
    for name in ("anna", "ed"):
        assert book.sessions.list(name)
    foreign = str(book.sessions.list("ed")[0].number)
    assert mine.send("/me", "/me/sessions", session=foreign).status == 422
    assert theirs.ask("/me").status == 200
    mine.send("/me", "/me/sessions", session="others")
    assert (mine.ask("/me").status, other.ask("/me").status) == (200, 303)


def test_an_administrator_makes_and_revokes_a_key(at: str, book: Book) -> None:
    """It is shown once."""
    root = signed_in(at)
    told = root.send("/keys", "/keys", name="from-a-page", role="engineer")
    (secret,) = re.findall(r"mbk_[\w-]+", told.text)
    assert book.access.opened_by(secret) is not None
    assert secret not in root.ask("/keys").text
    assert root.send("/keys", "/keys", name="from-a-page", role="engineer").status == 422
    root.send("/keys", "/keys/revoke", key="from-a-page", reason="over")
    assert book.access.opened_by(secret) is None
    ticked = {"may postings": "yes", "may jobs": "yes"}
    told = root.send("/keys", "/keys", name="narrow", role="finance", **ticked)
    (secret,) = re.findall(r"mbk_[\w-]+", told.text)
    made = book.access.opened_by(secret)
    assert made is not None
    assert made.may == ("postings", "jobs")
    assert "postings, jobs" in root.ask("/keys").text
    wrong = root.send("/keys", "/keys", name="wide", role="finance", **{"may people": "yes"})
    assert wrong.status == 422


def test_pages_tell_no_token(at: str, book: Book) -> None:
    """Neither the token nor its hash stands in a page; pages are not kept by who stands between."""
    root = signed_in(at)
    token = root.cookies[COOKIE]
    for path in ("/me", "/users", "/users/root", "/keys", "/audit", "/me/password"):
        page = root.ask(path)
        assert page.status == 200, path
        assert token not in page.text
        assert token_digest(token) not in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert token not in repr(book.sessions.of(token))
