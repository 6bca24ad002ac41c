"""Signing in at an issuer of OpenID Connect; and an answer that is not to be believed."""

from __future__ import annotations

import base64
import hmac
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.serving import on_port
from tests.web.browser import Browser
from tests.web.issuer import CLIENT, SECRET, issuer

from minutebook import settings
from minutebook.access.session import SignInRefused
from minutebook.book import Book
from minutebook.open_id import OpenId
from minutebook.web import open_id
from minutebook.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster
    from tests.web.browser import Answer
    from tests.web.issuer import Issued

OTHER = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, cluster: Cluster
) -> Iterator[tuple[Book, str, Issued]]:
    folder = tmp_path_factory.mktemp("issued")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    (folder / "secret").write_text(f"{SECRET}\n")
    with issuer() as issued, Book(settings.read(folder)) as book:
        for name in ("anna", "gone"):
            book.users.add(name, "finance", password="correct horse battery")
        book.users.disable("gone", "left")
        with on_port(site(book)) as at:
            chosen = OpenId(issued.at, CLIENT, at, client_secret_file=str(folder / "secret"))
            book.settings = replace(book.settings, open_id=chosen)
            yield book, at, issued
    cluster.drop(database)


@pytest.fixture(autouse=True)
def honest(served: tuple[Book, str, Issued]) -> None:
    """Each test begins with an issuer that says what is so."""
    issued = served[2]
    issued.user, issued.claims, issued.token, issued.metadata = "anna", {}, None, {}
    issued.answer, issued.moved = {}, ""
    open_id.issuer_of.cache_clear()


def at_issuer(browser: Browser, issued: Issued, wanted: str = "/me") -> str:
    """To the issuer, and the way back that it gives."""
    way = browser.ask(f"/sign-in/oidc?next={wanted}").leads_to
    assert way.startswith(f"{issued.at}/authorize?")
    return Browser(issued.at).ask(way.removeprefix(issued.at)).leads_to


def come_back(served: tuple[Book, str, Issued], wanted: str = "/me") -> tuple[Browser, Answer]:
    _, at, issued = served
    browser = Browser(at)
    return browser, browser.ask(at_issuer(browser, issued, wanted).removeprefix(at))


def test_a_user_signs_in_at_the_issuer(served: tuple[Book, str, Issued]) -> None:
    """However the issuer writes the name; with a code that only this browser's request can use."""
    book, at, issued = served
    assert f"Sign in at {urlsplit(issued.at).hostname}" in Browser(at).ask("/sign-in").text
    issued.user = "Anna"
    browser, answer = come_back(served, "/audit?by=anna")
    assert (answer.status, answer.leads_to) == (303, "/audit?by=anna")
    assert set(browser.cookies) == {"minutebook"}
    session = book.sessions.of(browser.cookies["minutebook"])
    assert session is not None
    assert session.user == "anna"
    way = Browser(at).ask("/sign-in/oidc").leads_to
    asked = {name: said[0] for name, said in parse_qs(urlsplit(way).query).items()}
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == (
        "S256",
        f"{at}/sign-in/oidc/back",
    )
    assert come_back(served, "//evil.example")[1].leads_to == "/"


def test_who_is_no_user_here_is_not_let_in(served: tuple[Book, str, Issued]) -> None:
    """Nobody is made a user by an issuer."""
    for name in ("nobody", "gone"):
        served[2].user = name
        browser, answer = come_back(served)
        assert (answer.status, browser.cookies) == (422, {})
        assert f"{name} is no user of this book, or disabled".casefold() in answer.text.casefold()


@pytest.mark.provokes(
    "web/pages/signing_in/open_id.py: the answer is to no request of this browser; sign in again",
    when="The way back from an issuer was begun in another browser, or is used twice.",
)
@pytest.mark.provokes(
    "web/pages/signing_in/open_id.py: the issuer let nobody in; sign in again",
    when="Somebody gave up signing in at the issuer, or may not.",
)
def test_an_answer_is_to_the_request_of_this_browser_once(served: tuple[Book, str, Issued]) -> None:
    """Another's answer, as in a link, signs nobody in; nor does the same a second time."""
    _, at, issued = served
    attacker, victim = Browser(at), Browser(at)
    theirs = at_issuer(attacker, issued).removeprefix(at)
    assert "to no request of this browser" in victim.ask(theirs).text
    at_issuer(victim, issued)
    assert "to no request of this browser" in victim.ask(theirs).text
    assert "minutebook" not in victim.cookies
    planted = Browser(at, {"minutebook-asking": "bm8"})
    assert "to no request of this browser" in planted.ask(theirs).text
    issued.answer = {"code": ""}
    assert "let nobody in" in come_back(served)[1].text
    issued.answer = {}
    kept = dict(attacker.cookies)
    assert attacker.ask(theirs).status == 303
    assert "to no request of this browser" in attacker.ask(theirs).text
    again = Browser(at, kept).ask(theirs)
    assert (again.status, "answers 400" in again.text) == (422, True)


def by_secret(claims: dict[str, object], secret: bytes) -> str:
    """Signed as if the public key were a secret of both sides."""
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    made = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def part(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def unsigned(claims: dict[str, object]) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


@pytest.mark.provokes(
    "web/open_id.py: the ID token is not signed by the issuer; sign in again",
    when="An ID token has no signature, or one by a key that the issuer does not publish.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer gave no ID token; sign in again",
    when="The issuer answers a code without an ID token.",
)
def test_a_token_that_the_issuer_did_not_sign_is_refused(served: tuple[Book, str, Issued]) -> None:
    """None, another's key, and the public key taken for a secret."""
    issued = served[2]
    for make in (
        unsigned,
        lambda said: jwt.encode({"alg": "RS256", "kid": "one"}, said, OTHER),
        lambda said: by_secret(said, issued.key.as_pem(private=False)),
        lambda said: "no token",
        lambda said: None,
    ):
        issued.token = make
        browser, answer = come_back(served)
        assert (answer.status, browser.cookies) == (422, {})


@pytest.mark.provokes(
    "web/open_id.py: the ID token is not for this sign-in: …; sign in again",
    when="An ID token is of another issuer, client or request, or its time is over.",
)
@pytest.mark.provokes(
    "web/open_id.py: the ID token is for another client; sign in again",
    when="An ID token was made for another client.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer says no …; see name_claim of book.toml",
    when="An ID token lacks the claim that names the user.",
)
def test_a_token_for_another_purpose_is_refused(served: tuple[Book, str, Issued]) -> None:
    issued = served[2]
    for claims in (
        {"aud": "another"}, {"aud": None}, {"iss": "https://evil.example"}, {"nonce": "another"}, {"nonce": None},
        {"exp": int(time.time()) - 600}, {"exp": None}, {"azp": "another"}, {"iat": int(time.time()) + 600},
        {"preferred_username": None}, {"preferred_username": ["anna"]},
    ):  # fmt: skip
        issued.claims = claims
        browser, answer = come_back(served)
        assert (answer.status, browser.cookies) == (422, {}), claims


def test_a_new_key_of_the_issuer_is_looked_for(served: tuple[Book, str, Issued]) -> None:
    issued = served[2]
    assert come_back(served)[1].status == 303
    issued.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(served)[1].status == 303


@pytest.mark.provokes(
    "web/open_id.py: the answer is of another issuer; sign in again",
    when="The way back names another issuer.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer answers … …; sign in again",
    when="The issuer refuses what it is asked, or wants it sent elsewhere.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer answers with what is no JSON; see issuer of book.toml",
    when="What stands at the address of the issuer is none.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer calls itself …; write it so as issuer in book.toml",
    when="The issuer has another name than `book.toml` says.",
)
@pytest.mark.provokes(
    "web/open_id.py: the issuer tells no … over https; it is none of OpenID Connect",
    when="The issuer leaves out one of its addresses, or tells one that anybody could read on the way.",
)
def test_an_issuer_that_is_another_is_not_believed(served: tuple[Book, str, Issued]) -> None:
    """It calls itself otherwise, answers for another, has no address of its own, or sends the secret elsewhere."""
    _, at, issued = served
    issued.answer = {"iss": "https://evil.example"}
    assert "of another issuer" in come_back(served)[1].text
    issued.answer, issued.moved = {}, "http://127.0.0.1:9/token"
    assert "answers 303" in come_back(served)[1].text
    issued.moved, issued.metadata = "", {"jwks_uri": f"{at}/static/icon.svg"}
    open_id.issuer_of.cache_clear()
    assert "is no JSON" in come_back(served)[1].text
    for told in (
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/"},
    ):
        issued.metadata = told
        open_id.issuer_of.cache_clear()
        assert Browser(at).ask("/sign-in/oidc").status == 422


@pytest.mark.provokes(
    "web/open_id.py: the issuer has not verified the address; have it verified there",
    when="`name_claim` is `email`, and the issuer does not say that the address is verified.",
)
def test_an_address_counts_where_the_issuer_has_verified_it(
    served: tuple[Book, str, Issued],
) -> None:
    """What was made up for somebody who signs in there need not be changed, and opens nothing any more."""
    book, _, issued = served
    assert book.settings.open_id is not None
    before = book.settings
    book.settings = replace(before, open_id=replace(book.settings.open_id, name_claim="email"))
    _, made_up = book.users.add("anna@carrier.example", "finance")
    for verified, status in ((True, 303), (False, 422), ("true", 422), (None, 422)):
        issued.claims = {"email": "Anna@carrier.example", "email_verified": verified}
        assert come_back(served)[1].status == status
    issued.claims["email_verified"] = True
    assert come_back(served, "/audit")[1].leads_to == "/audit"
    assert isinstance(book.sessions.sign_in("anna@carrier.example", made_up), SignInRefused)
    book.settings = before


@pytest.mark.provokes(
    "web/open_id.py: the issuer cannot be reached; try again later",
    when="The issuer does not answer.",
)
@pytest.mark.provokes(
    "web/open_id.py: client_secret_file of book.toml cannot be read: …",
    when="The file of the client's secret is not there, or may not be read.",
)
@pytest.mark.provokes(
    "web/open_id.py: client_secret_env of book.toml names …, which is not set",
    when="`minutebook serve` was started without the variable that holds the client's secret.",
)
def test_an_issuer_that_is_away_is_told(served: tuple[Book, str, Issued]) -> None:
    """In a sentence, beside the form of name and password; without one there is no such page."""
    book, at, _ = served
    before = book.settings
    assert before.open_id is not None
    book.settings = replace(before, open_id=replace(before.open_id, issuer="http://127.0.0.1:9"))
    answer = Browser(at).ask("/sign-in/oidc")
    assert (answer.status, "cannot be reached" in answer.text) == (422, True)
    for wrong in ({"client_secret_file": "/none"}, {"client_secret_file": None, "client_secret_env": "NONE_SET"}):  # fmt: skip
        book.settings = replace(before, open_id=replace(before.open_id, **wrong))
        assert "of book.toml" in come_back(served)[1].text
    book.settings = replace(before, open_id=None)
    assert Browser(at).ask("/sign-in/oidc").status == 404
    book.settings = before
