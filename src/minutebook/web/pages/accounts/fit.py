"""Does another plan fit an account better, and how many channels does its traffic need."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.errors import InputError
from minutebook.fit.capacity import Assumptions
from minutebook.money import parse_price
from minutebook.show.listings.fit import OFFERED, capacity_sheets, review_sheet
from minutebook.show.review.model import ReviewView
from minutebook.show.review.offered import OfferedReviewView
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, Links, PageTable, Picture, Words
from minutebook.web.entry import may, viewing, visible
from minutebook.web.navigation import above_account
from minutebook.web.period import Days, ShownDays
from minutebook.web.rendering import REPORT_HEADERS, page, refused

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.fit.review import Review

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]
Owner = Annotated[Session, Depends(viewing(Right.OWN_ACCOUNT))]
_PERCENT = 100


@router.get("/accounts/{account}/review")
def _review(
    request: Request,
    book: Served,
    session: Owner,
    account: str,
    days: Days,
    growth: Annotated[str, Query()] = "",
) -> Response:
    named = visible(book, session, account)
    if session.role is Role.CUSTOMER:
        return _offered(request, book, session, named, days)
    at = f"/accounts/{named}/review"
    title = f"Does the plan of {named} fit?"
    form = days.form(at, _growth_field(growth), live=True)
    try:
        found = book.fit.review(
            named, days.first, days.last, growth=_growth(growth), earned=may(session, Right.MONEY)
        )
    except InputError as error:
        return refused(request, session, title, form, error, above=above_account(session, named))
    view = ReviewView.of(found)
    sheet = review_sheet(view)
    blocks: list[Block] = [
        form,
        Links(days.ways_with(growth=growth)),
        Words(view.words),
        PageTable.of(replace(sheet, notes=[]), leads={"plan": lambda row: f"/plans/{row['plan']}"}),
        Links(
            [
                ("How many channels it needs", f"/accounts/{named}/capacity?{days.query}"),
                ("As a page to print or send", f"{at}/report?{days.query}"),
                ("As a page for the customer", f"{at}/report?{days.query}&reader=customer"),
            ]
        ),
    ]
    return page(request, session, title, blocks, above=above_account(session, named))


@router.get("/accounts/{account}/review/report")
def _report(
    book: Served, session: Owner, account: str, days: Days, reader: Annotated[str, Query()] = ""
) -> Response:
    named = visible(book, session, account)
    for_customer = Role.CUSTOMER in (reader, session.role)
    earned = may(session, Right.MONEY) and not for_customer
    plans = () if for_customer else None
    found: Review = book.fit.review(named, days.first, days.last, earned=earned, plans=plans)
    text = book.customer_report(found) if for_customer else book.report(found)
    return HTMLResponse(text, headers=REPORT_HEADERS)


def _offered(
    request: Request, book: Book, session: Session, account: str, days: ShownDays
) -> Response:
    """The customer's page: its plan against those that it is offered."""
    at, title = f"/accounts/{account}/review", "Does the plan fit?"
    form, above = days.form(at), [(account, f"/accounts/{account}")]
    offers = book.carrier().account_named(account).offers
    try:
        found = book.fit.review(account, days.first, days.last, earned=False, plans=offers)
    except InputError:  # no plan, or no calls yet: that is no fault of who asks
        said = f"There are no calls on a plan from {days.first} to {days.last} to compare plans by."
        return page(request, session, title, [form, Words([said]), Links(days.ways)], above=above)
    view = OfferedReviewView.of(found)
    title_of_table = f"{view.from_} to {view.to}, in {view.currency}"
    blocks: list[Block] = [
        form,
        Words(view.words),
        PageTable.of(Sheet(OFFERED, view.plans), title=title_of_table),
        Links([*days.ways, ("As a page to print or send", f"{at}/report?{days.query}")]),
    ]
    return page(request, session, title, blocks, above=above)


@router.get("/accounts/{account}/capacity")
def _capacity(
    request: Request,
    book: Served,
    session: Reader,
    account: str,
    days: Days,
    growth: Annotated[str, Query()] = "",
    blocking: Annotated[str, Query()] = "1",
) -> Response:
    named = visible(book, session, account)
    at = f"/accounts/{named}/capacity"
    form = days.form(at, _growth_field(growth), _loss_field(blocking), live=True)
    title = f"Channels that {named} needs"
    try:
        asked = Assumptions(blocking=_share(blocking, "the loss"), growth=_growth(growth))
        found = book.fit.capacity(named, days.first, days.last, asked)
    except InputError as error:
        return refused(request, session, title, form, error, above=above_account(session, named))
    curve, questions = capacity_sheets(found)
    tables = [
        PageTable.of(replace(curve, notes=[])),
        PageTable.of(questions, title="What to ask of a supplier"),
    ]
    rows = tables[0].sheet.rows
    blocks: list[Block] = [
        form,
        Links(days.ways_with(growth=growth, blocking=blocking)),
        Words(curve.notes),
        Picture(
            "Calls that find no channel free",
            [row["channels"] for row in rows],
            {"lost calls": [row["lost_calls"] for row in rows]},
            "calls",
            "By the number of channels, as the recorded attempts would have gone; the table has the same figures.",
            across="channels",
        ),
        *tables,
        Links([("Which plan fits", f"/accounts/{named}/review?{days.query}")]),
    ]
    return page(request, session, title, blocks, above=above_account(session, named))


def _growth_field(said: str) -> Field:
    return _slider("growth", "Growth to reckon with", said or "0", -50, 200, "1")


def _loss_field(said: str) -> Field:
    return _slider("blocking", "Attempts that may be lost", said, 0, 10, "0.1")


def _slider(name: str, label: str, said: str, least: int, most: int, step: str) -> Field:
    """Of percents; its bounds take in what was asked by the address, which need not be a step of it."""
    asked = float(said) if re.fullmatch(r"-?\d{1,4}(\.\d+)?", said) else least
    whole = asked * 10 == int(asked * 10) if step != "1" else asked == int(asked)
    return Field(
        name, label, "range", said, step=step if whole else "any", unit=" %",
        least=f"{min(least, asked):g}", most=f"{max(most, asked):g}",
    )  # fmt: skip


def _growth(said: str) -> Fraction:
    return _share(said, "the growth") if said.strip() else Fraction(0)


def _share(said: str, name: str) -> Fraction:
    return Fraction(parse_price(said.strip(), name)) / _PERCENT
