"""An account: what it is on, its statement, its calls, its channels and its history."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.asked import Page
from minutebook.api.entry import OneInstant, Served
from minutebook.book.clock import today
from minutebook.days import read_day
from minutebook.show.accounts import AccountView
from minutebook.show.balances import BalanceView
from minutebook.show.calls import CallsView
from minutebook.show.channel_use import ChannelUseView
from minutebook.show.for_customers import customers_postings, customers_rated
from minutebook.show.listings.accounts import account_sheets
from minutebook.show.listings.calls import calls_sheet
from minutebook.show.listings.channels import channels_sheet, minimum_sheet
from minutebook.show.listings.postings import POSTINGS
from minutebook.show.listings.statements import statement_sheets
from minutebook.show.runs import PostingView
from minutebook.show.serialise import as_json
from minutebook.show.servers import MinimumView
from minutebook.show.statements import StatementView
from minutebook.show.tables import Sheet
from minutebook.web.blocks import (
    AskedAgain,
    Facts,
    Field,
    Links,
    PageFact,
    PageForm,
    PageTable,
    Picture,
    Row,
    Words,
)
from minutebook.web.entry import may, viewing, visible
from minutebook.web.navigation import above_account
from minutebook.web.period import Days, Known, ShownDays
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.statements.channel_use import ChannelUse
    from minutebook.web.blocks import Block

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]
Owner = Annotated[Session, Depends(viewing(Right.OWN_ACCOUNT))]
_WORKED_OUT_MS: Final = 100
"""So long a page works out the channels of days before it is shown, at least those of one; the rest when it is asked again."""


@router.get("/accounts/{account}")
def _account(
    request: Request,
    book: Served,
    session: Owner,
    account: str,
    days: Days,
    known: Known,
) -> Response:
    named = visible(book, session, account)
    if any(term.channels for term in book.carrier().account_named(named).terms):
        _, still = _channels_so_far(request, book, named, days)
        if still:  # the statement says the peak of each day
            return page(
                request, session, named, [_standing(book, session, named, days), *still],
                above=above_account(session),
            )  # fmt: skip
    statement = book.statements.statement(named, days.first, days.last, known.at)
    view = StatementView.of(statement)
    if session.role is Role.CUSTOMER:
        view = replace(view, suspension=None, status_changes=[], set_aside=None)
    at = f"/accounts/{named}"
    by_day, by_month = statement_sheets(view, statement.title)
    leads = {"date": lambda row: f"{at}/days/{row['date']}"}
    blocks: list[Block] = [
        *([_standing(book, session, named, days)] if known.at is None else []),
        Links([*_ways(session, named, days), *known.kept(days.ways)]),
        PageTable.of(replace(by_month, title=None), title=f"Statement, {days.first} to {days.last}, in {view.currency}"),
        PageTable.of(replace(by_day, title=None), leads=leads, title="Day by day: a day leads to its charges"),
        days.form(at, known.field),
    ]  # fmt: skip
    if known.at is not None:
        blocks.append(Links([("As it is known now", f"{at}?{days.query}")]))
    return page(
        request, session, f"{statement.title} ({named})", blocks,
        above=above_account(session), lead=known.words,
    )  # fmt: skip


@router.get("/accounts/{account}/days/{day}")
def _day(request: Request, book: Served, session: Owner, account: str, day: str) -> Response:
    named, on = visible(book, session, account), read_day(day, "day")
    posted, hidden = list(book.ledger.postings(named, on, on)), set()
    if session.role is Role.CUSTOMER:
        posted, hidden = customers_postings(posted), {"by"}
    postings = [PostingView.of(posting) for posting in posted]
    columns = [column for column in POSTINGS if column.key not in hidden]
    leads = {key: lambda row: f"/charges/{row['journal']}" for key in ("kind", "amount")}
    blocks: list[Block] = [
        PageTable.of(
            Sheet(columns, postings), leads=leads, empty="Nothing was posted on this day."
        ),
        Links(
            [
                ("The calls of this day", f"/accounts/{named}/calls?from={on}&to={on}"),
                (f"The statement of {on:%Y-%m}", f"/accounts/{named}?month={on:%Y-%m}"),
            ]
        ),
    ]
    return page(
        request, session, f"{named}, {on}: what was posted", blocks,
        above=above_account(session, named),
        lead=["Charges are negative, payments positive. A posting leads to its arithmetic and its calls."],
    )  # fmt: skip


@router.get("/accounts/{account}/calls")
def _calls(
    request: Request, book: Served, session: Owner, account: str, days: Days, rows: Page
) -> Response:
    named = visible(book, session, account)

    frame, cursor = rows.filled(days.first, days.last, partial(book.calls.first_rated, named))
    of_account = book.carrier().account_named(named)
    currency = of_account.currency
    if session.role is Role.CUSTOMER:
        frame = customers_rated(frame, of_account)
    view = CallsView.of(named, days.first, days.last, frame)
    leads = {"call_id": call_way}
    at = f"/accounts/{named}/calls"
    ways = [*days.ways]
    if cursor is not None:
        ways.append(("More calls", f"{at}?{days.query}&limit={rows.rows}&cursor={cursor}"))
    table = PageTable.of(calls_sheet(view, currency), leads=leads, empty="There are no calls.")
    blocks: list[Block] = [days.form(at), table, Links(ways)]
    return page(
        request, session, f"Calls of {named}", blocks,
        above=above_account(session, named),
    )  # fmt: skip


@router.get("/accounts/{account}/channels")
def _channels(request: Request, book: Served, session: Owner, account: str, days: Days) -> Response:
    named = visible(book, session, account)
    use, still = _channels_so_far(request, book, named, days)
    view = ChannelUseView.of(use)
    rows = as_json(view.days)
    lines = {
        "peak": [row["peak"] for row in rows],
        "95th percentile": [row["p95"] for row in rows],
        "bought": [row["channels_bought"] for row in rows],
    }
    at = [_seconds(row["date"]) for row in rows]
    held = {name: line for name, line in lines.items() if any(n is not None for n in line)}
    picture = Picture("Channels held and bought", at, held, "channels", "Day by day; the table below has the same figures.")  # fmt: skip
    blocks: list[Block] = [
        days.form(f"/accounts/{named}/channels"),
        *(still or [picture]),
        PageTable.of(channels_sheet(view, days.first, days.last)),
        Links(days.ways),
    ]  # fmt: skip
    return page(
        request, session, f"Channels of {named}", blocks,
        above=above_account(session, named),
    )  # fmt: skip


def _channels_so_far(
    request: Request, book: Book, account: str, days: ShownDays
) -> tuple[ChannelUse, list[Block]]:
    """How an account used its channels, as far as that is known soon, and what the page says of the rest; in a file it is all."""
    if request.query_params.get("format") == "csv":
        return book.statements.channels(account, days.first, days.last), []
    use = book.statements.channels_so_far(account, days.first, days.last, _WORKED_OUT_MS)
    waiting = (days.last - days.first).days + 1 - len(use.days)
    if not waiting:
        return use, []
    said = f"The channels of {waiting} of these days are being worked out from their calls."
    asked = f"{request.url.path}?{request.url.query}"
    return use, [Words([said]), AskedAgain(asked, 0)]


@router.get("/accounts/{account}/minimum")
def _minimum(request: Request, book: Served, session: Owner, account: str, days: Days) -> Response:
    named = visible(book, session, account)
    view = MinimumView.of(book.statements.minimum(named, days.first))
    blocks: list[Block] = [
        Links(days.ways),
        PageTable.of(minimum_sheet(view), empty="No server was deployed in this month."),
    ]
    return page(
        request, session, f"Minimum of {named}", blocks,
        above=above_account(session, named),
    )  # fmt: skip


@router.get("/accounts/{account}/history")
def _history(
    request: Request,
    book: Served,
    session: Reader,
    account: str,
    at: Annotated[str | None, Query()] = None,
) -> Response:
    named = visible(book, session, account)
    view = AccountView.of(book.accounts.show(named, None if not at else read_day(at, "at")))
    day = Field("at", "As on (UTC day)", "date", at or "", required=False)
    form = PageForm(f"/accounts/{named}/history", [day], "Show", get=True)
    return page(
        request, session, f"History of {named}",
        [form, *(PageTable.of(sheet) for sheet in account_sheets(view))],
        above=above_account(session, named),
    )  # fmt: skip


def _standing(book: Book, session: Session, account: str, days: ShownDays) -> Facts | Words:
    """What the account is on and has to spend now, and where the month's minimum stands."""
    (standing,) = book.ledger.balances(account)
    view, money = BalanceView.of(standing), as_json(BalanceView.of(standing))
    carrier, now = book.carrier(), today()
    declared = carrier.account_named(account)
    term, on = declared.term_on(now), carrier.holdings_of(declared, []).on(now)
    plan = "no plan" if term is None else term.plan
    model = None if on is None else _model(on.plan.model)
    buys = model if on is None or on.channels_bought is None else f"{on.channels_bought:,} channels"
    why = None if session.role is Role.CUSTOMER else view.status_reason
    facts = [
        PageFact("Balance", f"{money['balance']} {view.currency}"),
        PageFact("Available", f"{money['available']} {view.currency}", alarming=view.stopped),
        PageFact("Floor", f"{money['floor']} {view.currency}", "the balance may fall so far"),
        PageFact("Status", view.status, why, alarming=view.status != "active"),
        PageFact(
            "Plan", plan, buys,
            None if term is None or session.role is Role.CUSTOMER else f"/plans/{plan}",
        ),
    ]  # fmt: skip
    month = min(days.first, now)
    minimum = MinimumView.of(book.statements.minimum(account, month))
    owed = as_json(minimum)
    if minimum.required:
        said = "met" if minimum.met else f"{owed['shortfall']} {view.currency} short so far"
        facts.append(
            PageFact(
                f"Minimum of {month:%Y-%m}",
                f"{owed['required']} {view.currency}",
                said,
                f"/accounts/{account}/minimum?month={month:%Y-%m}",
            )
        )
    return Facts(facts)


def _model(model: str) -> str:
    return model.replace("_", " ").replace("per", "charged per", 1)


def _ways(session: Session, account: str, days: ShownDays) -> list[tuple[str, str]]:
    at = f"/accounts/{account}"
    ways = [
        ("Calls", f"{at}/calls?{days.query}"),
        ("Channels", f"{at}/channels?{days.query}"),
        ("Prices", f"{at}/prices"),
    ]
    ways.append(("Do other plans fit better?", f"{at}/review?{days.query}"))
    if may(session, Right.ACCOUNTS):
        ways.append(("History", f"{at}/history"))
    if may(session, Right.TERMS):
        ways.append(("Change what it is on", f"{at}/change"))
    if may(session, Right.POSTINGS):
        ways += [
            ("Enter a payment", f"{at}/payments"),
            ("Pay money back", f"{at}/refunds"),
            ("Adjust the balance", f"{at}/adjustments"),
        ]
    return ways


def call_way(row: Row) -> str:
    """To the page of a row's call."""
    return f"/calls/{quote(row['call_id'], safe='')}"


def _seconds(day: Any) -> int:
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
