"""Users, for administrators: made, disabled, given roles and passwords; their sessions."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.listings.people import SESSIONS, USERS
from minutebook.show.tables import Sheet
from minutebook.show.users import SessionView, UserView
from minutebook.web.blocks import Block, Code, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import FilledForm, SentForm, done_once
from minutebook.web.entry import viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book

router = APIRouter()
Administrator = Annotated[Session, Depends(viewing(Right.PEOPLE))]
_ABOVE = [("Users", "/users")]
ROLES = [(role.value, role.value) for role in Role]


@router.get("/users")
def _users(request: Request, book: Served, session: Administrator) -> Response:
    return _list(request, book, session)


@router.post("/users")
def _add(request: Request, book: Served, sent: SentForm, session: Administrator) -> Response:
    try:
        with in_the_name_of(session.asks_as):
            user, password = book.users.add(sent["name"], sent["role"], sent.given("account"))
    except InputError as error:
        return _list(request, book, session, sent, error)
    return _password_told(request, session, user.name, password)


@router.get("/users/{name}")
def _user(request: Request, book: Served, session: Administrator, name: str) -> Response:
    return _one(request, book, session, name)


@router.post("/users/{name}/role")
def _role(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    return _changed(
        request, book, sent, session, name,
        lambda: book.users.give_role(name, sent["role"], sent.given("account")),
    )  # fmt: skip


@router.post("/users/{name}/disable")
def _disable(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    def do() -> object:
        if name == session.user:
            raise InputError("you cannot disable yourself; another administrator can")
        return book.users.disable(name, sent["reason"])

    return _changed(request, book, sent, session, name, do)


@router.post("/users/{name}/enable")
def _enable(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    return _changed(
        request, book, sent, session, name, lambda: book.users.enable(name, sent["reason"])
    )


@router.post("/users/{name}/second-factor")
def _reset(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    return _changed(
        request, book, sent, session, name, lambda: book.users.reset_second_factor(name)
    )


@router.post("/users/{name}/sessions")
def _end(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    return _changed(request, book, sent, session, name, lambda: book.sessions.end_of(name))


@router.post("/users/{name}/password")
def _password(
    request: Request, book: Served, sent: SentForm, session: Administrator, name: str
) -> Response:
    del sent
    _known(book, name)
    with in_the_name_of(session.asks_as):
        password = book.users.set_password(name)
    return _password_told(request, session, name, password)


def _changed(
    request: Request, book: Book, sent: FilledForm, session: Session, name: str, change: Callable[[], object]
) -> Response:  # fmt: skip
    """The user's page after a change, or with what was wrong."""
    _known(book, name)

    def do() -> str:
        change()
        return f"/users/{name}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _one(request, book, session, name, error)


def _known(book: Book, name: str) -> None:
    try:
        book.users.show(name)
    except InputError:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no user {name!r}") from None


def _list(
    request: Request,
    book: Book,
    session: Session,
    sent: FilledForm | None = None,
    error: InputError | None = None,
) -> Response:
    views = [UserView.of(user) for user in book.users.list()]
    said = {} if sent is None else sent.fields
    fields = [
        Field("name", "Name", value=said.get("name", ""), hint="Small letters; to sign in with."),
        Field("role", "Role", value=said.get("role", Role.READ_ONLY), options=ROLES),
        Field("account", "Account", value=said.get("account", ""), required=False, hint="Of a customer alone."),
    ]  # fmt: skip
    form = PageForm("/users", fields, "Make the user", title="A new user", error=_said(error))
    table = PageTable.of(Sheet(USERS, views), leads={"name": lambda row: f"/users/{row['name']}"})
    ways = Links([("Keys of programs", "/keys"), ("Webhooks", "/webhooks")])
    return page(request, session, "Users", [table, ways, form], status=_status(error))


def _one(
    request: Request, book: Book, session: Session, name: str, error: InputError | None = None
) -> Response:
    _known(book, name)
    user, at = book.users.show(name), f"/users/{name}"
    sessions = [SessionView.of(one) for one in book.sessions.list(name)]
    reason = Field("reason", "Reason", hint="Kept, and shown in the audit.")
    forms = [
        PageForm(f"{at}/role", [Field("role", "Role", value=user.role.value, options=ROLES), Field("account", "Account", value=user.account or "", required=False, hint="Of a customer alone.")], "Give this role", title="Role"),
        PageForm(f"{at}/enable", [reason], "Enable", title="Disabled")
        if user.disabled_at
        else PageForm(f"{at}/disable", [reason], "Disable", title="Disable", dangerous=True),
        PageForm(f"{at}/password", [], "Make up a new password", title="Password", sentences=["It is shown once, and is to be changed at the next sign-in. A lock after wrong tries ends."], dangerous=True),
    ]  # fmt: skip
    if user.second_factor:
        said = "For who has lost the device and the recovery codes."
        forms.append(PageForm(f"{at}/second-factor", [], "Take the second factor away", title="Second factor", sentences=[said], dangerous=True))  # fmt: skip
    wrong: list[Block] = [] if error is None else [Words([_said(error) or ""], alarming=True)]
    blocks: list[Block] = [
        *wrong,
        PageTable.of(Sheet(USERS, [UserView.of(user)])),
        *forms,
        PageTable.of(Sheet(SESSIONS, sessions, title="Sessions")),
        *([PageForm(f"{at}/sessions", [], "End them all")] if sessions else []),
    ]
    return page(request, session, f"User {name}", blocks, above=_ABOVE, status=_status(error))


def _password_told(request: Request, session: Session, name: str, password: str) -> Response:
    blocks: list[Block] = [
        Code(password, f"The password of {name}"),
        Words(["Hand it over where nobody else reads it: it is not shown again. It is to be changed at the first sign-in."]),
        Links([(f"To {name}", f"/users/{name}")]),
    ]  # fmt: skip
    return page(request, session, f"A password for {name}", blocks, above=_ABOVE)


def _said(error: InputError | None) -> str | None:
    return None if error is None else error.for_shell()


def _status(error: InputError | None) -> int:
    return 200 if error is None else 422
