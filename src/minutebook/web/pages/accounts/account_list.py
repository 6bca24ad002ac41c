"""Every account: a hundred on a page, and found by name."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.show.accounts import AccountsView
from minutebook.show.listings.accounts import ACCOUNTS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Field, Links, PageForm, PageTable, Row
from minutebook.web.entry import viewing
from minutebook.web.period import Days
from minutebook.web.rendering import page

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]
_ACCOUNTS_SHOWN: Final = 100
"""So many accounts are on a page."""


@router.get("/accounts")
def _accounts(
    request: Request,
    book: Served,
    session: Reader,
    days: Days,
    q: Annotated[str, Query()] = "",
    after: Annotated[str, Query()] = "",
) -> Response:
    named = book.carrier().accounts_having(q)
    shown = named
    if request.query_params.get("format") != "csv":  # which has all of them
        shown = [name for name in named if name > after][:_ACCOUNTS_SHOWN]
    view = AccountsView.of(book.accounts.list(days.first, shown))
    table = PageTable.of(
        Sheet(ACCOUNTS, view.accounts),
        leads={"account": lambda row: f"/accounts/{row['account']}", "plan": _plan_way},
        empty="No account is called so." if q else "No account is declared yet.",
    )
    month = f"{days.first:%Y-%m}"
    ways = [*days.ways, ("Servers", "/servers")]
    if shown and shown[-1] != named[-1]:
        ways.append(("More accounts", f"?month={month}&{urlencode({'q': q, 'after': shown[-1]})}"))
    find = PageForm(
        "/accounts",
        [Field("q", "Name or title has", value=q, required=False)],
        "Find",
        get=True,
        hidden={"month": month},
    )
    return page(
        request, session, f"Accounts in {month}", [Links(ways), find, table],
        lead=["What each is on, and where the minimum of its servers stands in the month."],
    )  # fmt: skip


def _plan_way(row: Row) -> str | None:
    """To the page of a row's plan."""
    return f"/plans/{row['plan']}" if row.get("plan") else None
