"""From a charge to its arithmetic and its calls, and from a call to its charge."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right, Role
from minutebook.access.session import Session
from minutebook.api.entry import OneInstant, Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.plans.provider import is_provider
from minutebook.show.explanations import CallExplanationsView, ChargeExplanationView
from minutebook.show.for_customers import customers_calls, customers_charge
from minutebook.show.listings.postings import CHARGED_CALLS, POSTINGS
from minutebook.show.tables import Sheet
from minutebook.show.without_cost import calls_without_cost
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.entry import may, own_account, unentitled, viewing
from minutebook.web.pages.accounts.accounts import call_way
from minutebook.web.pages.accounts.reversing import PAID, reverse_form, undoes_another
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(route_class=OneInstant)
Owner = Annotated[Session, Depends(viewing(Right.OWN_ACCOUNT))]
_HINT = "See its calls with: "


@router.get("/charges/{id}")
def _charge(request: Request, book: Served, session: Owner, id: str) -> Response:
    try:
        explained = book.statements.explain_charge(id)
    except InputError as error:
        raise _not_there(session, f"posting {id}", error) from None
    customer = session.role is Role.CUSTOMER
    if customer:
        own = customers_charge(explained, own_account(book, session))
        if own is None or own.journal != id.lower():
            raise _not_there(session, f"posting {id}", None)
        view = own
    elif is_provider(explained.posting.account) and not may(session, Right.MONEY):
        raise unentitled(session, Right.MONEY)
    else:
        view = ChargeExplanationView.of_charge(explained)
    account, day = view.account, view.corrects
    steps = [step for step in view.steps if not step.startswith(_HINT)]
    same = [posting for posting in view.postings if posting.journal != view.journal]
    columns = [column for column in POSTINGS if not (customer and column.key == "by")]
    leads = {"call_id": call_way}
    first = f"Its calls, the first {len(view.calls):,} of {view.calls_total:,}"
    calls = PageTable(
        Sheet(CHARGED_CALLS, view.calls),
        leads,
        title=first if view.calls_total > len(view.calls) else f"Its calls: {view.calls_total:,}",
    )
    blocks: list[Block] = [Words(steps, "How it came about", steps=True)]
    if view.calls:
        blocks.append(calls)
    if same:
        to = {"kind": lambda row: f"/charges/{row['journal']}"}
        blocks.append(
            PageTable.of(
                Sheet(columns, same), leads=to, title="The other postings for the same day"
            )
        )
    at = f"/accounts/{account}"
    provider = is_provider(account)
    if not provider:
        blocks.append(
            Links(
                [
                    ("All that was posted on this day", f"{at}/days/{view.date}"),
                    ("All calls of the day", f"{at}/calls?from={day}&to={day}"),
                    ("The account", f"{at}?month={view.date:%Y-%m}"),
                ]
            )
        )
    posting = explained.posting
    payable = posting.kind in PAID and not undoes_another(posting)
    if payable and may(session, Right.POSTINGS):
        blocks.append(reverse_form(posting))
    title = f"{view.kind.replace('_', ' ').capitalize()} of {account}, {view.corrects}"
    above = [] if provider else [(account, at), (str(view.date), f"{at}/days/{view.date}")]
    return page(request, session, title, blocks, above=above)


@router.get("/calls")
def _find(
    request: Request, session: Annotated[Session, Depends(viewing(Right.ACCOUNTS))], id: str = ""
) -> Response:
    from urllib.parse import quote

    if id.strip():
        return RedirectResponse(f"/calls/{quote(id.strip(), safe='')}", HTTPStatus.SEE_OTHER)
    form = PageForm(
        "/calls",
        [Field("id", "The call's id, as the switch wrote it")],
        "Show its whole way",
        get=True,
    )
    blocks: list[Block] = [
        form,
        Links(
            [("Records that wait", "/quarantine"), ("Accounts, and the calls of each", "/accounts")]
        ),
    ]
    return page(request, session, "A call", blocks)


@router.get("/calls/{call_id:path}")
def _call(request: Request, book: Served, session: Owner, call_id: str) -> Response:
    try:
        explained = book.statements.explain_call(call_id)
    except InputError as error:
        raise _not_there(session, f"call {call_id}", error) from None
    customer = session.role is Role.CUSTOMER
    money = may(session, Right.MONEY)
    view = CallExplanationsView.of(explained if money else calls_without_cost(explained))
    if customer:
        own = customers_calls(explained, own_account(book, session))
        if own is None:
            raise _not_there(session, f"call {call_id}", None)
        view = own
    columns = [column for column in POSTINGS if not (customer and column.key == "by")]
    blocks: list[Block] = []
    for n, call in enumerate(view.calls, 1):
        of = f" ({n} of {len(view.calls)} records with this id)" if len(view.calls) > 1 else ""
        blocks.append(Words(call.steps, f"Its whole way{of}", steps=True))
        if may(session, Right.CORRECTIONS) and call.quarantined is None:
            blocks.append(Links([("Correct it", correct_way(call.record))]))
        if call.postings:
            to = {"kind": lambda row: f"/charges/{row['journal']}"}
            blocks.append(
                PageTable.of(
                    Sheet(columns, call.postings),
                    leads=to,
                    title="What was posted for its account and day",
                )
            )
        if call.cost is not None and call.cost.postings:
            blocks.append(
                PageTable.of(
                    Sheet(POSTINGS, call.cost.postings),
                    title=f"What was posted for {call.cost.provider} and the day",
                )
            )
    at = f"/accounts/{session.account}"
    above = [(str(session.account), at), ("Calls", f"{at}/calls")] if customer else []
    return page(request, session, f"Call {call_id}", blocks, above=above)


def correct_way(record: Mapping[str, Any]) -> str:
    """To where a call is corrected, by its whole identity."""
    parts = {name: record.get(name) or "" for name in ("call_id", "source", "server", "leg")}
    return f"/corrections/new?{urlencode(parts)}"


def _not_there(session: Session, what: str, error: InputError | None) -> ProblemError:
    """To a customer in the same words, whether nobody has it or another."""
    if error is None or session.role is Role.CUSTOMER:
        return ProblemError(HTTPStatus.NOT_FOUND, f"there is no {what}")
    return ProblemError(HTTPStatus.NOT_FOUND, error.for_shell())
