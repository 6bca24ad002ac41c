"""Payments, refunds and adjustments by a form: looked at first, then posted, once."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.book.clock import today
from minutebook.days import read_day, read_instant
from minutebook.errors import InputError
from minutebook.money import parse_amount, text
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm
from minutebook.web.doing import ONCE, FilledForm, SentForm, done_once, new_once
from minutebook.web.entry import viewing, visible
from minutebook.web.navigation import above_account
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from minutebook.book import Book
    from minutebook.ledger.journal import Journal

router = APIRouter()


class PostedByHand(StrEnum):
    """What is posted by a form, by its place below an account."""

    PAYMENT = "payments"
    REFUND = "refunds"
    ADJUSTMENT = "adjustments"

    @property
    def words(self) -> str:
        """As a page names it."""
        return {"payments": "A payment", "refunds": "A refund", "adjustments": "An adjustment"}[
            self
        ]

    @property
    def day(self) -> str:
        """The field of the day that it stands on."""
        return "on" if self is PostedByHand.ADJUSTMENT else "at"

    @property
    def reasoned(self) -> bool:
        """Whether it is said why."""
        return self is not PostedByHand.PAYMENT


Poster = Annotated[Session, Depends(viewing(Right.POSTINGS))]


async def _kind(what: str) -> PostedByHand:
    if what not in list(PostedByHand):
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    return PostedByHand(what)


Kind = Annotated[PostedByHand, Depends(_kind)]


@router.get("/accounts/{account}/{what}")
def _asked(request: Request, book: Served, session: Poster, account: str, what: Kind) -> Response:
    named, said = visible(book, session, account), dict(request.query_params)
    if not said:
        return _form(request, session, named, what, {what.day: str(today())})
    said = {name: value.strip() for name, value in said.items()}
    try:
        amount = _amount(said, what)
        _check(said, what)
    except InputError as error:
        return _form(request, session, named, what, said, error)
    blocks = _before(book, named, amount, said, what)
    return page(
        request,
        session,
        f"{what.words} for {named}: is this right?",
        blocks,
        above=above_account(session, named),
    )


@router.post("/accounts/{account}/{what}")
def _posted(
    request: Request,
    book: Served,
    sent: SentForm,
    session: Poster,
    account: str,
    what: Kind,
) -> Response:
    named = visible(book, session, account)

    def do() -> str:
        return f"/charges/{_post(book, named, what, sent).id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, session, named, what, sent.fields, error)


def _post(book: Book, account: str, what: PostedByHand, sent: FilledForm) -> Journal:
    """The posting that a filled form asks for."""
    given, why, reference = sent.given(what.day), sent["reason"], sent["reference"]
    if what is PostedByHand.ADJUSTMENT:
        day = None if given is None else read_day(given, "on")
        return book.ledger.adjust(account, sent["amount"], why, reference, day)[0]
    at = None if given is None else read_instant(given, "at")
    if what is PostedByHand.REFUND:
        return book.ledger.refund(account, sent["amount"], why, reference, at)[0]
    return book.ledger.pay(account, sent["amount"], reference, at)[0]


def _amount(said: Mapping[str, str], what: PostedByHand) -> Decimal:
    if not said.get("amount"):
        raise FieldError("amount", "the amount is missing; write it as in 125.50")
    try:
        amount = parse_amount(said["amount"])
    except InputError as error:
        raise FieldError("amount", error.for_shell()) from None
    if what is PostedByHand.PAYMENT and amount <= 0:
        raise FieldError(
            "amount",
            "a payment is above 0; take one back on its own page, or pay money back by a refund",
        )
    if what is PostedByHand.REFUND and amount <= 0:
        raise FieldError("amount", "a refund is above 0; it pays that amount back")
    return amount


def _check(said: Mapping[str, str], what: PostedByHand) -> None:
    if not said.get("reference"):
        raise FieldError("reference", "the reference is missing; by it the posting counts once")
    if what.reasoned and not said.get("reason"):
        raise FieldError("reason", "the reason is missing; it is kept with the posting")
    if said.get(what.day):
        try:
            read_day(said[what.day], what.day)
        except InputError as error:
            raise FieldError(what.day, str(error)) from None


def _before(
    book: Book, account: str, amount: Decimal, said: Mapping[str, str], what: PostedByHand
) -> list[Block]:
    """What would be posted, to be confirmed."""
    (standing,) = book.ledger.balances(account)
    currency, day = standing.currency, said.get(what.day) or str(today())
    moved = -amount if what is PostedByHand.REFUND else amount
    facts = [
        PageFact(
            "Amount",
            f"{text(amount)} {currency}",
            "more to spend" if moved > 0 else "less to spend",
        ),
        PageFact("Stands on", day, "UTC day"),
        PageFact("Reference", said["reference"], "the same again posts nothing"),
        PageFact("Balance now", f"{text(standing.balance)} {currency}"),
        PageFact("Balance then", f"{text(standing.balance + moved)} {currency}"),
    ]
    if said.get("reason"):
        facts.append(PageFact("Reason", said["reason"]))
    at = f"/accounts/{account}/{what}"
    hidden = {**said, ONCE: new_once()}
    return [
        Facts(facts),
        PageForm(at, [], "Post it", hidden=hidden, sentences=["Nothing is posted yet. What is posted is never edited; it can be undone by a posting of its own."]),
        Links([("No, back to the account", f"/accounts/{account}")]),
    ]  # fmt: skip


def _form(
    request: Request,
    session: Session,
    account: str,
    what: PostedByHand,
    values: Mapping[str, str],
    error: InputError | None = None,
) -> Response:
    wrong = {error.field: str(error)} if isinstance(error, FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()

    def field(name: str, label: str, **more: object) -> Field:
        return Field(name, label, value=values.get(name, ""), error=wrong.get(name), **more)  # type: ignore[arg-type]

    adjusts = what is PostedByHand.ADJUSTMENT
    fields = [
        field(
            "amount", "Amount",
            hint="As in 12.50 for a credit, -12.50 for a fee." if adjusts else "As in 125.50; above 0.",
        ),
        field("reference", "Reference", hint="As the bank or your system has it: by it the posting counts once."),
    ]  # fmt: skip
    if what.reasoned:
        fields.append(
            field("reason", "Reason", hint="Kept with the posting, and shown on the statement.")
        )
    day = {"payments": "Came in on", "refunds": "Was paid back on", "adjustments": "Stands on"}[what]  # fmt: skip
    fields.append(field(what.day, f"{day} (UTC day)", type="date", required=False))
    at = f"/accounts/{account}/{what}"
    form = PageForm(at, fields, "Look at it first", get=True, stacked=True, error=whole)
    status = 422 if error else 200
    return page(
        request,
        session,
        f"{what.words} for {account}",
        [form],
        above=above_account(session, account),
        status=status,
    )
