"""By whom a number is best sent, and what is earned by it: for those who may see the carrier's money."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.show.listings.routes import routes_sheet
from minutebook.show.routes import RoutingView
from minutebook.web.blocks import Block, Field, PageForm, PageTable, Words
from minutebook.web.entry import viewing
from minutebook.web.rendering import page, refused

router = APIRouter(route_class=OneInstant)
MoneyReader = Annotated[Session, Depends(viewing(Right.MONEY))]
_AT: Final = "/route"
_TITLE: Final = "By whom is a number best sent?"
_USUAL: Final = "60"


@router.get(_AT)
def _route(
    request: Request,
    book: Served,
    session: MoneyReader,
    number: Annotated[str, Query()] = "",
    seconds: Annotated[str, Query()] = _USUAL,
    sold_by: Annotated[str, Query()] = "",
    caller: Annotated[str, Query()] = "",
    currency: Annotated[str, Query()] = "",
    at: Annotated[str, Query()] = "",
) -> Response:
    """The providers in order of cost; nothing, until a number is asked for."""
    carrier = book.carrier()
    sellers = [("account", name) for name in sorted(carrier.accounts)]
    sellers += [("card", name) for name in sorted(carrier.cards)]
    options = [("", "nobody"), *((f"{kind}:{name}", f"{kind} {name}") for kind, name in sellers)]
    fields = [
        Field("number", "Number dialled", value=number, hint="As in +442079460123."),
        Field("seconds", "Answered seconds", value=seconds, hint="Several with commas between them, as 10, 180: what they cost together counts."),
        Field("sold_by", "Sold to, or by", value=sold_by, required=False, options=options),
        Field("caller", "Caller", value=caller, required=False, hint="Where prices go by it."),
        Field("currency", "In the currency", value=currency, required=False, hint="Left empty: the book's."),
        Field("at", "Answered (UTC)", value=at, required=False, hint="As 2026-10-01T12:00:00Z; empty: now."),
    ]  # fmt: skip
    form = PageForm(_AT, fields, "Show the routes", get=True)
    above = [("Providers", "/providers")]
    if not number.strip():
        return page(request, session, _TITLE, [form], above=above)
    kind, _, name = sold_by.partition(":")
    asked: dict[str, Any] = {kind: name} if kind in ("account", "card") else {}
    durations = [one.strip() for one in seconds.split(",") if one.strip()]
    try:
        found = book.providers.route(
            number.strip(), seconds=durations or [_USUAL], caller=caller.strip() or None,
            currency=currency.strip() or None, at=read_instant(at.strip(), "at") if at.strip() else None, **asked,
        )  # fmt: skip
    except InputError as error:
        return refused(request, session, _TITLE, form, error, above=above)
    sheet = routes_sheet(RoutingView.of(found))
    leads = {
        "provider": lambda row: f"/providers/{row['provider']}",
        "card": lambda row: f"/cards/{row['card']}",
    }
    blocks: list[Block] = [form, PageTable(sheet, leads, empty="No provider takes it.")]
    notes = list(sheet.notes)
    if notes and not sheet.rows:
        blocks = [form, Words(notes, alarming=True)]
    return page(request, session, _TITLE, blocks, above=above)
