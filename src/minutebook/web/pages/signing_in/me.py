"""One's own password, second factor and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.errors import InputError
from minutebook.show.listings.people import SESSIONS
from minutebook.show.tables import Sheet
from minutebook.show.users import SessionView
from minutebook.web.blocks import (
    Block,
    Code,
    Facts,
    Field,
    Image,
    Links,
    PageFact,
    PageForm,
    PageTable,
    Words,
)
from minutebook.web.cookies import cookie_of
from minutebook.web.doing import SentForm, done_once
from minutebook.web.entry import SignedInSession
from minutebook.web.pages.signing_in.sign_in import visitor
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
_ME = [("You", "/me")]
_OTHERS = "others"


@router.get("/me")
def _me(request: Request, book: Served, session: SignedInSession) -> Response:
    return _page(request, book, session)


@router.get("/me/password")
def _new_password(request: Request, session: SignedInSession) -> Response:
    return _password_page(request, session)


@router.post("/me/password")
def _change_password(request: Request, book: Served, sent: SentForm) -> Response:
    user, new = sent.session.user, sent.typed.get("new", "")
    try:
        if new != sent.typed.get("again", ""):
            raise InputError("the new password is typed in two ways; type the same twice")
        present, address = sent.typed.get("present", ""), visitor(request)["address"]
        book.users.change_password(user, present, new, cookie_of(request), address)
    except InputError as error:
        return _password_page(request, sent.session, error)
    return RedirectResponse("/me", HTTPStatus.SEE_OTHER)


@router.post("/me/second-factor")
def _begin(request: Request, book: Served, sent: SentForm) -> Response:
    try:
        new = book.users.begin_second_factor(sent.session.user)
    except InputError as error:
        return _page(request, book, sent.session, error)
    blocks: list[Block] = [
        Words(["Scan this with an authenticator, or type its secret there; then say the code that it shows."]),
        Image(_qr_code(new.uri), "The secret as a QR code"),
        Code(new.secret, "The secret"),
        _code_form(),
    ]  # fmt: skip
    return page(request, sent.session, "A second factor", blocks, above=_ME)


@router.post("/me/second-factor/confirm")
def _confirm(request: Request, book: Served, sent: SentForm) -> Response:
    try:
        codes = book.users.confirm_second_factor(
            sent.session.user, sent["code"], cookie_of(request)
        )
    except InputError as error:
        form = _code_form(error)
        return page(request, sent.session, "A second factor", [form], above=_ME, status=422)
    return _codes_told(
        request, sent.session, "The second factor is set up", codes,
        "From now on signing in asks for a code too.",
    )  # fmt: skip


@router.post("/me/second-factor/codes")
def _codes(request: Request, book: Served, sent: SentForm) -> Response:
    address = visitor(request)["address"]
    try:
        codes = book.users.renew_recovery_codes(
            sent.session.user, sent.typed.get("password", ""), address
        )
    except InputError as error:
        return _page(request, book, sent.session, error)
    return _codes_told(request, sent.session, "Other recovery codes", codes)


@router.post("/me/second-factor/remove")
def _remove(request: Request, book: Served, sent: SentForm) -> Response:
    address = visitor(request)["address"]
    try:
        book.users.remove_second_factor(
            sent.session.user, sent.typed.get("password", ""), cookie_of(request), address
        )
    except InputError as error:
        return _page(request, book, sent.session, error)
    return RedirectResponse("/me", HTTPStatus.SEE_OTHER)


@router.post("/me/sessions")
def _end_sessions(request: Request, book: Served, sent: SentForm) -> Response:
    user, chosen = sent.session.user, sent["session"]

    def do() -> str:
        if chosen == _OTHERS:
            book.sessions.end_of(user, None, cookie_of(request))
        elif chosen.isascii() and chosen.isdigit():
            book.sessions.end_of(user, int(chosen))
        return "/me"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _page(request, book, sent.session, error)


def _page(
    request: Request, book: Book, session: Session, error: InputError | None = None
) -> Response:
    user = book.users.show(session.user)
    sessions = book.sessions.list(session.user)
    facts = [
        PageFact("Name", user.name),
        PageFact("Role", user.role.value, user.account and f"of {user.account}"),
        PageFact("Second factor", "set up" if user.second_factor else "none"),
    ]
    if user.second_factor:
        facts.append(
            PageFact("Recovery codes", f"{book.users.recovery_codes_left(user.name)} left")
        )
    blocks: list[Block] = [] if error is None else [Words([_sentence(error)], alarming=True)]
    views = [SessionView.of(one) for one in sessions]
    columns = [column for column in SESSIONS if column.key != "user"]
    blocks += [
        Facts(facts),
        Links([("Change your password", "/me/password")]),
        *([_codes_form()] if user.second_factor else []),
        _second_factor_form(set_up=user.second_factor),
        PageTable.of(Sheet(columns, views, title="Where you are signed in")),
        _sessions_form(session, sessions),
    ]
    return page(request, session, "You", blocks, status=200 if error is None else 422)


def _codes_told(
    request: Request, session: Session, title: str, codes: Sequence[str], *before: str
) -> Response:
    told = "Each of these opens once where you have lost the device, and no other code of before does: keep them apart from it. They are not shown again."
    blocks: list[Block] = [
        Words([*before, told]), Code("\n".join(codes), "Recovery codes"), Links([("I have kept them", "/me")]),
    ]  # fmt: skip
    return page(request, session, title, blocks, above=_ME)


def _codes_form() -> PageForm:
    field = Field("password", "Password", type="password", autocomplete="current-password")
    said = "Those that are left open nothing any more."
    return PageForm("/me/second-factor/codes", [field], "Make other recovery codes", sentences=[said])  # fmt: skip


def _second_factor_form(*, set_up: bool) -> PageForm:
    if set_up:
        field = Field("password", "Password", type="password", autocomplete="current-password")
        said = "Signing in then asks for the password alone."
        return PageForm("/me/second-factor/remove", [field], "Take the second factor away", sentences=[said], dangerous=True)  # fmt: skip
    said = "A second factor is a code of an authenticator, which signing in asks for beside the password."
    return PageForm("/me/second-factor", [], "Set up a second factor", sentences=[said])


def _sessions_form(session: Session, sessions: list[Session]) -> PageForm:
    choices = [(_OTHERS, "all but this one")] + [
        (str(one.number), f"session {one.number}{' (this one)' if one.number == session.number else ''}")
        for one in sessions
    ]  # fmt: skip
    return PageForm("/me/sessions", [Field("session", "Which", options=choices)], "End it")


def _password_page(request: Request, session: Session, error: InputError | None = None) -> Response:
    fields = [
        Field("present", "Present password", type="password", autocomplete="current-password"),
        Field("new", "New password", type="password", autocomplete="new-password", hint="At least 12 characters."),
        Field("again", "New password, once more", type="password", autocomplete="new-password"),
    ]  # fmt: skip
    due = "You signed in with a password that was made up for you. Choose your own: until then nothing else can be seen."
    form = PageForm(
        "/me/password", fields, "Change it",
        sentences=[due] if session.must_change_password else ["Your other sessions end with it."],
        error=None if error is None else error.for_shell(),
    )  # fmt: skip
    return page(
        request, session, "Your password", [form], above=_ME, status=200 if error is None else 422
    )


def _code_form(error: InputError | None = None) -> PageForm:
    field = Field("code", "Code", autocomplete="one-time-code")
    said = None if error is None else error.for_shell()
    return PageForm("/me/second-factor/confirm", [field], "Set it up", error=said)


def _qr_code(uri: str) -> str:
    import segno

    return str(segno.make(uri, micro=False).svg_data_uri(scale=5, border=4, light="#fff"))


def _sentence(error: InputError) -> str:
    said = error.for_shell()
    return said[:1].upper() + said[1:]
