"""Declaring, by the text of an apply file; and taking back what was declared by mistake."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.applied_text import applied_text
from minutebook.api.bodies import TriedBody
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.api.sent_text import TEXT, body_of, body_shape
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.books import AppliedView
from minutebook.show.removals import RemovalView

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from minutebook.accounts.removing import Removal

router = APIRouter(tags=["declarations"])
Declarer = Annotated[AccessKey, Depends(having(Right.DECLARATIONS))]
Reason = Annotated[str, Query(description="Why; it is kept")]
_REASON: Final = "declared by a request"
_REMOVED: Final = responses(RemovalView)


class AskedDeclaration(TriedBody):
    """What is declared."""

    text: str = Field(description="As an apply file says it, in TOML")
    reason: str | None = Field(None, description="Why; it is kept with each change")
    force: str | None = Field(
        None,
        description="Why servers are deployed although the account lacks the means for their minimum",
    )


@router.post(
    "/declarations",
    responses=responses(AppliedView, posts=True),
    openapi_extra=body_shape(AskedDeclaration),
)
async def _declare(
    request: Request,
    book: Served,
    key: Declarer,
    once: Asked,
    reason: Annotated[str | None, Query(description=f"With {TEXT}: why; it is kept")] = None,
    force: Annotated[
        str | None,
        Query(description=f"With {TEXT}: why servers are deployed without the means for them"),
    ] = None,
    preview: Annotated[
        bool, Query(description=f"With {TEXT}: only say what it would change")
    ] = False,
) -> Response:
    """Declare plans, accounts, servers, sources, cards, providers, schedules; as `minutebook apply`. 201 where something is changed. The body
    is JSON with `text`, or the text itself as text/plain.
    """
    beside = {"reason": reason, "force": force, "preview": preview}
    asked = await body_of(request, AskedDeclaration, "text", beside)

    def done() -> tuple[HTTPStatus, Any]:
        why, dry_run = asked.reason or _REASON, asked.preview
        view = AppliedView.of(
            applied_text(book, asked.text, why, asked.force, dry_run=dry_run), dry_run=dry_run
        )
        changes = view.changes and not dry_run
        return (HTTPStatus.CREATED if changes else HTTPStatus.OK), view

    return await run_in_threadpool(once.answered, book, key, asked, done)


@router.delete("/accounts/{account}", responses=_REMOVED)
def _remove_account(book: Served, key: Declarer, account: str, reason: Reason) -> JSONResponse:
    """Take an account back that was declared by mistake, while nothing leans on it; as `minutebook account remove`."""
    return _removed(
        key, account, book.carrier().accounts, lambda: book.accounts.remove(account, reason)
    )


@router.delete("/servers/{server}", responses=_REMOVED)
def _remove_server(book: Served, key: Declarer, server: str, reason: Reason) -> JSONResponse:
    """Take a server back that was declared by mistake; as `minutebook server remove`."""
    return _removed(
        key, server, book.carrier().servers, lambda: book.accounts.remove_server(server, reason)
    )


@router.delete("/plans/{plan}", responses=_REMOVED)
def _remove_plan(book: Served, key: Declarer, plan: str, reason: Reason) -> JSONResponse:
    """Take a plan back that was declared by mistake; as `minutebook plan remove`."""
    return _removed(key, plan, book.carrier().plans, lambda: book.plans.remove(plan, reason))


@router.delete("/sources/{source}", responses=_REMOVED)
def _remove_source(book: Served, key: Declarer, source: str, reason: Reason) -> JSONResponse:
    """Take a source back that was declared by mistake; as `minutebook source remove`."""
    return _removed(
        key, source, book.carrier().sources, lambda: book.sources.remove(source, reason)
    )


@router.delete("/cards/{card}", responses=_REMOVED)
def _remove_card(book: Served, key: Declarer, card: str, reason: Reason) -> JSONResponse:
    """Take a card back that was declared by mistake; as `minutebook card remove`."""
    return _removed(key, card, book.carrier().cards, lambda: book.cards.remove(card, reason))


@router.delete("/providers/{provider}", responses=_REMOVED)
def _remove_provider(book: Served, key: Declarer, provider: str, reason: Reason) -> JSONResponse:
    """Take a provider back that was declared by mistake; as `minutebook provider remove`."""
    return _removed(
        key, provider, book.carrier().providers, lambda: book.providers.remove(provider, reason)
    )


@router.delete("/schedules/{schedule}", responses=_REMOVED)
def _remove_schedule(book: Served, key: Declarer, schedule: str, reason: Reason) -> JSONResponse:
    """Take a schedule back: it asks for no more jobs; as `minutebook schedule remove`."""
    return _removed(
        key, schedule, book.carrier().schedules, lambda: book.jobs.remove_schedule(schedule, reason)
    )


def _removed(
    key: AccessKey, name: str, declared: Container[str], remove: Callable[[], Removal]
) -> JSONResponse:
    """What was taken back; what is not declared is not there."""
    with in_the_name_of(f"key:{key.name}"):
        try:
            return answer(RemovalView.of(remove()))
        except InputError as error:
            if name in declared:
                raise
            raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
