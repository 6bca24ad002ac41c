"""What is declared to charge and to pay by: plans, cards, providers; what a call would cost."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import now
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.show.deck_rows import bands_priced, deck_rows
from minutebook.show.declarations.cards import declared_words, listed_cards
from minutebook.show.declarations.plans import PlansView, PlanView
from minutebook.show.listings.cards import cards_sheet
from minutebook.show.listings.plans import plan_sheets, plans_sheet
from minutebook.show.listings.prices import price_sheet
from minutebook.show.listings.providers import providers_sheet
from minutebook.show.price_columns import price_columns
from minutebook.show.prices import call_price
from minutebook.show.providers import ProvidersView
from minutebook.show.sentences.prices import refusal_words
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.entry import may, viewing
from minutebook.web.pages.administration.declared_history import declared_history
from minutebook.web.rendering import page, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.cards.revision import Revision

router = APIRouter(route_class=OneInstant)
Reader = Annotated[Session, Depends(viewing(Right.PRICES))]
MoneyReader = Annotated[Session, Depends(viewing(Right.MONEY))]
_MOST = 500
_COMPARED = 5
"""A revision is compared with so many of the last."""


@router.get("/plans")
def _plans(request: Request, book: Served, session: Reader) -> Response:
    sheet = plans_sheet(PlansView.of(book.plans.list()))
    leads = {"plan": lambda row: f"/plans/{row['plan']}"}
    blocks: list[Block] = [
        PageTable.of(sheet, leads=leads, empty="No plan is declared yet."),
        Links(_others(session)),
    ]
    return page(request, session, "Plans", blocks, lead=["As they are in force today."])


@router.get("/plans/{plan}")
def _plan(request: Request, book: Served, session: Reader, plan: str) -> Response:
    try:
        view = PlanView.of(book.plans.show(plan))
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    leads = {"account": lambda row: f"/accounts/{row['account']}"}
    blocks: list[Block] = [PageTable.of(sheet, leads=leads) for sheet in plan_sheets(view)]
    blocks.append(declared_history(book, "plan", plan))
    if may(session, Right.DECLARATIONS):
        blocks.append(Links([("Declare it otherwise", f"/declare?table=plan.{plan}")]))
    return page(request, session, f"Plan {plan}", blocks, above=[("Plans", "/plans")])


@router.get("/cards")
def _cards(request: Request, book: Served, session: Reader) -> Response:
    by = book.cards.brought_by()
    views = [view for card in book.cards.list() for view in listed_cards(card, now(), by)]
    leads = {
        "card": lambda row: f"/cards/{row['card']}",
        "revision": lambda row: f"/cards/{row['card']}?revision={row['revision']}",
    }
    decks = [("Import a deck", "/decks/new")] if may(session, Right.DECLARATIONS) else []
    blocks: list[Block] = [
        PageTable.of(cards_sheet(views), leads=leads, empty="No card is imported yet."),
        Links([*decks, *_others(session)]),
    ]
    return page(request, session, "Rate cards", blocks, lead=["A line for each revision."])


@router.get("/cards/{card}")
def _card(
    request: Request,
    book: Served,
    session: Reader,
    card: str,
    prefix: Annotated[str, Query()] = "",
    revision: Annotated[int | None, Query()] = None,
) -> Response:
    try:
        known = book.cards.show(card)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    chosen = {r.number: r for r in known.revisions}.get(revision or 0) or known.in_force(now())
    wanted = "".join(c for c in prefix if c.isdigit())
    form = PageForm(
        f"/cards/{card}",
        [Field("prefix", "Prefixes that begin with", value=wanted, required=False)],
        "Show",
        get=True,
    )
    views = listed_cards(known, now(), book.cards.brought_by())
    ways = {"revision": lambda row: f"/cards/{card}?revision={row['revision']}"}
    blocks: list[Block] = [
        Words(declared_words(known)),
        PageTable.of(cards_sheet(views), leads=ways, title="Its revisions"),
        *_revision_ways(session, card, chosen, known.revisions),
        form,
    ]
    if chosen is None:
        blocks.append(Words(["It has no revision in force now."]))
    else:
        frame = book.cards.prices(chosen)
        found = frame.filter(frame["prefix"].str.starts_with(wanted)) if wanted else frame
        rows = deck_rows(found.head(_MOST), chosen.terms, known.currency)
        said = f"Revision {chosen.number}: {found.height:,} prefixes"
        more = f", the first {_MOST}" if found.height > _MOST else ""
        blocks.append(
            PageTable(
                Sheet(price_columns(known.currency, bands_priced(frame, chosen.terms)), rows),
                title=said + more,
                empty="No prefix begins so.",
            )
        )
    blocks.append(declared_history(book, "card", card))
    return page(request, session, f"Card {card}", blocks, above=[("Rate cards", "/cards")])


def _revision_ways(
    session: Session, card: str, chosen: Revision | None, revisions: Sequence[Revision]
) -> list[Block]:
    """What can be done with the revision that is shown, and what it is compared with."""
    if chosen is None:
        return []
    number = chosen.number
    ways = [
        (f"Compare with revision {other.number}", f"/cards/{card}/diff?before={other.number}&after={number}")
        for other in revisions[-_COMPARED:]
        if other.number != number
    ]  # fmt: skip
    ways += [
        (f"As a deck in {kind.upper()}", f"/cards/{card}/file?kind={kind}&revision={number}")
        for kind in ("csv", "xlsx", "json")
    ]
    if may(session, Right.DECLARATIONS):
        at = f"/cards/{card}/revisions/{number}"
        ways += [
            ("Take it live", f"{at}/live"),
            ("Withdraw it", f"{at}/withdraw"),
            ("Go back to it", f"{at}/rollback"),
            ("Import a deck", f"/decks/new?card={card}"),
        ]
    return [Links(ways, title=f"Revision {number}")]


@router.get("/price")
def _price(
    request: Request,
    book: Served,
    session: Reader,
    called: Annotated[str, Query()] = "",
    seconds: Annotated[str, Query()] = "",
    by: Annotated[str, Query()] = "",
    caller: Annotated[str, Query()] = "",
    at: Annotated[str, Query()] = "",
) -> Response:
    carrier = book.carrier()
    kinds = [("plan", name) for name in sorted(carrier.plans)]
    kinds += [("card", name) for name in sorted(carrier.cards)]
    ways = [(f"{kind}:{name}", f"{kind} {name}") for kind, name in kinds]
    fields = [
        Field("called", "Number dialled", value=called, hint="As in +442079460123."),
        Field("seconds", "Answered seconds", value=seconds, hint="May have decimals."),
        Field("by", "By", value=by, options=ways),
        Field("caller", "Caller", value=caller, required=False, hint="Where prices go by it."),
        Field("at", "Answered (UTC)", value=at, required=False, hint="As 2026-10-01T12:00:00Z; empty: now."),
    ]  # fmt: skip
    form, title = PageForm("/price", fields, "Price it", get=True), "What would a call cost?"
    if not called.strip():
        return page(request, session, title, [form])
    kind, _, name = by.partition(":")
    try:
        priced = book.statements.price(
            called.strip(), seconds.strip(), caller=caller.strip() or None,
            card=name if kind == "card" else None, plan=name if kind == "plan" else None,
            at=read_instant(at.strip(), "at") if at.strip() else None,
        )  # fmt: skip
    except InputError as error:
        return refused(request, session, title, form, error)
    sheet = price_sheet(as_json(call_price(priced)), priced.steps)
    refusal = [] if priced.refusal is None else [refusal_words(priced.refusal)]
    blocks: list[Block] = [
        form,
        Words(refusal, alarming=True) if refusal else PageTable(replace(sheet, notes=[])),
        Words(sheet.notes, "How it came about", steps=True),
    ]
    return page(request, session, title, blocks)


@router.get("/providers")
def _providers(request: Request, book: Served, session: MoneyReader) -> Response:
    sheet = providers_sheet(ProvidersView.of(book.providers.list()))
    leads = {
        "provider": lambda row: f"/providers/{row['provider']}",
        "card": lambda row: f"/cards/{row['card']}",
    }
    blocks: list[Block] = [
        PageTable.of(sheet, leads=leads, empty="No provider is declared."),
        Links([("By whom is a number best sent?", "/route")]),
    ]
    return page(
        request, session, "Providers", blocks, lead=["Who carries our calls, and what we owe them."]
    )


def _others(session: Session) -> list[tuple[str, str]]:
    ways = [("Plans", "/plans"), ("Rate cards", "/cards"), ("What would a call cost?", "/price")]
    if may(session, Right.MONEY):
        ways += [("Providers", "/providers"), ("By whom is a number best sent?", "/route")]
    return ways
