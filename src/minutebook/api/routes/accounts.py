"""Accounts: what they are on, what they have to spend, what they were charged, their calls, whether their plans fit."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right, Role
from minutebook.api.answers import answer, file_word, told_as
from minutebook.api.asked import CURSOR, DAY, INSTANT, MONTH, AsOf, Page, Period
from minutebook.api.cursors import Part
from minutebook.api.entry import OneInstant, Served, having, seen
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, TableForm, next_page, table_answer
from minutebook.days import read_day, read_instant, read_month
from minutebook.fit.shares import read_growth
from minutebook.show.account_prices import AccountPricesView
from minutebook.show.accounts import AccountsView, AccountView, EventView, ListedAccountView
from minutebook.show.balances import BalanceView
from minutebook.show.calls import CallsView, CallView
from minutebook.show.for_customers import customers_rated
from minutebook.show.listings.accounts import ACCOUNTS, BALANCES, account_sheets
from minutebook.show.listings.calls import calls_sheet
from minutebook.show.listings.fit import OFFERED, review_sheet
from minutebook.show.listings.price_lists import price_table
from minutebook.show.listings.statements import statement_sheets
from minutebook.show.price_lists import PriceLineView
from minutebook.show.review.model import PlanCostView, ReviewView
from minutebook.show.review.offered import OfferedPlanView, OfferedReviewView
from minutebook.show.statements import StatementDayView, StatementView
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["accounts"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]
Owner = Annotated[AccessKey, Depends(having(Right.OWN_ACCOUNT))]


@router.get("/accounts", responses=responses(AccountsView, tables=True))
def _accounts(
    request: Request,
    book: Served,
    key: Reader,
    form: AskedForm,
    part: Part,
    month: Annotated[
        str | None, Query(description="As 2026-10; left out: this month", json_schema_extra=MONTH)
    ] = None,
    q: Annotated[str, Query(description="Those whose name or title has this")] = "",
) -> Response:
    """Every account with its plan, servers, calls of the month and where its minimum stands; as `minutebook account list`."""
    names = book.carrier().accounts_having(q)
    rows, cursor = part.cut([name] for name in names)
    in_month = None if month is None else read_month(month, "month")
    view = AccountsView.of(book.accounts.list(in_month, names[rows]))
    return told_as(
        form, view, lambda: Sheet(ACCOUNTS, view.accounts), ListedAccountView, "accounts",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/balances", responses=responses(BalanceView, many=True, tables=True))
def _balances(
    book: Served,
    _: Reader,
    form: AskedForm,
    at: Annotated[
        str | None,
        Query(description="At the end of a UTC day; left out: now", json_schema_extra=DAY),
    ] = None,
) -> Response:
    """What every account has to spend; as `minutebook balance`."""
    day = None if at is None else read_day(at, "at")
    views = [BalanceView.of(standing) for standing in book.ledger.balances(at=day)]
    return told_as(form, views, lambda: Sheet(BALANCES, views), BalanceView, "balances")


@router.get("/accounts/{account}", responses=responses(AccountView, tables=True))
def _account(
    book: Served,
    key: Reader,
    account: str,
    form: AskedForm,
    at: Annotated[
        str | None, Query(description="A UTC day; left out: today", json_schema_extra=DAY)
    ] = None,
) -> Response:
    """What an account is on, and how it came to that; as `minutebook account show`. As a table its history."""
    day = None if at is None else read_day(at, "at")
    view = AccountView.of(book.accounts.show(seen(book, key, account), day))
    return told_as(
        form, view, lambda: account_sheets(view)[0], EventView, f"history-{file_word(account)}"
    )


@router.get("/accounts/{account}/balance", responses=responses(BalanceView, tables=True))
def _balance(
    book: Served,
    key: Owner,
    account: str,
    form: AskedForm,
    at: Annotated[
        str | None,
        Query(description="At the end of a UTC day; left out: now", json_schema_extra=DAY),
    ] = None,
) -> Response:
    """What an account has to spend; as `minutebook balance`."""
    day = None if at is None else read_day(at, "at")
    (standing,) = book.ledger.balances(seen(book, key, account), day)
    view = BalanceView.of(standing)
    return told_as(
        form,
        view,
        lambda: Sheet(BALANCES, [view]),
        BalanceView,
        f"balance-{file_word(account)}",
        key=key,
    )


@router.get("/accounts/{account}/statement", responses=responses(StatementView, tables=True))
def _statement(
    book: Served, key: Owner, account: str, days: Period, as_of: AsOf, form: AskedForm
) -> Response:
    """An account day by day: calls, charges, payments, the balance at each day's end; as `minutebook statement`. As a table its
    days."""
    named = seen(book, key, account)
    statement = book.statements.statement(named, *days, as_of)
    view = StatementView.of(statement)
    return told_as(
        form, view, lambda: statement_sheets(view, statement.title)[0], StatementDayView,
        f"statement-{file_word(named)}", key=key,
    )  # fmt: skip


@router.get("/accounts/{account}/calls", responses=responses(CallsView, more=CURSOR, tables=True))
def _calls(
    request: Request,
    book: Served,
    key: Owner,
    account: str,
    days: Period,
    page: Page,
    form: AskedForm,
) -> Response:
    """An account's calls with their prices, as they are priced now, page by page; as `minutebook calls`. As a table the next
    page is the `Link` whose `rel` is next."""
    named = seen(book, key, account)

    frame, cursor = page.filled(*days, partial(book.calls.first_rated, named))
    if key.role is Role.CUSTOMER:
        frame = customers_rated(frame, book.carrier().account_named(named))
    view = CallsView.of(named, *days, frame)
    if form is TableForm.JSON:
        return answer(view, key, cursor=cursor)
    return told_as(
        form, view, lambda: calls_sheet(view, None), CallView, f"calls-{file_word(named)}",
        key=key, following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/accounts/{account}/prices", responses=responses(AccountPricesView, tables=True))
def _prices(
    book: Served,
    key: Owner,
    account: str,
    form: AskedForm,
    at: Annotated[
        str | None,
        Query(description="At an instant or a UTC day; left out: now", json_schema_extra=INSTANT),
    ] = None,
) -> Response:
    """What an account is charged: its plan in words, and the price list of the plan's card, as `minutebook card pricelist`. As a
    table the prices alone; where there is no list the status is 422.
    """
    named, when = seen(book, key, account), None if at is None else read_instant(at, "at")
    found = book.accounts.prices(named, when)
    if form is TableForm.JSON:
        return answer(AccountPricesView.of(found), key)
    if found.price_list is None:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{named} has no list of prices then, as its plan has no card with a price in force; ask for json",
        )
    sheet = price_table(found.price_list)
    return table_answer(form, sheet, PriceLineView, f"prices-{file_word(named)}")


@router.get(
    "/accounts/{account}/review", responses=responses(ReviewView, OfferedReviewView, tables=True)
)
def _review(
    book: Served,
    key: Owner,
    account: str,
    days: Period,
    form: AskedForm,
    growth: Annotated[
        str,
        Query(description="So much more traffic is reckoned with, as 20%; to a customer as it is"),
    ] = "0%",
    cps_limit: Annotated[
        int | None, Query(ge=1, description="What if no more attempts a second are taken")
    ] = None,
) -> Response:
    """What an account's traffic would cost under every plan, and which fits; as `minutebook review`, and what it earns to those
    who may see the carrier's money. To a customer its plan against those that it is offered, in amounts that can be paid."""
    named = seen(book, key, account)
    name = f"review-{file_word(named)}"
    if key.role is Role.CUSTOMER:
        offers = book.carrier().account_named(named).offers
        found = book.fit.review(named, *days, earned=False, plans=offers)
        offered = OfferedReviewView.of(found)
        return told_as(form, offered, lambda: Sheet(OFFERED, offered.plans), OfferedPlanView, name)
    more, earned = read_growth(growth, "growth"), Right.MONEY in key.rights
    found = book.fit.review(named, *days, growth=more, cps_limit=cps_limit, earned=earned)
    view = ReviewView.of(found)
    return told_as(form, view, lambda: review_sheet(view), PlanCostView, name)
