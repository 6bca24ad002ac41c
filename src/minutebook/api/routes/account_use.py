"""What an account uses and needs: its channels, its minimum, what was posted on a day."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right, Role
from minutebook.api.answers import file_word, told_as
from minutebook.api.asked import MONTH, Period
from minutebook.api.entry import OneInstant, Served, having, seen
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.days import read_day, read_month
from minutebook.fit.shares import read_growth, read_share
from minutebook.show.capacity.model import CapacityView, LossView
from minutebook.show.channel_use import ChannelDayView, ChannelUseView
from minutebook.show.for_customers import customers_postings
from minutebook.show.listings.channels import channels_sheet, minimum_sheet
from minutebook.show.listings.fit import capacity_sheets
from minutebook.show.listings.postings import POSTINGS
from minutebook.show.runs import PostingView
from minutebook.show.servers import MinimumView, ServerMonthView
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["accounts"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]
Owner = Annotated[AccessKey, Depends(having(Right.OWN_ACCOUNT))]


@router.get("/accounts/{account}/channels", responses=responses(ChannelUseView, tables=True))
def _channels(
    book: Served,
    key: Owner,
    account: str,
    days: Period,
    form: AskedForm,
    by: Annotated[
        Literal["server"] | None, Query(description="server: a line for each server and day")
    ] = None,
) -> Response:
    """How many channels an account held, day by day; as `minutebook channels show`."""
    named, split = seen(book, key, account), by is not None
    view = ChannelUseView.of(book.statements.channels(named, *days, by_server=split))
    return told_as(
        form, view, lambda: channels_sheet(view, *days, by_server=split), ChannelDayView,
        f"channels-{file_word(named)}", key=key,
    )  # fmt: skip


@router.get("/accounts/{account}/minimum", responses=responses(MinimumView, tables=True))
def _minimum(
    book: Served,
    key: Owner,
    account: str,
    form: AskedForm,
    month: Annotated[
        str | None, Query(description="As 2026-10; left out: this month", json_schema_extra=MONTH)
    ] = None,
) -> Response:
    """Where an account's minimum of a month stands, by server; as `minutebook minimum`."""
    named = seen(book, key, account)
    first = None if month is None else read_month(month, "month")
    view = MinimumView.of(book.statements.minimum(named, first))
    return told_as(
        form, view, lambda: minimum_sheet(view), ServerMonthView, f"minimum-{file_word(named)}", key=key
    )  # fmt: skip


@router.get(
    "/accounts/{account}/days/{day}", responses=responses(PostingView, many=True, tables=True)
)
def _day(book: Served, key: Owner, account: str, day: str, form: AskedForm) -> Response:
    """What was posted to an account on a UTC day; each leads to `charges/{id}/explain` by its `journal`."""
    named, on = seen(book, key, account), read_day(day, "day")
    posted = list(book.ledger.postings(named, on, on))
    if key.role is Role.CUSTOMER:
        posted = customers_postings(posted)
    views = [PostingView.of(posting) for posting in posted]
    return told_as(
        form, views, lambda: Sheet(POSTINGS, views), PostingView, f"{file_word(named)}-{on}", key=key
    )  # fmt: skip


@router.get("/accounts/{account}/capacity", responses=responses(CapacityView, tables=True))
def _capacity(
    book: Served,
    key: Reader,
    account: str,
    days: Period,
    form: AskedForm,
    blocking: Annotated[
        str, Query(description="The share of attempts that may be lost, as 1% or 0.01")
    ] = "1%",
    growth: Annotated[
        str, Query(description="So much more traffic is reckoned with, as 20%; may be negative")
    ] = "0%",
    cps_limit: Annotated[
        int | None, Query(ge=1, description="What if no more attempts a second are taken")
    ] = None,
    channels_per_server: Annotated[
        int, Query(ge=1, description="What a server carries at once")
    ] = 1000,
    cps_per_server: Annotated[
        int, Query(ge=1, description="Attempts a second that a server takes")
    ] = 100,
) -> Response:
    """How many channels and servers an account's traffic needs, and what fewer would lose; as `minutebook capacity`. As a table
    the curve of losses."""
    from minutebook.fit.capacity import Assumptions
    from minutebook.traffic.demand import Servers

    named = seen(book, key, account)
    asked = Assumptions(
        blocking=read_share(blocking, "blocking"),
        growth=read_growth(growth, "growth"),
        cps_limit=cps_limit,
        servers=Servers(channels_per_server, cps_per_server),
    )
    found = book.fit.capacity(named, *days, asked)
    return told_as(
        form, CapacityView.of(found), lambda: capacity_sheets(found)[0], LossView,
        f"capacity-{file_word(named)}",
    )  # fmt: skip
