"""Keys of programs, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.access_keys import AccessKeyView
from minutebook.show.listings.people import KEYS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Code, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import FilledForm, SentForm, done_once
from minutebook.web.entry import viewing
from minutebook.web.pages.administration.users import ROLES
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
Administrator = Annotated[Session, Depends(viewing(Right.PEOPLE))]


@router.get("/keys")
def _keys(request: Request, book: Served, session: Administrator) -> Response:
    return _list(request, book, session)


@router.post("/keys")
def _add(request: Request, book: Served, sent: SentForm, session: Administrator) -> Response:
    try:
        with in_the_name_of(session.asks_as):
            chosen = [right for right in Right if sent.given(f"may {right}")]
            key, secret = book.access.add_key(
                sent["name"], sent["role"], sent.given("account"), chosen or None
            )
    except InputError as error:
        return _list(request, book, session, sent, error)
    blocks: list[Block] = [
        Code(secret, f"The key {key.name}"),
        Words(["Keep it where secrets are kept: it is not shown again."]),
        Links([("To the keys", "/keys")]),
    ]
    return page(request, session, f"Key {key.name}", blocks, above=[("Keys", "/keys")])


@router.post("/keys/revoke")
def _revoke(request: Request, book: Served, sent: SentForm, session: Administrator) -> Response:
    def do() -> str:
        book.access.revoke_key(sent["key"], sent["reason"])
        return "/keys"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _list(request, book, session, None, error)


def _list(
    request: Request,
    book: Book,
    session: Session,
    sent: FilledForm | None = None,
    error: InputError | None = None,
) -> Response:
    keys = book.access.list()
    said = {} if sent is None else sent.fields
    wrong = None if error is None else error.for_shell()
    fields = [
        Field("name", "Name", value=said.get("name", "")),
        Field("role", "Role", value=said.get("role", Role.READ_ONLY), options=ROLES),
        Field("account", "Account", value=said.get("account", ""), required=False, hint="Of a customer's key alone."),
        *(Field(f"may {right}", f"May: {right}", "checkbox", said.get(f"may {right}", ""), required=False) for right in Right),
    ]  # fmt: skip
    blocks: list[Block] = [
        PageTable.of(Sheet(KEYS, [AccessKeyView.of(key) for key in keys])),
        Links([("Users", "/users"), ("Webhooks", "/webhooks")]),
        PageForm(
            "/keys",
            fields,
            "Make the key",
            title="A new key",
            sentences=["Where none is ticked it may all that its role may."],
            error=wrong,
        ),
    ]
    opening = [(key.name, key.name) for key in keys if key.revoked_at is None]
    if opening:
        which = Field("key", "Key", options=opening)
        why = Field("reason", "Reason", hint="Kept, and shown in the audit.")
        blocks.append(PageForm("/keys/revoke", [which, why], "Revoke it", title="Revoke a key", dangerous=True))  # fmt: skip
    return page(request, session, "Keys", blocks, status=200 if error is None else 422)
