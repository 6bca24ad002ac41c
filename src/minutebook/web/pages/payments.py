"""Payments and adjustments by a form: looked at first, then posted, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.book.clock import today
from minutebook.days import read_day, read_instant
from minutebook.errors import InputError
from minutebook.money import parse_amount, text
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm
from minutebook.web.doing import ONCE, FilledForm, SentForm, done_once, new_once
from minutebook.web.entry import viewing, visible
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from minutebook.book import Book

router = APIRouter()
Poster = Annotated[Session, Depends(viewing(Right.POSTINGS))]


@router.get("/accounts/{account}/payments")
def _payment(request: Request, book: Served, session: Poster, account: str) -> Response:
    return _asked(
        request, session, visible(book, session, account), "payments", {"at": str(today())}
    )


@router.get("/accounts/{account}/adjustments")
def _adjustment(request: Request, book: Served, session: Poster, account: str) -> Response:
    return _asked(
        request, session, visible(book, session, account), "adjustments", {"on": str(today())}
    )


@router.post("/accounts/{account}/payments")
def _pay(request: Request, book: Served, sent: SentForm, session: Poster, account: str) -> Response:
    named = visible(book, session, account)

    def do() -> str:
        at = sent.given("at")
        instant = None if at is None else read_instant(at, "at")
        posting, _ = book.ledger.pay(named, sent["amount"], sent["reference"], instant)
        return f"/charges/{posting.id}"

    return _looked_at(request, book, sent, named, "payments", do)


@router.post("/accounts/{account}/adjustments")
def _adjust(
    request: Request, book: Served, sent: SentForm, session: Poster, account: str
) -> Response:
    named = visible(book, session, account)

    def do() -> str:
        on = sent.given("on")
        day = None if on is None else read_day(on, "on")
        posting, _ = book.ledger.adjust(
            named, sent["amount"], sent["reason"], sent["reference"], day
        )
        return f"/charges/{posting.id}"

    return _looked_at(request, book, sent, named, "adjustments", do)


def _looked_at(
    request: Request, book: Book, sent: FilledForm, account: str, what: str, do: Callable[[], str]
) -> Response:
    """First what would be posted, then, once that is confirmed, where it is; or the form again, with what is wrong."""
    try:
        if sent.chosen:
            return done_once(book, sent, request, do)
        amount = _amount(sent["amount"])
        _check(sent, what)
        blocks = _before(book, account, amount, sent, what)
    except InputError as error:
        return _asked(request, sent.session, account, what, sent.fields, error)
    title = f"{_NAMES[what]} for {account}: is this right?"
    return page(request, sent.session, title, blocks, above=_above(account))


_NAMES = {"payments": "A payment", "adjustments": "An adjustment"}


def _amount(said: str) -> Decimal:
    if not said:
        raise _FieldError("amount", "the amount is missing; write it as in 125.50")
    try:
        return parse_amount(said)
    except InputError as error:
        raise _FieldError("amount", error.for_shell()) from None


def _check(sent: FilledForm, what: str) -> None:
    if what == "payments" and parse_amount(sent["amount"]) <= 0:
        raise _FieldError(
            "amount", "a payment is above 0; take one back with an adjustment, or undo it"
        )
    if not sent["reference"]:
        raise _FieldError("reference", "the reference is missing; by it the posting counts once")
    if what == "adjustments" and not sent["reason"]:
        raise _FieldError("reason", "the reason is missing; it is kept with the posting")
    name = "at" if what == "payments" else "on"
    if sent[name]:
        try:
            read_day(sent[name], name)
        except InputError as error:
            raise _FieldError(name, str(error)) from None


class _FieldError(InputError):
    """What is wrong with a field."""

    def __init__(self, field: str, what: str) -> None:
        self.field = field
        super().__init__(what)


def _before(book: Book, account: str, amount: Decimal, sent: FilledForm, what: str) -> list[Block]:
    (standing,) = book.ledger.balances(account)
    currency, day = standing.currency, sent["at"] or sent["on"] or str(today())
    facts = [
        PageFact(
            "Amount",
            f"{text(amount)} {currency}",
            "more to spend" if amount > 0 else "less to spend",
        ),
        PageFact("Stands on", day, "UTC day"),
        PageFact("Reference", sent["reference"], "the same again posts nothing"),
        PageFact("Balance now", f"{text(standing.balance)} {currency}"),
        PageFact("Balance then", f"{text(standing.balance + amount)} {currency}"),
    ]
    if sent["reason"]:
        facts.append(PageFact("Reason", sent["reason"]))
    at = f"/accounts/{account}/{what}"
    hidden = sent.again() | {"step": "do", ONCE: new_once()}
    return [
        Facts(facts),
        PageForm(at, [], "Post it", hidden=hidden, sentences=["Nothing is posted yet. What is posted is never edited; it can be undone by a posting of its own."]),
        Links([("No, back to the account", f"/accounts/{account}")]),
    ]  # fmt: skip


def _asked(
    request: Request,
    session: Session,
    account: str,
    what: str,
    said: object,
    error: InputError | None = None,
) -> Response:
    values = said if isinstance(said, dict) else {}
    wrong = {error.field: str(error)} if isinstance(error, _FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()

    def field(name: str, label: str, **more: object) -> Field:
        return Field(name, label, value=str(values.get(name, "")), error=wrong.get(name), **more)  # type: ignore[arg-type]

    payment = what == "payments"
    fields = [
        field(
            "amount", "Amount",
            hint="As in 125.50; above 0." if payment else "As in 12.50 for a credit, -12.50 for a fee.",
        ),
        field("reference", "Reference", hint="As the bank or your system has it: by it the posting counts once."),
    ]  # fmt: skip
    if payment:
        fields.append(field("at", "Came in on (UTC day)", type="date", required=False))
    else:
        fields.append(
            field("reason", "Reason", hint="Kept with the posting, and shown on the statement.")
        )
        fields.append(field("on", "Stands on (UTC day)", type="date", required=False))
    form = PageForm(f"/accounts/{account}/{what}", fields, "Look at it first", error=whole)
    status = 422 if error else 200
    return page(
        request,
        session,
        f"{_NAMES[what]} for {account}",
        [form],
        above=_above(account),
        status=status,
    )


def _above(account: str) -> list[tuple[str, str]]:
    return [("Accounts", "/accounts"), (account, f"/accounts/{account}")]
