"""Webhooks: whom others are told by, what they were told, and their secrets, which are shown once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.days import instant_text
from minutebook.errors import InputError
from minutebook.show.listings.webhooks import DELIVERIES, WEBHOOKS
from minutebook.show.tables import Sheet
from minutebook.show.webhooks import DeliveryView, WebhookView
from minutebook.web.blocks import Block, Code, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, FilledForm, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.pages.administration.declared_history import declared_history
from minutebook.web.rendering import page
from minutebook.webhooks.hooks import BOTH_HOURS, TOLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book
    from minutebook.ledger.webhooks import Webhook

router = APIRouter()
Administrator = Annotated[Session, Depends(viewing(Right.WEBHOOKS))]
_ABOVE: Final = [("Webhooks", "/webhooks")]
_MOST: Final = 200


@router.get("/webhooks")
def _webhooks(request: Request, book: Served, session: Administrator) -> Response:
    return _list(request, book, session)


@router.post("/webhooks")
def _add(request: Request, book: Served, sent: SentForm, session: Administrator) -> Response:
    chosen = [event for event in TOLD if sent.given(event)]
    try:
        return _secret_told(
            request, book, sent, lambda: book.webhooks.add(sent["url"], chosen or [])
        )
    except InputError as error:
        return _list(request, book, session, sent, error)


@router.get("/webhooks/{id}")
def _webhook(request: Request, book: Served, session: Administrator, id: int) -> Response:
    return _one(request, book, session, id)


@router.post("/webhooks/{id}/secret")
def _secret(
    request: Request, book: Served, sent: SentForm, session: Administrator, id: int
) -> Response:
    _known(book, id)
    at_once = sent["at_once"] == "yes"
    try:
        return _secret_told(
            request, book, sent, lambda: book.webhooks.change_secret(id, at_once=at_once)
        )
    except InputError as error:
        return _one(request, book, session, id, error)


@router.post("/webhooks/{id}/test")
def _test(
    request: Request, book: Served, sent: SentForm, session: Administrator, id: int
) -> Response:
    return _changed(request, book, sent, id, lambda: book.webhooks.test(id))


@router.post("/webhooks/{id}/remove")
def _remove(
    request: Request, book: Served, sent: SentForm, session: Administrator, id: int
) -> Response:
    return _changed(request, book, sent, id, lambda: book.webhooks.remove(id, sent["reason"]))


def _known(book: Book, id: int) -> Webhook:
    for hook in book.webhooks.list():
        if hook.id == id:
            return hook
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no webhook {id}")


def _changed(
    request: Request, book: Book, sent: FilledForm, id: int, change: Callable[[], object]
) -> Response:
    _known(book, id)

    def do() -> str:
        change()
        return f"/webhooks/{id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _one(request, book, sent.session, id, error)


def _secret_told(
    request: Request, book: Book, sent: FilledForm, change: Callable[[], tuple[Webhook, str]]
) -> Response:
    """The page that shows a new secret; the same form again does nothing, and leads to the webhook without it."""
    made: list[tuple[Webhook, str]] = []

    def do() -> str:
        made.append(change())
        return f"/webhooks/{made[0][0].id}"

    response = done_once(book, sent, request, do)
    if not made:
        return response
    hook, secret = made[0]
    told = "Give it to the receiver, which sees by it that what comes is from this book: it is not shown again."
    both = hook.old_secret_until
    if both is not None:
        told += f" The one before it signs too until {instant_text(both)}."
    blocks: list[Block] = [
        Code(secret, "Its secret"), Words([told]), Links([("To the webhook", f"/webhooks/{hook.id}")]),
    ]  # fmt: skip
    return page(request, sent.session, f"Webhook {hook.id}", blocks, above=_ABOVE)


def _list(
    request: Request,
    book: Book,
    session: Session,
    sent: FilledForm | None = None,
    error: InputError | None = None,
) -> Response:
    said = dict.fromkeys(TOLD, "yes") if sent is None else dict(sent.fields)
    wrong = None if error is None else error.for_shell()
    fields = [
        Field("url", "Address", value=said.get("url", ""), hint="As https://crm.example/hooks/minutebook, on a public address."),
        *(Field(event, event, "checkbox", said.get(event, "")) for event in TOLD),
    ]  # fmt: skip
    views = [WebhookView.of(hook) for hook in book.webhooks.list()]
    leads = {key: lambda row: f"/webhooks/{row['id']}" for key in ("id", "url")}
    blocks: list[Block] = [
        PageTable.of(Sheet(WEBHOOKS, views), leads=leads, empty="Nobody is told yet."),
        PageForm("/webhooks", fields, "Add it", title="A new webhook", sentences=["It is told of what is ticked."], hidden={ONCE: new_once()}, error=wrong),
    ]  # fmt: skip
    lead = "Programs that are told what happens, as it happens. One in a private network is added at the machine."
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, session, "Webhooks", blocks, lead=[lead], status=status)


def _one(
    request: Request, book: Book, session: Session, id: int, error: InputError | None = None
) -> Response:
    hook = _known(book, id)
    told = [DeliveryView.of(one) for one in book.webhooks.deliveries(id, most=_MOST)]
    wrong: list[Block] = [] if error is None else [Words([error.for_shell()], alarming=True)]
    blocks: list[Block] = [
        *wrong,
        PageTable.of(Sheet(WEBHOOKS, [WebhookView.of(hook)])),
        *([] if hook.removed_at is not None else _forms(id)),
        PageTable.of(Sheet(DELIVERIES, told), title=f"What it was told, the last {_MOST}", empty="Nothing yet."),
        declared_history(book, "webhook", str(id)),
    ]  # fmt: skip
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, session, f"Webhook {id}", blocks, above=_ABOVE, status=status)


def _forms(id: int) -> list[PageForm]:
    at, reason = f"/webhooks/{id}", Field("reason", "Reason", hint="Kept, and shown in the audit.")
    at_once = Field("at_once", "The old one signs no more, as others know it", "checkbox")
    both = f"For {BOTH_HOURS} hours what is sent is signed with both, that the receiver can take the new one up in peace."
    return [
        PageForm(f"{at}/test", [], "Try it", title="Try it", sentences=["It is told webhook.test, as of anything else."], hidden={ONCE: new_once()}),
        PageForm(f"{at}/secret", [at_once], "Change the secret", title="Another secret", sentences=[both], hidden={ONCE: new_once()}, dangerous=True),
        PageForm(f"{at}/remove", [reason], "Remove it", title="Remove it", sentences=["It is told nothing more; what waits for it is given up."], hidden={ONCE: new_once()}, dangerous=True),
    ]  # fmt: skip
