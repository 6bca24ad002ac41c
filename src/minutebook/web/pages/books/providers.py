"""A provider: what it is owed, day by day, and what is paid to it, or paid back by it; looked at first, then posted, once."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.book.clock import today
from minutebook.days import read_day, read_instant
from minutebook.errors import InputError
from minutebook.money import parse_amount, text
from minutebook.show.listings.postings import POSTINGS
from minutebook.show.listings.statements import statement_sheets
from minutebook.show.providers import OwedView
from minutebook.show.runs import PostingView
from minutebook.show.serialise import as_json
from minutebook.show.statements import StatementView
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm, PageTable
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.period import Days
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from minutebook.accounts.provider_standings import ProviderStanding
    from minutebook.book import Book

router = APIRouter(route_class=OneInstant)
MoneyReader = Annotated[Session, Depends(viewing(Right.MONEY))]
Poster = Annotated[Session, Depends(viewing(Right.POSTINGS))]
_PAYMENTS, _REFUNDS = "payments", "refunds"
_TITLES: Final = {_PAYMENTS: "A payment to", _REFUNDS: "Paid back by"}


@router.get("/providers/{provider}")
def _provider(
    request: Request, book: Served, session: MoneyReader, provider: str, days: Days
) -> Response:
    standing = _known(book, provider)
    owed, at, holder = (
        as_json(OwedView.of(standing)),
        f"/providers/{provider}",
        standing.provider.key,
    )
    statement = book.statements.statement(holder, days.first, days.last)
    by_day, _ = statement_sheets(StatementView.of(statement), statement.title)
    posted = [PostingView.of(one) for one in book.ledger.postings(holder, days.first, days.last)]
    to = {key: lambda row: f"/charges/{row['journal']}" for key in ("kind", "amount")}
    facts = [
        PageFact(name, f"{owed[key]} {owed['currency']}")
        for key, name in (("balance", "Owed"), ("credit_limit", "Credit limit"), ("available", "Available"))
        if owed[key] is not None
    ]  # fmt: skip
    card = standing.provider.card
    facts.append(PageFact("Buy card", card, None, f"/cards/{card}"))
    ways = [*days.ways]
    if may(session, Right.POSTINGS):
        ways += [("Enter what was paid to it", f"{at}/{_PAYMENTS}"), ("Enter what it paid back", f"{at}/{_REFUNDS}")]  # fmt: skip
    blocks: list[Block] = [
        Facts(facts),
        Links(ways),
        days.form(at),
        PageTable.of(replace(by_day, title=None), title=f"{days.first} to {days.last}, in {owed['currency']}"),
        PageTable.of(Sheet(POSTINGS, posted), leads=to, title="What was posted", empty="Nothing was posted on these days."),
    ]  # fmt: skip
    return page(request, session, f"Provider {standing.provider.title}", blocks, above=_above())


@router.get("/providers/{provider}/{what}")
def _look(request: Request, book: Served, session: Poster, provider: str, what: str) -> Response:
    """What would be posted, to be confirmed; the form, where nothing is said yet."""
    standing, said = _known(book, provider, what), _said(request.query_params)
    if not said:
        return _form(request, session, provider, what, {"at": str(today())})
    try:
        amount = _checked(said, what)
    except InputError as error:
        return _form(request, session, provider, what, said, error)
    currency = standing.provider.currency
    then = standing.balance + (amount if what == _REFUNDS else -amount)
    facts = [
        PageFact("Amount", f"{text(amount)} {currency}"),
        PageFact("Stands on", said.get("at") or str(today()), "UTC day"),
        PageFact("Reference", said["reference"], "the same again posts nothing"),
        PageFact("Owed now", f"{text(standing.balance)} {currency}"),
        PageFact("Owed then", f"{text(then)} {currency}"),
        *([PageFact("Reason", said["reason"])] if said.get("reason") else []),
    ]
    at = f"/providers/{provider}"
    told = (
        "Nothing is posted yet. What is posted is never edited; it can be undone on its own page."
    )
    blocks: list[Block] = [
        Facts(facts),
        PageForm(f"{at}/{what}", [], "Post it", sentences=[told], hidden={**said, ONCE: new_once()}),
        Links([("No, back to the provider", at)]),
    ]  # fmt: skip
    title = f"{_TITLES[what]} {provider}: is this right?"
    return page(request, session, title, blocks, above=_above(provider))


@router.post("/providers/{provider}/{what}")
def _post(
    request: Request, book: Served, sent: SentForm, session: Poster, provider: str, what: str
) -> Response:
    holder = _known(book, provider, what).provider.key

    def do() -> str:
        said = _said(sent.fields)
        amount = _checked(said, what)
        at = read_instant(said["at"], "at") if said.get("at") else None
        if what == _REFUNDS:
            made, _ = book.ledger.refund(holder, amount, said["reason"], said["reference"], at)
        else:
            made, _ = book.ledger.pay(holder, amount, said["reference"], at)
        return f"/charges/{made.id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, session, provider, what, _said(sent.fields), error)


def _said(fields: Mapping[str, str]) -> dict[str, str]:
    names = ("amount", "reference", "reason", "at")
    return {name: fields[name].strip() for name in names if name in fields}


def _checked(said: Mapping[str, str], what: str) -> Decimal:
    """The amount; `FieldError` for what is missing, or is none."""
    try:
        amount = parse_amount(said.get("amount", ""))
    except InputError as error:
        raise FieldError("amount", error.for_shell()) from None
    if amount <= 0:
        raise FieldError("amount", "the amount is not above 0; write it as in 125.50")
    if not said.get("reference"):
        raise FieldError("reference", "the reference is missing; by it the posting counts once")
    if what == _REFUNDS and not said.get("reason"):
        raise FieldError("reason", "the reason is missing; it is kept with the posting")
    if said.get("at"):
        try:
            read_day(said["at"], "at")
        except InputError as error:
            raise FieldError("at", str(error)) from None
    return amount


def _form(
    request: Request,
    session: Session,
    provider: str,
    what: str,
    said: Mapping[str, str],
    error: InputError | None = None,
) -> Response:
    wrong = {error.field: str(error)} if isinstance(error, FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()
    why = [Field("reason", "Reason", hint="Kept with the posting.")] if what == _REFUNDS else []
    fields = [
        Field("amount", "Amount", hint="As in 125.50; above 0."),
        Field("reference", "Reference", hint="As the bank has it: by it the posting counts once."),
        *why,
        Field("at", "On (UTC day)", "date", required=False),
    ]
    filled = [replace(one, value=said.get(one.name, ""), error=wrong.get(one.name)) for one in fields]  # fmt: skip
    form = PageForm(f"/providers/{provider}/{what}", filled, "Look at it first", get=True, stacked=True, error=whole)  # fmt: skip
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(
        request, session, f"{_TITLES[what]} {provider}", [form], above=_above(provider), status=status
    )  # fmt: skip


def _above(provider: str | None = None) -> list[tuple[str, str]]:
    above = [("Providers", "/providers")]
    return above if provider is None else [*above, (provider, f"/providers/{provider}")]


def _known(book: Book, provider: str, what: str = _PAYMENTS) -> ProviderStanding:
    if what not in _TITLES:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    try:
        return book.providers.show(provider)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
