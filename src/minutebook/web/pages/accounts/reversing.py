"""A payment or a refund undone from its own page, as where it bounced: looked at first, then posted, once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.money import text
from minutebook.plans.provider import is_provider, provider_name
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.ledger.journal import Journal

router = APIRouter()
Poster = Annotated[Session, Depends(viewing(Right.POSTINGS))]
PAID = ("payment", "paid")
"""Kinds of postings that can be undone by their reference."""


def undoes_another(posting: Journal) -> bool:
    """Whether a posting is what undoes a payment."""
    return "reverses" in posting.details


def reverse_form(posting: Journal, why: str = "", at: str = "", error: InputError | None = None) -> PageForm:  # fmt: skip
    """To undo a payment or a refund."""
    wrong = {error.field: str(error)} if isinstance(error, FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()
    fields = [
        Field("reason", "Why", value=why, hint="As that it bounced; kept with the posting.", error=wrong.get("reason")),
        Field("at", "Undone on (UTC day)", "date", at, required=False, hint="Left empty: today."),
    ]  # fmt: skip
    told = "It happens once, and its reference is used up. It shows among the payments, with the other sign."
    return PageForm(
        f"/charges/{posting.id}/reverse", fields, "Look at it first", title="Undo it", sentences=[told], get=True,
        stacked=True, error=whole,
    )  # fmt: skip


@router.get("/charges/{id}/reverse")
def _look(
    request: Request, book: Served, session: Poster, id: str, reason: str = "", at: str = ""
) -> Response:
    posting, why, day = _paid(book, id), reason.strip(), at.strip()
    try:
        if not why:
            raise FieldError("reason", "the reason is missing; it is kept with the posting")
        if day:
            read_instant(day, "at")
    except InputError as error:
        return _refused(request, session, posting, reverse_form(posting, why, day, error))
    facts = [
        PageFact("Amount", f"{text(-posting.amount)} {posting.currency}", f"undoes {posting.reference} of {posting.day}"),
        *_balances(book, posting),
        PageFact("Why", why),
    ]  # fmt: skip
    hidden = {"reason": why, "at": day, ONCE: new_once()}
    told = "Nothing is posted yet. What is undone is not posted again under its reference."
    blocks: list[Block] = [
        Facts(facts),
        PageForm(f"/charges/{posting.id}/reverse", [], "Undo it", sentences=[told], hidden=hidden, dangerous=True),
        Links([("No, leave it as it is", f"/charges/{posting.id}")]),
    ]  # fmt: skip
    return page(request, session, f"Undo {posting.reference}: is this right?", blocks, above=_above(posting))  # fmt: skip


@router.post("/charges/{id}/reverse")
def _undo(request: Request, book: Served, sent: SentForm, session: Poster, id: str) -> Response:
    posting = _paid(book, id)

    def do() -> str:
        at = None if not sent["at"] else read_instant(sent["at"], "at")
        done, _ = book.ledger.reverse(str(posting.reference), sent["reason"], posting.account, at)
        return f"/charges/{done.id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        form = reverse_form(posting, sent["reason"], sent["at"], error)
        return _refused(request, session, posting, form)


def _balances(book: Book, posting: Journal) -> list[PageFact]:
    """What the account has, or the provider is owed, now and then."""
    if is_provider(posting.account):
        now, name = book.providers.show(provider_name(posting.account)).balance, "Owed"
    else:
        now, name = book.ledger.balances(posting.account)[0].balance, "Balance"
    then = now - posting.amount
    return [
        PageFact(f"{name} now", f"{text(now)} {posting.currency}"),
        PageFact(f"{name} then", f"{text(then)} {posting.currency}", alarming=then < 0),
    ]


def _refused(request: Request, session: Session, posting: Journal, form: PageForm) -> Response:
    return page(
        request, session, f"Undo {posting.reference}", [form], above=_above(posting), status=HTTPStatus.UNPROCESSABLE_ENTITY
    )  # fmt: skip


def _above(posting: Journal) -> list[tuple[str, str]]:
    return [(str(posting.reference), f"/charges/{posting.id}")]


def _paid(book: Book, id: str) -> Journal:
    """The payment or refund of an id; it is not there where the id is of another posting."""
    try:
        posting = book.statements.explain_charge(id).posting
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    if posting.kind not in PAID or undoes_another(posting):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the posting is no payment and no refund; adjust the balance instead",
        )
    return posting
