"""What an account is charged: its plan in words, and its price list, to read, to search and to take away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.days import read_instant
from minutebook.show.account_prices import AccountPricesView
from minutebook.show.listings.price_lists import TERMS, price_list_sheets
from minutebook.show.price_list_files import price_list_page, price_list_workbook
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet, csv_text
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.entry import viewing, visible
from minutebook.web.rendering import PAGE_HEADERS, REPORT_HEADERS, page

if TYPE_CHECKING:
    from minutebook.accounts.account_prices import AccountPrices
    from minutebook.cards.price_list import PriceList

router = APIRouter(route_class=OneInstant)
Owner = Annotated[Session, Depends(viewing(Right.OWN_ACCOUNT))]
_MOST: Final = 500
_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/accounts/{account}/prices")
def _prices(
    request: Request,
    book: Served,
    session: Owner,
    account: str,
    find: Annotated[str, Query()] = "",
    at: Annotated[str, Query()] = "",
    format: Annotated[str, Query()] = "",
) -> Response:
    named = visible(book, session, account)
    found = book.accounts.prices(named, read_instant(at, "at") if at else None)
    if found.price_list is not None and format:
        return _file(found.price_list, named, format)
    above = [(named, f"/accounts/{named}")]
    if session.role is not Role.CUSTOMER:
        above.insert(0, ("Accounts", "/accounts"))
    return page(request, session, f"Prices of {named}", _blocks(found, find.strip()), above=above)


def _blocks(found: AccountPrices, wanted: str) -> list[Block]:
    view = AccountPricesView.of(found)
    if view.plan is None:
        return [Words(["The account is on no plan now."])]
    buys = "" if view.channels is None else f" with {view.channels:,} channels"
    blocks: list[Block] = [
        Words([f"On plan {view.plan}{buys} since {view.since}. Prices are in {view.currency}."]),
        PageTable.of(Sheet(TERMS, as_json(view.terms)), title="The plan, term by term"),
    ]
    if found.price_list is None:
        if found.plan is not None and found.plan.card is not None:
            blocks.append(Words(["No price of its card is in force now."], alarming=True))
        return blocks
    at = f"/accounts/{view.account}/prices"
    prices, *changes = price_list_sheets(found.price_list)
    rows = [row for row in prices.rows if _is_wanted(row, wanted)]
    said = f"Prices: {len(rows):,} destinations"
    more = f", the first {_MOST}" if len(rows) > _MOST else ""
    blocks += [
        Links(
            [
                ("All prices as CSV", f"{at}?format=csv"),
                ("As a workbook", f"{at}?format=xlsx"),
                ("As a page to print or send", f"{at}?format=html"),
            ]
        ),
        PageForm(at, [Field("find", "Prefix, country or destination", value=wanted, required=False)], "Show", get=True),
        PageTable(replace(prices, rows=rows[:_MOST]), title=said + more, empty="No destination is called so."),
        *map(PageTable, changes),
    ]  # fmt: skip
    return blocks


def _is_wanted(row: dict[str, str | None], wanted: str) -> bool:
    """Whether a row is of a country or destination that is called so, or its prefixes and a number's digits begin alike."""
    digits = wanted.removeprefix("+")
    if digits.isdecimal():
        prefixes = (row["prefix"] or "").split("; ")
        return any(one.startswith(digits) or digits.startswith(one) for one in prefixes)
    return wanted.lower() in f"{row['country']} {row['name']}".lower()


def _file(found: PriceList, account: str, kind: str) -> Response:
    """The whole list to take away."""
    if kind == "html":
        return HTMLResponse(price_list_page(found), headers=REPORT_HEADERS)
    name = "".join(c if c.isalnum() else "-" for c in f"prices-{account}-{found.at:%Y-%m-%d}")
    if kind == "xlsx":
        content, media = price_list_workbook(found), _WORKBOOK
    else:
        kind, media = "csv", "text/csv"
        content = csv_text(price_list_sheets(found)[0]).encode()
    sent = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=media, headers=PAGE_HEADERS | sent)
